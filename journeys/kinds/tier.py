"""tier: give the contact a level for a while, to be judged by a measure on its last day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow.validate import Regexp

from journeys.fields import DurationField, RuleField
from journeys.kinds.base import Kind, Leave
from journeys.words import Shape, Text, Words
from rules.duration import Duration

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk

KEY = Regexp(
    r"[a-z][a-z0-9_]{0,63}\Z",
    error=Words("以小写字母开头，只含小写字母、数字和 _。", "Small letters, digits and _, a letter first."),
)


class TierSchema(Shape):
    dimension = Text(
        required=True,
        validate=KEY,
        metadata={"type": "dimension", "title": Words("分层维度", "Dimension")},
    )
    level = Text(required=True, validate=KEY, metadata={"type": "level", "title": Words("设为等级", "Level")})
    lasts = DurationField(
        required=True,
        positive=True,
        data_key="for",
        metadata={
            "type": "duration",
            "title": Words("持续", "For"),
            "help": Words(
                "到期后自动恢复到标准算出的等级。", "Afterwards the criteria decide again, by themselves."
            ),
        },
    )
    measure = RuleField(
        load_default=None,
        metadata={
            "type": "rule",
            "title": Words("达到什么算有效", "What must come of it"),
            "help": Words(
                "到期时看；行为只算设定之后的。满足就保留等级，不满足就恢复。",
                "Asked on the last day, of what happened since. The level is kept if it holds.",
            ),
        },
    )


class Tier(Kind):
    """Overrides a tier at once; branches behind it see the new level, and the change is a signal."""

    kind = "tier"
    title = Words("调整分层", "Set tier")
    help = Words(
        "在一段时间内把客户设为某个等级，到期自动恢复。", "Give a level for a while; it ends by itself."
    )
    group, icon = "data", "tier"
    exits = {"next": Words("继续", "Next")}
    schema = TierSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        reading.read(f"tier.{config['dimension']}")
        self.measure = reading.rule(config.get("measure"))
        self.lasts = Duration.parse(config["for"])

    def begin(self, walk: Walk, at: datetime) -> Leave:
        until = self.lasts.add(at, walk.zone)
        walk.override(self.config["dimension"], self.config["level"], until, self.config.get("measure"), at)
        return "next", at
