"""What a moment may count from: the journey's or stage's beginning, a date, an event, a day of the month, a scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from journeys.words import Words
from rules.condition_fields import KEY
from rules.conditions import BadRule, Rule, parse
from rules.zones import local, to_utc

if TYPE_CHECKING:
    from journeys.walk import Walk

#: Event names that count as the subject's own doing for the anchor "activity".
OWN_DOING = frozenset(
    {
        "registered",
        "replied",
        "viewed",
        "paid",
        "friend_added",
        "group_joined",
        "order_paid",
        "order_created",
        "cart_added",
        "product_viewed",
        "page_viewed",
        "link_clicked",
        "message_replied",
        "live_watched",
        "moments_commented",
        "checked_in",
        "form_submitted",
        "store_visited",
        "test_driven",
        "deposit_paid",
        "activity_joined",
        "coupon_redeemed",
        "spoke",
    }
)


class BadAnchor(Exception):
    """An anchor is "entered_journey", "entered_stage", an attribute, a variable, an event, a calendar day or a scene."""

    def __init__(self, zh: str, en: str):
        super().__init__(en)
        self.words = Words(zh, en)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A compiled anchor; `value` reads it for one subject, None while there is none."""

    #: entered_journey | entered_stage | attribute | variable | event | calendar | scene
    kind: str
    name: str = ""
    events: frozenset[str] = frozenset()
    where: Rule | None = None
    monthday: int = 0
    otherwise: Anchor | None = None

    #: The fields whose change moves this anchor.
    fields: frozenset[str] = field(default=frozenset())

    def value(self, walk: Walk) -> datetime | None:
        """The anchor's moment in UTC for the subject of `walk`."""
        match self.kind:
            case "entered_stage":
                return walk.pos.entered_stage
            case "entered_journey":
                return walk.pos.entered_journey
            case "attribute":
                found = read_time(walk.attributes.get(self.name), walk)
            case "variable":
                found = read_time(walk.variables.get(self.name), walk)
            case "event":
                found = self._last(walk)
            case "scene":
                table = walk.scene.matchings.get(self.name)
                found = None if table is None else table.choose(walk.scene).send_at
            case _:
                found = self._calendar(walk)
        if found is None and self.otherwise is not None:
            return self.otherwise.value(walk)
        return found

    def _last(self, walk: Walk) -> datetime | None:
        last: datetime | None = None
        for name in self.events:
            for at, properties in reversed(walk.scene.history.get(name, ())):
                if at > walk.scene.now or (last is not None and at <= last):
                    continue
                if self.where is None or walk.holds_of(self.where, name, properties):
                    last = at
                    break
        return last

    def _calendar(self, walk: Walk) -> datetime | None:
        entered = walk.pos.entered_stage
        if entered is None:
            return None
        day = local(entered, walk.zone).date() + timedelta(days=1)
        while day.day != min(self.monthday, days_in_month(day)):
            day += timedelta(days=1)
        return to_utc(datetime.combine(day, time()), walk.zone)


def read_anchor(raw: Any) -> Anchor:
    """Compile an anchor as the definition writes it."""
    if raw in ("entered_journey", "entered_stage"):
        return Anchor(kind=raw)
    if not isinstance(raw, Mapping):
        raise BadAnchor(
            "不认识这个起算点。", 'Unknown anchor; use "entered_stage", an attribute, a variable or an event.'
        )
    keys = set(raw) - {"else", "where"}
    otherwise = read_anchor(raw["else"]) if "else" in raw else None
    beyond = otherwise.fields if otherwise else frozenset()
    if len(keys) != 1 or ("where" in raw and "event" not in raw):
        raise BadAnchor("起算点只能写一种。", "An anchor names exactly one thing to count from.")
    (kind,) = keys
    value = raw[kind]
    if kind in ("attribute", "variable") and isinstance(value, str) and value:
        name = f"{kind}.{value}"
        return Anchor(kind=kind, name=value, otherwise=otherwise, fields=beyond | {name})
    if kind == "scene" and isinstance(value, str) and KEY.fullmatch(value):
        return Anchor(kind=kind, name=value, otherwise=otherwise, fields=beyond)
    if kind == "event":
        names = [value] if isinstance(value, str) else value
        if isinstance(names, list) and names and all(isinstance(n, str) and n for n in names):
            events = frozenset(OWN_DOING if "activity" in names else ()) | (frozenset(names) - {"activity"})
            if otherwise:
                events_beyond = otherwise
                return Anchor(
                    kind=kind, events=events, where=_rule(raw), otherwise=events_beyond, fields=beyond
                )
            return Anchor(kind=kind, events=events, where=_rule(raw))
    if kind == "calendar" and isinstance(value, Mapping) and set(value) == {"monthday"}:
        monthday = value["monthday"]
        if (
            isinstance(monthday, int)
            and not isinstance(monthday, bool)
            and (monthday == -1 or 1 <= monthday <= 31)
        ):
            return Anchor(
                kind=kind, monthday=31 if monthday == -1 else monthday, otherwise=otherwise, fields=beyond
            )
    raise BadAnchor("这个起算点写得不完整。", "This anchor is not complete.")


def events_of(anchor: Anchor | None) -> frozenset[str]:
    """Every event name that can move the anchor, those of its `else` among them."""
    return anchor.events | events_of(anchor.otherwise) if anchor else frozenset()


def scenes_of(anchor: Anchor | None) -> frozenset[str]:
    """The tables of people, products and moments that the anchor asks, those of its `else` among them."""
    if anchor is None:
        return frozenset()
    return scenes_of(anchor.otherwise) | ({anchor.name} if anchor.kind == "scene" else frozenset())


def read_time(value: Any, walk: Walk) -> datetime | None:
    """A date or time as attributes hold it; a date is its local midnight, a time without zone is local."""
    if not isinstance(value, str) or len(value) < 8:
        return None
    try:
        if len(value) == 10:
            return to_utc(datetime.combine(date.fromisoformat(value), time()), walk.zone)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return to_utc(moment, walk.zone) if moment.tzinfo is None else moment.astimezone(UTC)


def days_in_month(day: date) -> int:
    """How many days the month of `day` has."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).day


def _rule(raw: Mapping[str, Any]) -> Rule | None:
    where = raw.get("where")
    if not where:
        return None
    try:
        return parse(where)
    except BadRule as bad:
        raise BadAnchor("起算点里的条件写错了。", f"The condition of the anchor is wrong: {bad}") from bad
