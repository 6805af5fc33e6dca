"""P1, P2, P4, P5: several workers at once, a stopped worker that comes back, the same event sixty-four times."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter

import pytest
from sqlalchemy import select

from journeys.tables import Enrollment
from runtime.database import Database
from store.tables import Outbox
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP, exits, journey, step
from tests.runtime.world import World, at

pytestmark = pytest.mark.faults


def test_many_workers_move_everybody_once(shaken: Shaken) -> None:
    shaken.publish(SHOP)
    people = [f"p{number}" for number in range(300)]
    shaken.people(people)
    for when, event, whom in (
        ("2026-03-02 10:00", "joined", people),
        ("2026-03-04 10:00", "order_paid", people[:150]),
        ("2026-03-12 10:00", "order_paid", people[50:200]),
        ("2026-04-12 10:00", "friend_deleted", people[::3]),
    ):
        shaken._turn(when)
        shaken.events([(event, who, None, None, {}) for who in whom])
        shaken.database.engine.dispose()
        crowd = [children.start(shaken.database.url, shaken.workspace, str(shaken.log)) for _ in range(3)]
        for child in crowd:
            child.join(60)
            assert child.exitcode == 0
        shaken.run()
    assert shaken.findings() == []
    assert shaken.unread() == 0
    assert shaken.count() == 300
    attempts = shaken.provider.attempts()
    assert max(attempts.values()) == 1
    sent = shaken.rows(select(Outbox.key).where(Outbox.state == "delivered"))
    assert {key for (key,) in sent} == set(attempts)


@pytest.mark.postgres
def test_a_worker_that_stood_still_in_a_transaction_changes_nothing(postgres_databases, tmp_path) -> None:  # type: ignore[no-untyped-def]
    shaken = Shaken(postgres_databases.fresh(), tmp_path / "log")
    shaken.publish(SHOP)
    shaken.person("lin", identities={"external_userid": "lin"})
    shaken.event("joined")
    shaken.worker.intake.run()
    shaken.database.engine.dispose()
    fault = ("counter.before_commit", "stop", 1, 0.0)
    child = children.start(
        shaken.database.url, shaken.workspace, str(shaken.log), fault, True, ("advance",), 0.5, "once"
    )
    children.wait_for(lambda: children.stands_still(child))
    children.wait_for(lambda: shaken.worker.advance.run() == 1)  # the server has taken its locks away
    before = shaken.history()
    os.kill(child.pid or 0, signal.SIGCONT)
    child.join(20)
    assert child.exitcode == 1, "its commit must have failed"
    assert shaken.history() == before
    assert shaken.findings() == []
    shaken.close()


def test_a_late_result_beyond_the_lease_is_not_written(shaken: Shaken) -> None:
    shaken.publish(SHOP)
    shaken.person("lin", identities={"external_userid": "lin"})
    shaken.event("joined")
    shaken.worker.intake.run()
    shaken.worker.advance.run()
    shaken.database.engine.dispose()
    fault = ("send.after_provider_ok", "stop", 1, 0.0)
    child = children.start(shaken.database.url, shaken.workspace, str(shaken.log), fault, True, ("deliver",))
    children.wait_for(lambda: children.stands_still(child))
    assert sum(shaken.provider.attempts().values()) == 1
    shaken.expire_leases()
    shaken.run()
    assert shaken.messages() == [("welcome", "delivered")]
    before = shaken.rows(select(Outbox.sent_at, Outbox.rendered, Outbox.lease_owner))
    os.kill(child.pid or 0, signal.SIGCONT)
    child.join(20)
    assert child.exitcode == 0
    assert shaken.rows(select(Outbox.sent_at, Outbox.rendered, Outbox.lease_owner)) == before
    # The same key was handed over twice, which such a provider counts once.
    assert list(shaken.provider.attempts().values()) == [2]


@pytest.mark.parametrize("many", [40, pytest.param(1000, marks=pytest.mark.nightly)])
def test_one_event_posted_by_sixty_four_at_once_enters_once(shaken: Shaken, many: int) -> None:
    shaken.publish(SHOP)
    people = [f"p{number}" for number in range(many)]
    errors: list[Exception] = []

    def post() -> None:
        try:
            shaken.events([("joined", who, None, f"join:{who}", {}) for who in people])
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to say it
            errors.append(error)

    threads = [threading.Thread(target=post) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    shaken.run()
    assert shaken.count(Enrollment) == len(people)
    assert shaken.findings() == []


RACE = journey(
    stages=[{"id": "s", "initial": "listen"}],
    steps=[
        step("listen", "s", "wait_event", events=[{"exit": "came", "event": "replied", "where": None}], longest={"for": "PT1H"}),
        step("yes", "s", "tag", add=["came"], remove=[]),
        step("no", "s", "tag", add=["silent"], remove=[]),
    ],
    arrows=[exits("a1", "listen", "came", "yes"), exits("a2", "listen", "timeout", "no")],
)  # fmt: skip


def test_an_event_and_its_wait_race_to_one_exit_each(shaken: Shaken) -> None:
    """Intake and advance run in processes of their own while events come in around the time-out."""
    shaken.publish(RACE)
    people = [f"p{number}" for number in range(120)]
    shaken.events([("joined", who, None, None, {}) for who in people])
    shaken.run()
    shaken._turn("2026-03-02 11:00")
    shaken.database.engine.dispose()
    url, log = shaken.database.url, str(shaken.log)
    crowd = [
        children.start(url, shaken.workspace, log, None, True, (role,), 10, "for ever")
        for role in ("intake", "advance", "advance")
    ]
    for begin in range(0, 120, 10):
        # In time, at the very time-out, and a second late.
        when = ("2026-03-02 10:59", "2026-03-02 11:00", None)[begin // 10 % 3]
        if when is None:
            continue
        shaken.events([("replied", who, when, None, {}) for who in people[begin : begin + 10]])
    children.wait_for(lambda: shaken.unread() == 0 and not _due(shaken), 30)
    for child in crowd:
        child.terminate()
    for child in crowd:
        child.join(20)
        assert child.exitcode == 0, "a worker that is told to stop finishes its batch and ends well"
    shaken.run()
    exits_taken = Counter(
        line for who in people for line in shaken.path(who) if line.startswith("step listen")
    )
    assert sum(exits_taken.values()) == 120
    assert shaken.findings() == []


def _due(world: World) -> int:
    return world.count(Enrollment, Enrollment.due_at <= at("2026-03-02 11:00"))


def test_workers_resume_soon_after_a_kill(shaken: Shaken) -> None:
    """P2: what a killed worker was at is taken up at once; its leases within 15 seconds.

    `run` waits for no lease: had the dead worker left one on the enrollment, she would not have moved on.
    """
    shaken.publish(SHOP)
    shaken.event("joined")
    shaken.database.engine.dispose()
    fault = ("counter.before_commit", "kill", 2, 0.0)
    child = children.start(shaken.database.url, shaken.workspace, str(shaken.log), fault)
    child.join(20)
    assert child.exitcode == -9
    shaken.run()
    assert shaken.place() == ("waiting", "trust", "two-days")


def test_two_databases_are_two_worlds(shaken: Shaken) -> None:
    """The engine keeps nothing between databases: a second handle on the same one sees the same."""
    shaken.publish(SHOP)
    shaken.event("joined")
    second = Database(shaken.database.url)
    with second.reading() as tx:
        assert tx.sql.look(tx.cursor, at("2026-03-02 10:00")).signals
    second.close()
