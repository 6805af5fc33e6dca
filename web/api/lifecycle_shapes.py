"""What goes into the API of lifecycles and what comes out: stages, ready models, and the board's columns."""

from __future__ import annotations

from marshmallow import Schema, fields

from journeys.words import Many, Part, Shape, Text, Whole
from web.fields import At, Filled, QueryNumber, RowNumber, between, several


class LifeDatesPart(Shape):
    due = Text(longest=128, required=True)
    birth = Text(longest=128, required=True)


class LifeStagePart(Shape):
    key = Text(longest=64, load_default="")
    name = Filled(required=True, longest=60)
    rule = fields.Dict(allow_none=True, load_default=None)
    words = Text(longest=500, load_default="")
    color = Text(longest=32, load_default="")
    from_days = Whole(allow_none=True, load_default=None, validate=between(-36500, 36500))


class LifecycleArgs(Shape):
    key = Text(longest=64, load_default="")
    name = Filled(required=True, longest=100)
    description = Text(longest=500, load_default="")
    model = Text(longest=32, load_default="")
    dates = Part(
        LifeDatesPart,
        allow_none=True,
        load_default=None,
        metadata={
            "description": "Attributes with the due date and the birth date; stages then say from_days"
        },
    )
    stages = Many(
        Part(LifeStagePart),
        required=True,
        validate=several(12),
        metadata={"description": "In the order of a life"},
    )
    revision = RowNumber(metadata={"description": "The revision that was changed; 409 if it is not the last"})


class BoardArgs(Shape):
    days = QueryNumber(load_default=30, validate=between(1, 365))


class LifeStageOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    rule = fields.Dict(required=True, allow_none=True)
    criteria = fields.Str(required=True, metadata={"description": "The rule said in words"})
    words = fields.Str(required=True)
    color = fields.Str(required=True)
    from_days = fields.Int(required=True, allow_none=True)


class LifecycleOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    description = fields.Str(required=True)
    model = fields.Str(required=True)
    dates = fields.Dict(required=True, allow_none=True)
    stages = fields.List(fields.Nested(LifeStageOut), required=True)
    state = fields.Str(required=True, metadata={"enum": ["sorting", "kept"]})
    progress = fields.Float(required=True)
    revision = fields.Int(required=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class LifeModelStageOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    words = fields.Str(required=True)
    rule = fields.Dict(required=True, allow_none=True)
    from_days = fields.Int(required=True, allow_none=True)


class LifeModelOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    words = fields.Str(required=True)
    dates = fields.Dict(required=True, allow_none=True)
    stages = fields.List(fields.Nested(LifeModelStageOut), required=True)


class BoardColumnOut(Schema):
    stage = fields.Str(required=True)
    people = fields.Int(required=True)
    share = fields.Float(required=True, metadata={"description": "Of everybody who is in a stage, 0 to 1"})
    days = fields.Float(
        required=True, allow_none=True, metadata={"description": "How long they are in it, on average"}
    )
    arrived = fields.Int(required=True)
    went_on = fields.Int(required=True, metadata={"description": "Left for a later stage"})
    lost = fields.Int(required=True, metadata={"description": "Left for an earlier stage, or for none"})


class BoardOut(Schema):
    columns = fields.List(fields.Nested(BoardColumnOut), required=True)
    people = fields.Int(required=True)
    days = fields.Int(required=True)
    state = fields.Str(required=True, metadata={"enum": ["sorting", "kept"]})
    progress = fields.Float(required=True)


class InJourneyOut(Schema):
    stage = fields.Str(required=True, metadata={"description": "Of the lifecycle"})
    journey_id = fields.Int(required=True)
    journey = fields.Str(required=True)
    journey_stage = fields.Str(required=True)
    journey_stage_name = fields.Str(required=True)
    people = fields.Int(required=True)
