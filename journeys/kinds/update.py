"""update: set attributes of the contact and variables of the journey."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Regexp

from journeys.kinds.base import Kind, Leave
from journeys.words import Many, Number, Part, Shape, Text, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk

SOURCE = r"(event|entry|variable|attribute)\.[^\s.][^\s]{0,127}"


class Plain(fields.Field[Any]):
    """Text, a number, true or false, or null: nothing nested."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return Text(longest=2000).deserialize(value)
        if isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 2**53):
            return value
        raise ValidationError(
            Words("这里应该是文字、数字或是/否。", "This should be text, a number, or true or false.")
        )


class AssignmentSchema(Shape):
    target = Text(
        required=True,
        validate=OneOf(
            ["attribute", "variable"], error=Words("attribute 或 variable。", "attribute or variable.")
        ),
        metadata={
            "type": "select",
            "title": Words("写到", "Set"),
            "options": {
                "attribute": Words("客户属性", "Attribute"),
                "variable": Words("旅程变量", "Variable"),
            },
        },
    )
    name = Text(
        required=True,
        validate=Regexp(
            r"[A-Za-z\u4e00-\u9fff_][\w\u4e00-\u9fff]{0,63}\Z",
            error=Words("名称用字母、汉字、数字和下划线。", "A name has letters, digits and underscores."),
        ),
        metadata={"type": "attribute", "title": Words("名称", "Name")},
    )
    value = Plain(allow_none=True, metadata={"type": "value", "title": Words("值", "Value")})
    source = Text(
        data_key="from",
        validate=Regexp(SOURCE + r"\Z", error=Words("例如 event.amount。", "Such as event.amount.")),
        metadata={"type": "text", "title": Words("取自", "From")},
    )
    add = Number(metadata={"type": "number", "title": Words("增加", "Add")})

    @validates_schema(skip_on_field_errors=True)
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        if len({"value", "source", "add"} & set(data)) > 1:
            raise ValidationError(
                Words("值、取自、增加只能填一个。", "Give one of value, from and add."), "value"
            )


class UpdateSchema(Shape):
    set = Many(
        Part(AssignmentSchema),
        required=True,
        validate=Length(1, 50, error=Words("要有 1 到 50 项。", "Give 1 to 50 settings.")),
        metadata={"type": "list", "title": Words("更新内容", "What to set")},
    )


class Update(Kind):
    """Sets attributes and variables; the change is a signal, also to this journey."""

    kind = "update"
    title = Words("更新资料", "Update")
    help = Words("修改客户属性或旅程里的变量。", "Set the contact's attributes or the journey's variables.")
    group, icon = "data", "edit"
    exits = {"next": Words("继续", "Next")}
    schema = UpdateSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        for item in config["set"]:
            if item["target"] == "attribute":
                reading.read(f"attribute.{item['name']}")
            if item.get("from", "").startswith("attribute."):
                reading.read(item["from"])

    def begin(self, walk: Walk, at: datetime) -> Leave:
        for item in self.config["set"]:
            old = walk.lookup(f"{item['target']}.{item['name']}")
            if "add" in item:
                base = old if isinstance(old, int | float) and not isinstance(old, bool) else 0
                value = base + item["add"]
            elif "from" in item:
                value = walk.lookup(item["from"])
            else:
                value = item.get("value")
            walk.set(item["target"], item["name"], value, at)
        return "next", at
