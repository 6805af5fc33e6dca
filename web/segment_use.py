"""Who would miss a segment: journeys, other segments, tags, tiers and scenes that name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.segment_making import users
from audience.segments import signal_name
from audience.tables_matching import SceneTable
from audience.tables_segments import Segment
from audience.tables_tiers import TierDimension
from journeys.position import ENDED
from journeys.tables import Draft, Enrollment, Journey
from web import names


@dataclass(slots=True, frozen=True)
class Use:
    """One place where a segment is named; `live` if it is at work now."""

    kind: str
    key: str
    name: str
    live: bool


def usage(session: Session, workspace_id: int, key: str) -> list[Use]:
    """Everything that names a segment: what is at work first, then drafts."""
    found = _journeys(session, workspace_id, key)
    of_rules = users(session, workspace_id, key)
    titles = dict(
        session.execute(select(Segment.key, Segment.name).where(Segment.workspace_id == workspace_id)).all()
    )
    scenes = select(SceneTable.key, SceneTable.name, SceneTable.rows).where(
        SceneTable.workspace_id == workspace_id
    )
    found += [
        Use("scene", scene, name, True)
        for scene, name, rows in session.execute(scenes)
        if any(names_segment(row.get("who"), key) for row in rows)
    ]
    dimensions = select(TierDimension.key, TierDimension.name).where(
        TierDimension.workspace_id == workspace_id
    )
    by_family = {"segment": titles, "tier": dict(session.execute(dimensions).all())}
    for family, owners in of_rules.items():
        named = by_family.get(family, {})
        found += [Use(family, owner, named.get(owner, owner), True) for owner in owners]
    return sorted(found, key=lambda use: (not use.live, use.kind, use.name))


def names_segment(part: Any, key: str) -> bool:
    """Whether a drawing, or a part of it, asks for a segment, begins with it, or waits for its signal."""
    return any(key in found or signal_name(key) in found for found in _names(part))


def _names(part: Any) -> Iterator[tuple[str, ...]]:
    """The words by which parts of a drawing may name a segment."""
    if isinstance(part, Mapping):
        value = part.get("value")
        if part.get("field") == "segments":
            yield (
                (value,)
                if isinstance(value, str)
                else tuple(one for one in value or () if isinstance(one, str))
            )
        if "type" in part and isinstance(part.get("segment"), str):  # an entry, or whom a schedule is for
            yield (part["segment"],)
        for below in part.values():
            yield from _names(below)
    elif isinstance(part, list):
        for below in part:
            yield from _names(below)
    elif isinstance(part, str) and part.startswith("segment."):
        yield (part,)


def _journeys(session: Session, workspace_id: int, key: str) -> list[Use]:
    """Journeys whose drawing, live version, or a version that somebody is still on names the segment."""
    live = select(Journey.live_version_id).where(
        Journey.workspace_id == workspace_id,
        Journey.status.in_(("live", "paused")),
        Journey.live_version_id.is_not(None),
    )
    on = select(Enrollment.version_id).where(
        Enrollment.workspace_id == workspace_id, Enrollment.status != ENDED
    )
    versions = names.drawn(number for number in session.scalars(live.union(on)) if number is not None)
    at_work = {one.journey_id for one in versions.values() if names_segment(one.definition, key)}
    drafts = session.execute(
        select(Draft.journey_id, Draft.definition)
        .join(Journey, Journey.id == Draft.journey_id)
        .where(Draft.workspace_id == workspace_id, Journey.status != "archived")
    )
    drawn = {number for number, definition in drafts if names_segment(definition, key)}
    called = names.journeys(at_work | drawn)
    return [
        Use("journey", str(number), called.get(number, ""), number in at_work) for number in at_work | drawn
    ]
