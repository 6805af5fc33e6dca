"""What one call of the protocol means: something about its contact, an event, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audience.identities import EXTERNAL, Key, read_keys
from audience.plain_events import LONGEST_ID
from audience.values import text_problem, zone_problem
from store.problem import Problem, problem
from web.segment import moments, names
from web.segment.names import fitting

KINDS = ("identify", "track", "page", "screen", "group", "alias")
#: The identity under which a visitor is known before he says who he is.
ANONYMOUS = "anonymous"
#: Events that have no name of their own.
VIEWED = {"page": "page_viewed", "screen": "screen_viewed"}
#: Of a call's context: where it stands, and the property that it becomes.
CONTEXT = {
    ("page", "url"): "page_url",
    ("page", "path"): "page_path",
    ("page", "title"): "page_title",
    ("page", "referrer"): "page_referrer",
    ("campaign", "name"): "utm_campaign",
    ("campaign", "source"): "utm_source",
    ("campaign", "medium"): "utm_medium",
    ("campaign", "term"): "utm_term",
    ("campaign", "content"): "utm_content",
    ("app", "name"): "app_name",
    ("app", "version"): "app_version",
    ("device", "type"): "device_type",
    ("device", "model"): "device_model",
    ("os", "name"): "os_name",
}
NOBODY = (
    "请给出 userId 或 anonymousId。",
    "Give a userId or an anonymousId.",
)


@dataclass(slots=True)
class Call:
    """One call, read: `path` is where it stands, such as `batch.3.`, and empty for a call by itself."""

    path: str
    kind: str
    #: By what the contact goes; the first is the one that he certainly is.
    keys: list[Key]
    message_id: str | None = None
    #: name, timezone and attributes to be set, as audience.contacts takes them.
    about: dict[str, Any] = field(default_factory=dict)
    #: name, occurred_at and properties, as audience.events takes them.
    event: dict[str, Any] | None = None
    #: key, name and attributes of the customer group that `group` tells of, and when.
    group: dict[str, Any] | None = None
    at: datetime | None = None
    #: An id by which `alias` says that the contact went before.
    previous: str | None = None


def read(
    kind: Any, given: Any, path: str, sent_at: datetime | None, now: datetime, said: list[Problem]
) -> Call | None:
    """Read one call; what of it cannot be kept goes to `said`. None if nothing of it can be taken."""
    if not isinstance(given, Mapping):
        said.append(problem(path.rstrip("."), "须是一个对象 {…}。", "Give an object {…}."))
        return None
    if kind not in KINDS:
        listed = ", ".join(KINDS)
        said.append(problem(f"{path}type", f"只能是其中之一：{listed}。", f"Must be one of: {listed}."))
        return None
    keys = _whose(given, path, said)
    message_id, sound = _message_id(given.get("messageId"), f"{path}messageId", said)
    at = moments.happened(given, path, sent_at, now, said)
    if not keys or not sound or at is None:
        return None
    call = Call(path, kind, keys, message_id)
    if kind == "identify":
        _identify(call, given, said)
    elif kind == "group":
        return _group(call, given, at, said)
    elif kind == "alias":
        return _alias(call, given, said)
    else:
        return _happening(call, given, at, said)
    return call


def _whose(given: Mapping[str, Any], path: str, said: list[Problem]) -> list[Key]:
    """The names of the contact, userId first; none, and said, if there is no good one."""
    found: list[Key] = []
    ids = {name: _id(given.get(name)) for name in ("userId", "anonymousId")}
    if all(value in (None, "") for value in ids.values()):
        said.append(problem(f"{path}userId", *NOBODY))
        return []
    for name, value in ids.items():
        if value in (None, ""):
            continue
        external = name == "userId"
        keys, wrong = read_keys(value if external else None, None if external else {ANONYMOUS: value}, "")
        said += [Problem(f"{path}{name}", one.words) for one in wrong]
        if wrong:
            return []
        found += keys
    return found


def _id(value: Any) -> Any:
    """Some send numbers as ids."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _message_id(value: Any, path: str, said: list[Problem]) -> tuple[str | None, bool]:
    if value is None or value == "":
        return None, True
    if isinstance(value, str) and len(value) <= LONGEST_ID and not text_problem(value, path):
        return value, True
    words = f"须是最长 {LONGEST_ID} 个字符的文字。", f"Give a text of {LONGEST_ID} characters at most."
    said.append(problem(path, *words))
    return None, False


def _identify(call: Call, given: Mapping[str, Any], said: list[Problem]) -> None:
    """Traits become attributes, but those that a contact has fields or identities for."""
    where = f"{call.path}traits"
    traits = given.get("traits")
    traits = dict(traits) if isinstance(traits, Mapping) else traits
    if isinstance(traits, dict):
        if "id" in traits and (EXTERNAL, str(_id(traits["id"]))) in call.keys:
            del traits["id"]
        _own_fields(call, traits, where, said)
    context = given.get("context")
    zone = context.get("timezone") if isinstance(context, Mapping) else None
    if "timezone" not in call.about and zone is not None and zone_problem(zone, "") is None:
        call.about["timezone"] = zone
    call.about["attributes"] = names.attributes(traits, where, said)


def _own_fields(call: Call, traits: dict[str, Any], where: str, said: list[Problem]) -> None:
    """Take name, timezone, email and phone out of the traits."""
    for kind in ("email", "phone"):
        value = _id(traits.pop(kind, None))
        if value not in (None, ""):
            keys, wrong = read_keys(None, {kind: value}, "")
            call.keys += keys
            said += [Problem(f"{where}.{kind}", one.words) for one in wrong]
    name = traits.pop("name", None)
    if name is not None:
        if isinstance(name, str) and len(name) <= 200 and not text_problem(name, ""):
            call.about["name"] = name
        else:
            words = "须是最长 200 个字符的文字。", "Give a text of 200 characters at most."
            said.append(problem(f"{where}.name", *words))
    zone = traits.pop("timezone", None)
    if zone is not None:
        wrong = zone_problem(zone, f"{where}.timezone")
        if wrong:
            said.append(wrong)
        else:
            call.about["timezone"] = zone


def _group(call: Call, given: Mapping[str, Any], at: datetime, said: list[Problem]) -> Call | None:
    group = _id(given.get("groupId"))
    if not isinstance(group, str) or not 0 < len(group) <= 255 or text_problem(group, ""):
        words = "请给出 groupId，最长 255 个字符。", "Give a groupId of 255 characters at most."
        said.append(problem(f"{call.path}groupId", *words))
        return None
    traits = given.get("traits")
    if isinstance(traits, Mapping):
        traits = {name: value for name, value in traits.items() if name != "id"}
    found = names.attributes(traits, f"{call.path}traits", said, "group_")
    call.about["attributes"] = {"group_id": group, **found}
    own = {name.removeprefix("group_"): value for name, value in found.items()}
    name = own.pop("name", None)
    call.group, call.at = {"key": group, "attributes": {n: v for n, v in own.items() if fitting(n)}}, at
    if isinstance(name, str) and 0 < len(name) <= 200:
        call.group["name"] = name
    return call


def _alias(call: Call, given: Mapping[str, Any], said: list[Problem]) -> Call | None:
    previous = _id(given.get("previousId"))
    keys, wrong = read_keys(None, {ANONYMOUS: previous}, "")
    if wrong:
        said += [Problem(f"{call.path}previousId", one.words) for one in wrong]
        return None
    call.previous = previous
    if (EXTERNAL, previous) not in call.keys:
        call.keys += [key for key in keys if key not in call.keys]
    return call


def _happening(call: Call, given: Mapping[str, Any], at: datetime, said: list[Problem]) -> Call | None:
    name = VIEWED.get(call.kind) or names.event_name(given.get("event"), f"{call.path}event", said)
    if name is None:
        return None
    kept = names.properties(given.get("properties"), f"{call.path}properties", said)
    if call.kind in VIEWED:
        for own in ("name", "category"):
            if own not in kept and given.get(own) not in (None, ""):
                kept |= names.properties({own: given[own]}, call.path.rstrip("."), said)
    kept = _context(given.get("context")) | kept
    call.event = {"event_id": call.message_id, "name": name, "occurred_at": at, "properties": kept}
    return call


def _context(context: Any) -> dict[str, Any]:
    """What of the context a rule may ask for; the sender's own properties win over it."""
    found: dict[str, Any] = {}
    if not isinstance(context, Mapping):
        return found
    for (part, name), called in CONTEXT.items():
        whole = context.get(part)
        value = whole.get(name) if isinstance(whole, Mapping) else None
        if value not in (None, ""):
            found |= names.properties({called: value}, "context", [])
    if isinstance(context.get("locale"), str):
        found |= names.properties({"locale": context["locale"]}, "context", [])
    return found
