"""Mails that come back: what a delivery status notification (RFC 3464) says, and what providers' webhooks say."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message as Mail
from email.policy import default as MODERN
from typing import Any

from connectors.email import key_of

MOST_BYTES = 512 * 1024
#: Reasons that are the address's own: 5.1.x no such mailbox or domain, 5.2.1 it is closed.
NO_ADDRESS = re.compile(r"5\.(1\.\d+|2\.1)$|^5\.0\.0$")
#: What providers call the same thing in their webhooks.
HARD = frozenset({"bounce", "bounced", "hard_bounce", "hardbounce", "permanent", "invalid", "dropped"})
SOFT = frozenset({"soft_bounce", "softbounce", "transient", "deferred", "delayed"})
DELIVERED = frozenset({"delivered", "delivery"})
COMPLAINED = frozenset({"complaint", "complained", "spam", "spamreport", "spam_report"})
LEFT = frozenset({"unsubscribe", "unsubscribed"})


@dataclass(frozen=True, slots=True)
class Bounce:
    """What is said of one recipient: `state` failed or delivered; `hard` if the address itself is no good."""

    state: str
    key: str | None = None
    reference: str | None = None
    address: str | None = None
    hard: bool = False
    complained: bool = False
    unsubscribed: bool = False
    reason: str | None = None


def read_dsn(raw: bytes) -> list[Bounce]:
    """Read a mail that came to the bounce address; empty if it is no notification, or one without a verdict."""
    if len(raw) > MOST_BYTES:
        raw = raw[:MOST_BYTES]
    mail = email.message_from_bytes(raw, policy=MODERN)
    report = next(
        (part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None
    )
    if report is None:
        return []
    key = _key(mail, raw)
    return [found for group in _groups(report) if (found := _of_recipient(group, key)) is not None]


def _groups(report: Mail) -> Iterator[Mapping[str, str]]:
    payload = report.get_payload()
    parts = payload if isinstance(payload, list) else []
    for part in parts:
        if isinstance(part, Mail) and part.get("Final-Recipient"):
            yield {name.lower(): str(value) for name, value in part.items()}


def _of_recipient(group: Mapping[str, str], key: str | None) -> Bounce | None:
    action = group.get("action", "").strip().lower()
    status = group.get("status", "").strip().split(" ")[0]
    address = group.get("final-recipient", "").partition(";")[2].strip() or None
    if action in ("delivered", "relayed"):
        return Bounce("delivered", key, address=address)
    if action != "failed":
        return None  # delayed: it is still on its way
    reason = f"{status} came back".strip()
    return Bounce("failed", key, address=address, hard=bool(NO_ADDRESS.search(status)), reason=reason)


def _key(mail: Mail, raw: bytes) -> str | None:
    """Our key: of the message that is attached, or wherever its Message-ID stands."""
    for part in mail.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            found = key_of(part.as_string())
            if found:
                return found
    for name in ("In-Reply-To", "References", "X-Original-Message-ID"):
        if mail.get(name) and (found := key_of(str(mail[name]))):
            return found
    return key_of(raw.decode("latin-1"))


def read_webhook(told: Any) -> list[Bounce]:
    """Read what a provider posts: one event or a list, with the event's kind, the address and the Message-ID.

    Names differ from provider to provider; the usual ones are known. What is none of these is passed over.
    """
    events: Sequence[Any] = told if isinstance(told, list) else [told]
    if isinstance(told, Mapping) and isinstance(told.get("events"), list):
        events = told["events"]
    return [found for one in events[:1000] if isinstance(one, Mapping) and (found := _of_event(one))]


def _of_event(one: Mapping[str, Any]) -> Bounce | None:
    kind = _first(one, "event", "type", "eventType", "event_type", "status").lower()
    address = _first(one, "email", "recipient", "address", "to") or None
    said = _first(one, "message_id", "message-id", "smtp-id", "messageId", "Message-ID", "sg_message_id")
    reason = _first(one, "reason", "description", "diagnostic")
    sub = _first(one, "bounce_type", "bounceType", "severity").lower()
    key = key_of(said)
    known: dict[str, Any] = {
        "key": key,
        "reference": said[:128] if said and not key else None,
        "address": address,
    }
    if not key and not known["reference"] and not address:
        return None
    if kind in DELIVERED:
        return Bounce("delivered", **known)
    if kind in COMPLAINED or kind in LEFT:
        return Bounce("delivered", **known, complained=kind in COMPLAINED, unsubscribed=True)
    if kind in SOFT or (kind in HARD and sub in SOFT):
        return Bounce("failed", **known, reason=_told(reason) or "soft bounce")
    if kind in HARD:
        return Bounce("failed", **known, hard=True, reason=_told(reason) or "hard bounce")
    return None


def _first(one: Mapping[str, Any], *names: str) -> str:
    return next((str(one[name]) for name in names if isinstance(one.get(name), str)), "")


def _told(reason: str) -> str:
    return re.sub(r"[^\s<>@]+@[^\s<>@]+", "…@…", reason)[:200]
