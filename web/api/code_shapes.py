"""The shapes of channel codes as they come and go."""

from __future__ import annotations

from marshmallow import Schema, fields
from marshmallow.validate import Length

from audience import channel_routing
from journeys.words import Flag, Many, Part, Shape, Text, Whole, Words
from web.api.contacts import ContactOut
from web.fields import At, Bag, Filled, OneOf, between


def _most(number: int) -> Length:
    return Length(max=number, error=Words(f"最多 {number} 项。", f"At most {number}."))


class ChannelTakerArgs(Shape):
    key = Filled(longest=64, required=True, metadata={"description": "The key of a member of staff"})
    cap = Whole(
        allow_none=True,
        validate=between(1, 100_000),
        metadata={"description": "Newcomers a day at most; none unless given"},
    )


class ChannelRouteArgs(Shape):
    mode = OneOf(channel_routing.MODES, required=True)
    staff = Many(Part(ChannelTakerArgs), required=True, validate=_most(channel_routing.MOST_STAFF))
    fallback = Many(
        Text(longest=64),
        validate=_most(channel_routing.MOST_STAFF),
        metadata={"description": "Who takes over when all have reached their caps"},
    )
    attribute = Text(longest=64, metadata={"description": "What advisers are chosen by, in mode attribute"})
    places = fields.Dict(
        keys=Text(longest=200),
        values=Many(Text(longest=64), validate=_most(20)),
        metadata={"description": "Of each value of the attribute, the staff who look after such newcomers"},
    )


class ChannelCodeArgs(Shape):
    name = Filled(longest=200, required=True)
    key = Text(longest=64, metadata={"description": "Made of the name if left out; never changes"})
    greeting = Text(longest=128, metadata={"description": "The key of the material that greets"})
    promise = Text(longest=500, metadata={"description": "What the poster says"})
    promised = Many(
        Filled(longest=100),
        validate=_most(20),
        metadata={"description": "What of it the greeting must name, word for word"},
    )
    route = Part(ChannelRouteArgs, required=True)
    tags = Many(Filled(longest=64), validate=_most(20))
    attributes = Bag(metadata={"description": "Set on each newcomer"})
    active = Flag()


class ChannelTakerOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    cap = fields.Int(required=True, allow_none=True)
    today = fields.Int(required=True)
    all = fields.Int(required=True)
    fallback = fields.Bool(required=True)
    here = fields.Bool(required=True, metadata={"description": "False if nobody here has this key"})


class ChannelCodeOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"description": "What WeCom hands back of each newcomer"})
    greeting = fields.Str(required=True)
    promise = fields.Str(required=True)
    promised = fields.List(fields.Str(), required=True)
    unsaid = fields.List(
        fields.Str(),
        required=True,
        metadata={"description": "What the greeting does not keep of the promise"},
    )
    route = fields.Dict(required=True)
    tags = fields.List(fields.Str(), required=True)
    attributes = fields.Dict(required=True)
    active = fields.Bool(required=True)
    qr_code = fields.Str(required=True, allow_none=True)
    trouble = fields.Str(required=True, allow_none=True)
    told = fields.List(fields.Str(), required=True, metadata={"description": "To whom WeCom gives the next"})
    joins = fields.Int(required=True)
    joins_today = fields.Int(required=True)
    created_at = At(required=True)
    updated_at = At(required=True)


class ChannelDayOut(Schema):
    day = fields.Date(required=True)
    joins = fields.Int(required=True)


class ChannelJoinOut(Schema):
    contact = fields.Nested(ContactOut, required=True, allow_none=True)
    staff_key = fields.Str(required=True)
    adviser = fields.Str(required=True)
    at = At(required=True)


class ChannelJoinsOut(Schema):
    days = fields.List(fields.Nested(ChannelDayOut), required=True)
    staff = fields.List(fields.Nested(ChannelTakerOut), required=True)
    newest = fields.List(fields.Nested(ChannelJoinOut), required=True)
