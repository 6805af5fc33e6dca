"""The definition's schema: its whole shape, every problem at once, each with a path and a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Equal, Length, OneOf, Range

from journeys.definition import CONTACT, GROUP
from journeys.errors import BadDefinition
from journeys.fields import DurationField, EventNames, Id, Key, MomentField, RuleField
from journeys.kinds.registry import all_kinds
from journeys.words import Flag, Many, Number, Part, Shape, Text, Whole, Words, messages

#: A definition larger than this is refused, whatever is in it.
MOST = {"entries": 100, "stages": 200, "steps": 3000, "arrows": 8000, "ends": 100, "goals": 50, "notes": 500}
COORDINATE = Range(-1e6, 1e6, error=Words("坐标超出画布。", "This lies outside of the canvas."))


class AnchorField(fields.Field[Any]):
    """What moments count from."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        from journeys.anchors import BadAnchor, read_anchor

        try:
            read_anchor(value)
        except BadAnchor as bad:
            raise ValidationError(bad.words) from bad
        return value


class StageSchema(Shape):
    id = Id(required=True)
    name = Text(longest=200)
    initial = Id(allow_none=True)
    anchor = AnchorField(allow_none=True)
    stay = Flag()
    tags = Many(
        Text(longest=64), validate=Length(max=20, error=Words("最多 20 个标签。", "At most 20 tags."))
    )
    color = Text(longest=32, allow_none=True)


class StepSchema(Shape):
    id = Id(required=True)
    stage = Id(required=True)
    kind = Text(required=True, longest=64)
    name = Text(longest=200)
    config = fields.Dict(error_messages=messages("这里应该是一个对象 {…}。", "This should be an object {…}."))


class Sources(fields.Field[Any]):
    """A step's or stage's id, a list of stage ids, or "*"."""

    default_error_messages = messages(
        '应该是步骤或阶段的编号、阶段编号的列表，或 "*"。',
        'This should be an id, a list of stage ids, or "*".',
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == "*":
            return value
        if isinstance(value, list) and 0 < len(value) <= MOST["stages"]:
            return [Id().deserialize(v) for v in value]
        if isinstance(value, str):
            return Id().deserialize(value)
        raise self.make_error("invalid")


class EventOn(Shape):
    type = Text()
    name = EventNames(required=True)


class AfterOn(Shape):
    type = Text()
    duration = DurationField(required=True, positive=True)


class WhenOn(Shape):
    type = Text()
    rule = RuleField(required=True)


class ChangedOn(Shape):
    type = Text()
    field = Text(required=True, longest=140)


class DoneOn(Shape):
    type = Text()


class TagOn(Shape):
    type = Text()
    tag = Text(required=True, longest=64)


class DateOn(Shape):
    type = Text()
    attribute = Text(required=True, longest=64)
    offset = DurationField()
    at = Text(longest=5)
    yearly = Flag()
    lunar = Flag()

    @validates_schema(skip_on_field_errors=True)
    def is_a_moment(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("at"):
            MomentField().deserialize({"at": data["at"]})


class SegmentOn(Shape):
    type = Text()
    segment = Key(required=True)
    mode = Text(
        validate=OneOf(
            ["entering", "being_in"],
            error=Words("应该是 entering 或 being_in。", "Either entering or being_in."),
        )
    )


class ChannelOn(Shape):
    type = Text()
    code = Key(required=True)


#: `at` and `schedule` are moments themselves and checked as such.
ARROW_ON: dict[str, type[Shape] | None] = {
    "event": EventOn,
    "after": AfterOn,
    "at": None,
    "when": WhenOn,
    "changed": ChangedOn,
    "done": DoneOn,
}
ENTRY_ON: dict[str, type[Shape] | None] = {
    "event": EventOn,
    "segment": SegmentOn,
    "channel": ChannelOn,
    "tag": TagOn,
    "date": DateOn,
    "schedule": None,
    "hand": DoneOn,
    "api": DoneOn,
}


class On(fields.Field[Any]):
    """What an arrow or an entry waits for, by its type."""

    default_error_messages = messages("这里应该是一个对象 {…}。", "This should be an object {…}.")

    def __init__(self, types: Mapping[str, type[Shape] | None], **kwargs: Any):
        super().__init__(**kwargs)
        self.types = types

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in self.types:
            known = ", ".join(self.types)
            raise ValidationError(
                {"type": [Words(f"类型应该是 {known} 之一。", f"The type is one of {known}.")]}
            )
        schema = self.types[kind]
        if schema is not None:
            schema(partial=PARTIAL if self.root is not None and self.root.partial else None).load(value)
            return value
        past = value.get("if_past")
        if past is not None and (kind != "at" or past not in ("ignore", "take")):
            raise ValidationError({"if_past": [Words("只能是 ignore 或 take。", "Either ignore or take.")]})
        if kind == "schedule" and value.get("segment") is not None:
            try:
                Key().deserialize(value["segment"])
            except ValidationError as bad:
                raise ValidationError({"segment": bad.messages}) from bad
        own = ("type", "if_past", *(("segment",) if kind == "schedule" else ()))
        MomentField().deserialize({k: v for k, v in value.items() if k not in own})
        return value


#: A draft may lack what is required; it may not hold what is wrong.
PARTIAL = True


class ArrowSchema(Shape):
    id = Id(required=True)
    source = Sources(required=True, data_key="from")
    exit = Id()
    on = On(ARROW_ON, allow_none=True)
    where = RuleField()
    to = Id(required=True)
    not_from = Many(Id(), validate=Length(max=MOST["stages"]))
    enter = Text(validate=OneOf(["last"], error=Words("只能是 last。", "Only last.")), allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def exit_or_on(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("on") is None) == ("exit" not in data):
            raise ValidationError(
                Words(
                    "箭头要么从步骤的出口（exit）出发，要么由 on 触发。",
                    "An arrow has either an exit or an on.",
                ),
                "on",
            )


class EndSchema(Shape):
    id = Id(required=True)
    name = Text(longest=200)
    result = Text(longest=64)


class EntrySchema(Shape):
    id = Id(required=True)
    name = Text(longest=200)
    on = On(ENTRY_ON, required=True)
    where = RuleField()
    to = Id(required=True)


class GoalSchema(Shape):
    id = Id(required=True)
    name = Text(longest=200)
    event = EventNames()
    where = RuleField()
    within = DurationField(positive=True, allow_none=True)


class ReentrySchema(Shape):
    mode = Text(
        required=True,
        validate=OneOf(
            ["never", "after_exit", "many"],
            error=Words("应该是 never、after_exit 或 many。", "One of never, after_exit and many."),
        ),
    )
    after = DurationField(positive=True, allow_none=True)
    key = Text(longest=140, allow_none=True)


class QuietHours(fields.Field[Any]):
    """ "inherit", null, or two clock times."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == "inherit":
            return value
        if isinstance(value, list) and len(value) == 2:
            MomentField().deserialize({"window": value})
            return value
        raise ValidationError(
            Words(
                '应该是 "inherit"、空，或两个钟点 ["22:00", "08:00"]。',
                'Either "inherit", null, or ["22:00", "08:00"].',
            )
        )


class Zone(Text):
    """The name of a time zone, such as Asia/Shanghai."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        name = super()._deserialize(value, attr, data, **kwargs)
        try:
            ZoneInfo(name)
        except (ValueError, OSError, ZoneInfoNotFoundError) as unknown:
            raise ValidationError(
                Words("没有这个时区；例如 Asia/Shanghai。", "Unknown time zone; such as Asia/Shanghai.")
            ) from unknown
        return name


class SettingsSchema(Shape):
    reentry = Part(ReentrySchema)
    timezone = Zone(longest=64, allow_none=True)
    quiet_hours = QuietHours(allow_none=True)
    holdout_percent = Number(validate=Range(0, 100, error=Words("在 0 到 100 之间。", "From 0 to 100.")))


class BoxSchema(Shape):
    x = Number(required=True, validate=COORDINATE)
    y = Number(required=True, validate=COORDINATE)
    w = Number(validate=COORDINATE)
    h = Number(validate=COORDINATE)
    collapsed = Flag()


class NoteSchema(Shape):
    id = Id(required=True)
    text = Text(longest=5000)
    x = Number(required=True, validate=COORDINATE)
    y = Number(required=True, validate=COORDINATE)
    w = Number(validate=COORDINATE)
    h = Number(validate=COORDINATE)
    color = Text(longest=32, allow_none=True)


def several(schema: type[Shape], name: str) -> Many:
    """A list of parts, of bounded length."""
    most = MOST[name]
    return Many(Part(schema), validate=Length(max=most, error=Words(f"最多 {most} 个。", f"At most {most}.")))


class DefinitionSchema(Shape):
    format = Whole(required=True, validate=Equal(1, error=Words("只支持格式 1。", "Only format 1 is known.")))
    subject = Text(
        validate=OneOf(
            [CONTACT, GROUP],
            error=Words(
                "主体只能是 contact（个人）或 group（客户群）。",
                "The subject is contact or group (a customer group).",
            ),
        )
    )
    entries = several(EntrySchema, "entries")
    stages = several(StageSchema, "stages")
    steps = several(StepSchema, "steps")
    arrows = several(ArrowSchema, "arrows")
    ends = several(EndSchema, "ends")
    goals = several(GoalSchema, "goals")
    settings = Part(SettingsSchema)
    layout = fields.Dict(
        keys=Text(longest=64),
        values=Part(BoxSchema),
        validate=Length(max=5000, error=Words("布局太大。", "The layout is too large.")),
        error_messages=messages("这里应该是一个对象 {…}。", "This should be an object {…}."),
    )
    notes = several(NoteSchema, "notes")


def load(raw: Any, *, draft: bool = False) -> dict[str, Any]:
    """Check a definition's shape and give it back as it is; `draft` lets required parts of configs be missing.

    Raises BadDefinition with every problem. References are looked at too: ids are unique, arrows join what exists.
    """
    problems: list[tuple[str, Words]] = []
    if not isinstance(raw, dict):
        raise BadDefinition([("", Words("定义应该是一个对象 {…}。", "A definition is an object {…}."))])
    too_many = [
        (key, Words(f"最多 {most} 个。", f"At most {most}."))
        for key, most in MOST.items()
        if isinstance(raw.get(key), list) and len(raw[key]) > most
    ]
    if too_many:
        raise BadDefinition(too_many)
    errors = DefinitionSchema().validate(raw)
    problems += flatten(errors)
    if not problems:
        problems += list(_configs(raw, draft))
        problems += list(_references(raw))
    if problems:
        raise BadDefinition(problems)
    return raw


def _configs(raw: Mapping[str, Any], draft: bool) -> Iterator[tuple[str, Words]]:
    kinds = all_kinds()
    for i, step in enumerate(raw.get("steps", ())):
        path = f"steps[{i}]"
        kind = kinds.get(step["kind"])
        if kind is None:
            known = ", ".join(kinds)
            yield (
                f"{path}.kind",
                Words(f"没有这种步骤；有：{known}。", f"There is no such kind of step; there are: {known}."),
            )
            continue
        partial = True if draft else None
        for where, words in flatten(
            kind.schema(partial=partial).validate(step.get("config") or {}, partial=partial)
        ):
            yield f"{path}.config{'.' if where and not where.startswith('[') else ''}{where}", words


def _references(raw: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    seen: set[str] = set()
    for key in ("entries", "stages", "steps", "arrows", "ends", "goals", "notes"):
        for i, item in enumerate(raw.get(key, ())):
            if item["id"] in seen:
                yield (
                    f"{key}[{i}].id",
                    Words(f"编号 {item['id']} 已被使用。", f"The id {item['id']} is taken."),
                )
            seen.add(item["id"])
    stages = {s["id"] for s in raw.get("stages", ())}
    steps = {s["id"]: s["stage"] for s in raw.get("steps", ())}
    ends = {e["id"] for e in raw.get("ends", ())}
    for i, stage in enumerate(raw.get("stages", ())):
        initial = stage.get("initial")
        if initial is not None and steps.get(initial) != stage["id"]:
            yield (
                f"stages[{i}].initial",
                Words("起始步骤不在这个阶段里。", "The initial step is not a step of this stage."),
            )
    for i, step in enumerate(raw.get("steps", ())):
        if step["stage"] not in stages:
            yield f"steps[{i}].stage", Words("没有这个阶段。", "There is no such stage.")
    yield from _arrow_references(raw, stages, set(steps), ends)
    for i, entry in enumerate(raw.get("entries", ())):
        if entry["to"] not in stages | set(steps):
            yield (
                f"entries[{i}].to",
                Words("入口要通向一个阶段或步骤。", "An entry leads to a stage or a step."),
            )


def _arrow_references(
    raw: Mapping[str, Any], stages: set[str], steps: set[str], ends: set[str]
) -> Iterator[tuple[str, Words]]:
    for i, arrow in enumerate(raw.get("arrows", ())):
        path, source = f"arrows[{i}]", arrow["from"]
        if arrow["to"] not in stages | steps | ends:
            yield f"{path}.to", Words("箭头指向的地方不存在。", "The arrow leads to nothing that exists.")
        if arrow.get("enter") == "last" and arrow["to"] not in stages:
            yield (
                f"{path}.to",
                Words("“回到上次的位置”只能指向阶段。", "Only a stage has a last place to come back to."),
            )
        if arrow.get("on") is None:
            if not isinstance(source, str) or source not in steps:
                yield f"{path}.from", Words("出口箭头要从步骤出发。", "An exit's arrow begins at a step.")
            continue
        leaves = [source] if isinstance(source, str) else source
        if source != "*" and not set(leaves) <= stages:
            yield f"{path}.from", Words("触发箭头要从阶段出发。", "This arrow begins at a stage.")
        if not set(arrow.get("not_from") or ()) <= stages:
            yield f"{path}.not_from", Words("没有这个阶段。", "There is no such stage.")


def flatten(errors: Any, path: str = "") -> list[tuple[str, Words]]:
    """marshmallow's nested messages as (path, sentence) pairs."""
    found: list[tuple[str, Words]] = []
    if isinstance(errors, dict):
        for key, value in errors.items():
            # Under a dict of parts, marshmallow tells of each one's `key` and `value`.
            skip = key == "_schema" or (key in ("key", "value") and re.fullmatch(r"layout\.[^.]+", path))
            found += flatten(value, path if skip else join(path, key))
    elif isinstance(errors, list):
        for value in errors:
            found += flatten(value, path)
    else:
        found.append((path, errors if isinstance(errors, Words) else Words(str(errors), str(errors))))
    return found


def join(path: str, key: Any) -> str:
    """`path` with one more key."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)
