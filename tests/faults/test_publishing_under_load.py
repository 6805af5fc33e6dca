"""P10 at its size: twenty versions are published over 5,000 people while two workers move them, one of which keeps dying."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import func, select

from journeys.tables import Enrollment, JourneyMove, Trail
from store import clock
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.runtime.test_moving_versions import longer, move
from tests.runtime.world import at

pytestmark = pytest.mark.faults
PEOPLE = [f"p{number}" for number in range(5000)]
#: At most so many are taken in one call.
MOST = 500


def worker(shaken: Shaken) -> BaseProcess:
    return children.start(shaken.database.url, shaken.workspace, str(shaken.log), None, True, ("intake", "advance"),
                          10, "for ever")  # fmt: skip


def happens(shaken: Shaken, event: str, people: list[str]) -> None:
    for first in range(0, len(people), MOST):
        shaken.events([(event, who, None, None, {}) for who in people[first : first + MOST]])


def test_p10_twenty_versions_over_five_thousand_people(shaken: Shaken) -> None:
    shaken.publish(longer(9))
    happens(shaken, "joined", PEOPLE)
    crowd = [worker(shaken), worker(shaken)]
    try:
        for number in range(2, 21):
            with shaken.database.transaction() as tx:
                clock.set_now(tx.session, at(f"2026-03-{number:02} 12:00"))
            happens(shaken, "order_paid", PEOPLE[number::40])
            shaken.publish(longer(number + 8))
            if number % 4 == 0:
                _moved(shaken, number)
            if number % 5 == 0:
                os.kill(crowd[0].pid or 0, signal.SIGKILL)
                crowd[0] = worker(shaken)
        children.wait_for(lambda: shaken.unread() == 0 and _running(shaken) == 0, 100)
    finally:
        for child in crowd:
            child.terminate()
        for child in crowd:
            child.join(20)
    shaken.run()
    assert shaken.findings() == []
    assert shaken.count(Enrollment) == len(PEOPLE)
    changes = _changes_of_version(shaken)
    assert changes["unmarked"] == 0 and changes["moved"] == changes["records"] >= len(PEOPLE)
    nowhere = shaken.count(Enrollment, Enrollment.stage.is_(None), Enrollment.status.not_in(("ended", "new")))
    assert nowhere == 0
    twice = select(func.count()).where(Trail.op == "step").group_by(Trail.enrollment_id, Trail.seq)
    assert max(count for (count,) in shaken.rows(twice)) == 1


def _moved(shaken: Shaken, number: int) -> None:
    """Ask for those on every version before to come over, led from the old wait to the new one where it has another name."""
    for before in range(max(1, number - 4), number):
        same = before % 2 == number % 2
        led = {} if same else {f"wait-{before % 2}": f"wait-{number % 2}"}
        move(shaken, before, number, "recompute" if number % 8 == 0 else "move", **led)
    time.sleep(0.3)  # the workers are to be at it while the next version comes


def _running(shaken: Shaken) -> int:
    return shaken.count(JourneyMove, JourneyMove.state == "running")


def _changes_of_version(shaken: Shaken) -> dict[str, int]:
    """How often a trail goes on under another version: by a record that says so, or without one."""
    told = {"moved": 0, "unmarked": 0, "records": 0}
    before: tuple[int, int] = (0, 0)
    rows = select(Trail.enrollment_id, Trail.version_id, Trail.op).order_by(Trail.enrollment_id, Trail.id)
    for enrollment, version, op in shaken.rows(rows):
        told["records"] += op == "moved"
        if enrollment == before[0] and version != before[1]:
            told["moved" if op == "moved" else "unmarked"] += 1
        before = (enrollment, version)
    return told
