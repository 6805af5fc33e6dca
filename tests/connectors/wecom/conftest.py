"""A fake WeCom over HTTP for each test, and somebody who hears its callbacks."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from connectors import dialing
from connectors.wecom import xml
from connectors.wecom.client import Client
from connectors.wecom.crypto import Crypto, new_key
from connectors.wecom.fake.server import ADDRESS, Server
from connectors.wecom.fake.world import SECRET


class Fake:
    """A fake WeCom as a test uses it: `call` as an app would, `act` as people do."""

    def __init__(self) -> None:
        self.server = Server().begin()
        self.world = self.server.world
        self.url = self.server.url
        self.world.rules.set("callback.gap_seconds", 0.01)
        self._wire = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=20)
        self._token, self._ended = "", False
        self._clients: list[Client] = []
        #: What is to be closed with the fake.
        self.companies: list[Any] = []

    def raw(self, path: str, query: dict[str, Any], body: Any = None, address: str = "") -> dict[str, Any]:
        headers = {"Content-Type": "application/json", **({ADDRESS: address} if address else {})}
        data = None if body is None else json.dumps(body)
        self._wire.request("POST" if data else "GET", f"/cgi-bin/{path}?{urlencode(query)}", data, headers)
        answer = self._wire.getresponse()
        told: dict[str, Any] = json.loads(answer.read() or b"{}")
        return told

    def token(self, secret: str = SECRET, address: str = "") -> dict[str, Any]:
        return self.raw("gettoken", {"corpid": self.world.corp_id, "corpsecret": secret}, address=address)

    def call(self, path: str, body: Any = None, address: str = "", **query: Any) -> dict[str, Any]:
        """Call as an app does that fetches its token anew when it is over."""
        for _ in range(2):
            self._token = self._token or self.token()["access_token"]
            told = self.raw(path, {"access_token": self._token, **query}, body or {}, address)
            if told.get("errcode") not in (40014, 42001):
                break
            self._token = ""
        return told

    def act(self, door: str, **body: Any) -> dict[str, Any]:
        self._wire.request("POST", f"/fake/{door}", json.dumps(body))
        answer = self._wire.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        return told

    def later(self, seconds: float) -> None:
        self.act("clock", advance=seconds)

    def rule(self, **values: Any) -> None:
        """Set rules; the dot of an id is written as two underscores."""
        self.act("rules", **{name.replace("__", "."): value for name, value in values.items()})

    def add(self, userid: str = "lili", **more: Any) -> str:
        """A customer adds staff; his external_userid."""
        told = self.act("customer/add", userid=userid, **more)
        return str(told["external_userid"])

    def arrived(self, external_userid: str) -> list[dict[str, Any]]:
        return self.world.customers[external_userid].arrived

    def client(self, secret: str = SECRET) -> Client:
        """A client of ours, closed with the fake."""
        self._clients.append(Client(self.world.corp_id, secret, self.url))
        return self._clients[-1]

    def end(self) -> None:
        self._wire.close()
        for client in self._clients:
            client.wire.close()
        for company in self.companies:
            company.close()
        if not self._ended:
            self._ended = True
            self.server.end()


class Listener(ThreadingHTTPServer):
    """Hears callbacks, and answers as it is told: a status, or seconds to wait first."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Heard)
        self.key, self.token, self.corp = new_key(), "token-of-ours", "ww0fake0company0"
        self.crypto = Crypto(self.token, self.key, self.corp)
        self.status, self.wait, self.around = 200, 0.0, b"%s"
        self.heard: list[tuple[dict[str, str], bytes]] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hears"

    def events(self) -> list[dict[str, Any]]:
        """What was heard, opened and checked."""
        found = []
        for query, body in list(self.heard):
            sealed = xml.read(body)["Encrypt"]
            found.append(
                xml.read(self.crypto.open(query["msg_signature"], query["timestamp"], query["nonce"], sealed))
            )
        return found


class _Heard(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener

    def do_GET(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        plain = self.server.crypto.open(
            query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"]
        )
        self._answer(self.server.around % plain)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(parse_qsl(urlsplit(self.path).query)), body))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        time.sleep(self.server.wait)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A fake of one test's own; this machine may be called, which else leads inside."""
    made = Fake()
    dialing.configure(["127.0.0.0/8"], [made.server.server_address[1]])
    yield made
    dialing.configure()
    made.end()


@pytest.fixture
def listener(fake: Fake) -> Iterator[Listener]:
    """Somebody who hears what the fake tells."""
    made = Listener()
    told = fake.act("callback", url=made.url, token=made.token, encoding_aes_key=made.key)
    assert "error" not in told, told
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def picture(fake: Fake) -> Iterator[str]:
    """The address of a picture on this machine."""

    class Serves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/poster.jpg"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(b"\xff\xd8 a picture" if found else b"")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serves)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    dialing.configure(["127.0.0.0/8"], [fake.server.server_address[1], server.server_address[1]])
    yield f"http://127.0.0.1:{server.server_address[1]}/poster.jpg"
    server.shutdown()
    server.server_close()
