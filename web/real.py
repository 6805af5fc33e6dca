"""Real people inside as the kernel knows them: plans, positions, facts and pauses, for looking ahead without writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from audience import facts as audience_facts
from audience import group_facts
from journeys.pauses import Pause
from journeys.plan import Plan, compile_plan
from journeys.position import ENDED, Facts, Position
from journeys.reading import Reads
from journeys.tables import Enrollment, Journey, JourneyPause
from rules.reach import Reach
from rules.zones import known_zone
from store import clock
from store.database import db
from store.subjects import is_group
from store.tables import Workspace
from web.access import here
from web.reached import reach_here, touches_of


def plan_of(journey: Journey, definition: Mapping[str, Any], reach: Reach | None = None) -> Plan:
    """The plan of a drawing of this journey, with what the workspace decides for it; `reach` if others are tried."""
    workspace = db.session().get_one(Workspace, here())
    return compile_plan(
        definition,
        journey_key=journey.key,
        workspace_zone=workspace.timezone,
        quiet_hours=(workspace.settings or {}).get("quiet_hours"),
        reach=reach_here() if reach is None else reach,
    )


def position_of(row: Enrollment) -> Position:
    """Where an enrollment stands, as a position of its own that may be changed."""
    found = Position(**{name: getattr(row, name) for name in Position.__slots__})
    found.state = dict(row.state)
    return found


def facts_of(contact_ids: Iterable[int], plans: Sequence[Plan]) -> dict[int, Facts]:
    """What these plans read of contacts, or of customer groups, by subject number; who does not exist has none."""
    reads = [plan.reads for plan in plans]
    wanted = Reads(
        frozenset().union(*(one.attributes for one in reads)),
        any(one.tags for one in reads),
        frozenset().union(*(one.events for one in reads)),
        frozenset().union(*(one.segments for one in reads)),
        frozenset().union(*(one.tiers for one in reads)),
        frozenset().union(*(one.scenes for one in reads)),
    )
    ids = list(contact_ids)
    load = group_facts.load if ids and is_group(ids[0]) else audience_facts.load
    known = load(db.session(), here(), ids, wanted)
    had = touches_of(known, plans, clock.now(db.session()))
    return {
        number: Facts(
            str(number),
            one.attributes,
            one.tags,
            known_zone(one.zone) if one.zone else None,
            one.history,
            one.segments,
            one.tiers,
            one.matchings,
            touches=had.get(number, ()),
        )
        for number, one in known.items()
    }


def pauses_of(journey: Journey) -> tuple[Pause, ...]:
    """The pauses of a journey that are over, oldest first."""
    rows = db.session.scalars(
        select(JourneyPause)
        .where(
            JourneyPause.workspace_id == here(),
            JourneyPause.journey_id == journey.id,
            JourneyPause.until.is_not(None),
        )
        .order_by(JourneyPause.since)
    )
    return tuple(Pause(row.since, row.until, row.on_resume) for row in rows if row.until is not None)


def sample(version_ids: Sequence[int], most: int) -> tuple[list[Enrollment], int]:
    """At most so many of those inside on these versions, spread evenly over all of them, and how many those are."""
    session = db.session()
    inside = (
        Enrollment.workspace_id == here(),
        Enrollment.version_id.in_(version_ids),
        Enrollment.status != ENDED,
    )
    of = session.scalars(select(func.count()).where(*inside)).one()
    query = select(Enrollment).where(*inside).order_by(Enrollment.id).limit(most)
    if of > most:
        # Every so-manieth by its place in line, for ids have gaps.
        line = select(Enrollment.id, func.row_number().over(order_by=Enrollment.id).label("place")).where(
            *inside
        )
        placed = line.subquery()
        step = -(-of // most)
        chosen = select(placed.c.id).where(placed.c.place % step == 0)
        query = select(Enrollment).where(Enrollment.id.in_(chosen)).order_by(Enrollment.id).limit(most)
    return list(session.scalars(query)), of
