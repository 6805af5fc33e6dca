"""Overrides for a while: a level by a person's or a journey's word until a day, on which it is judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import tier_standings
from audience.rule_tables import RuleTables
from audience.tables import Contact, Event
from audience.tables_tiers import TierDimension, TierOverride
from audience.tier_moves import Moved, lock, write
from audience.tier_standings import Dimension, Standing
from rules.conditions import parse
from rules.sql import where
from rules.zones import zone_of
from store.database import begin_write
from store.tables import Workspace


class NoSuchLevel(LookupError):
    """There is no such dimension, level or contact in the workspace: choose one of those there are."""


@dataclass(slots=True, frozen=True)
class Given:
    """An override to be opened at `at`; one that is open for the same contact and dimension is replaced."""

    workspace_id: int
    contact_id: int
    dimension: str
    level: str
    at: datetime
    until: datetime
    measure: Mapping[str, Any] | None = None
    reason: str = ""
    by: str = ""
    source_id: int | None = None


def open_all(session: Session, given: Sequence[Given], now: datetime) -> list[TierOverride | None]:
    """Open overrides; None for one whose dimension, level or contact does not exist. Commits nothing."""
    begin_write(session)
    opened: list[TierOverride | None] = [None] * len(given)
    places: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(given):
        places[one.workspace_id].append(place)
    for workspace_id, mine in sorted(places.items()):
        tiers = lock(session, workspace_id, {given[place].contact_id for place in mine})
        known = tier_standings.dimensions(session, workspace_id, {given[place].dimension for place in mine})
        moves: list[Moved] = []
        for place in mine:
            one, dimension = given[place], known.get(given[place].dimension)
            if dimension is None or one.level not in dimension.levels or one.contact_id not in tiers:
                continue
            opened[place], moved = _open(session, dimension, one, now)
            moves += moved
        write(session, workspace_id, moves, tiers, now)
    return opened


def open_one(session: Session, given: Given, now: datetime) -> TierOverride:
    """Open one override. Raises NoSuchLevel. Commits nothing."""
    opened = open_all(session, [given], now)[0]
    if opened is None:
        raise NoSuchLevel(NoSuchLevel.__doc__)
    return opened


def _open(
    session: Session, dimension: Dimension, given: Given, now: datetime
) -> tuple[TierOverride, list[Moved]]:
    standings = tier_standings.read(session, dimension, [given.contact_id], now)
    one = standings[given.contact_id]
    if one.override is not None:
        _end(one.override, "replaced", given.at, given.by)
        session.flush()  # only one may be open at a time
    row = TierOverride(
        workspace_id=dimension.workspace_id,
        dimension_id=dimension.id,
        contact_id=given.contact_id,
        level=given.level,
        begun_at=given.at,
        until=given.until,
        measure=dict(given.measure) if given.measure else None,
        reason=given.reason,
        by=given.by,
        source_id=given.source_id,
        state="open",
    )
    session.add(row)
    session.flush()
    old, one.override = one.level, row
    one.judge(dimension, one.met, given.at)
    tier_standings.write(session, dimension, standings)
    moved = Moved(
        dimension.id, dimension.key, given.contact_id, old, one.level, "override", given.at, given.by, row.id,
        given.source_id,
    )  # fmt: skip
    return row, [moved]


def cancel(session: Session, workspace_id: int, override_id: int, by: str, now: datetime) -> bool:
    """End an open override by hand: its contact falls to what the criteria say; False if it is not open."""
    begin_write(session)
    mine = (TierOverride.workspace_id == workspace_id, TierOverride.id == override_id)
    contact_id = session.scalar(select(TierOverride.contact_id).where(*mine))
    if contact_id is None:
        return False
    tiers = lock(session, workspace_id, [contact_id])
    query = select(TierOverride).where(*mine).execution_options(populate_existing=True)
    row = session.scalars(query).one()
    if row.state != "open":
        return False
    dimension = Dimension.of(session.get_one(TierDimension, row.dimension_id))
    standings = tier_standings.read(session, dimension, [contact_id], now)
    one = standings[contact_id]
    old, one.override = one.level, None
    _end(row, "cancelled", now, by)
    one.judge(dimension, one.met, now)
    tier_standings.write(session, dimension, standings)
    moved = Moved(dimension.id, dimension.key, contact_id, old, one.level, "cancelled", now, by, override_id)
    write(session, workspace_id, [moved], tiers, now)
    return True


def evaluate(
    session: Session, dimension: Dimension, one: Standing, override: TierOverride, at: datetime
) -> str:
    """Judge an override whose day has come, and return why the level changes, should it change."""
    one.override = None
    if not override.measure:
        _end(override, "over", at)
        return "over"
    if not measured(session, override, at):
        _end(override, "fell_back", at)
        return "fell_back"
    _end(override, "worked", at)
    if dimension.if_worked == "earned":
        one.earn(dimension, override.level, at)
        return "worked"
    again = TierOverride(
        workspace_id=override.workspace_id,
        dimension_id=override.dimension_id,
        contact_id=override.contact_id,
        level=override.level,
        begun_at=at,
        until=at + (override.until - override.begun_at),
        measure=override.measure,
        reason=override.reason,
        by=override.by,
        state="open",
    )
    session.flush()
    session.add(again)
    session.flush()
    one.override = again
    return "worked"


def measured(session: Session, override: TierOverride, at: datetime) -> bool:
    """True if the measure of an override holds at `at`, events counted from its beginning."""
    since = (
        select(Event.__table__)
        .where(
            Event.workspace_id == override.workspace_id,
            Event.contact_id == override.contact_id,
            Event.occurred_at >= override.begun_at,
        )
        .subquery()
    )

    class Since(RuleTables):
        event = since

    usual = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == override.workspace_id)))
    whom = (Contact.workspace_id == override.workspace_id, Contact.id == override.contact_id)
    zone = zone_of(session.scalar(select(Contact.timezone).where(*whom)), usual)
    rule = where(parse(override.measure), Since, at, zone)
    return session.scalar(select(Contact.id).where(*whom, rule)) is not None


def drop_unknown(dimension: Dimension, one: Standing, at: datetime) -> None:
    """End an override to a level that is no more."""
    if one.override is not None and one.override.level not in dimension.levels:
        _end(one.override, "cancelled", at)
        one.override = None


def _end(row: TierOverride, state: str, at: datetime, by: str = "") -> None:
    row.state, row.ended_at, row.ended_by = state, at, by
