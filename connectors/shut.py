"""The way out of an account that cannot be used now: its messages wait, for nobody else may have them."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base import Message, Receipt, Retryable


class Shut:
    """Takes nothing, and says why."""

    most = 1000
    keeps_keys = True

    def __init__(self, carrier: str, reason: str) -> None:
        self.carriers, self.reason = frozenset({carrier}), reason

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Refuse for now."""
        raise Retryable(self.reason)

    def later(self) -> list[Receipt]:
        """Nothing comes later."""
        return []
