"""What compiling a definition collects: rules and moments ready to use, and everything the plan reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from journeys.anchors import Anchor, events_of, read_anchor, scenes_of
from rules.conditions import Rule, parse
from rules.contact_policy import READS as POLICY_READS
from rules.moment import Moment
from rules.reach import OPEN, Reach


def points_attribute(scheme: str) -> str:
    """The attribute in which the balance of a scheme stands, for rules, texts and segments alike."""
    return f"points_{scheme}"


ENTERED_STAGE = Anchor(kind="entered_stage")
#: Keys that tie a moment to the calendar; a pause cannot shift these.
CALENDAR_KEYS = frozenset({"at", "window", "weekdays", "monthdays", "months", "workdays"})


@dataclass(frozen=True, slots=True)
class Timed:
    """A moment with the anchor it counts from; None if it counts from its own begin."""

    moment: Moment
    anchor: Anchor | None
    #: True if a pause may shift it: it counts from entering, from a begin or from an event, and not by clock or date.
    shifts: bool
    raw: Mapping[str, Any]

    @property
    def counts(self) -> bool:
        """True if it counts from a begin or an anchor; False if it is the next of some clock time or day."""
        return self.anchor is not None or "for" in self.raw


@dataclass(frozen=True, slots=True)
class Reads:
    """What of a subject a plan wants to know."""

    attributes: frozenset[str]
    tags: bool
    #: Names of events whose history is needed.
    events: frozenset[str]
    #: Keys of segments, and dimensions of tiers.
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    #: Keys of tables of people, products and moments; what their rows look at is read with them.
    scenes: frozenset[str] = frozenset()
    #: Pools that its steps issue from, and schemes whose points they book.
    pools: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()


class Reading:
    """The notes taken while one definition is compiled."""

    def __init__(self, journey_key: str, reach: Reach = OPEN):
        self.journey_key, self.reach = journey_key, reach
        self.step_id = ""
        self.stage_anchor: Anchor = ENTERED_STAGE
        self.attributes: set[str] = set()
        self.tags = False
        self.segments: set[str] = set()
        self.tiers: set[str] = set()
        self.scenes: set[str] = set()
        self.pools: set[str] = set()
        self.schemes: set[str] = set()
        self.history: set[str] = set()
        self.listens: set[str] = set()
        #: Fields whose change must be heard.
        self.hears: set[str] = set()
        #: Events and fields that move an anchor.
        self.anchor_events: set[str] = set()
        self.anchor_fields: set[str] = set()

    def rule(self, raw: Mapping[str, Any] | None) -> Rule | None:
        """Compile a rule; None if it is empty and so always holds."""
        if not raw or not raw.get("rules", True):
            return None
        rule = parse(raw)
        self.attributes |= rule.reads.attributes
        self.tags |= rule.reads.tags
        self.history |= rule.reads.events
        self.segments |= rule.reads.segments
        self.tiers |= rule.reads.tiers
        self.scenes |= rule.reads.scenes
        return rule

    def moment(self, raw: Mapping[str, Any]) -> Timed:
        """Compile a moment; one that counts from something but names no anchor takes the stage's."""
        raw = {key: value for key, value in raw.items() if value is not None}
        anchor: Anchor | None = None
        if "anchor" in raw:
            anchor = self.anchor(raw["anchor"])
        elif "offset" in raw or "every" in raw:
            anchor = self.stage_anchor
            self._note(anchor)
        dated = anchor is not None and anchor.kind in ("attribute", "variable", "calendar", "scene")
        free = anchor is None and "for" not in raw
        return Timed(
            moment=Moment.parse(dict(raw)),
            anchor=anchor,
            shifts=not (dated or free or "every" in raw or CALENDAR_KEYS & set(raw)),
            raw=raw,
        )

    def window(self, raw: Mapping[str, Any]) -> Moment:
        """Compile when sending is open."""
        return Moment.parse_window(dict(raw))

    def anchor(self, raw: Any) -> Anchor:
        """Compile an anchor and note what moves it."""
        anchor = read_anchor(raw)
        self._note(anchor)
        return anchor

    def _note(self, anchor: Anchor) -> None:
        events = events_of(anchor)
        self.anchor_events |= events
        self.anchor_fields |= anchor.fields
        self.hears |= anchor.fields
        self.listen(events, history=True)
        self.scenes |= scenes_of(anchor)
        self.attributes |= {f.removeprefix("attribute.") for f in anchor.fields if f.startswith("attribute.")}

    def listen(self, names: Iterable[str], *, history: bool = False) -> None:
        """These events can matter to somebody who is inside; with `history`, past ones too."""
        self.listens |= set(names)
        if history:
            self.history |= set(names)

    def read(self, field: str) -> None:
        """A step reads this field outside of rules."""
        if field.startswith("attribute."):
            self.attributes.add(field.removeprefix("attribute."))
        elif field.startswith("tier."):
            self.tiers.add(field.removeprefix("tier."))
        elif field.startswith("coupon."):
            self.pools.add(field.removeprefix("coupon."))
        elif field.startswith("points."):
            self.schemes.add(field.removeprefix("points."))
            self.attributes.add(points_attribute(field.removeprefix("points.")))
        elif field == "tags":
            self.tags = True

    def touch(self) -> None:
        """A step sends, so the contact policy's facts are needed."""
        self.attributes |= POLICY_READS
        self.tags = True
        self.tiers |= self.reach.tiers

    def reads(self) -> Reads:
        """The sum of it."""
        return Reads(
            *(frozenset(self.attributes), self.tags, frozenset(self.history)),
            *(frozenset(self.segments), frozenset(self.tiers), frozenset(self.scenes)),
            *(frozenset(self.pools), frozenset(self.schemes)),
        )
