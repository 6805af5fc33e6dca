"""The rule language as data for the rule editor: which fields there are, and what can be asked of each."""

from __future__ import annotations

from typing import Any

from rules.condition_fields import NOW, VALUE_SHAPE
from rules.condition_fields import OPERATORS as BY_TYPE
from rules.condition_words import NOW_WORDS, OPERATOR_WORDS, STATE_WORDS


def _field(name: str, kind: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {
        "field": name,
        "type": kind,
        "title": {"zh": zh, "en": en},
        "operators": list(BY_TYPE[kind]),
    } | more


#: Every kind of field. Names in capitals stand for one of the workspace's own: `suggest` says where to find them.
FIELDS: list[dict[str, Any]] = [
    _field("attribute.NAME", "any", "客户属性", "Attribute", suggest="attribute-types"),
    _field("tags", "tags", "标签", "Tags", suggest="tags"),
    _field("segments", "segments", "人群", "Segments", suggest="segments"),
    _field("tier.DIMENSION", "level", "分层等级", "Tier", suggest="tiers"),
    _field(
        "scene.SCENE", "choice", "场景匹配的商品", "Product by the scene", suggest="scenes", only="journeys"
    ),
    _field(
        "scene.SCENE.moment",
        "choice",
        "场景匹配的时机",
        "Moment by the scene",
        suggest="scenes",
        only="journeys",
    ),
    _field(
        "journey.JOURNEY",
        "state",
        "在某个旅程中",
        "In a journey",
        suggest="journeys",
        only="contacts",
        options=[{"value": one, "title": {"zh": zh, "en": en}} for one, (zh, en) in STATE_WORDS.items()],
    ),
    _field(
        "event.NAME", "any", "当前事件的属性", "Property of the event at hand", suggest="event-properties"
    ),
    _field(
        "entry.NAME",
        "any",
        "进入旅程时事件的属性",
        "Property of the opening event",
        suggest="event-properties",
    ),
    _field("variable.NAME", "any", "旅程变量", "Variable of the journey"),
    _field("stage", "any", "所在阶段", "Stage", suggest="stages"),
    _field(
        "history.EVENT.count",
        "number",
        "发生过的次数",
        "How often it happened",
        within=True,
        suggest="event-types",
    ),
    _field(
        "history.EVENT.sum.PROPERTY",
        "number",
        "某属性合计",
        "Sum of a property",
        within=True,
        suggest="event-types",
    ),
    _field(
        "history.EVENT.without.OTHER",
        "number",
        "做了却没有接着做另一件的次数",
        "How often it was not followed by another",
        within=True,
        after=True,
        suggest="event-types",
    ),
    _field(
        "history.EVENT.last",
        "time",
        "最近一次的时间",
        "When it last happened",
        within=True,
        suggest="event-types",
    ),
    _field(
        "history.EVENT.first",
        "time",
        "第一次的时间",
        "When it first happened",
        within=True,
        suggest="event-types",
    ),
    _field(
        "history.EVENT.last.PROPERTY",
        "any",
        "最近一次的属性",
        "Property of the last one",
        within=True,
        suggest="event-types",
    ),
    _field("since.ATTRIBUTE", "days", "距某日期已过天数", "Days since a date", suggest="attribute-types"),
    _field("until.ATTRIBUTE", "days", "距某日期还有天数", "Days until a date", suggest="attribute-types"),
    *(_field(f"now.{name}", kind, *NOW_WORDS[name]) for name, kind in NOW.items()),
]

#: Every operator with its words and what it is compared with: none, one, many or pair.
OPERATORS: list[dict[str, Any]] = [
    {"operator": name, "title": {"zh": words[0], "en": words[1]}, "value": VALUE_SHAPE[name]}
    for name, words in OPERATOR_WORDS.items()
]
