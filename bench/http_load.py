"""A load generator that leaves the machine to the product: one thread, plain sockets, requests built beforehand."""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Answers:
    """What came back: seconds of wall clock, the answer time of each request, and answers by status."""

    wall: float = 0.0
    cpu: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    #: The last body of an answer that was not 2xx, for who has to find out why.
    refusal: bytes = b""

    @property
    def per_second(self) -> float:
        """Requests that were answered with 2xx, a second."""
        return sum(n for status, n in self.statuses.items() if 200 <= status < 300) / self.wall

    def percentile(self, percent: int) -> float:
        """The answer time in milliseconds below which so many percent of the requests stay."""
        return statistics.quantiles(self.times, n=100)[percent - 1] * 1000


def request(method: str, path: str, body: bytes = b"", /, **headers: str) -> bytes:
    """A request over a kept connection, as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Load:
    """Some kept connections to one address, each with one request under way at a time."""

    def __init__(self, port: int, connections: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.lines = [_Line(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
        for line in self.lines:
            self.selector.register(line.socket, selectors.EVENT_READ, line)

    def run(self, requests: Iterator[bytes], secs: float) -> Answers:
        """Send until `secs` are over or `requests` are, then wait for the answers still to come."""
        found = Answers()
        cpu, begun = time.process_time(), time.perf_counter()
        until, open_lines = begun + secs, 0
        for line in self.lines:
            open_lines += line.ask(requests)
        while open_lines:
            for key, _ in self.selector.select(30):
                line = key.data
                if not line.read():
                    continue
                now = time.perf_counter()
                found.times.append(now - line.asked)
                found.statuses[line.status] += 1
                if line.status >= 300:
                    found.refusal = line.body
                open_lines -= 1
                if now < until:
                    open_lines += line.ask(requests)
        found.wall, found.cpu = time.perf_counter() - begun, time.process_time() - cpu
        return found

    def close(self) -> None:
        """Hang up."""
        self.selector.close()
        for line in self.lines:
            line.socket.close()


class _Line:
    """One connection."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connected
        self.asked, self.status, self.body, self.seen = 0.0, 0, b"", b""

    def ask(self, requests: Iterator[bytes]) -> int:
        asked = next(requests, None)
        if asked is None:
            return 0
        self.seen, self.asked = b"", time.perf_counter()
        self.socket.sendall(asked)
        return 1

    def read(self) -> bool:
        """Take what has come; True once the answer is whole."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("The server hung up in the middle of an answer.")
        self.seen += part
        end = self.seen.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.seen[:end].lower()
        _, _, length = head.partition(b"content-length: ")
        if len(self.seen) - end - 4 < int(length.split(b"\r\n", 1)[0]):
            return False
        self.status, self.body = int(head[9:12]), self.seen[end + 4 :]
        return True
