"""points: add to, spend from or set the contact's points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow.validate import Length, OneOf, Range

from journeys.kinds.base import Kind, Leave
from journeys.kinds.coupon import KEY
from journeys.words import Number, Shape, Text, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk

#: The variable that says whether the last points to be spent were not there.
SHORT = "points_short"
MOST = 1_000_000_000
ACTS = {"add": Words("增加", "Add"), "spend": Words("扣减", "Spend"), "set": Words("设为", "Set to")}


class PointsSchema(Shape):
    scheme = Text(
        required=True,
        validate=KEY,
        metadata={"type": "scheme", "title": Words("积分账户", "Scheme")},
    )
    act = Text(
        load_default="add",
        validate=OneOf(list(ACTS), error=Words("add、spend 或 set。", "add, spend or set.")),
        metadata={"type": "select", "title": Words("动作", "Do"), "options": ACTS},
    )
    amount = Number(
        required=True,
        validate=Range(0, MOST, error=Words("0 到 10 亿之间的整数。", "A whole number up to a billion.")),
        metadata={"type": "number", "title": Words("分值", "Points")},
    )
    reason = Text(
        validate=Length(0, 200, error=Words("最多 200 个字。", "At most 200 characters.")),
        metadata={"type": "text", "title": Words("说明", "Reason")},
    )


class Points(Kind):
    """Books points at once; what is not there to spend stays unspent, and a variable says so."""

    kind = "points"
    title = Words("积分", "Points")
    help = Words(
        "增减客户的积分。扣减时余额不足则不扣，并把变量 points_short 设为“是”，后面可以据此分流。",
        "Change the customer's points. If there are too few to spend nothing is spent, and the variable points_short is true.",
    )
    group, icon = "data", "points"
    exits = {"next": Words("继续", "Next")}
    schema = PointsSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        reading.read(f"points.{config['scheme']}")

    def begin(self, walk: Walk, at: datetime) -> Leave:
        if not walk.is_skipping:
            act, amount = self.config.get("act") or "add", int(self.config["amount"])
            done = walk.book(self.config["scheme"], act, amount, self.config.get("reason") or "", at)
            if act == "spend":
                walk.set("variable", SHORT, not done, at)
        return "next", at
