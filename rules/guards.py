"""Guards: when too many delete us, unsubscribe or cannot be reached after a touch, and what is done about it.

Only the decision is here, by numbers that are handed in; who counts them and who acts is elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal

MEASURES = ("deletion", "complaint", "failure")
PERS = ("step", "material", "staff")
ACTIONS = ("tell", "slow", "pause")
#: A rate must fall to this part of the limit before a guard lets go by itself: else it would flutter.
LETS_GO_AT = 0.5
#: The longest that a slowed step waits between two messages.
LONGEST_GAP_SECS = 600.0
MOST_HOURS = 168


@dataclass(slots=True, frozen=True)
class Rule:
    """What a guard watches; `factor` is the part of its rate at which a slowed one goes on."""

    measure: str
    per: str
    #: A deletion or refusal counts for the touches of so many hours before it.
    within_hours: int
    #: The touches of so many hours are looked at together.
    over_hours: int
    percent: float
    #: With fewer touches nothing can be said.
    minimum: int
    action: str
    factor: float = 0.25


@dataclass(slots=True, frozen=True)
class Seen:
    """What was counted of one step, material or member of staff."""

    touches: int
    hits: int

    @property
    def percent(self) -> float:
        return 100.0 * self.hits / self.touches if self.touches > 0 else 0.0


#: What a workspace is offered to begin with.
OFFERED: tuple[tuple[str, Rule], ...] = (
    ("deletion_pause", Rule("deletion", "step", 24, 72, 3.0, 50, "pause")),
    ("deletion_slow", Rule("deletion", "step", 24, 72, 1.5, 100, "slow", 0.25)),
    ("complaint_pause", Rule("complaint", "material", 48, 72, 1.0, 100, "pause")),
    ("failure_tell", Rule("failure", "step", 24, 24, 20.0, 30, "tell")),
    ("staff_tell", Rule("deletion", "staff", 24, 168, 5.0, 40, "tell")),
    ("staff_pause", Rule("deletion", "staff", 24, 168, 8.0, 40, "pause")),
)


def read(told: Mapping[str, Any]) -> Rule:
    """A rule as it was kept."""
    return Rule(**{name: told[name] for name in Rule.__dataclass_fields__ if name in told})


def written(rule: Rule) -> dict[str, Any]:
    """A rule as it is kept."""
    return asdict(rule)


def judge(rule: Rule, seen: Seen, *, tripped: bool) -> Literal["trip", "release", "stay"]:
    """What to do about one step, material or member of staff.

    What was paused stays so until a person releases it, for nothing goes out that could show that all is well.
    """
    if seen.touches < rule.minimum:
        return "stay"
    if not tripped:
        return "trip" if seen.hits > 0 and seen.percent >= rule.percent else "stay"
    calm = seen.percent <= rule.percent * LETS_GO_AT
    return "release" if calm and rule.action != "pause" else "stay"


def gap_secs(rule: Rule, touches: int) -> float:
    """Seconds between two messages of a slowed step that had so many touches in the time looked at."""
    if rule.action != "slow":
        return 0.0
    usual = timedelta(hours=rule.over_hours).total_seconds() / max(touches, 1)
    return min(usual / rule.factor, LONGEST_GAP_SECS)
