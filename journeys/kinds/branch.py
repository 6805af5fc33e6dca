"""branch: go by the first rule that holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow.validate import Length

from journeys.fields import Id, RuleField
from journeys.kinds.base import Kind, Leave
from journeys.words import Many, Part, Shape, Text, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk


class WaySchema(Shape):
    exit = Id(required=True, metadata={"type": "exit", "title": Words("出口", "Exit")})
    name = Text(metadata={"type": "text", "title": Words("名称", "Name")})
    rule = RuleField(required=True, metadata={"type": "rule", "title": Words("条件", "Rule")})


class BranchSchema(Shape):
    rules = Many(
        Part(WaySchema),
        required=True,
        validate=Length(1, 20, error=Words("要有 1 到 20 个条件。", "Give 1 to 20 rules.")),
        metadata={"type": "list", "title": Words("按顺序判断", "In this order")},
    )


class Branch(Kind):
    """Leaves by the exit of the first rule that holds, else by `else`."""

    kind = "branch"
    title = Words("条件分流", "Branch")
    help = Words("按标签、属性或行为走不同的路。", "Different ways by tags, attributes or behaviour.")
    group, icon = "choice", "branch"
    exits = None
    failed_like = "else"
    schema = BranchSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.ways = [(way["exit"], reading.rule(way["rule"])) for way in config["rules"]]

    @classmethod
    def exits_of(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        return (*dict.fromkeys(w["exit"] for w in config.get("rules", ()) if w.get("exit")), "else")

    def begin(self, walk: Walk, at: datetime) -> Leave:
        for exit, rule in self.ways:
            if rule is None:
                return exit, at
            walk.see(rule)
            if walk.holds(rule):
                return exit, at
        return "else", at
