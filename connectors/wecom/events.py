"""What WeCom calls us about: one name for each kind of event, and one identity for each event."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

#: Fields that tell two events apart which the same sender created in the same second.
TELLING = (
    "Event",
    "ChangeType",
    "ExternalUserID",
    "UserID",
    "ChatId",
    "Id",
    "UpdateDetail",
    "JoinScene",
    "FailReason",
)


def kind(fields: Mapping[str, Any]) -> str:
    """`message`, or the event with its change: `change_external_contact.add_external_contact`."""
    if fields.get("MsgType") != "event":
        return "message"
    change = fields.get("ChangeType")
    return f"{fields.get('Event')}.{change}" if change else str(fields.get("Event"))


def identity(fields: Mapping[str, Any]) -> str:
    """The same for every repetition of one event: WeCom calls up to three times.

    Messages have a number of their own. Events have sender and second; since every contact event comes from `sys`, that
    is not enough to tell two customers apart who were added in one second, and the customer and the change join it.
    """
    if fields.get("MsgId"):
        return f"wecom-message-{fields['MsgId']}"
    parts = [str(fields.get(name, "")) for name in ("FromUserName", "CreateTime", *TELLING)]
    return f"wecom-event-{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()[:40]}"
