"""What is watched about events while they come in: how many an hour, and what about their shape looks wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from audience.tables import Event, Known
from audience.tables_watch import EventHour, EventWarning
from store.bulk import among

TYPE_CHANGED, NEAR_DUPLICATE, NOT_DECLARED, PROPERTY_GONE = (
    "type_changed", "near_duplicate", "not_declared", "property_gone",
)  # fmt: skip
#: So many of the last events of a name are looked at for examples, and for properties that come no more.
LOOKED_AT = 100
#: A property is gone if this many events in a row came without it.
GONE_AFTER = 20
_NOT_WORD = re.compile(r"[^a-z0-9]")

#: (name, property, code, detail)
Finding = tuple[str, str, str, dict[str, Any]]


def count(session: Session, workspace_id: int, names: Iterable[str], now: datetime) -> None:
    """Add events that were taken in at `now` to their hour: one statement for a batch."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    rows = [
        {"workspace_id": workspace_id, "name": name, "hour": hour, "count": times}
        for name, times in sorted(Counter(names).items())
    ]
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(EventHour)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["workspace_id", "name", "hour"],
            set_={"count": EventHour.count + insert.excluded.count},
        ),
        rows,
    )


def note(session: Session, workspace_id: int, findings: Sequence[Finding], now: datetime) -> None:
    """Keep what looks wrong; a finding of before is counted once more."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for name, prop, code, detail in findings:
        insert = dialect.insert(EventWarning).values(
            workspace_id=workspace_id,
            name=name,
            property=prop,
            code=code,
            detail=detail,
            count=1,
            first_at=now,
            last_at=now,
            dismissed=False,
        )
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["workspace_id", "name", "property", "code"],
                set_={"count": EventWarning.count + 1, "last_at": now, "detail": detail},
            )
        )


def of_new_names(session: Session, workspace_id: int, names: Sequence[str]) -> list[Finding]:
    """What to say of names that came in without anybody having declared them: new, and like which other."""
    if not names:
        return []
    query = select(Known.name).where(Known.workspace_id == workspace_id, Known.kind == "event")
    others = {_bare(name): name for name in session.scalars(query) if name not in names}
    findings: list[Finding] = []
    for name in names:
        like = others.get(_bare(name))
        if like is not None:
            findings.append((name, "", NEAR_DUPLICATE, {"like": like}))
        elif others:
            findings.append((name, "", NOT_DECLARED, {}))
        others[_bare(name)] = name
    return findings


def _bare(name: str) -> str:
    return _NOT_WORD.sub("", name.lower()).rstrip("s")


def volumes(session: Session, workspace_id: int, since: datetime) -> dict[str, list[tuple[datetime, int]]]:
    """How many events of each name came in which hour."""
    query = (
        select(EventHour.name, EventHour.hour, EventHour.count)
        .where(EventHour.workspace_id == workspace_id, EventHour.hour >= since)
        .order_by(EventHour.hour)
    )
    found: dict[str, list[tuple[datetime, int]]] = {}
    for name, hour, times in session.execute(query):
        found.setdefault(name, []).append((hour, times))
    return found


def last_hours(session: Session, workspace_id: int) -> dict[str, datetime]:
    """The last hour in which each name came, however long ago."""
    query = (
        select(EventHour.name, func.max(EventHour.hour))
        .where(EventHour.workspace_id == workspace_id)
        .group_by(EventHour.name)
    )
    return {row.name: row[1] for row in session.execute(query)}


def warnings(session: Session, workspace_id: int, name: str | None = None) -> list[EventWarning]:
    """What looks wrong and nobody has said is well, the most telling first."""
    order = case({TYPE_CHANGED: 0, NEAR_DUPLICATE: 1, PROPERTY_GONE: 2}, value=EventWarning.code, else_=3)
    query = select(EventWarning).where(
        EventWarning.workspace_id == workspace_id, EventWarning.dismissed.is_(False)
    )
    if name is not None:
        query = query.where(EventWarning.name == name)
    return list(session.scalars(query.order_by(order, EventWarning.last_at.desc()).limit(200)))


def latest(session: Session, workspace_id: int, name: str) -> list[Event]:
    """The last events of a name, newest first."""
    query = (
        select(Event)
        .where(Event.workspace_id == workspace_id, Event.name == name)
        .order_by(Event.occurred_at.desc())
        .limit(LOOKED_AT)
    )
    return list(session.scalars(query))


def examples(rows: Sequence[Event], most: int = 3) -> dict[str, list[Any]]:
    """Different values of each property in these events, a few of each."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.properties.items():
            kept = found.setdefault(name, [])
            if len(kept) < most and value not in kept:
                kept.append(value)
    return found


def gone(rows: Sequence[Event], types: Mapping[str, str]) -> list[str]:
    """Known properties that came before, and with none of the last events."""
    recent, before = rows[:GONE_AFTER], rows[GONE_AFTER:]
    if len(recent) < GONE_AFTER:
        return []
    now_there = {name for row in recent for name in row.properties}
    then_there = {name for row in before for name in row.properties}
    return sorted((then_there & types.keys()) - now_there)


def dismiss(session: Session, workspace_id: int, warning_id: int) -> EventWarning | None:
    """Say that it is well as it is; None if there is no such warning. The caller commits."""
    query = select(EventWarning).where(
        EventWarning.workspace_id == workspace_id, among(session, EventWarning.id, [warning_id])
    )
    found = session.scalar(query)
    if found is not None:
        found.dismissed = True
    return found


#: How far back volumes are shown.
SHOWN = timedelta(days=30)
