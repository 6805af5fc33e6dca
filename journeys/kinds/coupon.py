"""coupon: issue one code out of a pool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow.validate import Regexp

from journeys.kinds.base import Kind, Leave
from journeys.words import Shape, Text, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk

KEY = Regexp(
    r"[a-z][a-z0-9_]{0,49}\Z",
    error=Words("以小写字母开头，只含小写字母、数字和 _。", "Small letters, digits and _, a letter first."),
)


class CouponSchema(Shape):
    pool = Text(
        required=True,
        validate=KEY,
        metadata={
            "type": "pool",
            "title": Words("券池", "Pool"),
            "help": Words(
                "后面的文案里可以写 {{ coupon.券池键.code }} 和 {{ coupon.券池键.expires }}。",
                "Texts after it may say {{ coupon.POOL.code }} and {{ coupon.POOL.expires }}.",
            ),
        },
    )


class Coupon(Kind):
    """Issues one code at once; a pool without one for this customer is left by `empty`."""

    kind = "coupon"
    title = Words("发券", "Coupon")
    help = Words("从券池里发一张券；发完或达到每人上限时走“无券”。", "Issue one coupon out of a pool.")
    group, icon = "data", "coupon"
    exits = {"issued": Words("已发券", "Issued")}
    side_exits = {"empty": Words("无券可发", "None left")}
    schema = CouponSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        reading.read(f"coupon.{config['pool']}")

    def begin(self, walk: Walk, at: datetime) -> Leave:
        issued = not walk.is_skipping and walk.issue(self.config["pool"], at)
        return ("issued" if issued else "empty"), at

    def skipped(self, walk: Walk) -> str:
        return "empty"
