"""Whom a simulation plays, and what it tells of them: invented people, schedules, policies, two drawings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from journeys.coming import TooMuch
from journeys.lives import chance_of, invent
from journeys.plan import compile_plan
from journeys.played import report
from journeys.simulate import Life
from journeys.spread import Spread
from tests.journeys.drawing import chart, event, send, wait

START = datetime(2026, 3, 2, 0, tzinfo=UTC)


def drawn(entry: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = chart({"a": "s", "b": {"stay": True}}, {"s": ("a", "send")}, [("s", "sent", "b")])
    made["entries"] = [{"id": "in", "on": entry, "to": "a", **more}]
    return made


def test_the_same_person_does_the_same_whatever_else_is_drawn():
    first = chart({"a": {"stay": True}, "b": {"stay": True}}, {}, [("a", event("paid"), "b")])
    more = chart(
        {"a": {"stay": True}, "b": {"stay": True}}, {}, [("a", event("paid"), "b"), ("b", event("left"), "a")]
    )
    few = invent(compile_plan(first), 40, START, 30, seed=3)
    many = invent(compile_plan(more), 60, START, 30, seed=3)
    for one, other in zip(few, many, strict=False):
        assert one.events == [e for e in other.events if e[1] != "left"]
    assert any(e[1] == "left" for life in many for e in life.events)


def test_invented_people_take_every_way_that_a_rule_opens():
    rules = [
        {"exit": "rich", "rule": {"field": "attribute.points", "operator": ">=", "value": 500}},
        {"exit": "vip", "rule": {"field": "tags", "operator": "has", "value": "vip"}},
        {"exit": "city", "rule": {"field": "attribute.city", "operator": "in", "value": ["杭州", "上海"]}},
    ]
    exits = ("rich", "vip", "city", "else")
    made = chart(
        {"a": "b"} | {exit: {"stay": True} for exit in exits},
        {"b": ("a", "branch", {"rules": rules})},
        [("b", exit, exit) for exit in exits],
    )
    plan = compile_plan(made)
    told = report(plan, invent(plan, 200, START, 10, spread=Spread(made)), START, 10)
    assert {f"b:{exit}" for exit in exits} == set(told["exits"]) and told["unreached"] == []


def test_a_schedule_and_a_birthday_fetch_people_by_the_drawings_own_clock():
    weekly = drawn({"type": "schedule", "weekdays": [5], "at": "09:00"})
    weekly["settings"]["reentry"] = {"mode": "never"}
    plan = compile_plan(weekly)
    lives = [Life("1", []), Life("2", [])]
    told = report(plan, lives, START, 14)
    assert told["entered"] == 2
    assert {path["trail"][0]["at"] for path in told["paths"]} == {"2026-03-06T01:00:00+00:00"}
    birthday = compile_plan(drawn({"type": "date", "attribute": "born", "yearly": True, "at": "10:00"}))
    born = [Life("1", [], {"born": "1990-03-08"}), Life("2", [], {"born": "1990-05-01"}), Life("3", [])]
    told = report(birthday, born, START, 14)
    assert [path["subject"] for path in told["paths"]] == ["1"]
    assert told["paths"][0]["trail"][0]["at"] == "2026-03-08T02:00:00+00:00"
    invented = invent(birthday, 50, START, 30)
    assert report(birthday, invented, START, 30)["entered"] > 5


def test_a_schedule_that_would_never_end_is_refused():
    plan = compile_plan(drawn({"type": "schedule", "every": "PT1H"}))
    with pytest.raises(TooMuch):
        report(plan, [Life(str(n), []) for n in range(4000)], START, 60)


def test_what_bit_is_told_by_reason_and_day():
    made = chart(
        {"a": "w", "b": {"stay": True}},
        {"w": ("a", "wait", wait(**{"for": "PT1H"})), "s": ("a", "send", send("hello"))},
        [("w", "next", "s"), ("s", "sent", "b")],
    )
    made["entries"] = [{"id": "in", "on": event("in"), "to": "a"}]
    plan = compile_plan(made, quiet_hours=("22:00", "08:00"))
    # 23:30 and 10:00 in Shanghai; one more who wants no marketing.
    night, noon = START + timedelta(hours=15, minutes=30), START + timedelta(days=1, hours=2)
    lives = [
        Life("1", [(night, "in", {})]),
        Life("2", [(noon, "in", {})]),
        Life("3", [(noon, "in", {})], {"no_marketing": True}),
    ]
    told = report(plan, lives, START, 3)
    held, refused = told["policies"]["held_quiet_hours"], told["policies"]["refused_no_marketing"]
    assert (held["total"], held["per_day"], held["steps"]) == (1, [1, 0, 0], {"s": 1})
    assert (refused["act"], refused["per_day"]) == ("refused", [0, 1, 0])
    assert held["words"]["en"] == "it is quiet hours where the contact lives"
    assert told["carriers_per_day"] == {"sandbox": [0, 2, 0]} and told["messages_per_day"] == [0, 2, 0]
    assert told["resting"] == {"b": 3} and told["tasks_per_day"] == [0, 0, 0]
    assert told["cut"] is None


def test_too_much_to_play_is_cut_off_at_the_end_of_a_day():
    plan = compile_plan(drawn(event("in")))
    lives = [Life(str(n), [(START + timedelta(hours=n), "in", {})]) for n in range(96)]
    told = report(plan, lives, START, 4, most_lines=150)
    assert told["cut"] == 2 == len(told["days"]) and told["entered"] < 96


def test_the_same_people_through_two_drawings():
    short, long = (
        chart(
            {"a": "w", "b": {"stay": True}},
            {"w": ("a", "wait", wait(**{"for": time}))},
            [("w", "next", "b"), ("a", event("paid"), "b")],
        )
        for time in ("P1D", "P20D")
    )
    plans = [compile_plan(short), compile_plan(long)]
    lives = invent(plans, 100, START, 30)
    one, other = (report(plan, lives, START, 30) for plan in plans)
    assert one["entered"] == other["entered"] == 100
    assert one["arrows"]["a2"] < other["arrows"]["a2"]


def test_what_one_did_and_what_all_do_count_alike():
    assert chance_of(0, 0, 30, 90) == 0
    assert chance_of(9, 1, 30, 90) > chance_of(1, 1, 30, 90) > chance_of(0, 1, 30, 90) > 0
    assert chance_of(10_000, 10_000, 90, 90) == 0.95
