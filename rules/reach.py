"""What a workspace has set for reaching people, made into the list of policies that are asked in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from rules.contact_policy import DEFAULT_POLICY, Policy
from rules.duration import Duration
from rules.moment import Moment
from rules.reach_caps import Calendar, Cap, CarrierHours, OneAMinute, Period, Priority, Quota, Rolling, Who

#: What is set before anybody has set anything.
NOTHING: Final[Mapping[str, Any]] = {
    "hours": [],
    "one_a_minute": False,
    "quotas": [],
    "caps": [],
    "priority": None,
}


@dataclass(frozen=True)
class Reach:
    """The policies with what they must know of a subject beyond its attributes and tags."""

    policies: tuple[Policy, ...] = DEFAULT_POLICY
    #: How far from a touch another one can matter; None if none ever does.
    memory: timedelta | None = None
    priority: Priority | None = None
    #: Dimensions of tiers that caps ask for.
    tiers: frozenset[str] = frozenset()
    #: The caps, quotas among them, as one by one they can be full.
    caps: tuple[Cap, ...] = field(default=())

    @property
    def reserves(self) -> bool:
        """True if letting one touch go can take the room of another: then each subject is asked for by one at a time."""
        return self.memory is not None or self.priority is not None


OPEN: Final = Reach()


def read(written: Mapping[str, Any] | None) -> Reach:
    """The policies of a setting that has the shape of `NOTHING`; what is missing there is not set."""
    if not written:
        return OPEN
    caps = [cap_of(one) for one in written.get("caps") or ()]
    quotas = [_quota(one) for one in written.get("quotas") or ()]
    hours = [
        CarrierHours(frozenset(one.get("carriers") or ()), Moment.parse_window(dict(one["window"])))
        for one in written.get("hours") or ()
    ]
    priority = _priority(written.get("priority"))
    minute = [OneAMinute()] if written.get("one_a_minute") else []
    full = [*(cap for quota in quotas for cap in quota.caps), *caps]
    memory = max((cap.period.reach for cap in full), default=timedelta(minutes=1) if minute else None)
    return Reach(
        (*DEFAULT_POLICY, *hours, *minute, *quotas, *caps, *([priority] if priority else ())),
        memory,
        priority,
        frozenset(cap.who.tier for cap in caps if cap.who and cap.who.tier),
        tuple(full),
    )


def cap_of(written: Mapping[str, Any]) -> Cap:
    """A cap as it is written: {most, per, carriers?, who?, when_full?}."""
    carriers = frozenset(written.get("carriers") or ())
    return Cap(
        int(written["most"]), period(written["per"]), carriers, _who(written.get("who")), _holds(written)
    )


def period(per: str) -> Period:
    """`day`, `week` or `month` of the calendar, or a duration such as `P7D` for any stretch of it."""
    if per in ("day", "week", "month"):
        return Calendar(per)
    long = Duration.parse(per)
    return Rolling(timedelta(days=long.days, seconds=long.seconds))


def _quota(written: Mapping[str, Any]) -> Quota:
    carriers: frozenset[str] = frozenset(written.get("carriers") or ())
    caps = [
        Cap(int(most), Calendar(unit), carriers, holds=_holds(written), because="quota-full")
        for unit in ("day", "week", "month")
        if (most := written.get(unit)) is not None
    ]
    days: Sequence[int] = written.get("monthdays") or ()
    return Quota(tuple(caps), carriers, Moment.parse_window({"monthdays": list(days)}) if days else None)


def _who(written: Mapping[str, Any] | None) -> Who | None:
    if not written:
        return None
    return Who(written.get("tier") or "", written.get("level") or "", written.get("tag") or "")


def _holds(written: Mapping[str, Any]) -> bool:
    return written.get("when_full", "hold") == "hold"


def _priority(written: Mapping[str, Any] | None) -> Priority | None:
    if not written or not written.get("journeys"):
        return None
    return Priority(timedelta(hours=float(written["hours"])), tuple(written["journeys"]))
