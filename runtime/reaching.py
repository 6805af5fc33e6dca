"""What caps and priorities must know: the touches of each subject that count, read while nobody else can add one.

Workers lock the subjects of a batch in one order before they read their touches, and put their own into the outbox
in the same transaction: so whatever a policy was told is still true when the message is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from audience import touches
from audience.tables import Contact
from audience.tables_groups import CustomerGroup
from journeys.lifecycle import LIVE
from journeys.plan import Plan
from journeys.position import NEW, WAITING
from journeys.tables import Enrollment
from runtime.database import Transaction
from runtime.facts import Known
from runtime.routes import Routes
from runtime.rows import Standing
from store.bulk import among
from store.subjects import is_group, row_id

A_DAY = timedelta(days=1)


def lock(tx: Transaction, routes: Routes, standings: Sequence[Standing]) -> None:
    """Lock the subjects of those whose plans reserve or book points, all of a batch at once and always in the order of their ids."""
    plans: dict[int, bool] = {}
    subjects: dict[int, set[int]] = defaultdict(set)
    for standing in standings:
        reserves = plans.get(standing.version_id)
        if reserves is None:
            compiled = routes.compiled(tx, standing.journey_id, standing.version_id)
            reserves = plans[standing.version_id] = compiled is not None and (
                compiled.plan.reserves or bool(compiled.plan.reads.schemes)
            )
        if reserves:
            subjects[standing.workspace_id].add(standing.subject_id)
    for workspace_id in sorted(subjects):
        lock_subjects(tx, workspace_id, subjects[workspace_id])


def lock_subjects(tx: Transaction, workspace_id: int, subjects: Iterable[int]) -> None:
    """Lock contacts and customer groups, by subject number; SQLite has one writer anyway."""
    if tx.session.get_bind().dialect.name == "sqlite":
        return
    numbers = sorted(subjects)
    for table, ids in (
        (Contact, [n for n in numbers if not is_group(n)]),
        (CustomerGroup, sorted(row_id(n) for n in numbers if is_group(n))),
    ):
        if ids:
            mine = (table.workspace_id == workspace_id, among(tx.session, table.id, ids))
            locked = select(table.id).where(*mine).order_by(table.id).with_for_update(key_share=True)
            tx.session.execute(locked).all()


def tell(
    tx: Transaction,
    routes: Routes,
    plan: Plan,
    group: Sequence[Standing],
    known: Mapping[int, Known],
    until: datetime,
) -> Mapping[int, Known]:
    """What is known of a group with what the plan's policies remember of it."""
    if not plan.reserves or not known:
        return known
    workspace_id = group[0].workspace_id
    memory = plan.reach.memory
    touched: Mapping[int, touches.Touches] = {}
    if memory is not None:
        touched = touches.since(tx.session, workspace_id, known, _oldest(group, until) - memory)
    coming: Mapping[int, Sequence[tuple[datetime, str]]] = {}
    if plan.reach.priority is not None:
        coming = _coming(tx, routes, plan, workspace_id, known, until)
    told = dict(known)
    alike: dict[tuple[int, touches.Touches, tuple[tuple[datetime, str], ...]], Known] = {}
    for subject in touched.keys() | coming.keys():
        name = id(known[subject]), touched.get(subject, ()), tuple(coming.get(subject, ()))
        if name not in alike:
            alike[name] = replace(known[subject], touches=name[1], coming=name[2])
        told[subject] = alike[name]
    return told


def _oldest(group: Sequence[Standing], until: datetime) -> datetime:
    """A time before which nobody in this group does anything any more, however late the work is."""
    times = [until - A_DAY]
    for standing in group:
        if standing.due_at is not None:
            times.append(standing.due_at)
        if standing.position.status == NEW:
            times.append(standing.position.entered_journey)
    return min(times)


def _coming(
    tx: Transaction,
    routes: Routes,
    plan: Plan,
    workspace_id: int,
    subjects: Iterable[int],
    until: datetime,
) -> dict[int, list[tuple[datetime, str]]]:
    """What journeys of higher priority are about to send to these: (time, journey) by subject."""
    assert plan.reach.priority is not None
    rows = [routes.by_key.get((workspace_id, key)) for key in plan.reach.priority.above(plan.key)]
    higher = {row.id: row.key for row in rows if row is not None and row.status == LIVE}
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    if not higher:
        return found
    standing = tx.session.execute(
        select(
            *(Enrollment.subject_id, Enrollment.journey_id, Enrollment.version_id),
            *(Enrollment.step, Enrollment.step_due),
        ).where(
            Enrollment.workspace_id == workspace_id,
            among(tx.session, Enrollment.subject_id, list(subjects)),
            Enrollment.journey_id.in_(sorted(higher)),
            Enrollment.status == WAITING,
            Enrollment.step_due <= until + plan.reach.priority.ahead,
        )
    )
    for subject, journey_id, version_id, step, due in standing:
        compiled = routes.compiled(tx, journey_id, version_id)
        if compiled is not None and due is not None and compiled.plan.about_to_send(step):
            found[subject].append((due, higher[journey_id]))
    return found
