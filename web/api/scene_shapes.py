"""What goes into the API of scenes and what comes out: tables with their moments and rows, and choices explained."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from audience.scene_asking import REASONS
from audience.scenes import MOST_MOMENTS, MOST_ROWS, MOST_TAGS
from journeys.words import Flag, Many, Number, Part, Shape, Text, Whole, Words
from web.api.catalogue import WordsOut
from web.fields import At, Filled, OneOf, RowNumber, between


def up_to(most: int) -> validate.Length:
    """A list of so many at most, or an empty one."""
    said = Words(f"最多 {most} 项。", f"At most {most}.")
    return validate.Length(max=most, error=said)


class SceneProductPart(Shape):
    key = Text(longest=64, required=True)
    name = Text(longest=200, required=True)
    url = Text(longest=2000, load_default="")
    price = Number(allow_none=True, load_default=None, validate=between(0, 1e12))
    material = Text(longest=64, load_default="")


class SceneMomentPart(Shape):
    key = Text(longest=64, load_default="")
    name = Filled(required=True, longest=60)
    from_ = Text(longest=5, data_key="from", attribute="from", load_default="")
    to = Text(longest=5, load_default="")
    weekdays = Many(Whole(validate=between(1, 7)), load_default=list, validate=up_to(7))
    workdays = Flag(load_default=False)
    color = Text(longest=32, load_default="")


class SceneRowPart(Shape):
    key = Text(longest=64, load_default="")
    tags = Many(Text(longest=64), load_default=list, validate=up_to(MOST_TAGS))
    who = fields.Dict(
        allow_none=True, load_default=None, metadata={"description": "A rule about the contact"}
    )
    product = Part(SceneProductPart, required=True)
    moments = Many(
        Text(longest=64),
        load_default=list,
        validate=up_to(MOST_MOMENTS),
        metadata={"description": "Keys of moments; any time if empty"},
    )
    priority = Whole(load_default=0, validate=between(-1000, 1000))
    until = Text(longest=10, allow_none=True, load_default=None, metadata={"description": "Its last day"})


class SceneArgs(Shape):
    key = Text(longest=64, load_default="")
    name = Filled(required=True, longest=100)
    description = Text(longest=500, load_default="")
    moments = Many(Part(SceneMomentPart), load_default=list, validate=up_to(MOST_MOMENTS))
    rows = Many(Part(SceneRowPart), load_default=list, validate=up_to(MOST_ROWS))
    revision = RowNumber(metadata={"description": "The revision that was changed; 409 if it is not the last"})


class TryArgs(Shape):
    contact_id = RowNumber(required=True)
    at = At(metadata={"description": "Now if left out"})


class SheetArgs(Shape):
    form = OneOf(("csv", "xlsx"), load_default="csv", data_key="as")


class SceneMomentOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    from_ = fields.Str(required=True, data_key="from", attribute="from")
    to = fields.Str(required=True)
    weekdays = fields.List(fields.Int(), required=True)
    workdays = fields.Bool(required=True)
    color = fields.Str(required=True)


class SceneProductOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    url = fields.Str(required=True)
    price = fields.Float(required=True, allow_none=True)
    material = fields.Str(required=True)


class SceneRowOut(Schema):
    key = fields.Str(required=True)
    tags = fields.List(fields.Str(), required=True)
    who = fields.Dict(required=True, allow_none=True)
    people = fields.Str(required=True, metadata={"description": "The row's people, in words"})
    product = fields.Nested(SceneProductOut, required=True)
    moments = fields.List(fields.Str(), required=True)
    priority = fields.Int(required=True)
    until = fields.Str(required=True, allow_none=True)


class SceneOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    description = fields.Str(required=True)
    moments = fields.List(fields.Nested(SceneMomentOut), required=True)
    rows = fields.List(fields.Nested(SceneRowOut), required=True)
    revision = fields.Int(required=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class SceneReasonOut(Schema):
    row = fields.Str(required=True)
    product = fields.Str(required=True)
    because = fields.Str(required=True, metadata={"enum": list(REASONS)})
    words = fields.Nested(WordsOut, required=True)
    opens_at = At(required=True, allow_none=True)
    asked = fields.List(fields.Dict(), required=True, metadata={"description": "What was asked and seen"})


class SceneChoiceOut(Schema):
    row = fields.Str(required=True, allow_none=True)
    product = fields.Nested(SceneProductOut, required=True, allow_none=True)
    moment = fields.Str(required=True, allow_none=True)
    send_at = At(required=True, allow_none=True)
    local_time = fields.Str(required=True, metadata={"description": "send_at by the contact's own clock"})
    now = fields.Bool(required=True, metadata={"description": "True if it can be sent at once"})
    reasons = fields.List(fields.Nested(SceneReasonOut), required=True)
