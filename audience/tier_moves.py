"""Writing down changes of levels: the contact's own tiers, the history, and the signal that journeys hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import keeping
from audience.tables import Contact
from audience.tables_tiers import TierChange
from store.bulk import among, insert_rows, update_rows
from store.inbox import NewSignal, put

#: Why a level changed, in the marketer's words.
REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "entered": ("首次评级", "sorted for the first time"),
    "promoted": ("达到标准，升级", "met the criteria"),
    "demoted": ("长时间未达标，降级", "had not met the criteria for long"),
    "advanced": ("进入下一阶段", "went on to a later stage"),
    "went_back": ("回到较早的阶段", "went back to an earlier stage"),
    "override": ("人工设定", "set for a while"),
    "fell_back": ("观察期满未达目标，自动恢复", "the override did not work"),
    "worked": ("观察期满已达目标", "the override worked"),
    "over": ("观察期满，自动恢复", "the override was over"),
    "cancelled": ("取消人工设定", "the override was cancelled"),
    "criteria": ("标准调整", "the criteria were changed"),
    "rfm": ("RFM 计算", "RFM was worked out"),
}


@dataclass(slots=True)
class Moved:
    """One change of the level in force of a locked contact; a quiet one is told to nobody."""

    dimension_id: int
    dimension: str
    contact_id: int
    old: str | None
    new: str | None
    because: str
    at: datetime
    by: str = ""
    override_id: int | None = None
    #: The enrollment whose step it was: it knows already.
    source_id: int | None = None
    quiet: bool = False
    #: False where there is no history yet: the first sorting of everybody.
    kept: bool = True


def lock(session: Session, workspace_id: int, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Keep others from changing these contacts, and return their tiers; those of other workspaces are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = (
        select(Contact.id, Contact.tiers)
        .where(Contact.workspace_id == workspace_id, among(session, Contact.id, wanted))
        .order_by(Contact.id)
        .with_for_update(key_share=True)
    )
    return {number: dict(tiers or {}) for number, tiers in session.execute(query)}


def write(
    session: Session,
    workspace_id: int,
    moves: Sequence[Moved],
    tiers: Mapping[int, dict[str, str]],
    now: datetime,
) -> None:
    """Write changes, in order, of contacts whose `tiers` were read under lock. Commits nothing."""
    moves = [one for one in moves if one.contact_id in tiers and one.old != one.new]
    if not moves:
        return
    for one in moves:
        if one.new is None:
            tiers[one.contact_id].pop(one.dimension, None)
        else:
            tiers[one.contact_id][one.dimension] = one.new
    touched = sorted({one.contact_id for one in moves})
    rows = [{"id": number, "tiers": tiers[number]} for number in touched]
    update_rows(session, Contact.__table__, rows)
    _forget_objects(session)
    insert_rows(session, TierChange.__table__, [_row(workspace_id, one) for one in moves if one.kept])
    put(session, [_signal(workspace_id, one) for one in moves if not one.quiet], now)
    # A told change is heard when its signal is taken in; of a quiet one only the rules that read it must know.
    quiet = [(workspace_id, one.contact_id, f"tier.{one.dimension}") for one in moves if one.quiet]
    keeping.heard(session, quiet)


def _row(workspace_id: int, one: Moved) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        "dimension_id": one.dimension_id,
        "contact_id": one.contact_id,
        "old": one.old,
        "new": one.new,
        "because": one.because,
        "at": one.at,
        "by": one.by,
        "override_id": one.override_id,
    }


def _signal(workspace_id: int, one: Moved) -> NewSignal:
    field = f"tier.{one.dimension}"
    return NewSignal(
        workspace_id=workspace_id,
        kind="changed",
        name=field,
        occurred_at=one.at,
        data={"field": field, "old": one.old, "new": one.new, "because": one.because},
        contact_id=one.contact_id,
        source_id=one.source_id,
    )


def _forget_objects(session: Session) -> None:
    for held in [held for held in session.identity_map.values() if isinstance(held, Contact)]:
        session.expire(held)  # what an object of this session remembers may be old now
