"""Lines of a trail as sentences: what happened, and because of what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.advance import advance
from journeys.naming import Drawing
from journeys.plan import compile_plan
from journeys.position import Crumb, Facts, Signal, fresh
from journeys.trail_words import OPS, Line, Teller
from journeys.value_words import Titles
from tests.journeys import charts
from tests.journeys.drawing import chart, event, rule, wait

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLES = Titles({}, {"attribute.city": "城市", "paid": "付款"})
WAYS = {
    "rules": [
        {"exit": "vip", "name": "会员", "rule": rule("tags", "has", "vip")},
        {"exit": "east", "name": "华东", "rule": rule("attribute.city", "=", "上海")},
    ]
}
DRAWN = chart(
    {"a": "b", "c": {"stay": True}},
    {"b": ("a", "branch", WAYS), "w": ("a", "wait", wait(**{"for": "P3D"}))},
    [
        ("b", "east", "w"),
        ("b", "vip", "x"),
        ("a", event("paid"), "c", {"where": rule("event.amount", ">", 10)}),
    ],
    {"x": "converted"},
)
DRAWN["steps"][0]["name"], DRAWN["steps"][1]["name"], DRAWN["stages"][1]["name"] = "按城市", "等三天", "已购"


def teller(definition: dict[str, Any] = DRAWN) -> Teller:
    return Teller(Drawing(definition, TITLES), SHANGHAI)


def line(crumb: Crumb) -> Line:
    return Line(crumb.op, crumb.stage, crumb.step, crumb.exit, crumb.arrow, crumb.detail or {})


def lines(*events: tuple[float, str, dict[str, Any]], **facts: Any) -> list[tuple[str, str]]:
    at = [START + timedelta(hours=hours) for hours, _, _ in events]
    heard = [Signal(n, "event", name, at[n], at[n], data) for n, (_, name, data) in enumerate(events)]
    (move,) = advance(
        compile_plan(DRAWN), [fresh("in", START)], [heard], [Facts("s", **facts)], START + timedelta(days=9)
    )
    tell = teller()
    return [(str(tell.words(line(c))), tell.words(line(c)).en) for c in move.trail]


def test_a_way_that_a_rule_decided() -> None:
    told = lines(attributes={"city": "上海"})
    assert told[0] == ("由入口「手动加入」进入旅程", 'entered the journey through "by hand"')
    assert told[2] == ("因为 城市 = 上海，走「华东」", 'took "华东" at "按城市", because 城市 = 上海')
    assert told[3] == ("步骤「等三天」：继续", 'step "等三天": Next')


def test_a_way_that_no_rule_decided() -> None:
    told = lines(attributes={"city": "杭州"})
    assert told[2][0] == "因为 标签没有 vip、城市 = 杭州，走「其他」"
    assert lines()[2][0] == "因为 标签没有 vip、城市 为空，走「其他」"
    assert lines(tags=["vip", "new"])[2][0] == "因为 标签带有 vip，走「会员」"


def test_arrows_with_their_trigger_and_what_they_asked() -> None:
    told = lines((1, "paid", {"amount": 5}), (2, "paid", {"amount": 12.5}), attributes={"city": "上海"})
    assert told[-2] == (
        "因为 事件的 amount = 12.5，发生 付款：进入阶段「已购」",
        'entered stage "已购" (on 付款), because the event\'s amount = 12.5',
    )
    assert lines(tags=["vip"])[-1][0] == "到达终点「x」，离开旅程（转化）"


def test_every_comparison_is_there_to_be_looked_at() -> None:
    (move,) = advance(compile_plan(DRAWN), [fresh("in", START)], [()], [Facts("s", {"city": "上海"})], START)
    branch = next(c for c in move.trail if c.op == "step")
    assert [(r.field, r.value, r.saw, r.held) for r in teller().reasons(line(branch))] == [
        ("tags", "vip", [], False),
        ("attribute.city", "上海", "上海", True),
    ]


@pytest.mark.parametrize(
    ("given_line", "zh"),
    [
        (Line("hold", "a", "w", None, None, {"until": "2026-03-03T00:00:00+00:00", "because": "quiet-hours"}),
         "步骤「等三天」暂不发送（客户当地正是免打扰时段），等到 2026-03-03 08:00"),
        (Line("moved", "a", "w", None, None, {"from": 2, "to": 3}), "从第 2 版迁移到第 3 版"),
        (Line("moved", "a", "w", None, None, {"from": 3, "to": 2, "back": True}), "从第 3 版退回到第 2 版"),
        (Line("moved", "a", "w", None, None, {"from": 2, "to": 3, "target": "c"}), "从第 2 版迁移到第 3 版，到「已购」"),
        (Line("moved", "a", "w", None, None, {"to": "c"}), "被手动移到「已购」"),
        (Line("end", "a", None, None, None, {"result": "archived"}), "离开旅程（旅程归档）"),
        (Line("stop", "a", "w", None, None, {"error": "ValueError"}), "在「等三天」出错停下（ValueError），等人处理"),
        (
            Line("stop", "a", "w", None, None, {"error": "loop_limit"}),
            "在「等三天」出错停下（在循环里转了太多次：一天之内同一步超过 50 次，或一口气走了 200 步），等人处理",
        ),
        (Line("open", None, None, None, None, {"entry": "in", "holdout": True}), "由入口「手动加入」进入旅程，属于对照组"),
        (Line("unheard", None, None, None, None, {}), "unheard"),
    ],
)  # fmt: skip
def test_other_lines(given_line: Line, zh: str) -> None:
    assert str(teller().words(given_line)) == zh


def test_every_line_that_the_kernel_writes_has_words() -> None:
    documented = Crumb.__doc__ or ""
    for op in ("open", "stage", "through", "step", "hold", "rest", "end", "stop", "passed_over", "back"):
        assert f"`{op}`" in documented and op in OPS


@given(st.randoms(use_true_random=False))
def test_whatever_happens_can_be_told(r: Random) -> None:
    life = charts.life(r)
    plan = compile_plan(life.definition)
    heard = [
        Signal(n, "event", s.name, s.at, s.at, dict(getattr(s, "shown", None) or {}))
        for n, s in enumerate(life.signals, 1)
        if s.kind == "event"
    ]
    (move,) = advance(plan, [fresh("in", life.opened)], [heard], [Facts("s", life.attributes)], life.until)
    tell = Teller(Drawing(life.definition), SHANGHAI)
    for crumb in move.trail:
        told = tell.words(line(crumb))
        assert told and told.en and crumb.op in OPS
        seen = (crumb.detail or {}).get("saw") or {}
        assert {reason.field for reason in tell.reasons(line(crumb))} == set(seen)
