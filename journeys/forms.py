"""Schemas as forms: what the canvas draws its panels from; nothing is guessed from a field's name."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from journeys.kinds.base import SIDE_TITLES, Kind
from journeys.kinds.registry import GROUPS, all_kinds
from journeys.words import Words, both

GROUP_TITLES: dict[str, Words] = {
    "time": Words("时间", "Time"),
    "choice": Words("分流", "Choice"),
    "reach": Words("触达", "Reach"),
    "people": Words("人员", "People"),
    "data": Words("数据", "Data"),
    "flow": Words("流程", "Flow"),
}


def form(schema: type[Schema]) -> list[dict[str, Any]]:
    """The fields of a schema in their order, each with type, title, help, options and bounds."""
    return [
        _field(field.data_key or name, field) for name, field in schema().fields.items() if field.metadata
    ]


def _field(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    meta = dict(field.metadata)
    drawn: dict[str, Any] = {
        "name": name,
        "type": meta.pop("type"),
        "title": both(meta.pop("title")),
        "required": field.required,
    }
    if "help" in meta:
        drawn["help"] = both(meta.pop("help"))
    if (
        field.load_default is not None
        and not callable(field.load_default)
        and not _missing(field.load_default)
    ):
        drawn["default"] = field.load_default
    options = meta.pop("options", None)
    if options:
        drawn["options"] = [{"value": value, "title": both(title)} for value, title in options.items()]
    for validator in field.validators:
        if isinstance(validator, Range):
            drawn |= {k: v for k, v in (("min", validator.min), ("max", validator.max)) if v is not None}
        elif isinstance(validator, OneOf) and not options:
            drawn["options"] = [
                {"value": c, "title": both(str(c))} for c in validator.choices if c is not None
            ]
    if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
        drawn["of"] = form(type(field.inner.schema))
    return drawn | meta


def _missing(value: Any) -> bool:
    return value is not None and type(value).__name__ == "_Missing"


def kinds_json() -> list[dict[str, Any]]:
    """Every step kind as the palette and the panels need it."""
    return [_kind(kind) for kind in all_kinds().values()]


def _kind(kind: type[Kind]) -> dict[str, Any]:
    side = {**kind.side_exits, "failed": SIDE_TITLES["failed"]}
    return {
        "kind": kind.kind,
        "group": kind.group,
        "icon": kind.icon,
        "title": both(kind.title),
        "help": both(kind.help),
        "takes_time": kind.takes_time,
        "exits": None if kind.exits is None else [{"id": e, "title": both(t)} for e, t in kind.exits.items()],
        "closing_exits": CLOSING.get(kind.kind, []),
        "side_exits": [{"id": e, "title": both(t)} for e, t in side.items()],
        "form": form(kind.schema),
    }


#: Exits that a kind whose config names its exits always has besides.
CLOSING: dict[str, list[dict[str, Any]]] = {
    "branch": [{"id": "else", "title": Words("其他", "Else").json()}],
    "wait_event": [{"id": "timeout", "title": Words("超时", "Timeout").json()}],
    "task": [{"id": "timeout", "title": Words("超时", "Timeout").json()}],
}


def groups_json() -> list[dict[str, Any]]:
    """The palette's groups that have a kind, in their order."""
    used = {kind.group for kind in all_kinds().values()}
    return [{"group": g, "title": GROUP_TITLES[g].json()} for g in GROUPS if g in used]


def _part(name: str, type: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": type,
        "title": {"zh": zh, "en": en},
        "required": more.pop("required", False),
    } | more


def entries_json() -> list[dict[str, Any]]:
    """The ways in, each with its form."""
    return [
        _trigger("event", "发生事件", "Event", _part("name", "events", "事件", "Event", required=True)),
        _trigger(
            "segment",
            "进入人群",
            "Segment entered",
            _part("segment", "segment", "人群", "Segment", required=True),
            _part(
                "mode",
                "select",
                "谁进来",
                "Who comes in",
                default="entering",
                options=[
                    {
                        "value": "entering",
                        "title": {"zh": "以后进入人群的人", "en": "Who enters it from now on"},
                    },
                    {
                        "value": "being_in",
                        "title": {
                            "zh": "发布时已在其中的人，也算",
                            "en": "Also all who are in it on publishing",
                        },
                    },
                ],
            ),
        ),
        _trigger(
            "channel",
            "扫渠道码加好友",
            "Channel code",
            _part("code", "channel", "渠道码", "Channel code", required=True),
        ),
        _trigger("tag", "打上标签", "Tag put on", _part("tag", "tag", "标签", "Tag", required=True)),
        _trigger(
            "date",
            "日期到来",
            "Date",
            _part("attribute", "attribute", "日期属性", "Date attribute", required=True),
            _part("offset", "duration", "提前或推后", "Offset", signed=True),
            _part("at", "time", "钟点", "Time of day"),
            _part("yearly", "boolean", "每年", "Every year"),
            _part("lunar", "boolean", "农历", "Lunar calendar"),
        ),
        _trigger(
            "schedule",
            "定时",
            "Schedule",
            _part("", "moment", "时间", "Time", required=True),
            _part("segment", "segment", "只对这个人群", "Only for this segment"),
        ),
        _trigger("hand", "手动加入", "By hand"),
        _trigger("api", "接口加入", "By API"),
    ]


def arrows_json() -> list[dict[str, Any]]:
    """What a stage arrow may wait for, each with its form."""
    return [
        _trigger("event", "发生事件", "Event", _part("name", "events", "事件", "Event", required=True)),
        _trigger(
            "after", "经过多久", "After", _part("duration", "duration", "时长", "Duration", required=True)
        ),
        _trigger(
            "at",
            "到某一刻",
            "At",
            _part("", "moment", "时间", "Time", required=True),
            _part(
                "if_past",
                "select",
                "进入时已过",
                "If past on entering",
                options=[
                    {"value": "take", "title": {"zh": "立即通过", "en": "Take at once"}},
                    {"value": "ignore", "title": {"zh": "忽略", "en": "Ignore"}},
                ],
            ),
        ),
        _trigger("when", "满足条件", "When", _part("rule", "rule", "条件", "Rule", required=True)),
        _trigger("changed", "资料变化", "Changed", _part("field", "field", "字段", "Field", required=True)),
        _trigger("done", "阶段完成", "Done"),
    ]


def _trigger(type: str, zh: str, en: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": type, "title": {"zh": zh, "en": en}, "form": list(parts)}
