"""webhook: call a system of the brand's own, and keep what it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Regexp

from journeys.fields import MomentField
from journeys.kinds.base import Kind, Leave
from journeys.position import SendMessage
from journeys.walk import iso
from journeys.words import Many, Part, Shape, Text, Words

if TYPE_CHECKING:
    from journeys.position import Signal
    from journeys.reading import Reading
    from journeys.walk import Walk

CARRIER = "webhook"
METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")
#: What the other side's answer comes to.
ANSWERS = {"sent": "ok", "delivered": "ok", "failed": "failed", "refused": "failed", "expired": "failed"}
OURS = re.compile(
    r"(host|content-length|content-type|transfer-encoding|connection|accept-encoding|expect|webhook-.*"
    r"|keep-alive|proxy-.*|te|trailer|upgrade|http2-settings)\Z",
    re.I,
)
LONGEST_BODY = 16_000


def _open_address(value: str) -> None:
    if value and not re.fullmatch(r"https?://[^\s@/\\?#]+([/?][\x21-\x7e]*)?", value):
        raise ValidationError(
            Words(
                "地址须以 http:// 或 https:// 开头。", "Give an address that begins with http:// or https://."
            )
        )


def _is_json(value: str) -> None:
    if not value.strip():
        return
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        raise ValidationError(
            Words(
                '这里应该是 JSON；变量写在引号里，例如 {"name": "{{ contact.name }}"}。',
                'This should be JSON; write variables within quotes, such as {"name": "{{ contact.name }}"}.',
            )
        ) from None


def _not_ours(value: str) -> None:
    if OURS.match(value):
        raise ValidationError(Words("这个请求头由系统写。", "This header is written by the system."))


class HeaderSchema(Shape):
    name = Text(
        required=True,
        validate=[
            Regexp(
                r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z",
                error=Words("请求头名称有误。", "This is no name of a header."),
            ),
            _not_ours,
        ],
        metadata={"type": "text", "title": Words("名称", "Name")},
    )
    value = Text(
        required=True,
        validate=Regexp(
            r"[\t\x20-\x7e]{0,2000}\Z",
            error=Words("请求头里不能有换行或中文。", "A header has no line breaks and plain letters alone."),
        ),
        metadata={"type": "text", "title": Words("值", "Value")},
    )


class KeepSchema(Shape):
    path = Text(
        required=True,
        validate=Regexp(
            r"[^\s.]{1,64}(\.[^\s.]{1,64}){0,7}\Z",
            error=Words("例如 data.coupon.code。", "Such as data.coupon.code."),
        ),
        metadata={"type": "text", "title": Words("回复里的字段", "Field of the answer")},
    )
    name = Text(
        required=True,
        validate=Regexp(
            r"[A-Za-z\u4e00-\u9fff_][\w\u4e00-\u9fff]{0,63}\Z",
            error=Words("名称用字母、汉字、数字和下划线。", "A name has letters, digits and underscores."),
        ),
        metadata={"type": "text", "title": Words("存为变量", "Keep as variable")},
    )


class WebhookSchema(Shape):
    url = Text(
        load_default="",
        longest=2000,
        validate=_open_address,
        metadata={
            "type": "text",
            "title": Words("地址", "Address"),
            "help": Words("留空则用渠道设置里的地址。", "The one of the channel's settings, if left out."),
        },
    )
    method = Text(
        load_default="POST",
        validate=OneOf(METHODS, error=Words("没有这种方法。", "There is no such method.")),
        metadata={
            "type": "select",
            "title": Words("方法", "Method"),
            "options": {one: Words(one, one) for one in METHODS},
        },
    )
    headers = Many(
        Part(HeaderSchema),
        load_default=list,
        validate=Length(0, 20, error=Words("最多 20 个。", "Keep it to 20.")),
        metadata={"type": "list", "title": Words("请求头", "Headers")},
    )
    body = Text(
        load_default="",
        longest=LONGEST_BODY,
        validate=_is_json,
        metadata={
            "type": "text",
            "title": Words("内容（JSON）", "Body (JSON)"),
            "help": Words(
                "留空则送出客户、事件和变量；变量写在引号里。",
                "The contact, the event and the variables, if left out; write variables within quotes.",
            ),
        },
    )
    keep = Many(
        Part(KeepSchema),
        load_default=list,
        validate=Length(0, 20, error=Words("最多 20 个。", "Keep it to 20.")),
        metadata={"type": "list", "title": Words("保存回复", "Keep of the answer")},
    )
    longest = MomentField(
        load_default=None,
        allow_none=True,
        metadata={"type": "moment", "title": Words("最多等到", "At longest until")},
    )


class Webhook(Kind):
    """Leaves by `ok` with what it keeps as variables, by `failed` when the other side will not or does not answer."""

    kind = "webhook"
    title = Words("调用外部系统", "Call a system")
    help = Words(
        "把客户送给你们的系统，并取回结果。", "Tell a system of yours, and take back what it answers."
    )
    group, icon = "data", "link"
    exits = {"ok": Words("成功", "Done")}
    takes_time = True
    schema = WebhookSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.keep = [dict(one) for one in config.get("keep") or ()]
        self.longest = reading.moment(config["longest"]) if config.get("longest") else None
        self.call: dict[str, Any] = {
            "url": config.get("url") or "",
            "method": config.get("method") or "POST",
            "headers": [dict(one) for one in config.get("headers") or ()],
            "body": config.get("body") or "",
            "keep": self.keep,
        }

    def begin(self, walk: Walk, at: datetime) -> Leave:
        if walk.is_skipping:
            return "ok", at
        waits = bool(self.keep) or walk.elsewhere("failed", "ok")
        walk.deed_no += 1
        pos, scene = walk.pos, {**walk.told(), "call": self.call}
        walk.deeds.append(
            SendMessage(pos.seq, walk.deed_no, pos.visit, pos.step or "", CARRIER, "", at, None, waits, scene)
        )
        walk.note("sent", iso(at))
        if not waits:
            return "ok", at
        due = walk.due(self.longest, at)[0] if self.longest else None
        walk.stand(max(due, at) if due else None)
        return None

    def ring(self, walk: Walk, at: datetime) -> Leave:
        # Nobody answered in time.
        return "failed", at

    def hear(self, walk: Walk, signal: Signal, at: datetime) -> Leave:
        if signal.kind != "receipt" or signal.data.get("seq") != walk.pos.seq:
            return None
        exit = ANSWERS.get(str(signal.data.get("state")))
        if exit is None:
            return None
        answer = signal.data.get("answer")
        if exit == "ok" and isinstance(answer, Mapping):
            for one in self.keep:
                if one["name"] in answer:
                    walk.set("variable", one["name"], answer[one["name"]], at)
        return exit, at

    def skipped(self, walk: Walk) -> str:
        return "ok"

    def retime(self, walk: Walk, at: datetime) -> None:
        if walk.sent_at is not None and self.longest is not None and walk.moved(self.longest):
            due, _ = walk.due(self.longest, walk.sent_at)
            walk.stand(max(due, at) if due else None)
