"""Values as PostgreSQL reads them from text: array literals and COPY lines, built by hand because that is what
costs a batch most; ids of nodes need no quoting, everything a person may have written gets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from journeys.position import Crumb, SendMessage
from runtime.rows import Standing
from store.database import dumps

NULL = "\\N"


def integers(values: Iterable[int | None]) -> str:
    """An array of whole numbers."""
    return "{" + ",".join(["NULL" if v is None else str(v) for v in values]) + "}"


class Moments(dict[datetime | None, str]):
    """Moments as texts: a move has few, and says each of them many times."""

    def __missing__(self, at: datetime | None) -> str:
        text = self[at] = "NULL" if at is None else at.isoformat()
        return text

    def array(self, values: Iterable[datetime | None]) -> str:
        """An array of them."""
        return "{" + ",".join([self[v] for v in values]) + "}"


def times(values: Iterable[datetime | None]) -> str:
    """An array of moments."""
    return Moments().array(values)


def words(values: Iterable[str | None]) -> str:
    """An array of node ids and other words of ours, which hold no quote and no backslash; one may be called null."""
    return "{" + ",".join(["NULL" if v is None else f'"{v}"' for v in values]) + "}"


def texts(values: Iterable[str | None]) -> str:
    """An array of texts by whomever."""
    return "{" + ",".join(["NULL" if v is None else quoted(v) for v in values]) + "}"


def quoted(value: str) -> str:
    """One element of an array literal."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def field(value: str | None) -> str:
    """One field of a COPY line."""
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def trail_lines(crumbs: Sequence[tuple[Sequence[Standing], Sequence[Crumb]]]) -> str:
    """Crumbs as lines of COPY; what many share is written once."""
    lines, moments = [], Moments()
    for members, trail in crumbs:
        told = [_crumb(crumb, moments) for crumb in trail]
        for s in members:
            who = f"{s.workspace_id}\t{s.id}\t{s.version_id}\t"
            lines.append(who + who.join(told))
    return "".join(lines)


def outbox_lines(messages: Sequence[tuple[Sequence[Standing], SendMessage]]) -> str:
    """Messages as lines of COPY; what many share is written once."""
    lines = []
    for members, message in messages:
        key, rest = f"{message.seq}:{message.n}", _message(message)
        lines += [
            f"{s.workspace_id}\t{s.id}:{key}\t{s.journey_id}\t{s.version_id}\t{s.id}\t{s.subject_id}\t{rest}"
            for s in members
        ]
    return "".join(lines)


def _crumb(crumb: Crumb, moments: Moments) -> str:
    detail = NULL if crumb.detail is None else dumps(crumb.detail).replace("\\", "\\\\")
    return (
        f"{moments[crumb.at]}\t{crumb.op}\t{crumb.stage or NULL}\t{crumb.step or NULL}\t{crumb.exit or NULL}\t"
        f"{crumb.arrow or NULL}\t{crumb.visit}\t{crumb.seq}\t{detail}\n"
    )


def _message(message: SendMessage) -> str:
    at = message.at.isoformat()
    until = message.valid_until.isoformat() if message.valid_until else NULL
    scene = dumps(message.scene).replace("\\", "\\\\")
    return (
        f"{message.step}\t{message.visit}\t{message.seq}\t{message.carrier}\t{field(message.content)}\t{scene}\t"
        f"{at}\t{at}\t{until}\t{'t' if message.answer else 'f'}\tpending\t0\n"
    )
