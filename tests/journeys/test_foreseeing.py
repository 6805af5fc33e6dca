"""What would come of people inside: lived on from where they stand, here or on another drawing."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from journeys.foreseeing import IMAGINED, Course, Inside, foresee, live_on
from journeys.plan import compile_plan
from journeys.position import Facts, Position, Signal, fresh
from journeys.rehoming import Rehoming
from journeys.simulate import Life, Simulation
from tests.journeys.drawing import after, chart, event, wait

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = timedelta(days=1)
OLD = chart(
    {"a": "hi", "b": {"stay": True, "initial": "thanks"}},
    {
        "hi": ("a", "send"),
        "pause": ("a", "wait", wait(**{"for": "P3D"})),
        "offer": ("a", "send"),
        "thanks": ("b", "send"),
    },
    [
        ("hi", "sent", "pause"),
        ("pause", "next", "offer"),
        ("a", event("paid"), "b"),
        ("a", after("P9D"), "gone"),
    ],
    {"gone": "lost"},
)


def inside(at: datetime) -> Position:
    return live_on(compile_plan(OLD), Course(fresh("in", START), Facts("s")), START, at).position


def contents(course: Course) -> list[tuple[str, datetime]]:
    return [(message.content, message.at) for message in course.messages]


def test_alarms_ring_and_events_come_at_their_own_time() -> None:
    plan = compile_plan(OLD)
    alone = live_on(plan, Course(fresh("in", START), Facts("s")), START, START + 20 * DAY)
    assert contents(alone) == [("hi", START), ("offer", START + 3 * DAY)]
    assert (alone.position.result, alone.position.ended_at) == ("lost", START + 9 * DAY)
    at = START + DAY
    paid = Signal(IMAGINED, "event", "paid", at, at, {})
    buyer = live_on(plan, Course(fresh("in", START), Facts("s")), START, START + 20 * DAY, [paid])
    assert contents(buyer) == [("hi", START), ("thanks", at)]
    assert (buyer.position.status, buyer.position.stage) == ("resting", "b")


def test_a_step_that_waits_for_the_carrier_hears_that_it_was_delivered() -> None:
    drawn = copy.deepcopy(OLD)
    drawn["steps"][0]["config"]["until"] = "delivered"
    told = live_on(compile_plan(drawn), Course(fresh("in", START), Facts("s")), START, START + 4 * DAY)
    assert contents(told) == [("hi", START), ("offer", START + 3 * DAY)]


def test_staying_beside_moving() -> None:
    now = START + DAY
    drawn = copy.deepcopy(OLD)
    drawn["steps"][1]["config"]["until"]["for"] = "PT25H"
    new = compile_plan(drawn)
    person = Inside(compile_plan(OLD), inside(now), Facts("s"))
    stay, move = foresee([(person, Rehoming(recompute=True))], new, now, 7)
    assert (stay.messages, stay.messages_first_hour, stay.per_day) == (1, 0, [0, 0, 1, 0, 0, 0, 0])
    assert (move.messages, move.messages_first_hour, move.per_day) == (1, 1, [1, 0, 0, 0, 0, 0, 0])
    kept, _ = foresee([(person, None)], new, now, 7)
    assert kept == stay
    both = foresee([(person, None)], new, now, 30)
    assert both[0] == both[1] and both[0].ended == {"lost": 1}


def test_whoever_has_no_place_stays_and_a_target_leads() -> None:
    now = START + DAY
    drawn = copy.deepcopy(OLD)
    drawn["steps"] = [s for s in drawn["steps"] if s["id"] != "pause"]
    drawn["arrows"] = [{"id": "x", "from": "hi", "exit": "sent", "to": "offer"}, *drawn["arrows"][2:]]
    person = Inside(compile_plan(OLD), inside(now), Facts("s"))
    stay, move = foresee([(person, Rehoming())], compile_plan(drawn), now, 7)
    assert stay == move
    _, led = foresee([(person, Rehoming({"pause": "offer"}))], compile_plan(drawn), now, 7)
    assert led.messages_first_hour == 1 and led.json()["per_day"][0] == 1


@given(st.lists(st.integers(1, 12), max_size=3))
def test_it_is_what_the_simulator_says(hours: list[int]) -> None:
    plan = compile_plan({**OLD, "entries": [{"id": "in", "on": event("joined"), "to": "a"}]})
    times = sorted({START + timedelta(hours=7 * h) for h in hours})
    run = Simulation(plan, [Life("s", [(START, "joined", {}), *((t, "paid", {}) for t in times)])], START)
    run.play(START + 20 * DAY)
    events = [Signal(IMAGINED + n, "event", "paid", t, t, {}) for n, t in enumerate(times)]
    begun = Course(fresh("in", START, {"name": "joined"}), Facts("s"))
    mine = live_on(plan, begun, START, START + 20 * DAY, events)
    (theirs,) = run.enrolled
    assert contents(mine) == [(m.content, m.at) for m in theirs.messages]
    assert [(c.at, c.op, c.step) for c in mine.trail] == [(c.at, c.op, c.step) for c in theirs.trail]
