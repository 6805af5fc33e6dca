"""The carrier that takes everything and reaches nobody: what would have been sent stays here to be looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock

from connectors.base import Message, Receipt, State

#: How many keys are remembered; after that the oldest are forgotten.
MOST_KEYS = 100_000


class Sandbox:
    """Takes every message at once; with a `delay`, it counts as delivered that much later."""

    carriers = frozenset(
        {
            *("wecom_direct", "wecom_group", "moments", "official_account", "mini_program"),
            *("sms", "email", "sandbox"),
        }
    )
    most = 1000
    keeps_keys = True

    def __init__(
        self, *, delay: timedelta | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.delay, self.clock = delay, clock
        self._lock = Lock()
        self._taken: OrderedDict[str, Receipt] = OrderedDict()
        self._coming: list[tuple[datetime, str]] = []
        #: How many messages had an effect: repeated keys have none.
        self.effects = 0

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Take the messages; the same key a second time gives the first receipt and has no effect."""
        if len(messages) > self.most:
            raise ValueError(f"Send at most {self.most} messages at once.")
        with self._lock:
            return [self._taken.get(message.key) or self._take(message) for message in messages]

    def later(self) -> list[Receipt]:
        """Return `delivered` for what was sent at least `delay` ago."""
        now = self.clock()
        with self._lock:
            due = [key for at, key in self._coming if at <= now]
            self._coming = [(at, key) for at, key in self._coming if at > now]
        return [Receipt(key, "delivered", now, f"sandbox-{key}") for key in due]

    def _take(self, message: Message) -> Receipt:
        now = self.clock()
        state: State = "delivered" if self.delay is None else "sent"
        receipt = Receipt(message.key, state, now, f"sandbox-{message.key}")
        self._taken[message.key] = receipt
        self.effects += 1
        if self.delay is not None:
            self._coming.append((now + self.delay, message.key))
        while len(self._taken) > MOST_KEYS:
            self._taken.popitem(last=False)
        return receipt
