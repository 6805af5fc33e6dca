"""The fields that a line of differences tells, by the sort of part, each with its title."""

from __future__ import annotations

from typing import Any

from journeys.words import Words

WHAT = {
    "stages": "stage",
    "steps": "step",
    "arrows": "arrow",
    "entries": "entry",
    "ends": "end",
    "goals": "goal",
}
WHAT_WORDS = {
    "stage": Words("阶段", "stage"),
    "step": Words("步骤", "step"),
    "arrow": Words("箭头", "arrow"),
    "entry": Words("入口", "entry"),
    "end": Words("终点", "end"),
    "goal": Words("目标", "goal"),
}


def _spec(name: str, type: str, zh: str, en: str) -> dict[str, Any]:
    return {"name": name, "type": type, "title": {"zh": zh, "en": en}}


#: Of each sort of part: the fields that its line tells, besides its name and where it stands.
FORMS: dict[str, list[dict[str, Any]]] = {
    "stages": [
        _spec("anchor", "anchor", "起算点", "anchor"),
        _spec("stay", "boolean", "一直停留", "stays"),
        _spec("tags", "tags", "阶段标签", "tags"),
        _spec("color", "text", "颜色", "colour"),
    ],
    "arrows": [
        _spec("on", "trigger", "触发", "trigger"),
        _spec("where", "rule", "条件", "condition"),
        _spec("enter", "text", "进入方式", "way in"),
    ],
    "entries": [_spec("on", "trigger", "触发", "trigger"), _spec("where", "rule", "条件", "condition")],
    "ends": [_spec("result", "text", "结果", "result")],
    "goals": [
        _spec("event", "events", "事件", "event"),
        _spec("where", "rule", "条件", "condition"),
        _spec("within", "duration", "期限", "time limit"),
    ],
}
SETTINGS = [
    _spec("timezone", "text", "时区", "time zone"),
    _spec("quiet_hours", "text", "免打扰时段", "quiet hours"),
    _spec("holdout_percent", "number", "对照组 %", "held out %"),
]
REENTRY = [
    _spec("mode", "text", "再次进入", "re-entry")
    | {
        "options": [
            {"value": "never", "title": {"zh": "不允许", "en": "never"}},
            {"value": "after_exit", "title": {"zh": "离开后可以", "en": "after leaving"}},
            {"value": "many", "title": {"zh": "可同时多次", "en": "many at once"}},
        ]
    },
    _spec("after", "duration", "再次进入的间隔", "time before re-entry"),
    _spec("key", "text", "区分字段", "key"),
]
#: Fields that hold ids of other parts.
NODES = {
    "initial": Words("起始步骤", "first step"),
    "stage": Words("所在阶段", "stage"),
    "from": Words("出发", "from"),
    "exit": Words("出口", "exit"),
    "to": Words("通向", "leads to"),
    "not_from": Words("除外的阶段", "not from"),
}
