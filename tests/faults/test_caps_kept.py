"""Two journeys, four workers that are killed again and again: nobody is ever reached oftener than allowed, nobody is stuck."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from audience import contacts
from audience.touches import NO_TOUCH
from journeys.tables import Enrollment
from runtime import reaching
from runtime.advance import Advance
from runtime.routes import Routes
from store import clock
from store.tables import Outbox
from tests.databases import Databases
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.runtime.reached import allow, says
from tests.runtime.world import at

pytestmark = pytest.mark.faults

PEOPLE = [f"p{number}" for number in range(40)]
MOST, STRETCH = 2, timedelta(hours=24)
MOST_SMS, A_WEEK = 3, timedelta(days=7)
#: Where a cap could be broken if it were not reserved together with the move.
POINTS = ("timer.before_insert", "counter.before_commit", "claim.after_commit", "send.before")
WORKERS = 4


def touches(shaken: Shaken, *carriers: str) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    query = select(Outbox.contact_id, Outbox.due_at).where(Outbox.state.not_in(NO_TOUCH))
    for who, when in shaken.rows(query.where(Outbox.carrier.in_(carriers)) if carriers else query):
        found[who].append(when)
    return {who: sorted(times) for who, times in found.items()}


def reachable(shaken: Shaken) -> None:
    """Everybody has a name with each carrier: what a carrier refuses would take no room."""
    given = [
        {
            "external_id": who,
            "identities": {
                "external_userid": who, "phone": f"+861380000{n:04}", "email": f"{who}@example.com",
            },
        }
        for n, who in enumerate(PEOPLE)
    ]  # fmt: skip
    with shaken.database.transaction() as tx:
        assert not contacts.upsert(tx.session, shaken.workspace, given, clock.now(tx.session)).errors


def most_within(times: list[datetime], stretch: timedelta) -> int:
    return max(sum(first <= other < first + stretch for other in times) for first in times)


def four_at_once(shaken: Shaken, dice: random.Random, surely: bool = False) -> int:
    """Four workers until idle, each perhaps killed at some point, or `surely` once it has work; returns how many were."""
    shaken.database.engine.dispose()
    given = (shaken.database.url, shaken.workspace, str(shaken.log))
    faults = [
        (dice.choice(POINTS), "kill", dice.randint(1, 3), 0.0) if dice.random() < 0.5 else None
        for _ in range(WORKERS)
    ]
    if surely:
        faults = [("claim.after_commit", "kill", 1, 0.0)] * WORKERS
    workers = [children.start(*given, fault, life="until idle") for fault in faults]
    for worker in workers:
        worker.join(60)
        assert worker.exitcode in (0, -9), f"a worker ended with {worker.exitcode}"
    return sum(worker.exitcode == -9 for worker in workers)


@pytest.mark.parametrize("rounds", [5, pytest.param(80, marks=pytest.mark.nightly)])
def test_no_kill_and_no_race_brings_anybody_over_a_cap(shaken: Shaken, rounds: int) -> None:
    dice = random.Random(rounds)
    allow(
        shaken,
        caps=[
            {"most": MOST, "per": "PT24H"},
            {"most": MOST_SMS, "per": "P7D", "carriers": ["sms"]},
        ],
    )
    first = shaken.publish(says("wecom_direct", "email", "sms", pause="PT1H"), "first")
    second = shaken.publish(says("sms", "wecom_direct", "sms", pause="PT2H"), "second")
    reachable(shaken)
    begun = time.monotonic()
    kills = 0
    for turn in range(rounds):
        when = at("2026-03-02 10:00") + turn * timedelta(hours=5)
        with shaken.database.transaction() as tx:
            clock.set_now(tx.session, when)
        whom = dice.sample(PEOPLE, len(PEOPLE) * 3 // 4)
        shaken.events([("joined", who, None, f"{turn}:{who}", {}) for who in whom])
        kills += four_at_once(shaken, dice, surely=turn == 0)
        shaken.expire_leases()
        now = touches(shaken).values()
        assert max((most_within(times, STRETCH) for times in now), default=0) <= MOST
    assert kills, "nothing was shaken"
    # Then the days go by until everybody has been told everything: a hold always ends.
    for day in range(60):
        with shaken.database.transaction() as tx:
            clock.set_now(tx.session, clock.now(tx.session) + timedelta(hours=12))
            tx.session.execute(
                update(Outbox).where(Outbox.state == "sending").values(lease_until=at("2020-01-01 00:00"))
            )
        shaken.run()
        if day and not shaken.count(Enrollment, Enrollment.status != "ended"):
            break
    assert shaken.count(Enrollment, Enrollment.status != "ended") == 0, "somebody is stuck"
    by_all, by_sms = touches(shaken), touches(shaken, "sms")
    assert max(most_within(times, STRETCH) for times in by_all.values()) == MOST
    assert max(most_within(times, A_WEEK) for times in by_sms.values()) == MOST_SMS
    entered = {
        journey: shaken.count(Enrollment, Enrollment.journey_id == journey) for journey in (first, second)
    }
    assert shaken.count(Outbox) == 3 * sum(entered.values()), "held messages were all said in the end"
    assert shaken.findings() == []
    print(
        f"\n{sum(entered.values())} enrollments, {shaken.count(Outbox)} messages, {kills} kills, "
        f"{time.monotonic() - begun:.1f} s: nobody over a cap"
    )


@pytest.mark.postgres
def test_two_who_read_at_the_same_moment_do_not_both_send(
    postgres_databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have claimed an enrollment of one person before either has read what that person got."""
    shaken = Shaken(postgres_databases.fresh(), tmp_path / "log")
    allow(shaken, caps=[{"most": 1, "per": "PT24H"}])
    shaken.publish(says("sms"), "first")
    shaken.publish(says("email"), "second")
    shaken.people(["lin"])
    shaken.event("joined", "lin")
    shaken.worker.intake.run()
    together, lock = threading.Barrier(2), reaching.lock

    def both_first(*given: Any) -> None:
        together.wait(10)
        lock(*given)

    monkeypatch.setattr(reaching, "lock", both_first)
    turns = [Advance(shaken.database, Routes(), clock.now) for _ in range(2)]
    threads = [threading.Thread(target=turn.run, args=(1,)) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert shaken.count(Outbox) == 1
    assert shaken.count(Enrollment, Enrollment.status == "waiting") == 1
    shaken.close()
