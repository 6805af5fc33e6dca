"""What a workspace has, put together from the rooms for suggestions and for checks before publishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import catalogue as people
from audience import matchings, tier_dimensions
from audience.tables_people import Staff
from audience.tables_rewards import CouponPool, PointsScheme
from audience.tables_segments import Segment
from audience.tables_tiers import LIFECYCLE, RULES
from content import readiness
from content.tables import Material
from journeys.checks import check
from journeys.problems import Catalogue, Problem
from journeys.tables import Journey
from store import clock
from web import promises
from web.connecting import connected


def of_workspace(session: Session, workspace_id: int) -> Catalogue:
    """Everything that a definition may name in this workspace."""
    known = people.load(session, workspace_id)
    contents = session.execute(
        select(Material.key, Material.carrier).where(Material.workspace_id == workspace_id)
    )
    journeys = session.execute(
        select(Journey.key, Journey.status).where(Journey.workspace_id == workspace_id)
    )
    segments = session.scalars(select(Segment.key).where(Segment.workspace_id == workspace_id))
    active = (Staff.workspace_id == workspace_id, Staff.active)
    crew = session.execute(select(Staff.key, Staff.team).where(*active)).all()
    tiers, given = tier_dimensions.all_of(session, workspace_id), (RULES, LIFECYCLE)
    return Catalogue(
        events=frozenset(known.events),
        attributes=frozenset(known.attributes),
        group_attributes=frozenset(known.group_attributes),
        tags=known.tags,
        segments=frozenset(segments),
        tiers=frozenset(row.key for row in tiers),
        scenes=matchings.keys(session, workspace_id),
        channels=promises.of_workspace(session, workspace_id),
        levels={row.key: frozenset(one["key"] for one in row.levels) for row in tiers if row.kind in given},
        pools=_keys(session, CouponPool, workspace_id),
        schemes=_keys(session, PointsScheme, workspace_id),
        contents=dict(contents.all()),
        staff=frozenset(key for key, _ in crew),
        teams=frozenset(team for _, team in crew if team),
        unready=readiness.unready(session, workspace_id, clock.now(session)),
        journeys=dict(journeys.all()),
        carriers=connected(session, workspace_id),
        properties={name: frozenset(event.properties) for name, event in known.events.items()},
    )


def judge(session: Session, workspace_id: int) -> Callable[[Mapping[str, Any]], list[Problem]]:
    """A check of definitions against this workspace."""
    catalogue = of_workspace(session, workspace_id)
    return lambda definition: check(definition, catalogue)


def _keys(session: Session, model: Any, workspace_id: int) -> frozenset[str]:
    return frozenset(session.scalars(select(model.key).where(model.workspace_id == workspace_id)))
