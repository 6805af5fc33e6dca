"""How many contacts a rule holds for, while somebody is still writing it: soon, and honestly.

Everybody is counted if that can be done soon. If not, a part of them drawn by lot is asked, and the answer says so.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audience.rule_tables import RuleTables
from audience.tables import Contact
from rules.conditions import Rule
from rules.sql import Clause, is_local, where
from rules.zones import zone_of
from store.bulk import among
from store.tables import Workspace

#: What counting everybody may take, in ms, before a part is asked instead; and what the part may.
SOON_MS, PART_MS = 500, 3000
#: Contacts drawn by lot: of a share of a tenth, 19 of 20 such answers are right to half a percent of all.
DRAWN = 10_000
#: How long the number of contacts and their zones are believed, in seconds.
BELIEVED_SECS = 60.0
#: JIT takes longer than it saves here, and the people found by one condition are kept in memory for the next.
SETTINGS = "SET LOCAL jit = off; SET LOCAL work_mem = '96MB'; SET LOCAL statement_timeout = {ms}"
CANCELLED = "57014"


@dataclass(slots=True, frozen=True)
class Count:
    """How many there are; `exact` false means that it was worked out from `sampled` contacts drawn by lot."""

    count: int
    exact: bool
    took_ms: float
    sampled: int | None = None


@dataclass(slots=True)
class _Known:
    """What is known of all contacts of a workspace, for a while."""

    until: float
    people: int
    low: int
    high: int
    zones: tuple[str, ...]


_known: dict[tuple[str, int], _Known] = {}
_lock = Lock()


def count(session: Session, workspace_id: int, rule: Rule, now: datetime) -> Count:
    """Count the contacts of a workspace for whom the rule holds; writes nothing, leaves the transaction as it was.

    Raises rules.sql.NotForContacts for a rule about what only somebody in a journey has.
    """
    begun = time.perf_counter()
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    zones = _of(session, workspace_id).zones if is_local(rule) else ()

    def asked(everybody_of: int | None) -> Clause:
        return where(rule, RuleTables, now, zone, zones=zones, everybody_of=everybody_of)

    if session.get_bind().dialect.name != "postgresql":
        return Count(_whole(session, workspace_id, asked(workspace_id)), True, _since(begun))
    left_ms = max(50, SOON_MS - int(_since(begun)))
    try:
        # Taken back whatever comes of it: so are the settings.
        with session.begin_nested() as part:
            session.execute(text(SETTINGS.format(ms=left_ms)))
            found = _whole(session, workspace_id, asked(workspace_id))
            part.rollback()
        return Count(found, True, _since(begun))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != CANCELLED:
            raise
    number, of = _drawn(session, workspace_id, asked(None))
    return Count(round(_of(session, workspace_id).people * number / max(1, of)), False, _since(begun), of)


def _whole(session: Session, workspace_id: int, holds: Clause) -> int:
    query = select(func.count()).select_from(Contact).where(Contact.workspace_id == workspace_id, holds)
    return int(session.scalar(query) or 0)


def _drawn(session: Session, workspace_id: int, holds: Clause) -> tuple[int, int]:
    """Of contacts drawn by lot, always the same lot: for how many the rule holds, and how many they are."""
    known = _of(session, workspace_id)
    span = range(known.low, known.high + 1)
    ids: Sequence[int] = span
    if len(span) > DRAWN:
        # Where other workspaces' contacts lie between ours more numbers are drawn, to find as many people.
        wanted = min(len(span), DRAWN * max(1, min(10, len(span) // max(1, known.people))))
        ids = random.Random(workspace_id).sample(span, wanted)
    with session.begin_nested() as part:
        session.execute(text(SETTINGS.format(ms=PART_MS)))
        query = select(func.count(), func.count().filter(holds)).select_from(Contact)
        whom = (Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
        of, number = session.execute(query.where(*whom)).one()
        part.rollback()
    return int(number), int(of)


def _of(session: Session, workspace_id: int) -> _Known:
    key = (str(session.get_bind().engine.url), workspace_id)
    with _lock:
        found = _known.get(key)
    if found is not None and found.until > time.monotonic():
        return found
    own = Contact.workspace_id == workspace_id
    people, low, high = session.execute(
        select(func.count(), func.min(Contact.id), func.max(Contact.id)).where(own)
    ).one()
    zones = session.scalars(select(Contact.timezone).where(own, Contact.timezone.is_not(None)).distinct())
    found = _Known(
        *(time.monotonic() + BELIEVED_SECS, people, low or 0, high or 0),
        tuple(name for name in zones if name),
    )
    with _lock:
        if len(_known) > 1000:
            _known.clear()
        _known[key] = found
    return found


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
