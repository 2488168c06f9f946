"""A small client of Reins: ask before acting, act on a grant only, say what came of it.

An answer that is not a 2xx raises `NoLeave`, and means: do not act.
"""

import json
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlsplit

LONGEST_WAIT = 25  # seconds that one long poll is held open; the server allows up to 30
OPEN = ("waiting", "frozen")  # the states in which people may still decide


class NoLeave(Exception):
    """Reins did not say yes: `slug` says why, `status` is None when there was no answer."""

    def __init__(self, status, slug, detail=""):
        super().__init__(f"{slug}: {detail}" if detail else slug)
        self.status, self.slug = status, slug


class Reins:
    def __init__(self, url, key, attempts=5):
        self.url, self.key, self.attempts = urlsplit(url.rstrip("/")), key, attempts

    def ask(self, request, idempotency_key):
        """The decision. The key names what is meant to happen: asked again by that name, it happens no second time."""
        return self._call("POST", "/actions", request, idempotency_key)

    def wait(self, request_id, patience):
        """The request once people have decided, or as it stands when `patience` (in seconds) is over."""
        until = time.monotonic() + patience
        while True:
            seconds = max(0, min(LONGEST_WAIT, int(until - time.monotonic())))
            request = self._call("GET", f"/actions/{quote(request_id)}?wait={seconds}")
            if request["state"] not in OPEN or time.monotonic() >= until:
                return request
            if seconds == 0:
                time.sleep(max(0, until - time.monotonic()))

    def claim(self, request_id):
        """The grant of an approved request, and its arguments as people approved them."""
        return self._call("POST", f"/actions/{quote(request_id)}/claim", {}, f"claim-{request_id}")

    def cancel(self, request_id):
        """Withdraws a request that nobody has decided, or that is not wanted any more."""
        return self._call("POST", f"/actions/{quote(request_id)}/cancel", {})

    def report(self, request_id, grant, status, reference=None, detail=None):
        """What came of it: `succeeded`, `failed`, or `unknown` when it may have happened."""
        outcome = {"grant": grant["token"], "status": status, "reference": reference, "detail": detail}
        said = {name: value for name, value in outcome.items() if value is not None}
        return self._call("POST", f"/actions/{quote(request_id)}/outcome", said)

    def _call(self, method, path, body=None, key=None):
        """One call, repeated word for word where that is safe: too fast, no record now, or no answer at all."""
        began = time.monotonic()
        for attempt in range(1, self.attempts + 1):
            try:
                status, headers, answer = self._send(method, path, body, key)
            except (OSError, HTTPException) as error:
                trouble, pause = NoLeave(None, "no-answer", str(error)), min(2 ** (attempt - 1) / 4, 5)
            else:
                if 200 <= status < 300 and isinstance(answer, dict):
                    return dated(answer, began)
                problem = answer if isinstance(answer, dict) else {}
                slug = str(problem.get("type", f"status-{status}")).rsplit("/", 1)[-1]
                trouble = NoLeave(status, slug, problem.get("detail", ""))
                if status not in (429, 503) or not headers.get("Retry-After", "").isdigit():
                    raise trouble
                pause = min(int(headers["Retry-After"]), 60)
            if attempt < self.attempts:
                time.sleep(pause)
        raise trouble

    def _send(self, method, path, body, key):
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json, application/problem+json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        connect = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        connection = connect(self.url.netloc, timeout=LONGEST_WAIT + 10)
        try:
            sent = None if body is None else json.dumps(body).encode()
            connection.request(method, f"{self.url.path}/api/v1{path}", sent, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        try:
            return response.status, response.headers, json.loads(text)
        except ValueError:
            return response.status, response.headers, None


def dated(answer, began):
    """Counts a grant's time from before the first try, by a steady clock of our own: it can only be over too early."""
    if answer.get("grant"):
        answer["grant"]["over_at"] = began + answer["grant"]["execute_within_s"]
    return answer


def holds(grant):
    """Whether there is still time to act on the grant."""
    return time.monotonic() < grant["over_at"]
