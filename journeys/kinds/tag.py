"""tag: put tags on and take tags off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validates_schema
from marshmallow.validate import Length

from journeys.kinds.base import Kind, Leave
from journeys.words import Many, Shape, Text, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk

NAME = Length(1, 64, error=Words("标签名要有 1 到 64 个字符。", "A tag's name has 1 to 64 characters."))
FEW = Length(0, 50, error=Words("最多 50 个标签。", "At most 50 tags."))


class TagSchema(Shape):
    add = Many(Text(validate=NAME), validate=FEW, metadata={"type": "tags", "title": Words("打上", "Add")})
    remove = Many(
        Text(validate=NAME), validate=FEW, metadata={"type": "tags", "title": Words("去掉", "Remove")}
    )

    @validates_schema(skip_on_field_errors=True)
    def something(self, data: dict[str, Any], **_: Any) -> None:
        if self.partial is not True and not (data.get("add") or data.get("remove")):
            raise ValidationError(
                Words("请选择要打上或去掉的标签。", "Choose tags to add or to remove."), "add"
            )


class Tag(Kind):
    """Adds and removes tags at once; branches behind it see them."""

    kind = "tag"
    title = Words("打标签", "Tag")
    help = Words("给客户打上或去掉标签。", "Put tags on the customer or take them off.")
    group, icon = "data", "tag"
    exits = {"next": Words("继续", "Next")}
    schema = TagSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        reading.read("tags")

    def begin(self, walk: Walk, at: datetime) -> Leave:
        walk.tag(tuple(self.config.get("add") or ()), tuple(self.config.get("remove") or ()), at)
        return "next", at
