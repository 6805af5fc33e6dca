"""Addresses that somebody typed in: whatever leads home is never reached, and nobody can keep a worker waiting."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors import dialing
from connectors.base import ConnectorError
from connectors.dialing import Forbidden, Unreachable, is_open
from connectors.safe_http import MOST_BYTES, NoAnswer, ask, bad_header
from tests.connectors.servers import AT_HOME, raw, web
from tests.quickest import quickest


class Canary:
    """Listens at home at the port that everybody asks; counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            wire.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    """The ports of the canary are allowed; its address is not."""
    listening = Canary()
    dialing.configure((), (listening.port,))
    yield listening
    dialing.configure()
    listening.listener.close()


#: By host: every form in which somebody has ever written 127.0.0.1, the metadata services, and the inside of networks.
HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "0x7f.1", "0x7f000001", "2130706433", "017700000001",
    "0177.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001::7f00:1]", "[fe80::1%25eth0]", "[fc00::1]", "[ff02::1]",
    "[5f00::1]", "169.254.169.254", "100.100.100.200", "100.64.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "0.0.0.1",
]  # fmt: skip


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that somebody tried to reach; none is reached, and that nobody answers there shows nothing."""
    found: list[str] = []

    def connect(place: Any, timeout: float) -> socket.socket:
        found.append(place[0])
        raise OSError("nobody")

    monkeypatch.setattr("connectors.dialing.socket.create_connection", connect)
    return found


@pytest.mark.parametrize("host", HOSTS)
def test_no_form_of_an_address_leads_home(host: str, canary: Canary) -> None:
    with pytest.raises((Forbidden, Unreachable)):
        ask("POST", f"http://{host}:{canary.port}/", body=b"{}", secs=3)
    assert canary.visits == 0


@pytest.mark.parametrize("host", [*HOSTS, "[2002:a9fe:a9fe::]", "[2001:db8::1]", "224.0.1.1", "[ff0e::1]"])
def test_no_form_of_an_address_inside_is_even_dialled(host: str, canary: Canary, dialled: list[str]) -> None:
    with pytest.raises((Forbidden, Unreachable)):
        ask("POST", f"http://{host}:{canary.port}/", body=b"{}", secs=3)
    assert dialled == []


def test_names_and_passwords_stand_in_no_address(canary: Canary, dialled: list[str]) -> None:
    with pytest.raises(Unreachable):
        ask("POST", f"http://93.184.216.34:{canary.port}/", secs=2)
    assert dialled == ["93.184.216.34"], "else nothing is shown here"
    for who in ("user", "user:pass", "93.184.216.34:80"):
        with pytest.raises(Forbidden):
            ask("POST", f"http://{who}@93.184.216.34:{canary.port}/", secs=2)
    assert len(dialled) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://user:pass@127.0.0.1:{port}/", "http://example.com@127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/",
        "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x", "http:///127.0.0.1:{port}", "//127.0.0.1:{port}/",
        "http://127.0.0.1:{port}\\@example.com/", "http://１２７.0.0.1:{port}/", "http://ⓛocalhost:{port}/",
        "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://127.0.0.1 :{port}/", "http://127.0.0.1\t:{port}/",
        "http://example.com\r\nHost: 127.0.0.1/", "http://127.0.0.1:{port}/a b", "http://127.0.0.1:{port}/\r\nX: y",
        "http://[::1", "http://:{port}/", "", "127.0.0.1:{port}",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_asked(url: str, canary: Canary) -> None:
    with pytest.raises((Forbidden, Unreachable)):
        ask("POST", url.format(port=canary.port), secs=3)
    assert canary.visits == 0


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to these addresses, one list for each look-up; returns what was looked up."""
    asked: list[str] = []

    def look(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr("connectors.dialing.socket.getaddrinfo", look)
    return asked


def test_one_private_address_among_public_ones_is_enough(
    canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Forbidden):
        ask("POST", f"http://two.example:{canary.port}/", secs=2)
    assert canary.visits == 0


def test_a_name_is_looked_up_once_and_exactly_that_address_is_dialled(
    canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    dialled: list[Any] = []

    def connect(place: Any, timeout: float) -> socket.socket:
        dialled.append(place)
        raise OSError("nobody")

    monkeypatch.setattr("connectors.dialing.socket.create_connection", connect)
    with pytest.raises(Unreachable):
        ask("POST", f"http://rebinding.example:{canary.port}/", secs=2)
    assert asked == ["rebinding.example"] and dialled == [("93.184.216.34", canary.port)]
    assert canary.visits == 0


def test_a_redirect_is_not_followed(canary: Canary) -> None:
    home = f"http://127.0.0.1:{canary.port}/latest/meta-data"
    for status in (301, 302, 303, 307, 308):
        with web(lambda _, s=status: (s, {"Location": home}, b"")) as server:  # type: ignore[misc]
            dialing.configure(AT_HOME, (server.port,))
            assert ask("POST", server.url, secs=3).status == status
    assert canary.visits == 0


def test_proxies_of_the_environment_are_ignored(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    with web() as server:
        dialing.configure(AT_HOME, (server.port,))
        assert ask("POST", server.url, secs=3).status == 200
    assert canary.visits == 0


def test_ports_are_the_usual_ones_unless_the_operator_says_more() -> None:
    with web() as server:
        dialing.configure(AT_HOME, ())
        with pytest.raises(Forbidden, match="port"):
            ask("POST", server.url, secs=3)
        assert server.posts == []
        dialing.configure(AT_HOME, (server.port,))
        assert ask("POST", server.url, body=b"[1]", headers={"X-A": "b"}, secs=3).status == 200
    dialing.configure()
    [post] = server.posts
    assert (post.method, post.body, post.headers["X-A"]) == ("POST", b"[1]", "b")
    assert post.headers["Accept-Encoding"] == "identity"


def test_the_open_internet_is_open() -> None:
    assert all(map(is_open, ("93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "2400:3200::1")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X\r\nY", "a"),
        ("X", "a\r\nY: b"),
        ("X", "a\nb"),
        ("", "a"),
        ("X Y", "a"),
        *(
            (name, "x")
            for name in ("Host", "content-length", "Transfer-Encoding", "CONNECTION", "Keep-Alive")
        ),
        *((name, "x") for name in ("TE", "Trailer", "Upgrade", "Proxy-Connection", "Proxy-Authorization")),
        ("名", "a"),
        ("Ｘ", "a"),
        ("X", "a\x00"),
        ("X", "名"),
    ],
)
def test_headers_begin_no_others(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dialed: list[object] = []
    monkeypatch.setattr("connectors.safe_http.dial", lambda *place: dialed.append(place))
    assert bad_header(name, value)
    with pytest.raises(Forbidden, match="Not to be sent"):
        ask("POST", "http://93.184.216.34/", headers={"X-Fine": "1", name: value})
    assert dialed == [], "nobody is even called"


def drip(wire: socket.socket) -> None:
    wire.recv(65536)
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        wire.sendall(b"x")
        time.sleep(0.1)


def drip_headers(wire: socket.socket) -> None:
    wire.recv(65536)
    wire.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(1000):
        wire.sendall(b"x")
        time.sleep(0.1)


def endless(wire: socket.socket) -> None:
    wire.recv(65536)
    wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        wire.sendall(b"x" * 65536)


def endless_headers(wire: socket.socket) -> None:
    wire.recv(65536)
    wire.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        wire.sendall(b"X-A: " + b"x" * 60_000 + b"\r\n")


def bomb(wire: socket.socket) -> None:
    packed = zlib.compress(b"\x00" * 50_000_000)
    wire.recv(65536)
    wire.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    )
    time.sleep(0.2)


def silent(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while wire.recv(65536):
            pass


@pytest.mark.parametrize("behave", [drip, drip_headers, silent])
def test_who_is_slow_is_left_at_the_deadline(behave: Callable[[socket.socket], None]) -> None:
    with raw(behave) as port:
        dialing.configure(AT_HOME, (port,))

        def asked() -> None:
            with pytest.raises(NoAnswer):
                ask("POST", f"http://127.0.0.1:{port}/", secs=1.0)

        assert quickest(asked, 1.5) <= 1.5
    dialing.configure()


def test_a_stalled_handshake_is_left_at_the_deadline() -> None:
    with raw(silent) as port:
        dialing.configure(AT_HOME, (port,))

        def asked() -> None:
            with pytest.raises(Unreachable):
                ask("POST", f"https://127.0.0.1:{port}/", secs=1.0)

        assert quickest(asked, 1.5) <= 1.5
    dialing.configure()


def test_a_resolver_that_does_not_answer_is_left_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.dialing.socket.getaddrinfo", lambda *_, **__: time.sleep(3))

    def asked() -> None:
        with pytest.raises(Unreachable):
            ask("POST", "http://slow.example/", secs=0.3)

    assert quickest(asked, 0.8) <= 0.8


def test_an_answer_without_end_is_cut() -> None:
    with raw(endless) as port:
        dialing.configure(AT_HOME, (port,))
        answer = ask("POST", f"http://127.0.0.1:{port}/", secs=3)
    assert answer.cut and len(answer.body) == MOST_BYTES
    with raw(endless_headers) as port:
        dialing.configure(AT_HOME, (port,))
        with pytest.raises(ConnectorError):
            ask("POST", f"http://127.0.0.1:{port}/", secs=3)
    with raw(bomb) as port:
        dialing.configure(AT_HOME, (port,))
        answer = ask("POST", f"http://127.0.0.1:{port}/", secs=3)
        assert len(answer.body) < 100_000, "what is packed stays packed"
    dialing.configure()
    assert http.client._MAXHEADERS == 100  # type: ignore[attr-defined]
