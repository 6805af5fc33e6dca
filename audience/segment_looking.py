"""Looking at segments: how they grew, who is in them, and where they overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from audience.rule_tables import RuleTables
from audience.tables import Contact
from audience.tables_segment_days import SegmentDay
from audience.tables_segments import Segment, SegmentMember
from rules.conditions import Rule
from rules.sql import where
from rules.zones import local, zone_of
from store.tables import Workspace

DAYS = 30
SAMPLE = 5
#: How many of the newest contacts are looked at before all of them are.
NEWEST = 20_000


@dataclass(slots=True, frozen=True)
class Day:
    """A segment on one day: how many came and went, and how many were in it at its end."""

    day: date
    entered: int
    left: int
    count: int


@dataclass(slots=True, frozen=True)
class Region:
    """Those who are in all of the segments `inside` and in none of the others that were asked about."""

    inside: tuple[str, ...]
    count: int


def today(session: Session, workspace_id: int, now: datetime) -> date:
    """The day that it is in the workspace's own zone."""
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    return local(now, zone).date()


def history(
    session: Session, workspace_id: int, segments: Sequence[Segment], until: date, days: int = DAYS
) -> dict[int, list[Day]]:
    """The last `days` days of each segment up to `until`, oldest first, beginning no earlier than it was made."""
    since = until - timedelta(days=days - 1)
    ids = [one.id for one in segments]
    rows = session.scalars(
        select(SegmentDay)
        .where(SegmentDay.workspace_id == workspace_id, SegmentDay.segment_id.in_(ids))
        .where(SegmentDay.day >= since, SegmentDay.day <= until)
        .order_by(SegmentDay.day)
    )
    kept: dict[int, dict[date, SegmentDay]] = {}
    for row in rows:
        kept.setdefault(row.segment_id, {})[row.day] = row
    before = _before(session, workspace_id, ids, since)
    return {one.id: _days(one, kept.get(one.id, {}), before.get(one.id), since, until) for one in segments}


def _before(session: Session, workspace_id: int, ids: Sequence[int], since: date) -> dict[int, int]:
    """How many were in each segment when the first of the days began; nothing for one that was not there."""
    last = (
        select(SegmentDay.segment_id, func.max(SegmentDay.day).label("day"))
        .where(
            SegmentDay.workspace_id == workspace_id, SegmentDay.segment_id.in_(ids), SegmentDay.day < since
        )
        .group_by(SegmentDay.segment_id)
        .subquery()
    )
    rows = session.execute(
        select(SegmentDay.segment_id, SegmentDay.count).join(
            last, (last.c.segment_id == SegmentDay.segment_id) & (last.c.day == SegmentDay.day)
        )
    )
    return dict(rows.all())


def _days(
    segment: Segment, kept: dict[date, SegmentDay], before: int | None, since: date, until: date
) -> list[Day]:
    first = since if before is not None else min([*kept, until])
    count, found = before or 0, []
    for number in range((until - first).days + 1):
        row = kept.get(first + timedelta(days=number))
        count = row.count if row else count
        found.append(
            Day(first + timedelta(days=number), row.entered if row else 0, row.left if row else 0, count)
        )
    return found


def members(
    workspace_id: int, segment: Segment, also_in: Iterable[Segment] = (), not_in: Iterable[Segment] = ()
) -> Select[tuple[Contact]]:
    """A query for the contacts in a segment, of those who are also in some others and not in some others."""
    query = (
        select(Contact)
        .join(SegmentMember, SegmentMember.contact_id == Contact.id)
        .where(SegmentMember.segment_id == segment.id, Contact.workspace_id == workspace_id)
    )
    for other in also_in:
        query = query.where(_inside(other))
    for other in not_in:
        query = query.where(~_inside(other))
    return query


def sample(
    session: Session, workspace_id: int, rule: Rule, now: datetime, most: int = SAMPLE
) -> list[Contact]:
    """Some contacts for whom a rule holds, newest first; raises rules.sql.NotForContacts."""
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    newest = select(Contact.id).where(Contact.workspace_id == workspace_id).order_by(Contact.id.desc())
    since = session.scalar(newest.offset(NEWEST).limit(1)) or 0
    holds = where(rule, RuleTables, now, zone)
    query = select(Contact).where(Contact.workspace_id == workspace_id, holds)
    found = list(session.scalars(query.where(Contact.id > since).order_by(Contact.id.desc()).limit(most)))
    if len(found) < most and since:
        older = query.where(Contact.id <= since).order_by(Contact.id.desc()).limit(most - len(found))
        found += session.scalars(older)
    return found


def _inside(segment: Segment) -> ColumnElement[bool]:
    member = SegmentMember.__table__.alias()
    return (
        select(member.c.contact_id)
        .where(member.c.segment_id == segment.id, member.c.contact_id == Contact.id)
        .exists()
    )


def overlap(session: Session, segments: Sequence[Segment]) -> list[Region]:
    """Count everybody by exactly which of these segments he is in; every combination, the empty ones too."""
    bit = case({one.id: 1 << place for place, one in enumerate(segments)}, value=SegmentMember.segment_id)
    marked = (
        select(func.sum(bit).label("mask"))
        .where(SegmentMember.segment_id.in_([one.id for one in segments]))
        .group_by(SegmentMember.contact_id)
        .subquery()
    )
    found = {
        int(mask): int(count)
        for mask, count in session.execute(select(marked.c.mask, func.count()).group_by(marked.c.mask))
    }
    places = range(len(segments))
    regions = [chosen for size in range(1, len(segments) + 1) for chosen in combinations(places, size)]
    return [
        Region(tuple(segments[one].key for one in chosen), found.get(sum(1 << one for one in chosen), 0))
        for chosen in regions
    ]
