"""The fake WeCom over HTTP: calls under /cgi-bin/, doors under /fake/, and a page to act on."""

from __future__ import annotations

import email
import email.policy
import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.wecom.fake import calls, doors
from connectors.wecom.fake.calls import Asked
from connectors.wecom.fake.doors import NotSo
from connectors.wecom.fake.seen import seen
from connectors.wecom.fake.world import World

FAMILIES = ("welcome", "mass", "groups", "tags", "moments", "ways", "transfers", "apps")
for _family in FAMILIES:
    import_module(f"connectors.wecom.fake.calls_{_family}")

HERE = Path(__file__).parent
PAGES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/fake/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
MOST_BYTES = 20 * 1024 * 1024
#: The caller's address, for tests of limits by address.
ADDRESS = "X-Fake-Address"


class Server(ThreadingHTTPServer):
    """A running fake; `world` is what it plays."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.world = World()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def begin(self) -> Server:
        """Serve in a thread until `end`."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._heard(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self.close_connection = True
            self._answer(413, b"{}", "application/json")
            return
        self._heard(self.rfile.read(length))

    def _heard(self, data: bytes) -> None:
        place = urlsplit(self.path)
        query = dict(parse_qsl(place.query, keep_blank_values=True))
        if place.path.startswith("/cgi-bin/"):
            self._call(place.path.removeprefix("/cgi-bin/"), query, data)
        elif place.path.startswith("/fake/") and self.command == "POST":
            self._door(place.path.removeprefix("/fake/"), data)
        elif place.path == "/fake/state":
            with self.server.world.lock:
                told = seen(self.server.world)
            self._json(200, told)
        elif place.path in PAGES:
            name, kind = PAGES[place.path]
            self._answer(200, (HERE / name).read_bytes(), kind)
        else:
            self._json(404, {"error": "There is nothing here."})

    def _call(self, path: str, query: Mapping[str, str], data: bytes) -> None:
        world = self.server.world
        address = self.headers.get(ADDRESS) or str(self.client_address[0])
        upload = (self.headers.get("Content-Type") or "").startswith("multipart/")
        try:
            body = {} if upload or not data else json.loads(data)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            self._json(200, {"errcode": 47001, "errmsg": "data format error"})
            return
        asked = Asked(world, path, query, body, address, file=self._file(data) if upload else b"")
        with world.lock:
            world.busy[path] += 1
            crowded = world.busy[path] > world.rules["limit.concurrency"]
            failing = _fails(world, path)
        try:
            if crowded:
                self._json(200, {"errcode": 45033, "errmsg": "api concurrency out of limit"})
            elif failing:
                self._fail(asked, failing)
            else:
                self._json(200, calls.answer(asked))
        finally:
            with world.lock:
                world.busy[path] -= 1

    def _fail(self, asked: Asked, failing: Mapping[str, Any]) -> None:
        told = calls.answer(asked) if failing["after"] else {}
        time.sleep(failing.get("seconds", 0))
        if "code" in failing:
            self._json(200, {"errcode": failing["code"], "errmsg": "as told"})
        elif "status" in failing:
            self._json(failing["status"], {})
        elif failing.get("drop"):
            self.close_connection = True
        else:
            self._json(200, told or calls.answer(asked))

    def _door(self, name: str, data: bytes) -> None:
        try:
            body = json.loads(data) if data else {}
            self._json(200, doors.enter(self.server.world, name, body))
        except (NotSo, ValueError) as error:
            self._json(409, {"error": str(error)})

    def _file(self, data: bytes) -> bytes:
        kind = self.headers["Content-Type"].encode()
        message = email.message_from_bytes(
            b"Content-Type: " + kind + b"\r\n\r\n" + data, policy=email.policy.HTTP
        )
        for part in message.walk():
            if part.get_filename():
                content = part.get_payload(decode=True)
                return content if isinstance(content, bytes) else b""
        return b""

    def _json(self, status: int, told: Any) -> None:
        self._answer(status, json.dumps(told, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Addresses carry tokens, so they are not logged."""


def _fails(world: World, path: str) -> Mapping[str, Any] | None:
    for failing in world.failing:
        if failing.get("path", path) == path and failing["times"] > 0:
            failing["times"] -= 1
            return failing
    return None
