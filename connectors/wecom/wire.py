"""Connections to WeCom that stay open between calls."""

from __future__ import annotations

import http.client
import select
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from connectors import brake
from connectors.base import Halted, Retryable
from connectors.dialing import Unreachable, dial
from connectors.safe_http import PORTS, NoAnswer

#: A connection that has been idle for longer is not used again: the other side may just be closing it.
IDLE_SECS, MOST_IDLE = 4.0, 32
MOST_BYTES = 8 * 1024 * 1024


class Busy(Retryable):
    """WeCom answered with a failure of its own."""


class Wire:
    """Calls one address; any number of threads may."""

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self.host, self.safe = place.hostname or "", place.scheme == "https"
        self.port = place.port or (443 if self.safe else 80)
        self.root = place.path.rstrip("/")
        self._idle: list[tuple[float, http.client.HTTPConnection]] = []
        self._lock = threading.Lock()
        self._context = ssl.create_default_context() if self.safe else None

    def ask(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], secs: float
    ) -> tuple[int, bytes]:
        """Ask once and return status and body.

        Raises Forbidden, Unreachable and Halted (nothing was sent), and NoAnswer (it may have been heeded).
        """
        talk = self._kept(secs) or self._opened(secs)
        try:
            brake.heed()
        except Halted:
            talk.close()
            raise
        try:
            talk.request(method, self.root + target, body or None, dict(headers))
            answer = talk.getresponse()
            read = answer.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            talk.close()
            raise NoAnswer(f"{self.host}: {type(error).__name__} before the answer was here") from error
        if answer.will_close or len(read) > MOST_BYTES:
            talk.close()
        else:
            with self._lock:
                self._idle.append((time.monotonic(), talk))
        return answer.status, read

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, talk in idle:
            talk.close()

    def _kept(self, secs: float) -> http.client.HTTPConnection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                since, talk = self._idle.pop()
                full = len(self._idle) >= MOST_IDLE
            # What can be read now, before anything was asked, is the other side's good-bye.
            if talk.sock is None or full or time.monotonic() - since > IDLE_SECS or _readable(talk.sock):
                talk.close()
                continue
            talk.sock.settimeout(secs)
            return talk

    def _opened(self, secs: float) -> http.client.HTTPConnection:
        wire: socket.socket = dial(self.host, self.port, PORTS, time.monotonic() + secs)
        if self._context is not None:
            try:
                wire = self._context.wrap_socket(wire, server_hostname=self.host)
            except (OSError, ValueError) as error:
                wire.close()
                raise Unreachable(f"{self.host}: no safe connection ({type(error).__name__})") from error
        wire.settimeout(secs)
        talk = http.client.HTTPConnection(self.host, self.port, timeout=secs)
        talk.sock = wire
        return talk


def _readable(wire: socket.socket) -> bool:
    try:
        return bool(select.select([wire], [], [], 0)[0])
    except (OSError, ValueError):
        return True
