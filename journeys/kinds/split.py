"""split: divide subjects by percent, each always the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validates_schema
from marshmallow.validate import Length, Range

from journeys.fields import Id
from journeys.kinds.base import Kind, Leave
from journeys.words import Many, Number, Part, Shape, Text, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk


class VariantSchema(Shape):
    exit = Id(required=True, metadata={"type": "exit", "title": Words("出口", "Exit")})
    name = Text(metadata={"type": "text", "title": Words("名称", "Name")})
    percent = Number(
        required=True,
        validate=Range(0, 100, error=Words("百分比在 0 到 100 之间。", "A percentage from 0 to 100.")),
        metadata={"type": "number", "title": Words("占比 %", "Share %"), "min": 0, "max": 100},
    )


class SplitSchema(Shape):
    variants = Many(
        Part(VariantSchema),
        required=True,
        validate=Length(1, 20, error=Words("要有 1 到 20 组。", "Give 1 to 20 variants.")),
        metadata={"type": "list", "title": Words("分组", "Variants")},
    )

    @validates_schema(skip_on_field_errors=True)
    def sums_to_hundred(self, data: dict[str, Any], **_: Any) -> None:
        shares = [v.get("percent") for v in data.get("variants", ())]
        if None not in shares and abs(sum(shares) - 100) > 0.001:
            raise ValidationError(
                Words(
                    f"各组占比之和应为 100%，现在是 {sum(shares):g}%。",
                    f"The shares must sum to 100%; they sum to {sum(shares):g}%.",
                ),
                "variants",
            )


class Split(Kind):
    """Sends each subject down one variant, drawn once by a stable hash of journey, step and subject."""

    kind = "split"
    title = Words("随机分组", "Split")
    help = Words(
        "按比例随机分组，做 A/B 测试；同一个人总在同一组。",
        "A/B test by percent; one person always the same way.",
    )
    group, icon = "choice", "split"
    exits = None
    schema = SplitSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.salt = f"{reading.journey_key}:{reading.step_id}:"
        self.shares: list[tuple[float, str]] = []
        total = 0.0
        for variant in config["variants"]:
            total += variant["percent"]
            self.shares.append((total, variant["exit"]))

    @classmethod
    def exits_of(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v["exit"] for v in config.get("variants", ()) if v.get("exit")))

    def begin(self, walk: Walk, at: datetime) -> Leave:
        drawn = draw(self.salt + walk.facts.subject)
        for share, exit in self.shares:
            if drawn < share:
                return exit, at
        return self.shares[-1][1], at


def draw(text: str) -> float:
    """A stable number in [0, 100) from a text, evenly spread (first 8 bytes of BLAKE2b)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) * 100 / 2**64
