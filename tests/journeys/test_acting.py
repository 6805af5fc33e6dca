"""Acts by hand, on the kernel alone: exit, move, skip, retry, and being sent out of a journey that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from journeys.advance import advance, expel
from journeys.plan import Plan, compile_plan
from journeys.position import Facts, Move, Position, SendMessage, Signal, Withdraw, fresh
from tests.journeys.drawing import after, chart, event, wait

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
AWAITED = {"events": [{"exit": "paid", "event": "paid"}], "longest": None}
PLAN = compile_plan(
    chart(
        {"a": "hi", "b": "ask"},
        {
            "hi": ("a", "send"),
            "pause": ("a", "wait", wait(**{"for": "P3D"})),
            "late": ("a", "send"),
            "ask": ("b", "wait_event", AWAITED),
            "thanks": ("b", "send"),
            "again": ("b", "send"),
        },
        [
            ("hi", "sent", "pause"),
            ("pause", "next", "late"),
            ("a", after("P10D"), "b"),
            ("ask", "paid", "thanks"),
            ("ask", "timeout", "again"),
            ("*", event("deleted"), "gone"),
        ],
        {"gone": "lost"},
    )
    | {"goals": [{"id": "g", "event": "paid", "within": "P30D"}]}
)


def go(plan: Plan, position: Position, *signals: Signal, days: float) -> Move:
    (move,) = advance(plan, [position], [signals], [Facts("s")], START + days * DAY)
    return move


def hand(days: float, **data: Any) -> Signal:
    at = START + days * DAY
    return Signal(9, "hand", data["act"], at, at, data)


def inside(days: float = 1) -> Position:
    return go(PLAN, fresh("in", START), days=days).position


def ops(move: Move) -> list[tuple[str, str | None, str | None]]:
    return [(c.op, c.step or c.stage, c.exit) for c in move.trail]


def test_exit_ends_here_and_withdraws_what_the_visit_left_open() -> None:
    move = go(PLAN, inside(), hand(1, act="exit", result="removed"), days=1)
    assert (move.position.status, move.position.result) == ("ended", "removed")
    assert move.deeds == [Withdraw(START + DAY, 1, messages=True, tasks=True, whole=True)]
    assert go(PLAN, inside(), hand(1, act="exit"), days=1).position.result == "exited"


def test_move_goes_to_a_stage_a_step_or_an_end() -> None:
    to_step = go(PLAN, inside(), hand(1, act="move", to="late"), days=1)
    assert ops(to_step)[0] == ("moved", "pause", None) and to_step.position.visit == 1
    assert [d.content for d in to_step.deeds if isinstance(d, SendMessage)] == ["late"]
    to_stage = go(PLAN, inside(), hand(1, act="move", to="b"), days=1).position
    assert (to_stage.stage, to_stage.step, to_stage.visit) == ("b", "ask", 2)
    assert go(PLAN, inside(), hand(1, act="move", to="gone"), days=1).position.result == "lost"


def test_skip_goes_on_by_the_exit_that_says_nothing_happened() -> None:
    skipped = go(PLAN, inside(), hand(1, act="skip"), days=1)
    assert ops(skipped)[0] == ("step", "pause", "next")
    waiting = go(PLAN, inside(), hand(1, act="move", to="b"), days=1).position
    assert ops(go(PLAN, waiting, hand(2, act="skip"), days=2))[0] == ("step", "ask", "timeout")


def test_skipping_a_held_message_leaves_it_unsent() -> None:
    quiet = chart({"a": "hi"}, {"hi": ("a", "send")}, [])
    quiet["settings"]["quiet_hours"] = ["00:00", "23:00"]
    plan = compile_plan(quiet)
    held = go(plan, fresh("in", START), days=0).position
    assert held.state["hold"]
    move = go(plan, held, hand(0, act="skip"), days=0)
    assert ops(move)[0] == ("step", "hi", "skipped") and not move.deeds


def stopped(position: Position) -> Position:
    position.status, position.step_due, position.stage_due = "stopped", None, None
    position.state = {**position.state, "error": "ValueError"}
    return position


def test_whoever_was_stopped_goes_on_with_his_stage_alarms() -> None:
    alarm = inside().stage_due
    assert alarm == START + 10 * DAY
    again = go(PLAN, stopped(inside()), hand(2, act="retry"), days=2).position
    assert (again.status, again.step, again.seq, again.stage_due) == ("waiting", "pause", 3, alarm)
    assert "error" not in again.state and again.step_due == START + 5 * DAY
    moved = go(PLAN, stopped(inside()), hand(2, act="move", to="pause"), days=2).position
    assert (moved.status, moved.stage_due) == ("waiting", alarm)
    skipped = go(PLAN, stopped(inside()), hand(2, act="skip"), days=2)
    assert ops(skipped)[0] == ("step", "pause", "next")


def test_what_does_not_fit_changes_nothing() -> None:
    before = stopped(inside())
    for data in ({"act": "move", "to": "nowhere"}, {"act": "dance"}):
        after_it = go(PLAN, before, hand(2, **data), days=2).position
        assert (after_it.status, after_it.state["error"]) == ("stopped", "ValueError")


def test_the_held_out_take_no_step_by_hand_but_may_leave() -> None:
    held_out = go(PLAN, fresh("in", START, holdout=True), days=1).position
    for act in ({"act": "move", "to": "b"}, {"act": "skip"}, {"act": "retry"}):
        assert go(PLAN, held_out, hand(1, **act), days=1).position == held_out
    assert go(PLAN, held_out, hand(1, act="exit"), days=1).position.result == "exited"


def test_expelled_people_hear_nothing_and_do_nothing_but_goals_count() -> None:
    paid = Signal(5, "event", "paid", START + 2 * DAY, START + 2 * DAY, {})
    gone = Signal(6, "event", "deleted", START + 2 * DAY, START + 2 * DAY, {})
    move = expel(PLAN, inside(), [paid, gone], Facts("s"), START + 20 * DAY, "archived")
    assert (move.position.status, move.position.result) == ("ended", "archived")
    assert move.position.ended_at == START + 20 * DAY and move.goals == [("g", START + 2 * DAY)]
    assert (
        not [d for d in move.deeds if isinstance(d, SendMessage)]
        and Withdraw(START + 20 * DAY, 1, messages=True, tasks=True, whole=True) in move.deeds
    )


def test_somebody_just_opened_is_expelled_without_a_step() -> None:
    for holdout in (False, True):
        new = fresh("in", START, holdout=holdout)
        move = expel(PLAN, new, [], Facts("s"), START + DAY, "archived")
        assert [c.op for c in move.trail] == ["open", "end"] and not move.deeds
        assert move.position.result == "archived"
    ended = go(PLAN, inside(), hand(1, act="exit"), days=1).position
    late = expel(PLAN, ended, [], Facts("s"), START + 2 * DAY, "archived")
    assert late.position.result == "exited" and not late.trail
