"""Group robots: they speak at once, twenty times a minute, and need nobody to confirm."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from connectors.base import Message, Receipt, Retryable
from connectors.wecom.client import Client
from connectors.wecom.facts import value

LINE = re.compile(r"\s*(\S+)\s+(?:\S*[?&]key=)?([\w-]+)\S*\s*")


class Robots:
    """The robots of an account, by the groups they stand in."""

    def __init__(self, client: Client, lines: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.client, self.clock = client, clock
        self._keys = {m[1]: m[2] for line in lines.splitlines() if (m := LINE.fullmatch(line))}
        self._said: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def has(self, chat_id: str | None) -> bool:
        return chat_id in self._keys

    def say(self, group: Sequence[Message]) -> list[Receipt]:
        """Say the same in each group; raises Retryable, with what was said, once a robot has said enough."""
        done: list[Receipt] = []
        for message in group:
            key = self._keys[str(message.to)]
            wait = self._wait(key)
            if wait > 0:
                raise Retryable("a group's robot speaks 20 times a minute", wait, done)
            text = "\n".join(part for part in (message.body.get("title"), message.body.get("text")) if part)
            longest = int(value("robot.text_bytes"))
            if len(text.encode()) > longest:
                said = f"a robot's text has at most {longest} bytes"
                done.append(Receipt(message.key, "failed", datetime.now(UTC), reason=said))
                continue
            self.client.robot(key, {"msgtype": "text", "text": {"content": text}})
            done.append(Receipt(message.key, "delivered", datetime.now(UTC), f"robot-{message.key}"))
        return done

    def _wait(self, key: str) -> float:
        """Seconds until a robot may speak again; 0 means that it is about to."""
        window = float(value("robot.window_seconds"))
        with self._lock:
            said, now = self._said.setdefault(key, deque()), self.clock()
            while said and now - said[0] >= window:
                said.popleft()
            if len(said) >= int(value("robot.minute")):
                return window - (now - said[0])
            said.append(now)
            return 0.0
