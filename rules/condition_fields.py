"""The fields of the condition language, their types, and the operators that each type takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

EVENT_NAME = re.compile(r"[A-Za-z0-9_:-]{1,128}", re.ASCII)
#: Names of attributes, variables and properties: anything but control characters, quotes and backslashes.
NAME = re.compile(r'[^\x00-\x1f\x7f"\\]{1,128}')
#: Keys of segments, dimensions and levels of tiers.
KEY = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
#: Keys of journeys.
JOURNEY_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
#: Where a contact can stand towards a journey.
JOURNEY_STATES: Final = ("inside", "ended", "never")

#: value: `none`, `one`, `many` (a list) or `pair`.
VALUE_SHAPE: Final[Mapping[str, str]] = {
    "=": "one",
    "!=": "one",
    "<": "one",
    "<=": "one",
    ">": "one",
    ">=": "one",
    "contains": "one",
    "beginsWith": "one",
    "endsWith": "one",
    "doesNotContain": "one",
    "doesNotBeginWith": "one",
    "doesNotEndWith": "one",
    "null": "none",
    "notNull": "none",
    "in": "many",
    "notIn": "many",
    "between": "pair",
    "notBetween": "pair",
    "has": "one",
    "hasNot": "one",
    "hasAny": "many",
    "hasNone": "many",
}
#: Each operator and the one that denies it, for values that are not empty.
DENIES: Final[Mapping[str, str]] = {
    "!=": "=",
    "doesNotContain": "contains",
    "doesNotBeginWith": "beginsWith",
    "doesNotEndWith": "endsWith",
    "notIn": "in",
    "notBetween": "between",
    "notNull": "null",
    "hasNot": "has",
    "hasNone": "hasAny",
}
SEARCHES: Final = ("contains", "beginsWith", "endsWith")

_EMPTINESS = ("null", "notNull")
_ORDER = ("=", "!=", "<", "<=", ">", ">=", "between", "notBetween")
_SETS = ("in", "notIn")
_TEXT = (*SEARCHES, "doesNotContain", "doesNotBeginWith", "doesNotEndWith")
#: The operators of each type of field.
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "any": (*_ORDER, *_SETS, *_TEXT, *_EMPTINESS),
    "number": (*_ORDER, *_SETS, *_EMPTINESS),
    "days": (*_ORDER, *_SETS, *_EMPTINESS),
    "flag": ("=", "!="),
    "clock": (*_ORDER, *_SETS),
    "date": (*_ORDER, *_SETS),
    "time": (*_ORDER, *_EMPTINESS),
    "tags": ("has", "hasNot", "hasAny", "hasNone", *_EMPTINESS),
    "segments": ("has", "hasNot", "hasAny", "hasNone"),
    "level": ("=", "!=", *_SETS, *_EMPTINESS),
    "state": ("=", "!=", *_SETS),
    "choice": ("=", "!=", *_SETS, *_EMPTINESS),
}
#: What `now` has, and of which type.
NOW: Final[Mapping[str, str]] = {
    "weekday": "number",
    "monthday": "number",
    "is_month_end": "flag",
    "is_workday": "flag",
    "time": "clock",
    "date": "date",
}
#: Fields whose numbers are whole and lie in a range, for finding rules that never hold.
WHOLE: Final[Mapping[str, tuple[float, float]]] = {
    "now.weekday": (1, 7),
    "now.monthday": (1, 31),
    "count": (0, float("inf")),
    "without": (0, float("inf")),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a rule, taken apart.

    `family` is attribute, variable, event, entry, tags, segments, tier, journey, scene, stage, now, since, until
    or history; `name` what follows it (for a history the property, "" for the event as a whole, and of `without`
    the event that did not follow); `event` and `what` (count, sum, first, last, without) are for histories;
    `what` of a scene is product or moment.
    """

    written: str
    family: str
    type: str
    name: str = ""
    event: str = ""
    what: str = ""

    @property
    def never_empty(self) -> bool:
        """True for what always has a value: counts, sums and the present time."""
        return self.family in ("now", "journey") or self.what in ("count", "sum", "without")

    @property
    def within_allowed(self) -> bool:
        """True for histories, which can be narrowed by `within` and `where`."""
        return self.family == "history"


def read_field(written: str) -> Field | None:
    """The field of this name; None if there is no such field."""
    if written in ("tags", "segments", "stage"):
        return Field(written, written, "any" if written == "stage" else written)
    family, _, name = written.partition(".")
    if family == "tier":
        return Field(written, family, "level", name) if KEY.fullmatch(name) else None
    if family == "journey":
        return Field(written, family, "state", name) if JOURNEY_KEY.fullmatch(name) else None
    if family == "scene":
        key, dot, what = name.partition(".")
        known = KEY.fullmatch(key) and (not dot or what == "moment")
        return Field(written, family, "choice", key, what=what or "product") if known else None
    if family == "now":
        return Field(written, family, NOW[name], name) if name in NOW else None
    if not NAME.fullmatch(name):
        return None
    if family in ("attribute", "variable", "event", "entry"):
        return Field(written, family, "any", name)
    if family in ("since", "until"):
        return Field(written, family, "days", name)
    return _read_history(written, name) if family == "history" else None


def _read_history(written: str, rest: str) -> Field | None:
    event, _, rest = rest.partition(".")
    what, dot, name = rest.partition(".")
    if not EVENT_NAME.fullmatch(event) or bool(dot) != bool(name):
        return None
    types = {("count", False): "number", ("sum", True): "number", ("first", False): "time"}
    types |= {("last", False): "time", ("last", True): "any"}
    if what == "without":
        return Field(written, "history", "number", name, event, what) if EVENT_NAME.fullmatch(name) else None
    found = types.get((what, bool(name)))
    return Field(written, "history", found, name, event, what) if found else None
