"""enroll: start another journey for the same subject."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from journeys.fields import Id
from journeys.kinds.base import Kind, Leave
from journeys.words import Flag, Shape, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk


class EnrollSchema(Shape):
    journey = Id(required=True, metadata={"type": "journey", "title": Words("旅程", "Journey")})
    entry = Id(load_default=None, allow_none=True, metadata={"type": "text", "title": Words("入口", "Entry")})
    bound = Flag(
        load_default=False,
        metadata={
            "type": "boolean",
            "title": Words("离开本阶段时一起结束", "Ends with this stage"),
            "help": Words(
                "离开或重新进入本阶段时，那个旅程也结束。",
                "It is cancelled when this stage is left or restarted.",
            ),
        },
    )


class Enroll(Kind):
    """Opens the other journey in the same transaction's wake; a bound one ends when this stage is left."""

    kind = "enroll"
    title = Words("进入旅程", "Enroll")
    help = Words("让客户同时开始另一个旅程。", "Start another journey beside this one.")
    group, icon = "flow", "enter"
    exits = {"next": Words("继续", "Next")}
    schema = EnrollSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.bound = bool(config.get("bound"))

    def begin(self, walk: Walk, at: datetime) -> Leave:
        walk.start(self.config["journey"], self.config.get("entry"), self.bound, at)
        return "next", at
