"""Workers are killed while everybody leaves: a journey archived over people, and people let go in a pause."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from journeys import versions
from journeys.tables import Enrollment, Journey, Trail
from store import clock
from store.tables import Outbox
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP

pytestmark = pytest.mark.faults
PEOPLE = [f"a{number}" for number in range(900)]


def killed_while_leaving(shaken: Shaken) -> int:
    """Workers that die with a batch of leaving people uncommitted, and right after one is committed."""
    kills = 0
    for point in ("counter.before_commit", "claim.after_commit", "timer.before_insert"):
        shaken.database.engine.dispose()
        child = children.start(
            shaken.database.url, shaken.workspace, str(shaken.log), (point, "kill", 1, 0.0)
        )
        child.join(60)
        kills += child.exitcode == -9
    return kills


def everybody_in(shaken: Shaken) -> int:
    """Publish the shop and let everybody in; their messages are out."""
    number = shaken.publish(SHOP)
    shaken.people(PEOPLE)
    shaken.events([("joined", who, None, None, {}) for who in PEOPLE])
    shaken.run()
    return number


def ends(shaken: Shaken) -> set[int]:
    """How many ends each trail tells of."""
    rows = shaken.rows(select(func.count()).where(Trail.op == "end").group_by(Trail.enrollment_id))
    return {count for (count,) in rows}


def test_archiving_that_dies_in_the_middle_lets_everybody_go_once(shaken: Shaken) -> None:
    number = everybody_in(shaken)
    with shaken.database.transaction() as tx:
        row = tx.session.get_one(Journey, number)
        versions.archive(tx.session, row, now=clock.now(tx.session), actor="test", leave=True)
    assert killed_while_leaving(shaken) >= 1
    shaken.go("2026-03-06 10:00")
    assert shaken.count(Enrollment, Enrollment.result == "archived") == len(PEOPLE) and ends(shaken) == {1}
    assert shaken.count(Outbox) == len(PEOPLE) and max(shaken.provider.attempts().values()) == 1
    assert shaken.findings() == []


def test_letting_people_go_in_a_pause_survives_its_workers(shaken: Shaken) -> None:
    number = everybody_in(shaken)
    shaken.pause(number)
    shaken.go("2026-03-06 10:00")
    leaving = shaken.rows(select(Enrollment.id, Enrollment.subject_id).order_by(Enrollment.id))[:400]
    from store.inbox import NewSignal, put

    with shaken.database.transaction() as tx:
        now = clock.now(tx.session)
        data = {"act": "exit", "by": "account:1"}
        put(
            tx.session,
            [
                NewSignal(shaken.workspace, "hand", "exit", now, data, contact_id=who, enrollment_id=one)
                for one, who in leaving
            ],
            now,
        )
    assert killed_while_leaving(shaken) >= 1
    shaken.run()
    assert shaken.count(Enrollment, Enrollment.result == "exited") == 400 and ends(shaken) == {1}
    assert shaken.count(Enrollment, Enrollment.step == "two-days") == len(PEOPLE) - 400
    assert shaken.count(Outbox) == len(PEOPLE)
    assert shaken.findings() == []
