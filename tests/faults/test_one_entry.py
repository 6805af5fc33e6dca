"""P4: a schedule that is killed, run by two at once, or saved again enters nobody twice and leaves nobody out."""

from __future__ import annotations

from typing import Any

import pytest

from journeys.tables import Enrollment
from runtime import faults, schedules
from store.tables import Inbox
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.runtime.charts import journey, wait

pytestmark = pytest.mark.faults

PEOPLE = [f"p{number}" for number in range(45)]
MONDAY = "2026-03-09 09:00"


def chart(at: str = "09:00") -> dict[str, Any]:
    return journey(
        stages=[{"id": "s", "initial": "days"}],
        steps=[wait("days", "s", **{"for": "P90D"})],
        entries=[
            {"id": "monday", "on": {"type": "schedule", "weekdays": [1], "at": at}, "to": "s"},
        ],
        reentry={"mode": "after_exit"},
    )


@pytest.fixture
def monday(shaken: Shaken) -> Shaken:
    """It is Monday, nine o'clock, and nobody has looked yet."""
    shaken.publish(chart())
    shaken.people(PEOPLE)
    shaken.run()
    shaken._turn(MONDAY)
    return shaken


def entered_once(shaken: Shaken) -> None:
    shaken.run()
    assert shaken.count(Enrollment) == len(PEOPLE)
    assert shaken.count(Inbox, Inbox.kind == "enroll") == len(PEOPLE)
    assert shaken.findings() == []


def test_p4_a_schedule_that_dies_in_the_middle_enters_everybody_once(
    monday: Shaken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "CHUNK", 10)
    for after in (1, 2, 4, 5):  # of five chunks
        faults.arm(faults.Fault("schedule.mid_batch", "raise", after))
        with pytest.raises(faults.Broken):
            monday.worker.housekeeping.schedules.run()
    entered_once(monday)


def test_p4_killed_and_run_by_three_at_once(monday: Shaken) -> None:
    url, log = monday.database.url, str(monday.log)
    monday.database.engine.dispose()
    child = children.start(
        url, monday.workspace, log, ("schedule.mid_batch", "kill", 1, 0.0), True, ("housekeeping",)
    )
    child.join(30)
    assert child.exitcode == -9
    crowd = [
        children.start(url, monday.workspace, log, None, True, ("housekeeping", "intake")) for _ in range(3)
    ]
    for child in crowd:
        child.join(60)
        assert child.exitcode == 0
    entered_once(monday)


def test_p4_saving_ten_times_fires_nothing_again(monday: Shaken) -> None:
    entered_once(monday)
    for _ in range(10):
        monday.publish(chart())
        monday.run()
    entered_once(monday)
