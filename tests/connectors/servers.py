"""Local servers for connectors to speak to: a real SMTP server, and HTTP servers that do as a test tells them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

#: What tests allow, for their servers are at home.
AT_HOME = ("127.0.0.0/8", "::1/128")


@dataclass
class Post:
    """A request that came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Desk:
    """A web server: `answer` says (status, headers, body) to each request."""

    answer: Callable[[Post], tuple[int, Mapping[str, str], bytes]]
    port: int = 0
    posts: list[Post] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def web(
    answer: Callable[[Post], tuple[int, Mapping[str, str], bytes]] | None = None,
) -> Iterator[Desk]:
    """A web server on a free port; 200 and `{}` unless it is told otherwise."""
    desk = Desk(answer or (lambda _: (200, {"Content-Type": "application/json"}, b"{}")))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            post = Post(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
            desk.posts.append(post)
            status, headers, body = desk.answer(post)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    desk.port = server.server_port
    running = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    running.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def raw(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection what `behave` does; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    over = threading.Event()

    def one(wire: socket.socket) -> None:
        with wire:
            try:
                behave(wire)
            except OSError:
                return

    def serve() -> None:
        while not over.is_set():
            try:
                wire, _ = listener.accept()
            except OSError:
                continue
            threading.Thread(target=one, args=(wire,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        listener.close()


@dataclass
class Mail:
    """One message as the mail server took it."""

    sender: str
    to: str
    content: bytes


@dataclass
class PostOffice:
    """A mail server's behaviour and what has come in."""

    mails: list[Mail] = field(default_factory=list)
    #: By recipient: what to answer to RCPT.
    rcpt: dict[str, str] = field(default_factory=dict)
    #: By recipient: what to answer after DATA; "drop" hangs up instead.
    data: dict[str, str] = field(default_factory=dict)
    #: user name -> password; nobody signs in where it is empty.
    users: dict[str, str] = field(default_factory=dict)
    port: int = 0
    sessions: int = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, host: str, responses: Any) -> Any:
        self.sessions += 1
        session.host_name = host
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:
        answer = self.rcpt.get(to)
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        to = envelope.rcpt_tos[0]
        answer = self.data.get(to)
        if answer == "drop":
            self.mails.append(Mail(envelope.mail_from, to, envelope.content))
            server.transport.abort()
            return "250 OK"
        if answer is None or answer.startswith("2"):
            self.mails.append(Mail(envelope.mail_from, to, envelope.content))
        return answer or "250 OK"

    def sign_in(self, _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = (
            isinstance(data, LoginPassword) and self.users.get(data.login.decode()) == data.password.decode()
        )
        return AuthResult(success=good, handled=False)


@contextmanager
def mail(office: PostOffice | None = None) -> Iterator[PostOffice]:
    """A mail server on a free port."""
    office = office or PostOffice()
    more = (
        {"auth_required": True, "auth_require_tls": False, "authenticator": office.sign_in}
        if office.users
        else {}
    )
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    running = Controller(office, hostname="127.0.0.1", port=port, **more)
    running.start()
    office.port = port
    try:
        yield office
    finally:
        running.stop()
