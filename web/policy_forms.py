"""The reach policy as it is written: caps, quotas, hours and priorities, each judged at its place."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from journeys.fields import WindowField
from journeys.words import Flag, Many, Number, Part, Shape, Text, Whole, Words
from rules.contact_policy import CARRIERS
from rules.duration import Duration
from rules.errors import BadDuration
from web.api.workspaces import ClockTime, QuietHours
from web.fields import Filled, OneOf, between

MOST_CAPS, MOST_HOURS, MOST_QUOTAS, MOST_JOURNEYS = 60, 20, 10, 100
UNITS = ("day", "week", "month")
LONGEST_DAYS = 366
NOT_A_PERIOD = Words(
    "写 day、week、month，或 P7D、PT24H 这样的时长（一分钟到一年，不含月）。",
    "Write day, week, month, or a duration such as P7D or PT24H (a minute to a year, no months).",
)
WHO = Words("要么写 tier 和 level，要么写 tag。", "Give either a tier with its level, or a tag.")
NO_BUDGET = Words(
    "至少写一个额度（day、week、month）或发送日（monthdays）。",
    "Give at least one budget (day, week, month), or the days of the month.",
)
NO_DAY = Words("1 到 31，或 -1 表示最后一天。", "From 1 to 31, or -1 for the last day.")


class Per(Text):
    """A calendar period, or the length of any stretch."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if text in UNITS:
            return text
        try:
            long = Duration.parse(text)
        except BadDuration:
            raise ValidationError(NOT_A_PERIOD) from None
        seconds = long.days * 86400 + long.seconds
        if long.months or not 60 <= seconds <= LONGEST_DAYS * 86400:
            raise ValidationError(NOT_A_PERIOD)
        return text


class CapForIn(Shape):
    tier = Text(longest=64, metadata={"description": "The key of a dimension"})
    level = Text(longest=64)
    tag = Text(longest=64)

    @validates_schema(skip_on_field_errors=True)
    def one(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data.get("tag")) == bool(data.get("tier")) or bool(data.get("tier")) != bool(
            data.get("level")
        ):
            raise ValidationError(WHO)


class OfCarriers(Shape):
    carriers = Many(
        OneOf(CARRIERS), load_default=list, metadata={"description": "Of these together; none means all"}
    )


class Fills(OfCarriers):
    when_full = OneOf(("hold", "refuse"), load_default="hold")


class CapIn(Fills):
    most = Whole(required=True, validate=between(0, 1000))
    per = Per(required=True, longest=32, metadata={"description": "day | week | month, or a duration: P7D"})
    who = Part(
        CapForIn, allow_none=True, load_default=None, metadata={"description": "Everybody if left out"}
    )


class QuotaIn(Fills):
    day = Whole(allow_none=True, validate=between(0, 1000))
    week = Whole(allow_none=True, validate=between(0, 1000))
    month = Whole(allow_none=True, validate=between(0, 1000))
    monthdays = Many(Whole(), load_default=list, metadata={"maxItems": 31})

    @validates_schema(skip_on_field_errors=True)
    def some(self, data: dict[str, Any], **_: Any) -> None:
        if not data["monthdays"] and all(data.get(unit) is None for unit in UNITS):
            raise ValidationError(NO_BUDGET)
        wrong = {n: [NO_DAY] for n, day in enumerate(data["monthdays"]) if not (day == -1 or 1 <= day <= 31)}
        if wrong:
            raise ValidationError({"monthdays": wrong})


class HoursIn(OfCarriers):
    window = WindowField(
        required=True, metadata={"type": "object", "description": "{from, to} and days, workdays among them"}
    )


class PriorityIn(Shape):
    hours = Number(required=True, validate=between(0.25, 168))
    journeys = Many(Filled(longest=64), required=True, metadata={"maxItems": MOST_JOURNEYS})


class ReachSettingIn(Shape):
    hours = Many(Part(HoursIn), load_default=list, metadata={"maxItems": MOST_HOURS})
    one_a_minute = Flag(load_default=False)
    quotas = Many(Part(QuotaIn), load_default=list, metadata={"maxItems": MOST_QUOTAS})
    caps = Many(Part(CapIn), load_default=list, metadata={"maxItems": MOST_CAPS})
    priority = Part(PriorityIn, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def few(self, data: dict[str, Any], **_: Any) -> None:
        for name, most in (("hours", MOST_HOURS), ("quotas", MOST_QUOTAS), ("caps", MOST_CAPS)):
            if len(data[name]) > most:
                said = Words(f"最多 {most} 条。", f"At most {most} of them.")
                raise ValidationError({name: [said]})


class PoliciesArgs(ReachSettingIn):
    revision = Whole(
        required=True, metadata={"description": "The revision that was changed; 409 if it is not the last"}
    )
    quiet_hours = QuietHours(
        ClockTime(),
        allow_none=True,
        metadata={"minItems": 2, "maxItems": 2, "description": "As it is if left out"},
    )
