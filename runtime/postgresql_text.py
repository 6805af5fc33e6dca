"""Values as PostgreSQL reads them from text: array literals and COPY lines, built by hand because that is what
costs a batch most; ids of nodes need no quoting, everything a person may have written gets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from journeys.position import Crumb, SendMessage
from runtime.rows import Standing
from store.database import dumps

NULL = "\\N"


def integers(values: Iterable[int | None]) -> str:
    """An array of whole numbers."""
    return "{" + ",".join(["NULL" if v is None else str(v) for v in values]) + "}"


def times(values: Iterable[datetime | None]) -> str:
    """An array of moments."""
    return "{" + ",".join(["NULL" if v is None else v.isoformat() for v in values]) + "}"


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


def trail_line(standing: Standing, crumb: Crumb) -> str:
    """A crumb as a line of COPY."""
    detail = "\\N" if crumb.detail is None else dumps(crumb.detail).replace("\\", "\\\\")
    return (
        f"{standing.workspace_id}\t{standing.id}\t{standing.version_id}\t{crumb.at.isoformat()}\t{crumb.op}\t"
        f"{crumb.stage or NULL}\t{crumb.step or NULL}\t{crumb.exit or NULL}\t{crumb.arrow or NULL}\t"
        f"{crumb.visit}\t{crumb.seq}\t{detail}\n"
    )


def outbox_line(standing: Standing, message: SendMessage) -> str:
    """A message as a line of COPY."""
    at = message.at.isoformat()
    until = message.valid_until.isoformat() if message.valid_until else NULL
    scene = dumps(message.scene).replace("\\", "\\\\")
    return (
        f"{standing.workspace_id}\t{standing.id}:{message.seq}:{message.n}\t{standing.journey_id}\t"
        f"{standing.version_id}\t{standing.id}\t{standing.subject_id}\t{message.step}\t{message.visit}\t"
        f"{message.seq}\t{message.carrier}\t{field(message.content)}\t{scene}\t{at}\t{at}\t{until}\t"
        f"{'t' if message.answer else 'f'}\tpending\t0\n"
    )
