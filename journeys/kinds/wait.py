"""wait: stand until a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow.validate import OneOf

from journeys.fields import MomentField
from journeys.kinds.base import Kind, Leave
from journeys.words import Shape, Text, Words

if TYPE_CHECKING:
    from journeys.reading import Reading
    from journeys.walk import Walk


class WaitSchema(Shape):
    until = MomentField(
        required=True, metadata={"type": "moment", "title": Words("等到", "Until"), "default": {"for": "P1D"}}
    )
    if_past = Text(
        validate=OneOf(
            ["skip", "now", "next"], error=Words("请选择 skip、now 或 next。", "Choose skip, now or next.")
        ),
        load_default="skip",
        metadata={
            "type": "select",
            "title": Words("已错过时", "If already past"),
            "options": {
                "skip": Words("跳过其后的触达", "Skip the touches that follow"),
                "now": Words("立即继续", "Go on at once"),
                "next": Words("等下一个同样的时刻", "Wait for the next such time"),
            },
        },
    )
    if_missing = Text(
        validate=OneOf(["wait", "next"], error=Words("请选择 wait 或 next。", "Choose wait or next.")),
        load_default="wait",
        metadata={
            "type": "select",
            "title": Words("没有起算日期时", "If its date is missing"),
            "options": {"wait": Words("等日期出现", "Wait for the date"), "next": Words("直接继续", "Go on")},
        },
    )


class Wait(Kind):
    """Stands until its moment; a late one leaves by `late`, or as `if_past` says."""

    kind = "wait"
    title = Words("等待", "Wait")
    help = Words("等一段时间，或等到某一天、某个钟点。", "For a while, or until a day or a time of day.")
    group, icon = "time", "clock"
    exits = {"next": Words("继续", "Next")}
    side_exits = {"late": Words("已错过时间", "Late")}
    takes_time = True
    schema = WaitSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.until = reading.moment(config["until"])
        self.if_past = config.get("if_past", "skip")
        self.if_missing = config.get("if_missing", "wait")

    def begin(self, walk: Walk, at: datetime) -> Leave:
        walk.skipping(False)
        due, missing = walk.due_of_wait(self.until, at)
        if missing and self.if_missing == "next":
            return "next", at
        if due is not None and due < at:
            return self._late(walk, at)
        walk.stand(due)
        return None

    def ring(self, walk: Walk, at: datetime) -> Leave:
        return self._late(walk, at) if walk.rung_late else ("next", at)

    def retime(self, walk: Walk, at: datetime) -> None:
        if walk.moved(self.until):
            self.set(walk, at)

    def recompute(self, walk: Walk, at: datetime) -> Leave:
        """What counts from the begin or an anchor is reckoned again from there; a clock time is the next one."""
        due, missing = walk.due_of_wait(self.until, walk.begun if self.until.counts else at)
        if missing:
            walk.stand(at if self.if_missing == "next" else None)
        elif due is not None and due < at:
            walk.rings_late()
            walk.stand(at)
        else:
            walk.stand(due)
        return None

    def set(self, walk: Walk, at: datetime) -> None:
        """Set the alarm anew; what is past rings at once, and as late if it lies before the begin."""
        due, missing = walk.due_of_wait(self.until, walk.begun)
        if missing:
            walk.stand(at if self.if_missing == "next" else None)
        else:
            if due is not None and due < walk.begun:
                walk.rings_late()
            walk.stand(due)

    def _late(self, walk: Walk, at: datetime) -> Leave:
        if walk.connected("late"):
            return "late", at
        if self.if_past == "skip":
            walk.skipping(True)
        elif self.if_past == "next":
            due = walk.next_after(self.until, at)
            if due is not None:
                walk.stand(due)
                return None
        return "next", at
