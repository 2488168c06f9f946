"""Starts Reins with a small shop in an empty folder, and stops it again."""

import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar

ADMIN, REVIEWER, PASSWORD = "ada@shop.example", "rita@shop.example", "correct horse battery"
RETAIL = os.path.join(os.path.dirname(__file__), "../../examples/retail/agent.toml")


class Shop:
    def __init__(self, binary, data, address):
        self.binary, self.data, self.address = binary, data, address

    def reins(self, *args, said=""):
        call = subprocess.run([self.binary, *args, "--data", self.data], input=said, capture_output=True, text=True)
        if call.returncode != 0:
            raise SystemExit(f"reins {' '.join(args)}: {call.stderr}")
        return call.stdout.strip()

    def browser(self, person):
        """Posts forms and reads pages in the name of a person: a function of an address and of a form, if any."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

        def visit(path, form=None):
            sent = None if form is None else urllib.parse.urlencode(form).encode()
            headers = {"Origin": self.address, "Accept": "text/html"}
            with opener.open(urllib.request.Request(self.address + path, sent, headers), timeout=30) as answer:
                return answer.read().decode()

        visit("/sign-in", {"email": person, "password": PASSWORD, "next": "/"})
        return visit

    def approve(self, request_id):
        """Approves by the form that a reviewer's page shows."""
        visit = self.browser(REVIEWER)
        page = visit(f"/approvals/{request_id}")
        form = re.search(r'<form[^>]*action="([^"]*/approve\b[^"]*)"[^>]*>(.*?)</form>', page, re.S)
        hidden = re.findall(r"<input\b[^>]*>", form[2])
        attribute = lambda tag, name: (re.search(rf'\b{name}="([^"]*)"', tag) or [None, ""])[1]
        visit(form[1], {attribute(tag, "name"): attribute(tag, "value") for tag in hidden if attribute(tag, "name")})


@contextmanager
def open_shop(binary, port):
    data = tempfile.mkdtemp(prefix="reins-conformance-", dir="/var/tmp")
    os.chmod(data, 0o755)
    address = f"http://127.0.0.1:{port}"
    serve = [binary, "serve", "--data", data, "--listen", f"127.0.0.1:{port}", "--calls-per-second", "100000"]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL)
    try:
        await_health(address, server)
        shop = Shop(binary, data, address)
        shop.reins("user", "add", ADMIN, "--name", "Ada Admin", "--role", "admin", said=PASSWORD)
        shop.reins("user", "add", REVIEWER, "--name", "Rita Reviewer", "--role", "reviewer", "--by", ADMIN, said=PASSWORD)
        apply = ("agent", "apply", RETAIL, "--by", ADMIN, "--note", "for the tests")
        word = re.search(r"--accept (\S+)", shop.reins(*apply, "--dry-run"))
        shop.reins(*apply, *(["--accept", word[1]] if word else []))
        shop.reins("agent", "mode", "support", "live", "--by", ADMIN, "--reason", "for the tests")
        add_reviewer(shop)
        yield shop
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(data, ignore_errors=True)


def await_health(address, server):
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.25)
    raise SystemExit("Reins did not start")


def add_reviewer(shop):
    visit = shop.browser(ADMIN)
    page = visit("/settings/queues")
    action = re.search(r'action="(/api/[^"]*add_member[^"]*)"', page)[1]
    person = re.search(r'<option[^>]*value="([^"]+)"[^>]*>[^<]*Rita Reviewer', page)[1]
    visit(action, {"queue": "cs-leads", "person": person})
