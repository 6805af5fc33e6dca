"""What WeCom calls us about, as signals of ours: pure, so that each kind can be shown by a row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

EXTERNAL_USERID, CHAT = "external_userid", "chat"
ADDED, DELETED, REMOVED, CHANGED = "friend_added", "friend_deleted", "friend_removed", "friend_changed"
GROUP_CHANGED, JOINED, LEFT = "group_changed", "group_joined", "group_left"
#: A customer's id at WeCom begins with one of these; other members of a chat are our own staff.
CUSTOMERS = ("wm", "wo")
LONGEST = 200

Fields = Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Told:
    """One event of ours: about a customer (`whose` is external_userid) or about a group (chat)."""

    name: str
    whose: str
    number: str
    data: dict[str, Any] = field(default_factory=dict)


def told(kind: str, fields: Fields) -> list[Told] | None:
    """The events that a call tells of; None if we do not know such calls, an empty list if it says nothing of anybody."""
    read = KNOWN.get(kind)
    return None if read is None else [one for one in read(fields) if one.number]


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""


def _friend(name: str, **more: Any) -> Callable[[Fields], Iterator[Told]]:
    def read(fields: Fields) -> Iterator[Told]:
        data: dict[str, Any] = {"staff": _text(fields, "UserID"), **more}
        for ours, theirs in (("state", "State"), ("reason", "FailReason"), ("source", "Source")):
            if _text(fields, theirs):
                data[ours] = _text(fields, theirs)
        yield Told(name, EXTERNAL_USERID, _text(fields, "ExternalUserID"), data)

    return read


def _group(fields: Fields) -> Iterator[Told]:
    chat, change = _text(fields, "ChatId"), _text(fields, "ChangeType")
    data = {"change": change}
    if _text(fields, "UpdateDetail"):
        data["detail"] = _text(fields, "UpdateDetail")
    yield Told(GROUP_CHANGED, CHAT, chat, data)
    step = {"add_member": JOINED, "del_member": LEFT}.get(_text(fields, "UpdateDetail"))
    if step and chat:
        for member in _members(fields):
            yield Told(step, EXTERNAL_USERID, member, {"group": chat})


def _members(fields: Fields) -> Iterator[str]:
    listed = fields.get("MemChangeList")
    items = listed.get("Item") if isinstance(listed, Mapping) else None
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, str) and item.startswith(CUSTOMERS):
            yield item[:LONGEST]


def _nobody(_fields: Fields) -> Iterator[Told]:
    yield from ()


_CONTACT, _CHAT, _TAG = "change_external_contact.", "change_external_chat.", "change_external_tag."
#: After these a customer has another note, tags, or staff than before.
READ_ANEW = frozenset(
    {
        "add_external_contact",
        "add_half_external_contact",
        "edit_external_contact",
        "del_external_contact",
        "transfer_fail",
    }
)
#: Every kind of call that we know, by the names of `events.kind`.
KNOWN: Mapping[str, Callable[[Fields], Iterator[Told]]] = {
    f"{_CONTACT}add_external_contact": _friend(ADDED),
    f"{_CONTACT}add_half_external_contact": _friend(ADDED, half=True),
    f"{_CONTACT}edit_external_contact": _friend(CHANGED),
    f"{_CONTACT}del_external_contact": _friend(REMOVED),
    f"{_CONTACT}del_follow_user": _friend(DELETED),
    f"{_CONTACT}transfer_fail": _friend("transfer_failed"),
    f"{_CONTACT}msg_audit_approved": _friend("archive_agreed"),
    f"{_CHAT}create": _group,
    f"{_CHAT}update": _group,
    f"{_CHAT}dismiss": _group,
    **{f"{_TAG}{change}": _nobody for change in ("create", "update", "delete", "shuffle")},
}


def looks(kind: str, fields: Fields) -> list[tuple[str, str]]:
    """What such a call says has changed, as (contact | chat | dismissed | tags, whose): it is read anew."""
    if kind.startswith(_TAG):
        return [("tags", "")]
    if kind.startswith(_CHAT):
        chat = _text(fields, "ChatId")
        return [("dismissed" if kind == f"{_CHAT}dismiss" else "chat", chat)] if chat else []
    change, customer = kind.removeprefix(_CONTACT), _text(fields, "ExternalUserID")
    return [("contact", customer)] if change in READ_ANEW and customer else []
