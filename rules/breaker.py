"""A breaker before a provider: after some failures in a row nothing goes out, then one message tries, then all go again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

State = Literal["closed", "open", "half"]

#: Calls in a row that came to nothing, until it opens.
MOST_FAILURES = 5
#: The first pause, doubled each time the try fails, and the longest; in seconds.
FIRST_SECS, LONGEST_SECS = 10.0, 300.0
#: Whoever tries has so long; if nothing is heard by then, somebody else may.
TRY_SECS = 30.0


@dataclass(slots=True, frozen=True)
class Breaker:
    """What is known of a provider; `until` is when an open one lets one message try, or that try is given up."""

    state: State = "closed"
    failures: int = 0
    pause_secs: float = FIRST_SECS
    until: datetime | None = None
    #: The message that failed last.
    last: str = ""

    @property
    def calm(self) -> bool:
        """True if there is nothing to remember."""
        return self.state == "closed" and self.failures == 0


CALM = Breaker()


def may_go(breaker: Breaker, now: datetime) -> Literal["all", "one", "none"]:
    """How much may be handed to the provider now."""
    if breaker.state == "closed":
        return "all"
    return "one" if breaker.until is None or breaker.until <= now else "none"


def trying(breaker: Breaker, now: datetime) -> Breaker:
    """One message is on its way to see whether the provider is back."""
    return replace(breaker, state="half", until=now + timedelta(seconds=TRY_SECS))


def failed(breaker: Breaker, message: str, now: datetime) -> Breaker:
    """A call for a message came to nothing.

    One message that fails again and again may itself be what is wrong: only different ones count. Stragglers that were
    on their way when it opened make no pause longer.
    """
    failures = breaker.failures + (message != breaker.last)
    if breaker.state == "open":
        return replace(breaker, failures=failures, last=message)
    if breaker.state == "half":
        pause = min(2 * breaker.pause_secs, LONGEST_SECS)
    elif failures < MOST_FAILURES:
        return replace(breaker, failures=failures, last=message)
    else:
        pause = FIRST_SECS
    return Breaker("open", failures, pause, now + timedelta(seconds=pause), message)


def answered(breaker: Breaker) -> Breaker:
    """The provider answered a call: whatever it said, it is there."""
    return CALM
