"""P5: an event stored before, while or after its wait is registered resumes it, once, by one way."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from journeys.tables import Trail
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.faults.test_races import RACE

pytestmark = pytest.mark.faults

#: People for each of three orders; with kills at both sides of the registering.
MANY = [300, pytest.param(2000, marks=pytest.mark.nightly)]


def dies_at(shaken: Shaken, point: str) -> None:
    shaken.database.engine.dispose()
    child = children.start(shaken.database.url, shaken.workspace, str(shaken.log), (point, "kill", 1, 0.0))
    child.join(60)
    assert child.exitcode == -9


@pytest.mark.parametrize("many", MANY)
@pytest.mark.parametrize("order", ["before", "between", "after"])
def test_p5_every_wait_is_answered_once(shaken: Shaken, order: str, many: int) -> None:
    people = [f"p{number}" for number in range(many)]
    shaken.publish(RACE)
    shaken.events([("joined", who, None, f"j:{who}", {}) for who in people])
    if order == "between":  # entered, and not yet at the wait
        while shaken.worker.intake.run():
            pass
    elif order == "after":
        shaken.run()
    else:
        dies_at(shaken, "wait.before_register")
    shaken._turn("2026-03-02 10:30")
    # A third answers in time, a third at the very instant of the time-out, a third says it twice.
    shaken.events([("replied", who, "2026-03-02 10:20", f"r:{who}", {}) for who in people[::3]])
    shaken.events(
        [("replied", who, "2026-03-02 10:25", f"r:{who}:{n}", {}) for who in people[2::3] for n in (1, 2)]
    )
    dies_at(shaken, "wait.after_register")
    shaken._turn("2026-03-02 11:00")
    shaken.events([("replied", who, "2026-03-02 11:00", f"r:{who}", {}) for who in people[1::3]])
    dies_at(shaken, "wait.before_register")
    shaken.go("2026-03-02 12:00")
    exits = shaken.rows(select(Trail.exit, func.count()).where(Trail.step == "listen").group_by(Trail.exit))
    assert dict(exits) == {"came": len(people)}
    left = Counter(
        n
        for (n,) in shaken.rows(select(Trail.enrollment_id).where(Trail.step == "listen", Trail.op == "step"))
    )
    assert len(left) == len(people) and set(left.values()) == {1}
    assert shaken.unread() == 0 and shaken.findings() == []
