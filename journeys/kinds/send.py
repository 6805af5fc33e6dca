"""send: say something through a carrier, if the contact policy lets it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow.validate import OneOf

from journeys.fields import MomentField, WindowField
from journeys.kinds.base import Kind, Leave
from journeys.words import Shape, Text, Words
from rules.contact_policy import Hold, Refuse

if TYPE_CHECKING:
    from journeys.position import Signal
    from journeys.reading import Reading
    from journeys.walk import Walk

#: What a message can travel by, with the marketer's name for it.
CARRIERS: dict[str, Words] = {
    "wecom_direct": Words("企业微信一对一", "WeCom 1:1"),
    "wecom_group": Words("企业微信社群", "WeCom group"),
    "moments": Words("朋友圈", "Moments"),
    "official_account": Words("公众号", "Official account"),
    "mini_program": Words("小程序订阅消息", "Mini-program subscription"),
    "sms": Words("短信", "SMS"),
    "email": Words("邮件", "E-mail"),
}
#: Those that speak in a customer group; the others reach one person.
GROUP_CARRIERS = frozenset({"wecom_group"})
#: What a carrier says of a message, and the exit that follows.
ANSWERS = {
    "sent": "sent",
    "delivered": "sent",
    "failed": "failed",
    "refused": "skipped",
    "expired": "skipped",
}


class SendSchema(Shape):
    carrier = Text(
        required=True,
        validate=OneOf(list(CARRIERS), error=Words("没有这个载体。", "There is no such carrier.")),
        metadata={"type": "carrier", "title": Words("载体", "Carrier"), "options": CARRIERS},
    )
    content = Text(
        required=True, longest=128, metadata={"type": "content", "title": Words("素材", "Material")}
    )
    window = WindowField(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "window",
            "title": Words("发送时间窗", "Window"),
            "help": Words("不在时间窗内就等到窗口打开。", "Outside it the message is held until it opens."),
        },
    )
    valid_until = MomentField(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "moment",
            "title": Words("有效期至", "Valid until"),
            "help": Words("过期就不再发送。", "After it the message is not sent."),
        },
    )
    until = Text(
        load_default=None,
        allow_none=True,
        validate=OneOf(
            ["delivered", None], error=Words("只能是 delivered 或留空。", "Either delivered or nothing.")
        ),
        metadata={
            "type": "select",
            "title": Words("继续的时机", "Go on when"),
            "options": {
                "": Words("交给载体就继续", "Handed over"),
                "delivered": Words("送达后继续", "Delivered"),
            },
        },
    )
    longest = MomentField(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "moment",
            "title": Words("最多等到", "At longest until"),
            "show_if": {"until": "delivered"},
        },
    )


class Send(Kind):
    """Asks the contact policy in the move itself: goes into the outbox, is held at the step, or is skipped."""

    kind = "send"
    title = Words("发送消息", "Send")
    help = Words("通过企微、社群、短信等触达客户。", "Reach the customer by WeCom, group, SMS and others.")
    group, icon = "reach", "send"
    exits = {"sent": Words("已发送", "Sent")}
    side_exits = {"skipped": Words("未发送", "Skipped")}
    takes_time = True
    schema = SendSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.carrier, self.content = config["carrier"], config["content"]
        self.window = reading.window(config["window"]) if config.get("window") else None
        self.valid_until = reading.moment(config["valid_until"]) if config.get("valid_until") else None
        self.until = config.get("until")
        self.longest = reading.moment(config["longest"]) if config.get("longest") else None
        reading.touch()

    def begin(self, walk: Walk, at: datetime) -> Leave:
        if walk.is_skipping:
            return "skipped", at
        return self._ask(walk, at)

    def ring(self, walk: Walk, at: datetime) -> Leave:
        if walk.held:
            walk.held = None
            return self._ask(walk, at)
        # The carrier did not confirm in time.
        return "failed", at

    def hear(self, walk: Walk, signal: Signal, at: datetime) -> Leave:
        if signal.kind != "receipt" or walk.held or signal.data.get("seq") != walk.pos.seq:
            return None
        state = signal.data.get("state")
        if state not in ANSWERS or (self.until and state == "sent"):
            return None
        # What follows counts from when the message went into the outbox; after `until`, from the receipt.
        return ANSWERS[state], at if self.until else walk.sent_at or walk.begun

    def skipped(self, walk: Walk) -> str:
        return "skipped" if walk.sent_at is None else "sent"

    def retime(self, walk: Walk, at: datetime) -> None:
        if walk.sent_at is not None and self.longest is not None and walk.moved(self.longest):
            due, _ = walk.due(self.longest, walk.sent_at)
            walk.stand(max(due, at) if due else None)

    def recompute(self, walk: Walk, at: datetime) -> Leave:
        """A held message asks the policy again; one on its way keeps waiting for its receipt."""
        if walk.held:
            walk.held = None
            return self._ask(walk, at)
        self.retime(walk, at)
        return None

    def _ask(self, walk: Walk, at: datetime) -> Leave:
        valid = walk.due(self.valid_until, walk.begun)[0] if self.valid_until else None
        if valid is not None and valid < at:
            return "skipped", at
        answer = walk.ask_policy(self.carrier, self.window, at)
        if isinstance(answer, Refuse):
            walk.because = answer.because
            return "skipped", at
        if isinstance(answer, Hold):
            if valid is not None and answer.until > valid:
                walk.because = answer.because
                return "skipped", at
            walk.hold(answer.until, answer.because, at)
            return None
        waits = self.until is not None or walk.elsewhere("failed", "sent")
        walk.say(self.carrier, self.content, at, valid, answer=waits)
        if not waits:
            return "sent", at
        due = walk.due(self.longest, at)[0] if self.until and self.longest else None
        walk.stand(max(due, at) if due else None)
        return None
