"""`flask demo`: real customers replayed through a published journey, and the same with a worker that is killed."""

from __future__ import annotations

import itertools
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from journeys.tables import Counter, Enrollment, GoalHit, Trail
from runtime import paths, replay
from runtime.database import Database
from runtime.plans import compiled
from runtime.verify import Finding, verify
from runtime.worker import Worker
from store import clock, migrate
from store.tables import Outbox, Workspace

#: A second order within so many days came while the journey was still talking about the first.
WINDOW = timedelta(days=21)
#: How often the replay looks whether the worker is through.
LOOK_SECS = 0.003
#: A killed worker's leases run out after 15 s; give the next one time to take them over.
LONGEST_END_SECS = 60


@dataclass(slots=True)
class Outcome:
    """What a replay gave."""

    customers: int
    events: int
    seconds: float
    entered: int
    stages: dict[str, tuple[int, int]]
    messages: dict[str, int]
    goals: dict[str, int]
    orders: int
    repurchases: int
    within_window: int
    digest: str
    kills: int = 0
    equal: int | None = None
    difference: paths.Difference | None = None
    findings: list[Finding] = field(default_factory=list)


def cdnow(
    url: str,
    *,
    compare: bool = False,
    kill_every: float | None = None,
    on_day: Callable[[datetime, int], None] = lambda at, count: None,
) -> Outcome:
    """Replay the CDNOW sample on the empty database at `url`.

    With `compare` every customer's path is played by the simulator too and compared; with `kill_every` the
    worker is a process of its own that is killed every so many seconds. Raises replay.NotEmpty.
    """
    migrate.upgrade(url)
    clock.configure(True)
    events = replay.read_sample()
    killer: Killer | None = None
    database = Database(url)
    try:
        stage = replay.set_up(database, events)
        if kill_every is None:
            worker = Worker(database)
            seconds = replay.play(database, stage, events, lambda: _work(worker), on_day)
        else:
            with killed_again_and_again(url, kill_every) as killer:
                seconds = replay.play(
                    database, stage, events, lambda: _wait(database, messages=False), on_day
                )
                _wait(database, messages=True)
        outcome = _outcome(database, stage, events, seconds)
        outcome.kills = killer.kills if killer else 0
        if compare:
            _compare(database, stage, events, outcome)
        return outcome
    finally:
        database.close()
        clock.configure(False)


def _work(worker: Worker) -> None:
    worker.run_until_idle()


class Killer:
    """Keeps one worker process alive on a database, and kills it every so often."""

    def __init__(self, url: str, every: float) -> None:
        self.url, self.every, self.kills = url, every, 0
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["runtime.worker"])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Kill no more, and end the worker."""
        self._over.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._over.is_set():
            process = self._context.Process(target=run_worker, args=(self.url,), daemon=True)
            process.start()
            if self._over.wait(self.every):
                process.terminate()
            else:
                process.kill()
                self.kills += 1
            process.join()


def run_worker(url: str) -> None:
    """The life of a worker process on the virtual clock."""
    clock.configure(True)
    database = Database(url)
    Worker(database).run()
    database.close()


@contextmanager
def killed_again_and_again(url: str, every: float) -> Iterator[Killer]:
    """A worker process that is killed every `every` seconds and started anew."""
    killer = Killer(url, every)
    killer.start()
    try:
        yield killer
    finally:
        killer.stop()


def _wait(database: Database, *, messages: bool) -> None:
    """Wait until the worker has nothing to do; `messages`, and nothing on its way out."""
    deadline = time.monotonic() + LONGEST_END_SECS
    while time.monotonic() < deadline:
        with database.reading() as tx:
            waiting = tx.sql.look(tx.cursor, clock.now(tx.session))
            if not (waiting.signals or waiting.enrollments or waiting.schedules):
                open_states = ("pending", "sending")
                if not messages or not tx.session.scalar(
                    select(func.count()).select_from(Outbox).where(Outbox.state.in_(open_states))
                ):
                    return
        time.sleep(LOOK_SECS)
    raise TimeoutError(f"The worker was not through after {LONGEST_END_SECS} s.")


def _outcome(
    database: Database, stage: replay.Stage, events: list[replay.Happened], seconds: float
) -> Outcome:
    customers = {number: name for name, number in stage.people.items()}
    orders = [event for event in events if event.name == "order_paid"]
    with database.reading() as tx:
        session = tx.session
        session.execute(select(Workspace.id))
        tally: dict[str, Any] = {
            "messages": dict(
                session.execute(select(Outbox.state, func.count()).group_by(Outbox.state)).all()
            ),
            "goals": dict(session.execute(select(GoalHit.goal, func.count()).group_by(GoalHit.goal)).all()),
            "entered": replay.entered(session, stage.journey_id),
        }
        definition = replay.definition_of(session, stage.journey_id)[1]
        counters = {
            n: (h, p) for n, h, p in session.execute(select(Counter.node, Counter.here, Counter.passed))
        }
        bought = session.execute(
            select(Trail.enrollment_id, Trail.at)
            .join(Enrollment, Enrollment.id == Trail.enrollment_id)
            .where(Enrollment.journey_id == stage.journey_id, Trail.op == "stage", Trail.stage == "bought")
            .order_by(Trail.enrollment_id, Trail.id)
        ).all()
        trail = paths.from_trail(session, stage.journey_id, customers)
        findings = verify(session)
    again = [b[1] - a[1] for a, b in itertools.pairwise(bought) if a[0] == b[0]]
    return Outcome(
        customers=len(customers),
        events=len(events),
        seconds=seconds,
        stages={one["name"]: counters.get(one["id"], (0, 0)) for one in definition["stages"]},
        orders=len(orders),
        repurchases=len(again),
        within_window=sum(gap <= WINDOW for gap in again),
        digest=paths.digests(trail),
        findings=findings,
        **tally,
    )


def _compare(
    database: Database, stage: replay.Stage, events: list[replay.Happened], outcome: Outcome
) -> None:
    with database.reading() as tx:
        customers = {number: name for name, number in stage.people.items()}
        ours = paths.from_trail(tx.session, stage.journey_id, customers)
        key, definition = replay.definition_of(tx.session, stage.journey_id)
        workspace = tx.session.get(Workspace, stage.workspace_id)
        assert workspace is not None
        until = clock.now(tx.session)
        quiet = tuple(workspace.settings.get("quiet_hours") or ())
        plan = compiled(definition, key, workspace.timezone, quiet).plan
    theirs = paths.from_simulator(plan, events, stage.people, events[0].at)
    outcome.equal, outcome.difference = paths.compare(paths.up_to(ours, until), paths.up_to(theirs, until))
