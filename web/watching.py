"""What machines watch: how long each queue is and how late, which workers live, and whether we are ready at all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from audience.tables_files import Import
from journeys.tables import Enrollment, JourneyMove, Schedule
from store import clock, home, revisions
from store.database import begin_write
from store.tables import Inbox, Outbox, WorkerBeat
from store.tables_guards import CLOSED, Breaker, GuardTrip, SendingStop
from web.held_back import delivers

#: Rows counted at most: whoever has more in a queue needs no exact number.
MOST = 100_000
#: How long figures are kept, so that many watchers cost one look.
KEPT_SECS = 5.0
#: A worker that said nothing for longer is not counted, and without any we are not ready.
SEEN_SECS = 60
#: What must be well for requests to be answered here. Messages that are held are told, and no reason to send people away.
NEEDED = ("database", "migrations", "worker")
#: A later release may have upgraded the database already: until we are replaced we go on.
READY = frozenset({"ok", "starting", "newer"})


class Queues:
    """Figures from the database, for Prometheus; each name and label is a queue or a role, nothing of anybody."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[float, list[Metric]] = (-KEPT_SECS, [])

    def read(self, session: Session) -> list[Metric]:
        """The figures, at most KEPT_SECS old."""
        with self._lock:
            at, metrics = self._kept
            if time.monotonic() - at >= KEPT_SECS:
                metrics = list(_measured(session))
                self._kept = time.monotonic(), metrics
            return metrics


def exposed(counted: CollectorRegistry, metrics: list[Metric]) -> bytes:
    """Everything as Prometheus reads it: the counters of all web processes, and the figures from the database."""
    registry = counted
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return generate_latest(registry) + generate_latest(_Fixed(metrics))  # type: ignore[arg-type]


class _Fixed:
    """A registry of figures already read."""

    def __init__(self, metrics: list[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> list[Metric]:
        return self.metrics


def _measured(session: Session) -> Iterator[Metric]:
    now, wall = clock.now(session), datetime.now(UTC)
    depth = GaugeMetricFamily(
        "roadbook_queue_depth", f"What waits to be done now, {MOST} at most", labels=["queue"]
    )
    oldest = GaugeMetricFamily("roadbook_queue_oldest_seconds", "Age of what came first", labels=["queue"])
    late = GaugeMetricFamily("roadbook_queue_lateness_seconds", "How long ago it was due", labels=["queue"])
    due = (Enrollment.due_at <= now, Enrollment.due_at, Enrollment.due_at)
    queues: dict[str, tuple[ColumnElement[bool], Any, Any, datetime]] = {
        "intake": (Inbox.state == "new", Inbox.stored_at, Inbox.stored_at, now),
        "advance": (*due, now),
        "deliver": ((Outbox.state == "pending") & (Outbox.not_before <= now), Outbox.due_at, Outbox.not_before, now),
        "leased": (Outbox.state == "sending", Outbox.lease_until, Outbox.lease_until, wall),
        "schedules": (Schedule.next_at <= now, Schedule.next_at, Schedule.next_at, now),
        "imports": (Import.state.in_(("waiting", "running")), Import.created_at, Import.created_at, wall),
        "moves": (JourneyMove.state == "running", JourneyMove.at, JourneyMove.at, now),
    }  # fmt: skip
    for name, (where, came, wanted, then) in queues.items():
        first = select(came.label("came"), wanted.label("wanted")).where(where).limit(MOST).subquery()
        count, since, should = session.execute(
            select(func.count(), func.min(first.c.came), func.min(first.c.wanted))
        ).one()
        depth.add_metric([name], count)
        oldest.add_metric([name], _age(since, then))
        late.add_metric([name], _age(should, then))
    yield from (depth, oldest, late)
    yield from _held(session)
    yield from _workers(session, wall)


def _held(session: Session) -> Iterator[Metric]:
    """What is kept back on purpose: to be stopped is no failure of this server, and no reason not to be ready."""
    stopped = GaugeMetricFamily(
        "roadbook_workspaces_stopped", "Workspaces whose sending a person has stopped"
    )
    stopped.add_metric([], session.scalar(select(func.count()).where(SendingStop.woken.is_(False))) or 0)
    tripped = GaugeMetricFamily("roadbook_guards_tripped", "Guards that stand tripped", labels=["action"])
    acts = select(GuardTrip.action, func.count()).where(GuardTrip.until.is_(None)).group_by(GuardTrip.action)
    for action, number in session.execute(acts):
        tripped.add_metric([action], number)
    open_ = GaugeMetricFamily(
        "roadbook_breakers_open", "Accounts whose provider is silent", labels=["carrier"]
    )
    silent = select(Breaker.carrier, func.count()).where(Breaker.state != CLOSED).group_by(Breaker.carrier)
    for carrier, number in session.execute(silent):
        open_.add_metric([carrier], number)
    yield from (stopped, tripped, open_)


def _workers(session: Session, wall: datetime) -> Iterator[Metric]:
    alive = GaugeMetricFamily("roadbook_workers", f"Workers heard of within {SEEN_SECS} s", labels=["role"])
    seen = GaugeMetricFamily("roadbook_worker_seen_seconds", "Since one was last heard of", labels=["role"])
    roles: dict[str, list[float]] = {role: [] for role in ("intake", "advance", "deliver", "housekeeping")}
    for theirs, at in session.execute(select(WorkerBeat.roles, WorkerBeat.seen_at)):
        for role in theirs.split(","):
            roles.setdefault(role, []).append(_age(at, wall))
    for role, ages in roles.items():
        alive.add_metric([role], sum(age <= SEEN_SECS for age in ages))
        if ages:
            seen.add_metric([role], min(ages))
    yield from (alive, seen)


def _age(at: datetime | None, now: datetime) -> float:
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())


def readiness(session: Session, started: datetime) -> dict[str, str]:
    """What must be one of READY for us to be ready (NEEDED), and whether messages leave.

    Raises what an unreachable database raises.
    """
    found = {"database": "ok", "migrations": "ok", "worker": "ok"}
    # A server that only reads, as a standby does, refuses this even though it names no row.
    begin_write(session)
    if revisions.behind(session.connection()):
        return {**found, "migrations": "pending", "worker": "unknown"}
    if revisions.newer(session.connection()):
        found["migrations"] = "newer"
    session.execute(update(WorkerBeat).where(WorkerBeat.owner == "").values(host=""))
    now = datetime.now(UTC)
    last = session.scalar(select(func.max(WorkerBeat.seen_at)))
    if last is None or now - last > timedelta(seconds=SEEN_SECS):
        young = now - started <= timedelta(seconds=SEEN_SECS)
        found["worker"] = "starting" if young else "missing"
    found["delivery"] = "ok" if delivers(session, now) else "no worker delivers"
    found["sending"] = "ok" if home.held(session) is None else "held: flask --app wsgi sending status"
    return found
