"""The fake WeCom calls the product: sealed and signed, and again when there was no answer in time."""

from __future__ import annotations

import http.client
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.wecom import xml
from connectors.wecom.crypto import Crypto
from connectors.wecom.fake.rules import Rules

THREADS = 48
#: The calls that are kept to be looked at.
KEPT = 5000


@dataclass
class Called:
    """One event on its way; `answers` are the statuses of its attempts, 0 for none in time."""

    url: str
    query: dict[str, str]
    body: bytes
    fields: Mapping[str, Any]
    answers: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)


class Callbacks:
    """Calls from threads of its own, begun with the first call."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.calls: deque[Called] = deque(maxlen=KEPT)
        self._waiting: queue.SimpleQueue[Called] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._open = 0

    def post(
        self,
        url: str,
        crypto: Crypto,
        corp_id: str,
        agent_id: int,
        fields: Mapping[str, Any],
        now: Callable[[], float],
    ) -> None:
        """Seal an event and send it off."""
        encrypted = crypto.encrypt(xml.write(fields).encode())
        at, nonce = str(int(now())), str(int.from_bytes(os.urandom(4), "big"))
        query = {"msg_signature": crypto.sign(at, nonce, encrypted), "timestamp": at, "nonce": nonce}
        body = xml.write({"ToUserName": corp_id, "AgentID": str(agent_id), "Encrypt": encrypted}).encode()
        call = Called(url, query, body, dict(fields))
        with self._lock:
            self.calls.append(call)
            self._open += 1
            if len(self._threads) < THREADS:
                self._threads.append(threading.Thread(target=self._work, daemon=True))
                self._threads[-1].start()
        self._waiting.put(call)

    def settled(self, secs: float = 10.0) -> bool:
        """Wait until every call has had its last attempt."""
        until = time.monotonic() + secs
        while self._open and time.monotonic() < until:
            time.sleep(0.005)
        return not self._open

    def _work(self) -> None:
        wires: dict[str, http.client.HTTPConnection] = {}
        while True:
            call = self._waiting.get()
            begun = time.monotonic()
            status = self._ask(wires, call)
            call.took.append(time.monotonic() - begun)
            call.answers.append(status)
            if status == 200 or len(call.answers) >= self.rules["callback.tries"]:
                with self._lock:
                    self._open -= 1
            else:
                again = threading.Timer(self.rules["callback.gap_seconds"], self._waiting.put, (call,))
                again.daemon = True
                again.start()

    def _ask(self, wires: dict[str, http.client.HTTPConnection], call: Called) -> int:
        place = urlsplit(call.url)
        kept = wires.pop(place.netloc, None)
        for wire in (kept, None):
            if wire is None:
                wire = connection(call.url, self.rules["callback.seconds"])
            try:
                target = f"{place.path or '/'}?{urlencode(call.query)}"
                wire.request("POST", target, call.body, {"Content-Type": "text/xml; charset=utf-8"})
                answer = wire.getresponse()
                answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                wire.close()
                if wire is kept:
                    continue  # it was closed while nothing was said
                return 0
            except (OSError, http.client.HTTPException):
                wire.close()
                return 0
            if answer.will_close:
                wire.close()
            else:
                wires[place.netloc] = wire
            return answer.status
        return 0


def connection(url: str, secs: float) -> http.client.HTTPConnection:
    """A connection to the host of an address."""
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    return kind(place.hostname or "", place.port, timeout=secs)


def proved(url: str, crypto: Crypto, rules: Rules, now: float) -> str:
    """Prove a callback address as the admin console does; returns what is wrong with it, or nothing."""
    echo = str(int.from_bytes(os.urandom(8), "big"))
    encrypted = crypto.encrypt(echo.encode())
    at, nonce = str(int(now)), str(int.from_bytes(os.urandom(4), "big"))
    query = {
        "msg_signature": crypto.sign(at, nonce, encrypted),
        "timestamp": at,
        "nonce": nonce,
        "echostr": encrypted,
    }
    wire = connection(url, rules["callback.url_seconds"])
    begun = time.monotonic()
    try:
        wire.request("GET", f"{urlsplit(url).path or '/'}?{urlencode(query)}")
        answer = wire.getresponse()
        said = answer.read(1000)
    except (OSError, http.client.HTTPException) as error:
        return f"no answer within {rules['callback.url_seconds']} s: {type(error).__name__}"
    finally:
        wire.close()
    if time.monotonic() - begun > rules["callback.url_seconds"]:
        return f"the answer took longer than {rules['callback.url_seconds']} s"
    if answer.status != 200:
        return f"answered with {answer.status}"
    if said != echo.encode():
        return "the answer is not the bare plain text of echostr"
    return ""
