"""A connector for tests that fails as it is told, and keeps what reached its recipients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from connectors.base import ConnectorError, Message, Receipt, Retryable

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Scripted:
    """Meets each call with the next of `script`: an error to raise, or None to send.

    An error named in `after_effect` is raised only after the messages have gone out: the answer was lost.
    """

    carriers = frozenset({"sms"})
    most = 100

    def __init__(
        self,
        script: Sequence[ConnectorError | None] = (),
        *,
        keeps_keys: bool = True,
        refuses: Sequence[str] = (),
        after_effect: Sequence[type[ConnectorError]] = (),
    ) -> None:
        self.script = list(script)
        self.keeps_keys = keeps_keys
        self.refuses = set(refuses)
        self.after_effect = tuple(after_effect)
        self.arrived: list[Message] = []
        self.calls = 0

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Follow the script."""
        if len(messages) > self.most:
            raise ValueError(f"Send at most {self.most} messages at once.")
        self.calls += 1
        error = self.script.pop(0) if self.script else None
        if error is not None and not isinstance(error, self.after_effect):
            raise error
        receipts = [self._one(message) for message in messages]
        if error is not None:
            raise error
        return receipts

    def later(self) -> list[Receipt]:
        """Nothing comes later here."""
        return []

    def _one(self, message: Message) -> Receipt:
        if message.to in self.refuses:
            return Receipt(message.key, "refused", NOW, reason="blocked")
        if not self.keeps_keys or all(message.key != one.key for one in self.arrived):
            self.arrived.append(message)
        return Receipt(message.key, "delivered", NOW, f"no-{message.key}")


def rate_limited(after: float) -> Retryable:
    """The answer of a carrier that is asked too often."""
    return Retryable("too many requests", after)
