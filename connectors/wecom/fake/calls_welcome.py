"""The welcome: a code that is good for twenty seconds and once."""

from __future__ import annotations

from typing import Any

from connectors.wecom.fake.calls import Asked, call
from connectors.wecom.fake.world import Refused

KINDS = ("image", "link", "miniprogram", "video", "file")


def said(asked: Asked, most: int, longest_bytes: int) -> dict[str, Any]:
    """The text and attachments of a call; raises Refused."""
    text = asked.body.get("text") or {}
    content = text.get("content", "") if isinstance(text, dict) else None
    attachments = asked.body.get("attachments") or []
    if not isinstance(content, str) or not isinstance(attachments, list):
        raise Refused(40058, "invalid text or attachments")
    if len(content.encode()) > longest_bytes:
        raise Refused(40058, f"text.content exceed max length {longest_bytes}")
    if len(attachments) > most:
        raise Refused(40058, f"attachments: at most {most}")
    for one in attachments:
        kind = one.get("msgtype") if isinstance(one, dict) else None
        if kind not in KINDS or not isinstance(one.get(kind), dict):
            raise Refused(40058, "attachments: invalid msgtype")
        _whole(asked, kind, one[kind])
    if not content and not attachments:
        raise Refused(40058, "text and attachments are both empty")
    return {"text": content, "attachments": attachments}


def _whole(asked: Asked, kind: str, inside: dict[str, Any]) -> None:
    wanted = {"link": ("title", "url"), "miniprogram": ("title", "appid", "page", "pic_media_id")}.get(kind)
    if wanted is not None:
        if not all(inside.get(name) for name in wanted):
            raise Refused(40058, f"{kind}: give {', '.join(wanted)}")
    elif not inside.get("media_id") and not (kind == "image" and inside.get("pic_url")):
        raise Refused(40058, f"{kind}: media_id missing")
    media = inside.get("media_id") or inside.get("pic_media_id")
    if media and media not in asked.world.store("media"):
        raise Refused(40007, "invalid media_id")


@call("externalcontact/send_welcome_msg")
def send_welcome_msg(asked: Asked) -> dict[str, Any]:
    world = asked.world
    welcome = world.welcomes.get(str(asked.body.get("welcome_code", "")))
    if welcome is None or welcome.state == "used" or asked.now - welcome.made > asked.rule("welcome.seconds"):
        raise Refused(asked.rule("welcome.too_late"), "invalid welcome code or expired")
    if welcome.state == "sending":
        raise Refused(asked.rule("welcome.sending"), "welcome msg is being distributed")
    customer = world.customer(welcome.external_userid)
    if customer.follows[welcome.userid].chatting:
        raise Refused(asked.rule("welcome.chatting"), "externaluser has started chatting")
    if customer.archive == "Disagree":
        raise Refused(asked.rule("welcome.archive"), "consent to the archive is missing")
    message = said(asked, asked.rule("welcome.attachments"), asked.rule("welcome.text_bytes"))
    welcome.state = "used"
    after = round(asked.now - welcome.made, 3)
    customer.arrived.append(
        {"kind": "welcome", "from": welcome.userid, "at": asked.now, "after_seconds": after, **message}
    )
    return {}


@call("media/upload")
def upload(asked: Asked) -> dict[str, Any]:
    if not asked.file:
        raise Refused(41005, "media data missing")
    media_id = asked.world.number("media")
    asked.world.store("media")[media_id] = {"type": asked.query.get("type", "file"), "bytes": len(asked.file)}
    return {"type": asked.query.get("type", "file"), "media_id": media_id, "created_at": str(int(asked.now))}
