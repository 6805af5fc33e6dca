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

from sqlalchemy import and_, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audience.consent import profiled
from audience.looking import zones_of
from audience.rule_tables import RuleTables
from audience.tables import Contact
from rules.conditions import Rule
from rules.sql import Clause, is_local, where
from rules.zones import zone_of
from store.bulk import among
from store.tables import Workspace

#: What counting everybody may take, in ms, before a part is asked instead; and what the part may.
SOON_MS, PART_MS = 400, 3000
#: Contacts drawn by lot: of a share of a tenth, 19 of 20 such answers are right to half a percent of all.
DRAWN = 10_000
#: Beyond so many numbers none is drawn, however few of them are contacts of this workspace.
MOST_DRAWN = 8 * DRAWN
#: How long the zones in which contacts live are believed, in seconds.
BELIEVED_SECS = 300.0
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


_zones: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}
_lock = Lock()


def count(session: Session, workspace_id: int, rule: Rule, now: datetime) -> Count:
    """Count the contacts of a workspace for whom the rule holds; writes nothing, leaves the transaction as it was.

    Raises rules.sql.NotForContacts for a rule about what only somebody in a journey has.
    """
    begun = time.perf_counter()
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    zones = _zones_of(session, workspace_id) if is_local(rule) else ()

    def asked(everybody_of: int | None) -> Clause:
        # Who does not want to be profiled is in no segment, and so is not counted.
        return and_(where(rule, RuleTables, now, zone, zones=zones, everybody_of=everybody_of), profiled())

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
    return Count(number, False, _since(begun), of)


def _whole(session: Session, workspace_id: int, holds: Clause) -> int:
    query = select(func.count()).select_from(Contact).where(Contact.workspace_id == workspace_id, holds)
    return int(session.scalar(query) or 0)


def _drawn(session: Session, workspace_id: int, holds: Clause) -> tuple[int, int]:
    """Work out the number from contacts drawn by lot, always the same lot; it, and how many were drawn.

    Their ids are drawn from all between the first and the last: gaps and other workspaces' contacts count as nobody.
    """
    ends = select(func.min(Contact.id), func.max(Contact.id)).where(Contact.workspace_id == workspace_id)
    low, high = session.execute(ends).one()
    if low is None:
        return 0, 0
    span = range(low, high + 1)
    query = select(func.count(), func.count().filter(holds)).select_from(Contact)
    wanted = DRAWN
    while True:
        ids: Sequence[int] = span
        if len(span) > wanted:
            ids = random.Random(workspace_id).sample(span, wanted)
        whom = (Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
        with session.begin_nested() as part:
            session.execute(text(SETTINGS.format(ms=PART_MS)))
            of, number = session.execute(query.where(*whom)).one()
            part.rollback()
        if of >= DRAWN // 4 or wanted >= min(len(span), MOST_DRAWN):
            return round(len(span) * number / len(ids)), int(of)
        wanted = MOST_DRAWN


def _zones_of(session: Session, workspace_id: int) -> tuple[str, ...]:
    key = (str(session.get_bind().engine.url), workspace_id)
    with _lock:
        until, found = _zones.get(key, (0.0, ()))
    if until > time.monotonic():
        return found
    found = zones_of(session, workspace_id).names
    with _lock:
        if len(_zones) > 1000:
            _zones.clear()
        _zones[key] = (time.monotonic() + BELIEVED_SECS, found)
    return found


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
