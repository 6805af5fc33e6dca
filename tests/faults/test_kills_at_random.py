"""P1 and P2: workers die at random points or stand still beyond their leases, again and again; history stays whole."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from store import clock
from store.tables import Outbox
from tests.databases import Databases
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.faults.test_kills_at_points import POINTS
from tests.runtime.charts import SHOP
from tests.runtime.world import at

pytestmark = pytest.mark.faults

PEOPLE = [f"p{number}" for number in range(24)]
EVENTS = ("joined", "order_paid", "order_paid", "viewed", "friend_deleted")


def something_happens(shaken: Shaken, dice: random.Random, turn: int) -> None:
    """Half a day goes by, and some people do something."""
    with shaken.database.transaction() as tx:
        clock.set_now(
            tx.session,
            max(at(f"2026-03-{2 + turn // 2 % 27:02} {10 + turn % 2 * 9}:00"), clock.now(tx.session)),
        )
    whom = dice.sample(PEOPLE, 6)
    shaken.events([(dice.choice(EVENTS), who, None, f"{turn}:{who}", {}) for who in whom])
    shaken.database.engine.dispose()


def whole(shaken: Shaken) -> None:
    shaken.expire_leases()
    shaken.run()
    assert shaken.findings() == []
    assert shaken.unread() == 0
    attempts = shaken.provider.attempts()
    delivered = {key for (key,) in shaken.rows(select(Outbox.key).where(Outbox.state == "delivered"))}
    assert delivered <= set(attempts), "what history calls delivered was handed over"
    assert set(attempts) <= {key for (key,) in shaken.rows(select(Outbox.key))}


@pytest.mark.parametrize("kills", [12, pytest.param(400, marks=pytest.mark.nightly)])
def test_p1_kills_at_random_points_leave_history_whole(shaken: Shaken, kills: int) -> None:
    dice = random.Random(kills)
    shaken.publish(SHOP)
    shaken.people(PEOPLE)
    turn = 0
    while shaken.kills < kills:
        something_happens(shaken, dice, turn)
        fault = (dice.choice(POINTS), "kill", dice.randint(1, 3), 0.0)
        child = children.start(shaken.database.url, shaken.workspace, str(shaken.log), fault)
        child.join(60)
        assert child.exitcode in (0, -9)
        shaken.kills += child.exitcode == -9
        shaken.expire_leases()
        turn += 1
    whole(shaken)


#: Inside a transaction, where the server takes the locks away, and outside, where the lease runs out.
STANDING = (
    "wait.after_register",
    "counter.before_commit",
    "result.before_commit",
    "send.before",
    "send.after_provider_ok",
)


@pytest.mark.postgres
@pytest.mark.parametrize("cases", [6, pytest.param(200, marks=pytest.mark.nightly)])
def test_p1_a_worker_that_stood_still_writes_nothing_late(
    postgres_databases: Databases, tmp_path: Path, cases: int
) -> None:
    shaken = Shaken(postgres_databases.fresh(), tmp_path / "log")
    dice = random.Random(cases)
    shaken.publish(SHOP)
    shaken.people(PEOPLE)
    turn = late = stood = 0
    while stood < cases:
        something_happens(shaken, dice, turn)
        fault = (STANDING[turn % len(STANDING)], "stop", 1, 0.0)
        child = children.start(
            shaken.database.url, shaken.workspace, str(shaken.log), fault, True, idle_secs=0.3
        )
        children.wait_for(lambda child=child: not child.is_alive() or children.stands_still(child))  # type: ignore[misc]
        turn += 1
        if not child.is_alive():
            continue
        stood += 1
        shaken.expire_leases()
        children.wait_for(lambda: shaken.worker.run_until_idle() >= 0 and shaken.unread() == 0)
        before = (
            shaken.history(),
            shaken.rows(select(Outbox.key, Outbox.state, Outbox.sent_at).order_by(Outbox.id)),
        )
        os.kill(child.pid or 0, signal.SIGCONT)
        child.join(30)
        after = (
            shaken.history(),
            shaken.rows(select(Outbox.key, Outbox.state, Outbox.sent_at).order_by(Outbox.id)),
        )
        late += before != after
    assert late == 0
    whole(shaken)
    shaken.close()
