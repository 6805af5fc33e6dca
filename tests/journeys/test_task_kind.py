"""The task step in the kernel, in a play, in the checks and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from journeys import schema
from journeys.advance import advance
from journeys.checks import check
from journeys.errors import BadDefinition
from journeys.lives import invent
from journeys.naming import Drawing
from journeys.plan import compile_plan
from journeys.played import report
from journeys.position import ChangeTask, Facts, GiveTask, Move, SendMessage, Signal, Withdraw, fresh
from journeys.problems import Catalogue
from journeys.simulate import ENTER, Life
from journeys.trail_words import Line, Teller
from rules.zones import SHANGHAI

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
RESULTS = [{"exit": "sent", "name": "已发送"}, {"exit": "not_friend", "name": "不是好友"}]


def drawing(*, called: str = "call", **config: Any) -> dict[str, Any]:
    config = {"title": "请致电", "team": "顾问", "due": {"for": "P1D"}, "results": RESULTS, **config}
    return {
        "format": 1,
        "entries": [{"id": "in", "on": {"type": "hand"}, "to": "care"}],
        "stages": [{"id": "care", "initial": called, "stay": True}, {"id": "over", "stay": True}],
        "steps": [
            {"id": called, "stage": "care", "kind": "task", "config": config},
            {"id": "good", "stage": "care", "kind": "tag", "config": {"add": ["good"]}},
            {"id": "late", "stage": "care", "kind": "tag", "config": {"add": ["late"]}},
        ],
        "arrows": [
            {"id": "a1", "from": called, "exit": "next" if config.get("wait") is False else "sent", "to": "good"},
            *([{"id": "a2", "from": called, "exit": "timeout", "to": "late"}] if config.get("wait", True) else []),
            {"id": "a3", "from": "care", "on": {"type": "event", "name": "bought"}, "to": "over"},
            {"id": "a4", "from": "care", "on": {"type": "event", "name": "task_done"}, "to": "over"},
        ],
        "ends": [],
        "goals": [],
    }  # fmt: skip


class Walker:
    """One subject moved by hand."""

    def __init__(self, definition: dict[str, Any], **facts: Any) -> None:
        self.plan, self.facts = compile_plan(definition), Facts("1", **facts)
        self.position, self.deeds, self.exits, self.number = fresh("in", START, {}), [], [], 0
        self.ops: list[tuple[str, str | None]] = []
        self.go(START)

    def go(self, until: datetime, *signals: Signal) -> Move:
        (move,) = advance(self.plan, [self.position], [signals], [self.facts], until)
        self.position = move.position
        self.deeds += move.deeds
        self.exits += [(c.step, c.exit) for c in move.trail if c.op == "step"]
        self.ops += [(c.op, (c.detail or {}).get("act")) for c in move.trail]
        return move

    def result(self, at: datetime, result: str, seq: int = 1) -> Move:
        self.number += 1
        data = {"seq": seq, "result": result}
        return self.go(at, Signal(self.number, "task", "task_done", at, at, data))

    def event(self, at: datetime, name: str) -> Move:
        self.number += 1
        return self.go(at, Signal(self.number, "event", name, at, at, {}))


def test_it_is_given_and_leaves_by_its_result() -> None:
    one = Walker(drawing())
    (given,) = one.deeds
    assert isinstance(given, GiveTask) and (given.seq, given.visit, given.step) == (1, 1, "call")
    assert given.due == START + 24 * HOUR and given.waits and one.position.step_due == given.due
    assert ("task", "given") in one.ops
    one.result(START + HOUR, "sent")
    assert one.exits == [("call", "sent"), ("good", "next")]
    one.result(START + 2 * HOUR, "sent")
    assert one.position.stage == "over", "the second result is the event task_done"


def test_a_result_of_another_entry_is_the_event() -> None:
    one = Walker(drawing())
    one.result(START + HOUR, "sent", seq=7)
    assert one.exits == [] and one.position.stage == "over"


def test_what_no_exit_is_named_for_fails_like_time_out() -> None:
    one = Walker(drawing())
    one.result(START + HOUR, "not_suitable")
    assert one.exits == [("call", "failed"), ("late", "next")]


def test_nobody_did_it() -> None:
    one = Walker(drawing())
    one.go(START + 30 * HOUR)
    assert one.exits[0] == ("call", "timeout")
    assert one.deeds[1] == ChangeTask(1, START + 24 * HOUR, "timed_out")


def test_an_interruption_takes_it_back_and_an_exit_does_not() -> None:
    one = Walker(drawing())
    one.event(START + HOUR, "bought")
    assert one.deeds[-1] == Withdraw(START + HOUR, 1, messages=False, tasks=True)
    two = Walker(drawing())
    two.result(START + HOUR, "sent")
    assert not [deed for deed in two.deeds if isinstance(deed, Withdraw)]


def test_it_is_escalated_once_and_then_over() -> None:
    one = Walker(drawing(fallback="escalate", escalate_to="主管", escalate_for="PT4H"))
    one.go(START + 25 * HOUR)
    assert one.deeds[-1] == ChangeTask(1, START + 24 * HOUR, "escalated", "主管", START + 28 * HOUR)
    assert one.exits == [] and one.position.step_due == START + 28 * HOUR
    two = Walker(drawing(fallback="escalate", escalate_to="主管", escalate_for="PT4H"))
    two.go(START + 25 * HOUR)
    two.result(START + 26 * HOUR, "sent")
    assert two.exits[0] == ("call", "sent") and "task" not in two.position.state
    one.go(START + 40 * HOUR)
    assert one.exits[0] == ("call", "timeout")


def test_a_message_goes_instead_when_the_policy_lets_it() -> None:
    config = {"fallback": "message", "fallback_carrier": "sms", "fallback_content": "call_you"}
    one = Walker(drawing(**config))
    one.go(START + 25 * HOUR)
    assert [(deed.carrier, deed.content) for deed in one.deeds if isinstance(deed, SendMessage)] == [
        ("sms", "call_you")
    ]
    assert one.exits[0] == ("call", "timeout")
    two = Walker(drawing(**config), attributes={"no_marketing": True})
    two.go(START + 25 * HOUR)
    assert not [deed for deed in two.deeds if isinstance(deed, SendMessage)]
    assert two.exits[0] == ("call", "timeout")


def test_without_waiting_it_goes_on_and_hears_the_event() -> None:
    one = Walker(drawing(wait=False))
    assert one.exits == [("call", "next"), ("good", "next")] and one.position.stage == "care"
    assert not one.deeds[0].waits
    one.result(START + HOUR, "sent")
    assert one.position.stage == "over"


def test_a_due_moment_past_gives_no_task() -> None:
    one = Walker(
        drawing(due={"anchor": {"attribute": "day"}, "offset": "P0D"}), attributes={"day": "2026-01-01"}
    )
    assert one.exits[0] == ("call", "timeout")
    assert not [deed for deed in one.deeds if isinstance(deed, GiveTask)]


def codes(definition: dict[str, Any], **has: Any) -> set[tuple[str, str]]:
    return {(one.code, one.node) for one in check(definition, Catalogue(**has))}


def test_checks() -> None:
    there = {"staff": frozenset({"u1"}), "teams": frozenset({"顾问"})}
    assert not {code for code, _ in codes(drawing(), **there)} & {"unknown-staff", "nobody-yet", "no-team"}
    assert ("open-exit", "call") in codes(drawing(), **there), "the result not_friend leads nowhere"
    assert ("nobody-yet", "call") in codes(drawing(team="售后"), **there)
    assert ("unknown-staff", "call") in codes(drawing(assign="person", person="u9"), **there)
    assert ("no-team", "call") in codes(drawing(team=None))
    assert ("endless-task", "call") in codes(drawing(due=None))
    escalated = {"fallback": "escalate", "escalate_to": "nobody", "escalate_for": "PT1H"}
    assert ("unknown-staff", "call") in codes(drawing(**escalated), **there)
    both = {**escalated, "team": "售后", "escalate_to": "售后"}
    assert {code for code, _ in codes(drawing(**both), **there)} & {"nobody-yet", "unknown-staff"} == {
        "nobody-yet"
    }
    said = {"fallback": "message", "fallback_carrier": "sms", "fallback_content": "x"}
    assert ("missing-content", "call") in codes(drawing(**said), contents={})


@pytest.mark.parametrize(
    "config",
    [
        {"assign": "rota", "team": None},
        {"assign": "person"},
        {"reminds": 4},
        {"fallback": "escalate"},
        {"fallback": "message", "fallback_carrier": "sms"},
        {"results": []},
        {"results": [{"exit": "timeout"}]},
        {"results": [RESULTS[0], RESULTS[0]]},
        {"title": ""},
    ],
)
def test_what_is_incomplete_does_not_read(config: dict[str, Any]) -> None:
    with pytest.raises(BadDefinition):
        schema.load(drawing(**config))


def test_in_a_play_most_are_done_in_time() -> None:
    plan = compile_plan(drawing())
    lives = [Life(str(n), [(START + HOUR, ENTER, {"entry": "in"})]) for n in range(400)]
    told = report(plan, lives, START, 3)
    assert told["tasks_per_day"] == [400, 0, 0]
    sent, failed, late = (told["exits"].get(f"call:{exit}", 0) for exit in ("sent", "not_friend", "timeout"))
    assert sent + failed + late == 400 and 180 < sent < 300 and 40 < failed < 160 and 20 < late < 100
    assert report(plan, lives, START, 3)["exits"] == told["exits"], "drawn once and for all"


def test_in_a_play_of_one_tick_results_beat_the_time_out() -> None:
    plan = compile_plan(drawing(due={"for": "PT2H"}))
    lives = [Life(str(n), [(START + HOUR, ENTER, {"entry": "in"})]) for n in range(200)]
    told = report(plan, lives, START, 1)
    assert told["exits"]["call:sent"] > 80


def test_invented_lives_play_too() -> None:
    plan = compile_plan(drawing(wait=False))
    told = report(plan, invent(plan, 50, START, 5), START, 5)
    assert told["entered"] == 50 and sum(told["tasks_per_day"]) == 50


def test_words_of_the_trail() -> None:
    teller = Teller(Drawing(drawing()), SHANGHAI)
    given = teller.words(Line("task", "care", "call", None, None, {"act": "given"}))
    assert "交给员工" in given and "given to the staff" in given.en
    left = teller.words(Line("step", "care", "call", "not_friend", None, {}))
    assert "不是好友" in left
    escalated = teller.words(Line("task", "care", "call", None, None, {"act": "escalated", "to": "主管"}))
    assert "上报给 主管" in escalated
