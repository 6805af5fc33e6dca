"""Rules in words: every operator in both languages, and nothing of the machine in between."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from rules.condition_fields import OPERATORS, VALUE_SHAPE
from rules.condition_words import OPERATOR_WORDS
from rules.conditions import parse
from tests.rules.people import rules
from tests.rules.test_conditions import leaf


@pytest.mark.parametrize(
    ("tree", "zh", "en"),
    [
        (None, "始终满足", "always"),
        (leaf("attribute.等级", "=", "金卡"), "等级 等于 “金卡”", "等级 is “金卡”"),
        (leaf("attribute.age", ">=", "18"), "age 至少为 18", "age is at least 18"),
        (leaf("attribute.vip", "=", True), "vip 等于 “是”", "vip is “true”"),
        (leaf("attribute.city", "in", "北京,上海"), "city 属于 “北京”、“上海”", "city is one of “北京”, “上海”"),
        (leaf("attribute.age", "between", [18, 30]), "age 介于 18 到 30", "age is between 18 and 30"),
        (leaf("attribute.age", "null"), "age 为空", "age is empty"),
        (leaf("tags", "has", "新客"), "标签 带有 “新客”", "tags include “新客”"),
        (leaf("variable.n", "<", 3), "变量 n 小于 3", "variable n is less than 3"),
        (leaf("event.amount", ">", 99.5), "事件的 amount 大于 99.5", "the event's amount is more than 99.5"),
        (leaf("event.name", "=", "paid"), "事件名 等于 “paid”", "the event's name is “paid”"),
        (leaf("stage", "!=", "trust"), "所在阶段 不等于 “trust”", "the stage is not “trust”"),
        (
            leaf("history.order_paid.count", ">=", 2, within="P30D"),
            "“order_paid”的次数（近 30 天内）至少为 2 次",
            "the number of order_paid within the last 30 days is at least 2",
        ),
        (
            leaf("history.order_paid.sum.amount", ">", 500, where=leaf("event.sku", "=", "a")),
            "“order_paid”的 amount 合计（仅限：事件的 sku 等于 “a”）大于 500",
            "the sum of amount of order_paid (where the event's sku is “a”) is more than 500",
        ),
        (
            leaf("history.paid.last", "<", "2026-03-01"),
            "最近一次“paid”的时间 早于 2026-03-01",
            "the time of the last paid is before 2026-03-01",
        ),
        (leaf("history.paid.first", "null"), "第一次“paid”的时间 为空", "the time of the first paid is empty"),
        (leaf("history.paid.last.sku", "=", "a"), "最近一次“paid”的 sku 等于 “a”", "the sku of the last paid is “a”"),
        (leaf("now.weekday", "in", [6, 7]), "今天是周六、日", "today is Sat or Sun"),
        (leaf("now.weekday", "!=", 1), "今天不是周一", "today is not Mon"),
        (leaf("now.is_workday", "=", False), "今天不是工作日", "today is not a work day"),
        (leaf("now.is_month_end", "!=", False), "今天是月末", "today is the last day of the month"),
        (leaf("now.time", ">=", "20:00"), "当前时刻 不早于 “20:00”", "the time of day is not before “20:00”"),
        (leaf("since.born", ">", 30), "距 born 已过 大于 30 天", "days since born is more than 30 days"),
        (
            {"combinator": "and", "rules": [
                leaf("attribute.a", "=", 1),
                {"combinator": "or", "rules": [leaf("attribute.b", "=", 2), leaf("attribute.c", "=", 3)]},
            ]},
            "a 等于 1，且 （b 等于 2，或 c 等于 3）",
            "a is 1 and (b is 2 or c is 3)",
        ),
        (
            {"not": True, "rules": [leaf("attribute.a", "=", 1), leaf("attribute.b", "=", 2)]},
            "不满足（a 等于 1，且 b 等于 2）",
            "not (a is 1 and b is 2)",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_a_sentence(tree: Any, zh: str, en: str) -> None:
    assert (parse(tree).say("zh"), parse(tree).say("en")) == (zh, en)


def test_titles_take_the_place_of_names() -> None:
    rule = parse(
        {
            "rules": [
                leaf("attribute.lvl", "=", 1),
                leaf("history.paid.count", ">", 1),
                leaf("since.lvl", "=", 1),
            ]
        }
    )
    said = rule.say("zh", {"attribute.lvl": "会员等级", "paid": "付款"})
    assert said == "会员等级 等于 1，且 “付款”的次数 大于 1 次，且 距 会员等级 已过 等于 1 天"


def test_every_operator_has_words_and_a_shape() -> None:
    used = {operator for operators in OPERATORS.values() for operator in operators}
    assert used == set(OPERATOR_WORDS) == set(VALUE_SHAPE)


@given(rules())
def test_whatever_can_be_read_can_be_said(tree: Any) -> None:
    rule = parse(tree)
    assert rule.say("zh") and rule.say("en")
    assert "None" not in rule.say("en") and "{" not in rule.say("zh")


NEW_FIELDS = [
    (
        {"field": "segments", "operator": "has", "value": "big"},
        "在人群 “大客户” 中",
        "is in the segment “大客户”",
    ),
    (
        {"field": "segments", "operator": "hasNone", "value": ["big", "b"]},
        "不在人群 “大客户”、“b” 中",
        "is not in any of the segment “大客户”, “b”",
    ),
    (
        {"field": "tier.value", "operator": "=", "value": "high"},
        "“价值”等级 等于 “高”",
        "the tier 价值 is “高”",
    ),
    (
        {"field": "journey.welcome", "operator": "in", "value": ["inside", "ended"]},
        "正在或已离开旅程“欢迎”",
        "inside or has left the journey 欢迎",
    ),
    (
        {"field": "history.cart.without.paid", "operator": ">=", "value": 1, "after": "P1D", "within": "P7D"},
        "“加购”后没有“付款”的次数（等满 1 天）（近 7 天内）至少为 1 次",
        "the number of 加购 not followed by 付款 after 1 day within the last 7 days is at least 1",
    ),
]
NEW_TITLES = {
    "segment.big": "大客户", "tier.value": "价值", "tier.value.high": "高", "journey.welcome": "欢迎", "cart": "加购",
    "paid": "付款",
}  # fmt: skip


@pytest.mark.parametrize(("tree", "zh", "en"), NEW_FIELDS)
def test_segments_tiers_journeys_and_what_did_not_follow_are_said(tree, zh, en):
    rule = parse(tree)
    assert rule.say("zh", NEW_TITLES) == zh
    assert rule.say("en", NEW_TITLES) == en
