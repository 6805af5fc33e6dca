"""RFM at each month's end and on demand: gathered, scored and applied in portions, a snapshot of each run kept.

Customers are those with at least one of the chosen event in the window before the end of the month. The groups
become the level of the dimension `rfm`, and the scores those of `rfm_r`, `rfm_f` and `rfm_m`, so that rules read
them as any tier; the first run tells nobody, later ones tell journeys of everybody whose group has changed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    cast,
    delete,
    exists,
    extract,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from audience import rfm_groups, rfm_scores, tier_standings, tiers
from audience.consent import profiled
from audience.tables import Contact, Event
from audience.tables_rfm import RUNNING, RfmPlan, RfmRun, RfmScore
from audience.tables_tiers import RFM, SCORE, TierDimension, TierStanding
from audience.tier_moves import Moved, lock, write
from rules.sql_json import JsonNumber
from rules.zones import local, to_utc, zone_of
from store.bulk import among
from store.clock import has_come
from store.database import begin_write
from store.pace import Pace, Portion
from store.tables import Workspace

#: Contacts of one transaction: gathering and scoring are done by the database alone, applying is not.
PACE, APPLYING = Pace(20_000), Pace(2_000)
MONEY_DECIMALS = 2
#: Months kept for comparison.
KEPT = 25
KEY = "rfm"


def save_plan(
    session: Session,
    workspace_id: int,
    *,
    event: str,
    amount: str,
    window_days: int,
    monthly: bool,
    now: datetime,
    by: str,
) -> RfmPlan:
    """Say over what RFM is worked out, and make the dimensions that rules read. Not committed."""
    begin_write(session)
    row = session.get(RfmPlan, workspace_id, with_for_update=True)
    next_run = month_after(now, _zone(session, workspace_id)) if monthly else None
    if row is None:
        row = RfmPlan(workspace_id=workspace_id, revision=0)
    row.event, row.amount, row.window_days, row.monthly = event, amount, window_days, monthly
    row.revision += 1
    row.next_run = next_run
    row.updated_at, row.updated_by = now, by
    session.add(row)
    _dimensions(session, workspace_id, now, by)
    session.flush()
    return row


def start(session: Session, plan: RfmPlan, now: datetime, by: str) -> RfmRun:
    """Begin a run as of now; the one asked for before it is replaced. Not committed."""
    begin_write(session)
    old = select(RfmRun.id).where(RfmRun.workspace_id == plan.workspace_id, RfmRun.monthly.is_(False))
    for number in list(session.scalars(old)):
        _forget(session, number)
    # What happened at this very moment counts; a month's end belongs to the next month.
    return _begin(session, plan, "now", False, now + timedelta(seconds=1), now, by)


#: True if a month has ended, or a run is under way.
DUE = or_(has_come(RfmPlan.next_run), select(RfmRun.id).where(RUNNING).exists())


def run_some(session: Session, now: datetime) -> bool:
    """Begin a run whose month has ended, or do a portion of one under way; True if there was any. Commits nothing."""
    query = select(RfmPlan).where(RfmPlan.next_run <= tiers.horizon(session, now)).limit(1)
    plan = session.scalars(query.with_for_update(skip_locked=True)).first()
    if plan is not None and plan.next_run is not None:
        end, zone = plan.next_run, _zone(session, plan.workspace_id)
        label = local(end - timedelta(seconds=1), zone).strftime("%Y-%m")
        plan.next_run = month_after(end, zone)
        there = select(RfmRun.id).where(RfmRun.workspace_id == plan.workspace_id, RfmRun.label == label)
        if session.scalar(there) is None:
            _begin(session, plan, label, True, end, now, "")
        return True
    running = select(RfmRun).where(RfmRun.state == "running").order_by(RfmRun.id).limit(1)
    run = session.scalars(running.with_for_update(skip_locked=True)).first()
    if run is None:
        return False
    pace = APPLYING if run.phase == "apply" else PACE
    with pace.portion((run.id, run.phase)) as portion:
        {"gather": _gather, "score": _score, "apply": _apply}[run.phase](session, run, now, portion)
        session.flush()
    return True


def month_after(at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of the local month that follows `at`."""
    day = local(at, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return to_utc((day + timedelta(days=32)).replace(day=1), zone)


def _begin(
    session: Session, plan: RfmPlan, label: str, monthly: bool, as_of: datetime, now: datetime, by: str
) -> RfmRun:
    run = RfmRun(
        workspace_id=plan.workspace_id,
        label=label,
        monthly=monthly,
        as_of=as_of.replace(microsecond=0),
        event=plan.event,
        amount=plan.amount,
        window_days=plan.window_days,
        state="running",
        phase="gather",
        done_to=0,
        cuts={},
        created_at=now,
        by=by,
    )
    session.add(run)
    session.flush()
    return run


def _until(session: Session, run: RfmRun, portion: Portion) -> int | None:
    """The id up to which the next portion goes; None if there is none."""
    people = select(Contact.id).where(Contact.workspace_id == run.workspace_id, Contact.id > run.done_to)
    some = people.order_by(Contact.id).limit(portion.size).subquery()
    until, portion.done = session.execute(select(func.max(some.c.id), func.count()).select_from(some)).one()
    return until


def _gather(session: Session, run: RfmRun, now: datetime, portion: Portion) -> None:
    until = _until(session, run, portion)
    if until is None:
        _cut_next(session, run)
        return
    amount: ColumnElement[Any] = func.count()
    if run.amount:
        amount = func.coalesce(func.sum(JsonNumber(Event.properties, run.amount)), 0)
    found = (
        select(
            literal(run.id), Event.contact_id, literal(run.workspace_id),
            _days(session, run.as_of, func.max(Event.occurred_at)), func.count(),
            func.round(amount, MONEY_DECIMALS),
        )
        .where(
            Event.workspace_id == run.workspace_id,
            Event.contact_id > run.done_to,
            Event.contact_id <= until,
            Event.name == run.event,
            Event.occurred_at < run.as_of,
            Event.occurred_at >= run.as_of - timedelta(days=run.window_days),
            # Who does not want to be profiled has no score.
            exists().where(Contact.id == Event.contact_id, profiled()),
        )
        .group_by(Event.contact_id)
    )  # fmt: skip
    columns = ["run_id", "contact_id", "workspace_id", "days", "orders", "money"]
    session.execute(insert(RfmScore).from_select(columns, found))
    run.done_to = until


def _cut_next(session: Session, run: RfmRun) -> None:
    """Find the cut points of one letter: each is a look at all customers, and so a transaction of its own."""
    left = [letter for letter in rfm_scores.LETTERS if letter not in run.cuts]
    if left:
        run.cuts = {**run.cuts, **rfm_scores.cut(session, run.id, left[:1])}
    if len(left) <= 1:
        run.customers, run.phase, run.done_to = run.cuts["customers"], "score", 0


def _days(session: Session, as_of: datetime, last: ColumnElement[Any]) -> ColumnElement[Any]:
    """Whole days of 24 hours between two instants, counted in whole seconds on both databases."""
    end = int(as_of.timestamp())
    if session.get_bind().dialect.name == "sqlite":
        return (end - cast(func.strftime("%s", last), Integer)) // 86_400
    return cast(func.floor((end - func.floor(extract("epoch", last))) / 86_400), Integer)


def _score(session: Session, run: RfmRun, now: datetime, portion: Portion) -> None:
    until = _until(session, run, portion)
    if until is None:
        run.phase, run.done_to = "apply", 0
        return
    rfm_scores.score(session, run.id, run.cuts, run.done_to, until)
    run.done_to = until


def _apply(session: Session, run: RfmRun, now: datetime, portion: Portion) -> None:
    known = tier_standings.dimensions(session, run.workspace_id, _KEYS)
    until = _until(session, run, portion)
    if until is None:
        _finish(session, run, now)
        return
    query = select(RfmScore.contact_id, RfmScore.r, RfmScore.f, RfmScore.m, RfmScore.group).where(
        RfmScore.run_id == run.id, RfmScore.contact_id > run.done_to, RfmScore.contact_id <= until
    )
    found = {row.contact_id: row for row in session.execute(query)}
    before = select(TierStanding.contact_id).where(
        TierStanding.dimension_id == known[KEY].id,
        TierStanding.contact_id > run.done_to,
        TierStanding.contact_id <= until,
    )
    worn = lock(session, run.workspace_id, {*found, *session.scalars(before)})
    standings = tier_standings.read(session, known[KEY], worn, now)
    moves: list[Moved] = []
    for number, one in standings.items():
        row, old = found.get(number), one.level
        one.natural = None if row is None else row.group
        one.met = frozenset() if row is None else frozenset((row.group,))
        one.settle(None, run.as_of)
        if one.level != old:
            first = not known[KEY].ready
            moves.append(
                Moved(known[KEY].id, KEY, number, old, one.level, "rfm", now, quiet=first, kept=not first)
            )
        for letter in rfm_scores.LETTERS:
            key = f"{KEY}_{letter}"
            was = worn[number].get(key)
            new = None if row is None else f"{letter}{getattr(row, letter)}"
            if new != was:
                quiet = Moved(known[key].id, key, number, was, new, "rfm", now, quiet=True, kept=False)
                moves.append(quiet)
    tier_standings.write(session, known[KEY], standings)
    write(session, run.workspace_id, moves, worn, now)
    run.done_to = until


def _finish(session: Session, run: RfmRun, now: datetime) -> None:
    run.state, run.finished_at = "done", now
    for row in _rows(session, run.workspace_id):
        row.ready_at = row.ready_at or now
    months = select(RfmRun.id).where(RfmRun.workspace_id == run.workspace_id, RfmRun.monthly.is_(True))
    for number in list(session.scalars(months.order_by(RfmRun.as_of.desc()).offset(KEPT))):
        _forget(session, number)


def _forget(session: Session, run_id: int) -> None:
    session.execute(delete(RfmScore).where(RfmScore.run_id == run_id))
    session.execute(delete(RfmRun).where(RfmRun.id == run_id))


_KEYS = (KEY, *(f"{KEY}_{letter}" for letter in rfm_scores.LETTERS))
_TITLES = {
    "r": ("RFM · 最近购买 R", "R: 5 is who bought most lately"),
    "f": ("RFM · 购买次数 F", "F: 5 is who buys most often"),
    "m": ("RFM · 消费金额 M", "M: 5 is who spends most"),
}


def _rows(session: Session, workspace_id: int) -> list[TierDimension]:
    query = select(TierDimension).where(
        TierDimension.workspace_id == workspace_id, TierDimension.kind.in_((RFM, SCORE))
    )
    return list(session.scalars(query))


def _dimensions(session: Session, workspace_id: int, now: datetime, by: str) -> None:
    there = select(TierDimension.key).where(
        TierDimension.workspace_id == workspace_id, among(session, TierDimension.key, _KEYS)
    )
    known = set(session.scalars(there))
    wanted = [(KEY, RFM, "RFM 客群", "Groups by recency, frequency and money", rfm_groups.levels())]
    wanted += [
        (f"{KEY}_{letter}", SCORE, *_TITLES[letter], rfm_groups.score_levels(letter)) for letter in _TITLES
    ]
    for place, (key, kind, name, description, levels) in enumerate(wanted):
        if key not in known:
            session.add(
                TierDimension(
                    workspace_id=workspace_id, key=key, kind=kind, name=name, description=description,
                    levels=levels, demote_after_days=0, otherwise="none", position=1000 + place,
                    created_at=now, updated_at=now, updated_by=by,
                )
            )  # fmt: skip


def _zone(session: Session, workspace_id: int) -> ZoneInfo:
    return zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
