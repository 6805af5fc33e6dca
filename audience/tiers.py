"""Keeping everybody in the level he has earned: up at once, down when the time is over, overrides judged on their day.

Three ways lead here, each in a transaction of the caller that holds the contacts' locks: what a look at some
contacts has found (`settle`), time that is over (`fall`), and levels that somebody has changed (`sort_anew`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select
from sqlalchemy.orm import Session

from audience import tier_overrides, tier_standings
from audience.families import Looked, Verdict
from audience.tables import Contact
from audience.tables_keeping import Recheck, WatchedRule
from audience.tables_tiers import GOING, LIFECYCLE, RULES, TierDimension, TierOverride, TierStanding
from audience.tier_law import is_higher
from audience.tier_moves import Moved, lock, write
from audience.tier_standings import Dimension, Standing
from store.bulk import among
from store.clock import has_come
from store.pace import Pace, Portion
from store.tables import Inbox

#: Contacts sorted anew in one transaction, and standings whose time is over.
SORTING, FALLING = Pace(2000), Pace(500)


def settle(session: Session, looked: Looked) -> None:
    """Let contacts rise and fall by what a look has found. Commits nothing."""
    by_owner: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in looked.verdicts:
        by_owner[verdict.owner].append(verdict)
    ids = {number for verdict in looked.verdicts for number in verdict.looked_at}
    if not ids:
        return
    tiers = lock(session, looked.workspace_id, ids)
    found = tier_standings.dimensions(session, looked.workspace_id, by_owner)
    moves: list[Moved] = []
    for key, verdicts in by_owner.items():
        if key in found:
            moves += _judge(session, found[key], verdicts, tiers, looked.now)
    write(session, looked.workspace_id, moves, tiers, looked.now)


def _judge(
    session: Session,
    dimension: Dimension,
    verdicts: Sequence[Verdict],
    tiers: Mapping[int, dict[str, str]],
    now: datetime,
) -> list[Moved]:
    ids = {number for verdict in verdicts for number in verdict.looked_at if number in tiers}
    standings = tier_standings.read(session, dimension, ids, now)
    met: dict[int, set[str]] = {number: set(one.met) for number, one in standings.items()}
    told: set[int] = set()
    for verdict in verdicts:
        for number in verdict.looked_at:
            mine = met.get(number)
            if mine is None:
                continue
            if (number in verdict.holding) == (verdict.part in mine):
                if standings[number].is_new and not verdict.first:
                    told.add(number)
                continue
            mine.symmetric_difference_update((verdict.part,))
            if not verdict.first:
                told.add(number)
    moves = []
    for number, one in standings.items():
        old = tiers[number].get(dimension.key)  # as rules read it, also of somebody just merged
        one.judge(dimension, met[number], now)
        if one.level != old:
            quiet = number not in told
            because = "criteria" if quiet else _because(dimension, one, old)
            kept = dimension.ready or not quiet
            moves.append(
                Moved(
                    dimension.id, dimension.key, number, old, one.level, because, now, quiet=quiet, kept=kept
                )
            )
    tier_standings.write(session, dimension, standings)
    return moves


def _because(dimension: Dimension, one: Standing, old: str | None) -> str:
    if one.is_new:
        return "entered"
    risen = is_higher(dimension.levels, one.level, old)
    if dimension.is_lifecycle:
        return "advanced" if risen else "went_back"
    return "promoted" if risen else "demoted"


def fall(session: Session, now: datetime) -> bool:
    """Let some fall whose time is over, and judge overrides whose day has come; True if there were any.

    Each does so at the very moment it was due, whenever a worker comes round to it. Somebody to whom something
    happened that has not been looked at yet is left until it has. Commits nothing.
    """
    with FALLING.portion() as portion:
        portion.done = _fall_some(session, now, portion.size)
    return portion.done > 0


def _fall_some(session: Session, now: datetime, most: int) -> int:
    rows = session.execute(
        select(TierStanding.workspace_id, TierStanding.dimension_id, TierStanding.contact_id)
        .where(TierStanding.due_at <= horizon(session, now), _looked_at())
        .order_by(TierStanding.due_at)
        .limit(most)
    ).all()
    if not rows:
        return 0
    workspace_id = rows[0].workspace_id
    mine = [row for row in rows if row.workspace_id == workspace_id]
    tiers = lock(session, workspace_id, {row.contact_id for row in mine})
    moves: list[Moved] = []
    for dimension in tier_standings.dimensions(session, workspace_id).values():
        ids = {row.contact_id for row in mine if row.dimension_id == dimension.id} & set(tiers)
        if ids:
            standings = tier_standings.read(session, dimension, ids, now)
            for one in standings.values():
                moves += _fall_one(session, dimension, one, now)
            tier_standings.write(session, dimension, standings)
    write(session, workspace_id, moves, tiers, now)
    return len(mine)


def _fall_one(session: Session, dimension: Dimension, one: Standing, now: datetime) -> list[Moved]:
    """Live through what is due for one standing, moment by moment."""
    moves = []
    while one.due_at is not None and one.due_at <= now:
        at, old, override = one.due_at, one.level, one.override
        because = "demoted"
        if override is not None and override.until <= at:
            because = tier_overrides.evaluate(session, dimension, one, override, at)
        one.judge(dimension, one.met, at)
        if one.level != old:
            number = None if override is None else override.id
            moves.append(
                Moved(
                    dimension.id, dimension.key, one.contact_id, old, one.level, because, at,
                    override_id=number,
                )
            )  # fmt: skip
    return moves


_FRESH = and_(TierDimension.kind.in_((RULES, LIFECYCLE)), TierDimension.ready_at.is_(None))
#: True if time is over for anybody.
DUE = has_come(TierStanding.due_at)
#: True if people wait for being sorted by levels that are new or were changed.
UNSORTED = select(TierDimension.id).where(TierDimension.sorted_to.is_not(None) | _FRESH).exists()


def horizon(session: Session, now: datetime) -> datetime:
    """Up to when everything that was told us has been taken in."""
    oldest: datetime | None = session.scalar(
        select(Inbox.stored_at).where(Inbox.state == "new").order_by(Inbox.id).limit(1)
    )
    return now if oldest is None else min(now, oldest)


def _looked_at() -> ColumnElement[bool]:
    mine = (
        Recheck.workspace_id == TierStanding.workspace_id,
        Recheck.contact_id == TierStanding.contact_id,
    )
    return ~exists().where(*mine)


def sort_anew(session: Session, now: datetime) -> bool:
    """Sort a portion of people whose levels were changed, and note which dimensions are through for the first time."""
    query = select(TierDimension).where(TierDimension.sorted_to.is_not(None)).order_by(TierDimension.id)
    row = session.scalars(query.limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return _note_ready(session, now)
    with SORTING.portion(row.id) as portion:
        _sort_some(session, row, now, portion)
    return True


def _sort_some(session: Session, row: TierDimension, now: datetime, portion: Portion) -> None:
    people = select(Contact.id).where(Contact.workspace_id == row.workspace_id, Contact.id > row.sorted_to)
    ids = list(session.scalars(people.order_by(Contact.id).limit(portion.size)))
    portion.done = len(ids)
    dimension = Dimension.of(row)
    tiers = lock(session, row.workspace_id, ids)
    standings = tier_standings.read(session, dimension, tiers, now)
    moves = []
    for number, one in standings.items():
        old = tiers[number].get(dimension.key)
        tier_overrides.drop_unknown(dimension, one, now)
        one.judge(dimension, one.met & set(dimension.levels), now)
        if one.level != old:
            moves.append(
                Moved(
                    dimension.id, dimension.key, number, old, one.level, "criteria", now,
                    quiet=True, kept=dimension.ready,
                )
            )  # fmt: skip
    is_last = len(ids) < portion.size
    if row.kind == GOING:
        write(session, row.workspace_id, moves, tiers, now)
        _remove(session, row, ids, is_last)
        return
    tier_standings.write(session, dimension, standings)
    write(session, row.workspace_id, moves, tiers, now)
    row.sorted_to = None if is_last else ids[-1]
    session.flush()


def _remove(session: Session, row: TierDimension, ids: Sequence[int], is_last: bool) -> None:
    """Take a portion of a deleted dimension's standings away, and the dimension after the last."""
    mine = TierStanding.dimension_id == row.id
    if not is_last:
        session.execute(delete(TierStanding).where(mine, among(session, TierStanding.contact_id, ids)))
        row.sorted_to = ids[-1]
        session.flush()
        return
    session.execute(delete(TierStanding).where(mine))
    session.execute(delete(TierOverride).where(TierOverride.dimension_id == row.id))
    session.delete(row)
    session.flush()


def _note_ready(session: Session, now: datetime) -> bool:
    unfilled = (
        select(func.count())
        .select_from(WatchedRule)
        .where(
            WatchedRule.workspace_id == TierDimension.workspace_id,
            WatchedRule.family == "tier",
            WatchedRule.owner == TierDimension.key,
            WatchedRule.filled_to.is_not(None),
        )
        .correlate(TierDimension)
        .scalar_subquery()
    )
    query = select(TierDimension).where(_FRESH, unfilled == 0)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.ready_at = now
    session.flush()
    return bool(rows)
