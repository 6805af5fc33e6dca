"""Differences between two drawings: complete, in words, and silent about what means nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.definition import canonical
from journeys.diff import Change, counts, differences, suggest_targets
from journeys.value_words import Titles
from tests.journeys import charts
from tests.journeys.drawing import DONE, after, chart, event, rule, wait
from tests.journeys.example import example

EXAMPLE = example()
TITLES = Titles({"new-welcome": "新欢迎语"}, {"attribute.city": "城市", "order_paid": "支付订单"})


def said(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [str(change.words) for change in differences(old, new, TITLES)]


def redrawn(change: Callable[[dict[str, Any]], None]) -> list[str]:
    """What the differences say after something was changed in the example."""
    new = copy.deepcopy(EXAMPLE)
    change(new)
    return said(EXAMPLE, new)


def part(definition: dict[str, Any], id_: str) -> dict[str, Any]:
    every = [p for key in ("stages", "steps", "arrows", "entries", "ends", "goals") for p in definition[key]]
    return next(p for p in every if p["id"] == id_)


def test_a_wait_that_lasts_longer() -> None:
    old = chart({"a": "w"}, {"w": ("a", "wait", wait(**{"for": "P1D"}))}, [])
    old["steps"][0]["name"] = "次日关怀"
    new = copy.deepcopy(old)
    new["steps"][0]["config"]["until"]["for"] = "P2D"
    (change,) = differences(old, new)
    assert change.words == "步骤「次日关怀」的等待：1 天后 → 2 天后"
    assert change.words.en == 'Step "次日关怀": wait: after 1 day → after 2 days'
    assert (change.node, change.what, change.change) == ("w", "step", "changed")
    assert change.json()["fields"] == [
        {
            "path": "config.until",
            "name": {"zh": "等待", "en": "wait"},
            "before": {"zh": "1 天后", "en": "after 1 day"},
            "after": {"zh": "2 天后", "en": "after 2 days"},
        }
    ]


def test_materials_are_told_by_name() -> None:
    (line,) = redrawn(lambda d: part(d, "welcome")["config"].update(content="new-welcome"))
    assert line == "步骤「1v1 欢迎语」的素材：welcome-beauty → 「新欢迎语」"


def test_an_arrow_hung_elsewhere_by_hand_or_drawn_anew() -> None:
    moved = "「等待 day7」的“继续”箭头改接：「发送消息 recommend」 → 「已流失」"
    assert redrawn(lambda d: part(d, "a3").update(to="lost")) == [moved]

    def anew(definition: dict[str, Any]) -> None:
        part(definition, "a3").update(id="other", to="lost")

    assert redrawn(anew) == [moved]
    alone = redrawn(lambda d: part(d, "a3").update(id="other"))
    assert alone == ["「等待 day7」的“继续”箭头重画了一次，走法不变"]


def test_rules_are_said_in_words_before_and_after() -> None:
    (line,) = redrawn(lambda d: part(d, "a2").update(where=rule("attribute.city", "=", "上海")))
    assert (
        line
        == "「T+0 建信任」、「W1 促首单」、「已购复购」上“发生 支付订单”的箭头的条件：无 → 城市 等于 “上海”"
    )


def test_ways_out_of_a_branch() -> None:
    ways = {"rules": [{"exit": "east", "name": "华东", "rule": rule("attribute.city", "=", "上海")}]}
    old = chart({"a": "b"}, {"b": ("a", "branch", ways)}, [])
    new = copy.deepcopy(old)
    new["steps"][0]["config"]["rules"] = [
        {"exit": "north", "rule": rule("tags", "has", "vip")},
        {"exit": "east", "name": "华东", "rule": rule("attribute.city", "=", "杭州")},
    ]
    assert said(old, new) == [
        "步骤「条件分流 b」新增出口“north”（条件 标签 带有 “vip”）",
        "步骤「条件分流 b」的“华东”的条件：城市 等于 “上海” → 城市 等于 “杭州”",
    ]


def test_stages_alarms_names_and_the_order_of_arrows() -> None:
    assert redrawn(lambda d: part(d, "a1")["on"].update(duration="P5D")) == [
        "「T+0 建信任」上“7 天后”的箭头的触发：7 天后 → 5 天后"
    ]
    assert redrawn(lambda d: part(d, "trust").update(name="破冰")) == ["阶段「T+0 建信任」改名为「破冰」"]
    assert redrawn(lambda d: d["arrows"].insert(0, d["arrows"].pop())) == [
        "「任意阶段」上“发生 friend_deleted”的箭头的判断顺序：4 → 1".replace("「任意阶段」", "任意阶段")
    ]


def test_layout_and_notes_are_one_quiet_line() -> None:
    new = copy.deepcopy(EXAMPLE)
    new["layout"]["trust"]["x"], new["notes"] = 99, []
    (change,) = differences(EXAMPLE, new)
    assert change.what == "note" and counts([change]) == {"added": 0, "removed": 0, "changed": 0, "moved": 0}


def test_what_is_only_written_differently_is_said_to_mean_the_same() -> None:
    (change,) = differences(EXAMPLE, {**EXAMPLE, "stages": [{**s, "tags": []} for s in EXAMPLE["stages"]]})
    assert change.words.en == "Written differently, with the same meaning."


# -- laws ---------------------------------------------------------------------------------------------------


def _drop(r: Random, d: dict[str, Any]) -> str:
    """Remove an arrow."""
    return str(d["arrows"].pop(r.randrange(len(d["arrows"])))["id"])


def _rename(r: Random, d: dict[str, Any]) -> str:
    node = r.choice(d["stages"] + d["steps"] + d["ends"])
    node["name"] = f"{node.get('name', '')}!"
    return str(node["id"])


def _rehang(r: Random, d: dict[str, Any]) -> str:
    arrow = r.choice(d["arrows"])
    arrow["to"] = "x0" if arrow["to"] != "x0" else "x1"
    return str(arrow["id"])


def _reconfigure(r: Random, d: dict[str, Any]) -> str:
    step = r.choice(d["steps"])
    step["config"] = {
        "wait": {"until": {"for": "P99D"}}, "wait_event": {"events": [{"exit": "e0", "event": "never-seen"}]},
        "branch": {"rules": [{"exit": "r0", "rule": rule("tags", "has", "never-seen")}]},
        "send": {"carrier": "sms", "content": "never-seen"}, "tag": {"add": ["never-seen"], "remove": []},
        "update": {"set": [{"target": "variable", "name": "never", "value": 1}]},
        "split": {"variants": [{"exit": "all", "percent": 100}]},
    }.get(step["kind"], {"never": "seen"})  # fmt: skip
    return str(step["id"])


def _add(r: Random, d: dict[str, Any]) -> str:
    d["steps"].append({"id": "fresh", "stage": d["stages"][0]["id"], "kind": "wait", "config": {}})
    return "fresh"


def _settle(r: Random, d: dict[str, Any]) -> str:
    d["settings"] = {"holdout_percent": 13, "reentry": {"mode": "never"}}
    return ""


EDITS = (_drop, _rename, _rehang, _reconfigure, _add, _settle)


@given(r=st.randoms(use_true_random=False), timed=st.booleans())
def test_every_edit_is_told_and_nothing_else(r: Random, timed: bool) -> None:
    old = charts.chart(r, timed)
    assert differences(old, copy.deepcopy(old)) == []
    new = copy.deepcopy(old)
    touched = {_edit(r, new) for _ in range(r.randint(1, 4))}
    if canonical(old) == canonical(new):
        return
    changes: list[Change] = differences(old, new)
    told = {change.node for change in changes}
    there = {p["id"] for d in (old, new) for key in ("stages", "steps", "arrows", "ends") for p in d[key]} | {
        ""
    }
    still = {node for node in touched & there if _of(old, node) != _of(new, node)}
    assert still <= told, (still, told)
    for change in changes:
        assert change.words and change.words.en and change.json()
        assert change.node in there


def _edit(r: Random, d: dict[str, Any]) -> str:
    edit = r.choice(EDITS)
    if (edit in (_drop, _rehang) and not d["arrows"]) or (edit is _reconfigure and not d["steps"]):
        edit = _settle
    if edit is _add and any(s["id"] == "fresh" for s in d["steps"]):
        edit = _rename
    return edit(r, d)


def _of(definition: dict[str, Any], node: str) -> Any:
    if not node:
        return definition["settings"]
    for key in ("stages", "steps", "arrows", "ends"):
        for one in definition[key]:
            if one["id"] == node:
                return one
    return None


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    r=st.randoms(use_true_random=False), junk=JUNK, where=st.sampled_from(("config", "on", "where", "name"))
)
def test_unfinished_drawings_are_told_without_a_fault(r: Random, junk: Any, where: str) -> None:
    old = charts.chart(r)
    new = copy.deepcopy(old)
    if where == "config" and new["steps"]:
        step = r.choice(new["steps"])
        keys = list(step["config"]) or ["until"]
        step["config"][r.choice(keys)] = junk
    elif where in ("on", "where") and new["arrows"]:
        arrow = r.choice(new["arrows"])
        arrow[where] = junk if where == "where" else {"type": r.choice(("event", "at", "when")), "name": junk}
    for one, other in ((old, new), (new, old)):
        for change in differences(one, other, TITLES):
            told = change.json()["words"]
            assert told["zh"].strip() and told["en"].strip(), change


# -- targets ------------------------------------------------------------------------------------------------

LADDER = chart(
    {"a": "one", "b": "far", "c": {"stay": True}},
    {
        "one": ("a", "wait", wait(**{"for": "P1D"})),
        "two": ("a", "send"),
        "three": ("a", "send"),
        "far": ("b", "send"),
    },
    [
        ("one", "next", "two"),
        ("two", "sent", "three"),
        ("a", event("paid"), "c"),
        ("a", DONE, "b"),
        ("b", event("paid"), "c"),
        ("b", after("P3D"), "gone"),
        ("*", event("left"), "gone"),
    ],
    {"gone": "lost"},
)


def without(*ids: str) -> dict[str, Any]:
    new = copy.deepcopy(LADDER)
    for key in ("stages", "steps", "ends"):
        new[key] = [p for p in new[key] if p["id"] not in ids]
    return new


@pytest.mark.parametrize(
    ("removed", "place", "target"),
    [
        ((), "one", "one"),
        (("one",), "one", "two"),
        (("one", "two"), "one", "three"),
        # The last step finished the stage, whose done arrow leads on.
        (("three",), "three", "b"),
        (("one", "two", "three", "a"), "one", "b"),
        (("a", "one", "two", "three", "b", "far"), "a", "gone"),
        (("far",), "far", None),
        (("b", "far"), "b", "gone"),
        (("b", "far"), "far", "gone"),
        (("c",), "c", None),
    ],
)
def test_where_those_at_a_removed_place_had_better_go(
    removed: tuple[str, ...], place: str, target: str | None
) -> None:
    assert suggest_targets(LADDER, without(*removed), place) == target


def test_a_removed_circle_leads_nowhere() -> None:
    old = chart(
        {"a": "x"},
        {"x": ("a", "wait", wait(**{"for": "P1D"})), "y": ("a", "wait", wait(**{"for": "P1D"}))},
        [("x", "next", "y"), ("y", "next", "x")],
    )
    new = {**old, "steps": [], "arrows": [], "stages": [{"id": "a"}]}
    assert suggest_targets(old, new, "x") is None
