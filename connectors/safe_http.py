"""Asking a web address that somebody typed in: no redirects, no proxies, a deadline for the whole, a small answer."""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from connectors import brake
from connectors.base import Unknown
from connectors.dialing import Forbidden, Unreachable, dial

DEADLINE_SECS = 10.0
MOST_BYTES = 1024 * 1024
PORTS = frozenset({80, 443})
METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e]{0,2000}")
#: Headers that we set ourselves, or that speak to the next machine on the way and not to whom we ask.
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "accept-encoding", "expect", "connection", "keep-alive"}
    | {
        "proxy-connection",
        "proxy-authorization",
        "proxy-authenticate",
        "te",
        "trailer",
        "upgrade",
        "http2-settings",
    }
)


class NoAnswer(Unknown):
    """The request went out and no whole answer came: whether it was heeded cannot be told."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `cut` if there was more than `MOST_BYTES`."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False


def bad_header(name: str, value: str) -> bool:
    """True if this may not be a header of ours: a line break in it would begin another."""
    return not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value) or name.lower() in OURS


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    secs: float = DEADLINE_SECS,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Ask once and return the answer, whatever its status.

    Raises Forbidden, Unreachable and Halted (nothing was sent), and NoAnswer (it may have been heeded).
    """
    deadline = time.monotonic() + secs
    place = _place(url)
    host, port = place.hostname or "", place.port or (443 if place.scheme == "https" else 80)
    wrong = [name for name, value in (headers or {}).items() if bad_header(name, value)]
    if wrong or method not in METHODS:
        raise Forbidden(f"Not to be sent: {', '.join(wrong) or method}.")
    wire: socket.socket = dial(host, port, PORTS, deadline)
    try:
        if place.scheme == "https":
            try:
                wire = (context or _context()).wrap_socket(wire, server_hostname=host)
            except (OSError, ValueError) as error:
                raise Unreachable(f"{host}: no safe connection ({type(error).__name__})") from error
        brake.heed()
        return _spoken(_Wire(wire, deadline), method, place, host, port, headers or {}, body)
    finally:
        wire.close()


def _spoken(
    wire: _Wire,
    method: str,
    place: SplitResult,
    host: str,
    port: int,
    headers: Mapping[str, str],
    body: bytes,
) -> Answer:
    talk = http.client.HTTPConnection(host, port)
    talk.sock = wire
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        talk.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        talk.putheader("Host", place.netloc)
        talk.putheader("Accept-Encoding", "identity")
        talk.putheader("Connection", "close")
        talk.putheader("Content-Length", str(len(body)))
        for name, value in headers.items():
            talk.putheader(name, value)
        talk.endheaders(body)
        answer = talk.getresponse()
        read = answer.read(MOST_BYTES + 1)
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, read[:MOST_BYTES], len(read) > MOST_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"{host}: {type(error).__name__} before the whole answer was here") from error


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        port = place.port
    except ValueError as error:
        raise Forbidden(f"This is no address: {Forbidden.__doc__}") from error
    bad = any(ord(letter) <= 32 or ord(letter) == 127 or ord(letter) > 126 for letter in place.netloc)
    plain = re.fullmatch(r"[\x21-\x7e]*", place.path + place.query)
    if place.scheme not in ("http", "https") or not place.hostname or "@" in place.netloc or port == 0:
        raise Forbidden(f"This address is not asked: {Forbidden.__doc__}")
    if bad or not plain or "\\" in url:
        raise Forbidden(f"This address has letters that an address may not have. {Forbidden.__doc__}")
    return place


def _context() -> ssl.SSLContext:
    global _usual
    if _usual is None:
        _usual = ssl.create_default_context()
        _usual.minimum_version = ssl.TLSVersion.TLSv1_2
    return _usual


_usual: ssl.SSLContext | None = None


class _Wire:
    """A socket that forgets its own time-out: every reading and writing has what is left of the deadline."""

    def __init__(self, wire: socket.socket, deadline: float) -> None:
        self.wire, self.deadline = wire, deadline

    def sendall(self, data: Any) -> None:
        self._left()
        self.wire.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def read_into(self, buffer: Any) -> int:
        self._left()
        return self.wire.recv_into(buffer)

    def close(self) -> None:
        """Whoever opened the socket closes it."""

    def _left(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        self.wire.settimeout(left)


class _Reading(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self.wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.wire.read_into(buffer)
