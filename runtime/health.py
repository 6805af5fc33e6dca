"""How connections are doing, noted while messages are settled: seldom enough to cost nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence

from connectors.base import Broken, Permanent, Receipt, Unknown
from runtime.connections import Connections, trouble, went_well
from runtime.database import Transaction

#: That all is well is noted so often, and the same trouble too.
WELL_EVERY_SECS, SAME_EVERY_SECS = 10.0, 60.0

Place = tuple[int, str]


class Health:
    """Gathers what one worker sees of connections, and writes it down with the next results."""

    def __init__(self, connections: Connections | None) -> None:
        self.connections = connections
        self._well: dict[int, float] = {}
        self._said: dict[tuple[int, str], float] = {}
        self._due: list[tuple[int, str, str, bool]] = []
        self._fine: set[int] = set()

    def answered(self, place: Place, receipts: Sequence[Receipt]) -> None:
        """A call came through; what it refused is worth a line too."""
        number = self._number(place)
        if number is None:
            return
        if any(one.state in ("sent", "delivered") for one in receipts):
            self._fine.add(number)
        for reason in {one.reason or "no reason" for one in receipts if one.state in ("refused", "failed")}:
            self._note(number, "refused", reason, False)

    def failed(self, place: Place, error: Exception) -> None:
        """A call came to nothing."""
        number = self._number(place)
        if number is None:
            return
        known = isinstance(error, Permanent | Unknown) or hasattr(error, "after")
        kind = (
            "broken" if isinstance(error, Broken) else "refused" if isinstance(error, Permanent) else "retry"
        )
        # What a library says may hold anything; only our own sentences are kept.
        said = str(error) if known else f"the connector failed ({type(error).__name__})"
        self._note(number, kind, said or type(error).__name__, isinstance(error, Broken))

    def write(self, tx: Transaction) -> None:
        """Write down what has been gathered."""
        now = time.monotonic()
        for number in self._fine:
            if now - self._well.get(number, -WELL_EVERY_SECS) >= WELL_EVERY_SECS:
                self._well[number] = now
                went_well(tx.session, number)
        for number, kind, sentence, broken in self._due:
            trouble(tx.session, number, kind, sentence, _code(sentence), broken=broken)
        self._fine, self._due = set(), []

    def _note(self, number: int, kind: str, sentence: str, broken: bool) -> None:
        now, same = time.monotonic(), (number, sentence)
        if broken or now - self._said.get(same, -SAME_EVERY_SECS) >= SAME_EVERY_SECS:
            if len(self._said) > 1000:
                self._said.clear()
            self._said[same] = now
            self._due.append((number, kind, sentence, broken))

    def _number(self, place: Place) -> int | None:
        return self.connections.serving.get(place) if self.connections is not None else None


def _code(sentence: str) -> str | None:
    first = sentence.split(" ", 1)[0].rstrip(":")
    return first if first.isdigit() or first.startswith("isv.") else None
