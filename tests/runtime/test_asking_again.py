"""When what holds is loosened, whoever was held is asked again soon, and not only when the hold was to end."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from journeys.tables import Enrollment
from runtime import asking_again
from runtime.worker import Worker
from store import asking
from store.tables import Outbox, Workspace
from store.tables_reach import AskAgain
from tests.runtime.charts import exits, journey, send
from tests.runtime.reached import allow, says
from tests.runtime.test_acts import sound
from tests.runtime.test_quiet_release import at_night, crowd
from tests.runtime.world import World


def loosened(world: World, **policies: Any) -> None:
    """As the API changes the policies."""
    allow(world, **policies)
    with world.database.transaction() as tx:
        asking.ask_again(tx.session, world.workspace)


def quiet(world: World, hours: list[str] | None) -> None:
    with world.database.transaction() as tx:
        room = tx.session.get_one(Workspace, world.workspace)
        room.settings = {**room.settings, "quiet_hours": hours}
        asking.ask_again(tx.session, world.workspace)


@pytest.mark.parametrize(
    "tight",
    [
        {"caps": [{"most": 1, "per": "P7D"}]},
        {"caps": [{"most": 1, "per": "month"}]},
        {"quotas": [{"carriers": ["sms"], "day": 1}]},
        {"hours": [{"carriers": ["sms"], "window": {"from": "20:00", "to": "21:00"}}]},
    ],
)
def test_a_looser_policy_wakes_whom_it_held(world: World, tight: dict[str, Any]) -> None:
    allow(world, **tight)
    for name in ("first", "second"):
        world.publish(says("sms"), name)
    world.event("joined")
    world.go("2026-03-02 10:05")
    before = world.count(Outbox)
    assert before < 2
    loosened(world)
    world.run()
    world.go("2026-03-02 10:06")
    assert world.count(Outbox) == 2 and world.count(AskAgain) == 0
    assert world.count(Enrollment, Enrollment.status != "ended") == 0
    sound(world)


def test_what_is_still_held_is_asked_and_held_once_more(world: World) -> None:
    allow(world, caps=[{"most": 1, "per": "P7D"}])
    for name in ("first", "second"):
        world.publish(says("sms"), name)
    world.event("joined")
    world.run()
    loosened(world, caps=[{"most": 1, "per": "P2D"}])
    world.run()
    assert world.count(Outbox) == 1 and world.count(AskAgain) == 0
    (row,) = world.rows(select(Enrollment.step_due).where(Enrollment.status == "waiting"))
    assert row.step_due.isoformat() == "2026-03-04T02:00:00+00:00", "held by what holds now"
    world.go("2026-03-04 10:00")
    assert world.count(Outbox) == 2
    sound(world)


def test_quiet_hours_that_are_given_up_hold_nobody_until_the_morning(world: World) -> None:
    quiet(world, ["22:00", "08:00"])
    world.publish({**says("sms"), "settings": {"timezone": "Asia/Shanghai"}})
    world.go("2026-03-02 21:59")
    world.event("joined", "late")
    world.worker.intake.run()
    while world.worker.advance.run():
        pass
    world.go("2026-03-02 23:00")
    world.event("joined")
    world.run()
    # One is held by his journey, the other was let go by it and met the night at the last moment.
    assert world.messages() == [] and world.messages("late") == [("text0", "pending")]
    quiet(world, None)
    world.run()
    assert world.messages() == [("text0", "delivered")] and world.messages("late") == [("text0", "delivered")]
    sound(world)


def test_they_come_in_portions_and_not_at_one_instant(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_again, "LOOKED", 7)
    monkeypatch.setattr(asking_again, "PORTION", 3)
    monkeypatch.setattr(asking_again, "PER_SECOND", 2)
    world.publish(at_night(world, "joined"))
    crowd(world, 40)
    world.go("2026-03-02 23:00")
    world.events([("joined", f"p{n}", None, None, {}) for n in range(40)])
    world.run()
    with world.database.transaction() as tx:
        asking.ask_again(tx.session, world.workspace)
    keeper = Worker(world.database, ("housekeeping",))
    assert keeper.run_until_idle() >= 40 // 3
    due = sorted(when for (when,) in world.rows(select(Enrollment.due_at)))
    assert (due[-1] - due[0]).total_seconds() == 19.5 and len(set(due)) == 40
    world.go("2026-03-02 23:01")
    assert world.count(Outbox) == 0, "it is still night: each was asked, and held once more"
    world.go("2026-03-03 08:10")
    assert world.count(Outbox) == 40
    sound(world)


def test_other_workspaces_pauses_and_windows_are_left_alone(world: World) -> None:
    window = {"from": "20:00", "to": "21:00"}
    number = world.publish(
        journey(stages=[{"id": "s", "initial": "say"}], steps=[send("say", "s", window=window)], arrows=[exits("a", "say", "sent", "won")])
    )  # fmt: skip
    world.event("joined")
    world.run()
    before = world.enrollments()[0]
    loosened(world)
    world.run()
    after = world.enrollments()[0]
    assert (after.step_due, after.epoch) == (before.step_due, before.epoch)
    allow(world, caps=[{"most": 1, "per": "P7D"}])
    held = world.publish({**says("sms", "sms")}, "held")
    world.event("joined", "wu")
    world.run()
    world.pause(held)
    world.pause(number)
    loosened(world)
    world.run()
    assert world.count(Outbox, Outbox.carrier == "sms") == 1, "a paused journey goes on when it is resumed"
    world.resume(held)
    world.run()
    assert world.count(Outbox, Outbox.carrier == "sms") == 2
    sound(world)
