"""Reading standings under lock, judging them anew, and writing back what has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_tiers import LIFECYCLE, TierDimension, TierOverride, TierStanding
from audience.tier_law import judge, top_of
from store.bulk import among, insert_rows, update_rows


@dataclass(slots=True)
class Dimension:
    """A dimension as judging needs it."""

    id: int
    workspace_id: int
    key: str
    #: Highest first.
    levels: tuple[str, ...]
    floor: str | None
    after: timedelta
    if_worked: str
    ready: bool
    is_lifecycle: bool = False

    @classmethod
    def of(cls, row: TierDimension) -> Dimension:
        """Take what judging needs from a row."""
        levels = tuple(level["key"] for level in row.levels)
        floor = levels[-1] if levels and row.otherwise == "lowest" else None
        after = timedelta(days=row.demote_after_days)
        return cls(
            *(row.id, row.workspace_id, row.key, levels, floor, after, row.if_worked),
            *(row.ready_at is not None, row.kind == LIFECYCLE),
        )


@dataclass(slots=True)
class Standing:
    """A contact's place in one dimension, read under the contact's lock."""

    contact_id: int
    level: str | None = None
    natural: str | None = None
    since: datetime | None = None
    met: frozenset[str] = frozenset()
    lost: dict[str, datetime] = field(default_factory=dict)
    override: TierOverride | None = None
    due_at: datetime | None = None
    is_new: bool = False
    _as_read: tuple[Any, ...] = ()

    def judge(self, dimension: Dimension, met: Collection[str], at: datetime) -> None:
        """Take in which levels' criteria hold at `at`; the level in force follows unless an override holds it."""
        levels = dimension.levels
        known = {level: since for level, since in self.lost.items() if level in levels}
        found = judge(
            levels, dimension.floor, () if self.is_new else self.met, met, known, dimension.after, at
        )
        self.natural, self.lost = found.level, found.lost
        self.met = frozenset(met)
        self.settle(found.due_at, at)

    def settle(self, falls_at: datetime | None, at: datetime) -> None:
        """Put the level in force, and when time alone changes it next."""
        level = self.natural if self.override is None else self.override.level
        if level != self.level or self.since is None:
            self.level, self.since = level, at
        times = [falls_at, None if self.override is None else self.override.until]
        self.due_at = min((time for time in times if time is not None), default=None)

    def earn(self, dimension: Dimension, level: str, at: datetime) -> None:
        """Count `level` as met at `at` and not since: it is kept for the set time, as any level that is lost."""
        levels = dimension.levels
        if level not in levels:
            return
        top = top_of(levels, dimension.floor, self.met)
        end = len(levels) if top is None else levels.index(top)
        for one in levels[levels.index(level) : end]:
            self.lost[one] = at

    def row(self, dimension: Dimension) -> dict[str, Any]:
        return {
            "dimension_id": dimension.id,
            "contact_id": self.contact_id,
            "workspace_id": dimension.workspace_id,
            "level": self.level,
            "natural": self.natural,
            "since": self.since,
            "met": [level for level in dimension.levels if level in self.met],
            "lost": {level: since.isoformat() for level, since in self.lost.items()},
            "override_id": None if self.override is None else self.override.id,
            "due_at": self.due_at,
        }


def dimensions(
    session: Session, workspace_id: int, keys: Iterable[str] | None = None
) -> dict[str, Dimension]:
    """The dimensions of a workspace by key, as judging needs them."""
    query = select(TierDimension).where(TierDimension.workspace_id == workspace_id)
    rows = session.scalars(query.order_by(TierDimension.id))
    wanted = None if keys is None else set(keys)
    return {row.key: Dimension.of(row) for row in rows if wanted is None or row.key in wanted}


def read(session: Session, dimension: Dimension, ids: Iterable[int], now: datetime) -> dict[int, Standing]:
    """The standings of locked contacts, in the order of their ids; who has none yet gets a new one."""
    wanted = sorted(ids)
    query = select(TierStanding.__table__).where(
        TierStanding.dimension_id == dimension.id, among(session, TierStanding.contact_id, wanted)
    )
    rows = {row.contact_id: row for row in session.execute(query)}
    overrides = _open(session, dimension, wanted)
    found: dict[int, Standing] = {}
    for number in wanted:
        row = rows.get(number)
        if row is None:
            found[number] = Standing(number, override=overrides.get(number), is_new=True)
            continue
        one = Standing(
            number,
            row.level,
            row.natural,
            row.since,
            frozenset(row.met),
            {level: datetime.fromisoformat(since) for level, since in row.lost.items()},
            overrides.get(number),
            row.due_at,
        )
        one._as_read = tuple(one.row(dimension).values())
        found[number] = one
    return found


def _open(session: Session, dimension: Dimension, ids: Collection[int]) -> dict[int, TierOverride]:
    """Asked by contact: one that came with somebody who was merged into this contact counts too."""
    query = select(TierOverride).where(
        TierOverride.dimension_id == dimension.id,
        among(session, TierOverride.contact_id, ids),
        TierOverride.state == "open",
    )
    return {row.contact_id: row for row in session.scalars(query.execution_options(populate_existing=True))}


def write(session: Session, dimension: Dimension, standings: Mapping[int, Standing]) -> None:
    """Write back what differs from what was read. Commits nothing."""
    new, changed = [], []
    for one in standings.values():
        row = one.row(dimension)
        if one.is_new:
            # Who is nowhere and met nothing needs no row.
            if one.level is not None or one.met or one.override is not None:
                new.append(row)
        elif tuple(row.values()) != one._as_read:
            changed.append(row)
    insert_rows(session, TierStanding.__table__, new)
    update_rows(session, TierStanding.__table__, changed, ("dimension_id", "contact_id"))
