"""A stand-in for Reins, for tests without one: as much of the agent API as the example meets.

It judges by `agent.toml`, keeps nothing, and is no part of what the example shows.
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from expected import Rules
from reins import Reins


class StandIn(ThreadingHTTPServer):
    """`review` is the person: it gives the arguments as approved, `False` to reject, or `None` for not yet.

    `trouble` is what befalls the next calls: a status to answer with, or `lost` for an answer that never arrives.
    """

    daemon_threads = True

    def __init__(self, review):
        super().__init__(("127.0.0.1", 0), Handler)
        self.rules, self.review = Rules(), review
        self.requests, self.answers, self.calls, self.trouble = {}, {}, [], []
        self.stopped = False
        self.lock = threading.Lock()

    def answer(self, method, path, key, body):
        route = path.removeprefix("/api/v1/actions").split("?")[0].strip("/").split("/")
        request = self.requests.get(route[0])
        if route == [""]:
            return self.once(key, body, lambda: (201, self.asked(body)))
        if method == "GET":
            self.look(request)
            return 200, self.shown(request)
        return {"claim": self.claim, "cancel": self.cancel, "outcome": self.outcome}[route[1]](request, key, body)

    def once(self, key, body, do):
        if not key:
            return 422, problem("no-idempotency-key")
        if key not in self.answers:
            self.answers[key] = (body, do())
        first, answer = self.answers[key]
        return answer if first == body else (409, problem("idempotency-mismatch"))

    def asked(self, body):
        decision = "stopped" if self.stopped else self.rules.decide(body)
        request = {"id": f"request-{len(self.requests)}", "arguments": body["arguments"], "ask": body}
        self.requests[request["id"]] = request
        request["state"] = {"allowed": "granted", "needs_approval": "waiting"}.get(decision, decision)
        request["grant"] = self.grant(request) if decision == "allowed" else None
        answer = {name: request[name] for name in ("id", "state", "grant")}
        return answer | {"decision": decision, "reasons": [{"text": f"It is {decision}."}]}

    def grant(self, request):
        return {"token": f"grant of {request['id']}", "execute_within_s": 30, "execute_before": "2026-11-22T00:00:30Z"}

    def look(self, request):
        if request["state"] == "waiting" and (reviewed := self.review(request["ask"])) is not None:
            request["state"] = "approved" if reviewed else "rejected"
            request["arguments"] = reviewed or request["arguments"]

    def shown(self, request):
        return {name: request[name] for name in ("id", "state", "arguments")}

    def claim(self, request, key, body):
        if self.stopped:
            return 409, problem("stopped")

        def do():
            if request["state"] != "approved":
                return 409, problem("not-approved")
            request["state"], request["grant"] = "granted", self.grant(request)
            return 200, {"grant": request["grant"], "arguments": request["arguments"]}

        return self.once(key, body, do)

    def cancel(self, request, key, body):
        if request["state"] not in ("waiting", "approved"):
            return 409, problem("decided")
        request["state"] = "cancelled"
        return 200, self.shown(request)

    def outcome(self, request, key, body):
        if not request["grant"] or body["grant"] != request["grant"]["token"]:
            return 409, problem("no-grant")
        if request.setdefault("outcome", body) != body:
            return 409, problem("already-reported")
        request["state"] = body["status"]
        return 200, self.shown(request)


class Handler(BaseHTTPRequestHandler):
    def handle_one(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        key = self.headers.get("Idempotency-Key")
        if self.headers["Authorization"] != "Bearer secret":
            return self.say(401, problem("unauthorized"))
        with self.server.lock:
            self.server.calls.append((self.command, self.path, key, body))
            trouble = self.server.trouble.pop(0) if self.server.trouble else None
            if isinstance(trouble, int):
                return self.say(trouble, problem("trouble"), retry=trouble in (429, 503))
            status, answer = self.server.answer(self.command, self.path, key, body)
        if trouble == "lost":
            return None  # it happened, and the agent never hears of it
        return self.say(status, answer)

    do_GET = do_POST = handle_one

    def say(self, status, answer, retry=False):
        text = json.dumps(answer).encode()
        self.send_response(status)
        if retry:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def problem(slug):
    return {"type": f"/problems/{slug}", "title": slug, "detail": "said by the stand-in"}


@contextmanager
def stand_in(review=lambda ask: ask["arguments"]):
    server = StandIn(review)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server, Reins(f"http://127.0.0.1:{server.server_address[1]}/", "secret")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
