"""Plain events: those that can be taken at a glance, because nothing about them needs a second look.

A glance says yes only to what `audience.events.read` takes too, and makes the same signal of it; to everything
else it says nothing at all, and the full reading says what, if anything, is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from audience.identities import EXTERNAL, LONGEST
from audience.values import EVENT_NAME, LARGEST_WHOLE, NAME
from store.inbox import NewSignal

FIELDS = frozenset({"event_id", "name", EXTERNAL, "contact_id", "identity", "occurred_at", "properties"})
#: Our own signals; nobody outside may pretend to be them.
OURS = frozenset({"changed", "receipt", "journey_ended", "retimed", "activity"})
LONGEST_ID = 255
#: How far a sender's clock may run ahead of ours.
AHEAD = timedelta(hours=24)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
#: So many properties with so much text in all stay below every limit, however they are written.
MOST_PROPERTIES, MOST_TEXT, LONGEST_TEXT = 100, 3500, 1000

#: Names that were found good before; a sender uses few.
_event_names: set[str] = set()
_property_names: set[str] = set()
MOST_NAMES = 5000


def glance(workspace_id: int, given: Any, now: datetime) -> NewSignal | None:
    """The signal of an event by external id with plain properties; None if it must be looked at closely."""
    if type(given) is not dict or not given.keys() <= FIELDS:
        return None
    name, event_id, external_id = given.get("name"), given.get("event_id"), given.get(EXTERNAL)
    if given.get("contact_id") is not None or given.get("identity") is not None:
        return None
    if type(name) is not str or not (name in _event_names or _fits(name, _event_names, EVENT_NAME, OURS)):
        return None
    if not _text(external_id, LONGEST) or not (event_id is None or _text(event_id, LONGEST_ID)):
        return None
    at = now if given.get("occurred_at") is None else _moment(given["occurred_at"])
    if at is None or not EARLIEST <= at <= now + AHEAD:
        return None
    properties = given.get("properties")
    if properties is None:
        properties = {}
    elif type(properties) is not dict or not _plain(properties):
        return None
    identity = {EXTERNAL: str(external_id)}
    return NewSignal(workspace_id, "event", name, at, properties, None, identity, event_id=event_id)


def _fits(name: str, seen: set[str], form: re.Pattern[str], taken: frozenset[str] = frozenset()) -> bool:
    if not form.fullmatch(name) or name in taken:
        return False
    if len(seen) < MOST_NAMES:
        seen.add(name)
    return True


def _text(value: Any, longest: int) -> bool:
    return type(value) is str and 0 < len(value) <= longest and _storable(value)


def _storable(value: str) -> bool:
    if "\x00" in value:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:  # half a character
        return False
    return True


def _moment(value: Any) -> datetime | None:
    if type(value) is not str or not MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _plain(properties: Mapping[Any, Any]) -> bool:
    if len(properties) > MOST_PROPERTIES:
        return False
    text = 0
    for key, value in properties.items():
        if type(key) is not str or not (key in _property_names or _fits(key, _property_names, NAME)):
            return False
        kind = type(value)
        if kind is str:
            text += len(value)
            if len(value) > LONGEST_TEXT or text > MOST_TEXT or not _storable(value):
                return False
        elif kind is float:
            if not isfinite(value) or abs(value) > LARGEST_WHOLE:
                return False
        elif kind is int:
            if abs(value) > LARGEST_WHOLE:
                return False
        elif value is not None and kind is not bool:
            return False
    return True
