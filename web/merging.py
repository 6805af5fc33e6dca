"""Two contacts become one, in one transaction over all rooms: by hand, or because somebody is said to be both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import merging, points, referrals, staff, tasks
from audience.identities import Key, locate, read_keys
from audience.tables_tasks import StaffTask
from journeys import uniting
from journeys.tables import Enrollment
from store.tables import Workspace

#: Names that belong to one person for certain, unless the workspace says otherwise.
STRONG = ("external_userid", "unionid", "openid", "external_id")
#: Those of which the workspace must say so: a telephone may be shared, and numbers are given out again.
WEAK = ("phone", "email")
SETTING = "merge_on_identify"


def trusted(session: Session, workspace_id: int) -> frozenset[str]:
    """The kinds of names by which two contacts are taken for one person in this workspace."""
    settings = session.scalar(select(Workspace.settings).where(Workspace.id == workspace_id)) or {}
    return frozenset(settings.get(SETTING, STRONG))


def merge(session: Session, workspace_id: int, one: int, other: int, by: str, now: datetime) -> bool:
    """Let `one` be both; False if one of them is not there. Nothing is committed.

    The turns must be taken first (`audience.merging.take_turn`), before anything else of this transaction.
    """
    uniting.unite(session, workspace_id, one, other, now)
    merged = select(Enrollment.id).where(
        Enrollment.subject_id.in_((one, other)), Enrollment.result == uniting.MERGED
    )
    tasks.withdraw(session, StaffTask.enrollment_id.in_(merged), now)
    done = merging.unite(session, workspace_id, one, other, by, now)
    if done:
        points.recount(session, workspace_id, one, now)
        referrals.merged(session, workspace_id, one, other, now)
        staff.project(session, workspace_id, [one], now)
    return done


def identify(
    session: Session, workspace_id: int, people: Sequence[Sequence[Key]], by: str, now: datetime
) -> list[tuple[int, int]]:
    """Merge contacts whom one of these is said to be both of, by names that are trusted; returns (kept, gone).

    The first thing of a transaction: if nobody is to be merged, it has only read. The audit is the caller's to
    write. Nothing is committed.
    """
    kinds = trusted(session, workspace_id)
    if not kinds or not _doubles(session, workspace_id, people, kinds):
        return []
    merging.take_turn(session, workspace_id)
    done: list[tuple[int, int]] = []
    while pairs := _doubles(session, workspace_id, people, kinds):
        keep, drop = pairs[0]
        if not merge(session, workspace_id, keep, drop, by, now):
            break
        done.append((keep, drop))
    return done


def told(done: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Merges as the audit tells of them."""
    return {"merged": [{"kept": keep, "gone": gone} for keep, gone in done]} if done else {}


def _doubles(
    session: Session, workspace_id: int, people: Sequence[Sequence[Key]], kinds: frozenset[str]
) -> list[tuple[int, int]]:
    several = [[key for key in keys if key[0] in kinds] for keys in people]
    several = [keys for keys in several if len(keys) > 1]
    if not several:
        return []
    found = locate(session, workspace_id, {key for keys in several for key in keys})
    pairs = set()
    for keys in several:
        owners = sorted({found[key][0] for key in keys if key in found})
        pairs |= {(owners[0], other) for other in owners[1:]}
    return sorted(pairs)


def keys_of(items: Sequence[Any]) -> list[list[Key]]:
    """The names of contacts as a batch gives them; none of those that are not well formed."""
    found = []
    for item in items:
        keys: list[Key] = []
        if isinstance(item, Mapping):
            keys, _ = read_keys(item.get("external_id"), item.get("identities"), "")
        found.append(keys)
    return found
