"""May this subject be touched now? A list of small policies, asked in order before every message.

Each answers go, hold (until when, because of what) or refuse (because of what). Pure: the same touch at the
same time has the same answer, wherever and how often it is asked; a hold asked again at its end is a go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from rules.calendar_days import MINUTES_A_DAY, minutes, stretches
from rules.moment import Moment
from rules.workdays import CHINA, WorkCalendar
from rules.zones import local

#: What is held by many at once is let go over so long a time, each at a place of its own.
SPREAD: Final = timedelta(minutes=10)
#: So often one hold may lead into the next before it is clear that sending is never open.
MAX_HOLDS: Final = 60
CARRIERS: Final = (
    *("wecom_direct", "wecom_group", "moments", "official_account", "mini_program"),
    *("sms", "email", "sandbox"),
)
#: Carriers that reach friends of a member of staff only.
NEEDS_A_FRIEND: Final = ("wecom_direct", "moments")
#: The attributes that the policies look at.
READS: Final = frozenset(
    {"no_marketing", "consent", "blocked", "blocked_carriers", "friend_deleted"}
) | frozenset(f"no_{carrier}" for carrier in CARRIERS)
#: Why not: code -> (zh, en).
REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "no-marketing": ("客户不接收营销消息", "the contact wants no marketing"),
    "no-consent": ("客户没有同意用这个渠道联系", "the contact has not agreed to this carrier"),
    "blocked": ("客户已被屏蔽，或屏蔽了这个渠道", "the contact is blocked, or has blocked this carrier"),
    "friend-deleted": ("客户已删除好友", "the contact is no longer a friend of the staff"),
    "quiet-hours": ("客户当地正是免打扰时段", "it is quiet hours where the contact lives"),
    "window-closed": ("不在发送时段内", "the sending window is closed"),
    "carrier-hours": ("这个渠道此时不发送", "this carrier sends at other times"),
    "one-a-minute": ("同一渠道一分钟内只发一条", "one message a minute by the same carrier"),
    "quota-days": ("今天不在群发日里", "broadcasts go out on other days of the month"),
    "quota-full": ("群发额度已用完", "the quota of broadcasts is used up"),
    "cap-full": ("触达次数已到上限", "the contact has been reached as often as allowed"),
    "priority": (
        "优先级更高的旅程马上要联系这位客户",
        "a journey of higher priority is about to reach the contact",
    ),
    "never-open": (
        "发送时段和免打扰时段没有空档，永远发不出去",
        "the sending window and quiet hours leave no time to send",
    ),
}


@dataclass(frozen=True, slots=True)
class Touch:
    """One message about to be sent: to whom, by which carrier, under which hours.

    Consent is read from the attributes: `no_marketing`, `blocked` and `friend_deleted` (true or false),
    `blocked_carriers` (a list, or text with commas), `consent` ({carrier: true or false}) and `no_CARRIER`.
    """

    carrier: str
    attributes: Mapping[str, Any]
    tags: Set[str] | Sequence[str]
    zone: ZoneInfo
    #: From and to, in the subject's zone; None if there are none.
    quiet_hours: tuple[str, str] | None = None
    #: When the step sends; None if always.
    window: Moment | None = None
    #: Gives the place within `SPREAD`; the same key has the same place.
    spread_key: str = ""
    workdays: WorkCalendar = CHINA
    #: {dimension: level}
    tiers: Mapping[str, str] = field(default_factory=dict)
    #: By which carriers the subject was reached and when, as far back as the policies look; also later than now,
    #: if something overdue is only now being done.
    touches: Sequence[tuple[datetime, str]] = ()
    #: Which journey asks, and what others are about to send to the same subject: (time, journey).
    journey: str = ""
    coming: Sequence[tuple[datetime, str]] = ()


@dataclass(frozen=True, slots=True)
class Go:
    """Send it."""

    def say(self, lang: str = "zh", zone: ZoneInfo | None = None) -> str:
        return "可以发送" if lang == "zh" else "it may be sent"


@dataclass(frozen=True, slots=True)
class Hold:
    """Send it at `until`, not before."""

    until: datetime
    because: str

    def say(self, lang: str = "zh", zone: ZoneInfo | None = None) -> str:
        """Why it waits and until when, by the clock of `zone` (UTC if there is none)."""
        shown = local(self.until, zone) if zone else self.until
        zh, en = REASONS[self.because]
        return (
            f"{zh}，{shown:%m-%d %H:%M} 发送"
            if lang == "zh"
            else f"{en}; it is sent on {shown:%m-%d at %H:%M}"
        )


@dataclass(frozen=True, slots=True)
class Refuse:
    """Do not send it."""

    because: str

    def say(self, lang: str = "zh", zone: ZoneInfo | None = None) -> str:
        zh, en = REASONS[self.because]
        return f"{zh}，不发送" if lang == "zh" else f"{en}; it is not sent"


Answer = Go | Hold | Refuse
GO: Final = Go()


class Policy(Protocol):
    """One rule of conduct."""

    def ask(self, touch: Touch, now: datetime) -> Answer: ...


class Consent:
    """Refuses who wants no marketing, or has not agreed to this carrier."""

    def ask(self, touch: Touch, now: datetime) -> Answer:
        facts = touch.attributes
        if _yes(facts.get("no_marketing")):
            return Refuse("no-marketing")
        agreed = facts.get("consent")
        if isinstance(agreed, Mapping) and _no(agreed.get(touch.carrier)):
            return Refuse("no-consent")
        return Refuse("no-consent") if _yes(facts.get(f"no_{touch.carrier}")) else GO


class Blocked:
    """Refuses who is blocked, or has blocked the carrier, or is no friend where only friends are reached."""

    def ask(self, touch: Touch, now: datetime) -> Answer:
        facts = touch.attributes
        if _yes(facts.get("blocked")) or touch.carrier in _listed(facts.get("blocked_carriers")):
            return Refuse("blocked")
        if touch.carrier in NEEDS_A_FRIEND and _yes(facts.get("friend_deleted")):
            return Refuse("friend-deleted")
        return GO


class QuietHours:
    """Holds over the quiet hours of the subject's own clock, to their end and a little spread."""

    def ask(self, touch: Touch, now: datetime) -> Answer:
        if touch.quiet_hours is None:
            return GO
        waking = _waking(touch.quiet_hours)
        return Refuse("never-open") if waking is None else opens(waking, touch, now, "quiet-hours")


class Window:
    """Holds until the step's sending window opens; one that is a clock time is open for the spread."""

    def ask(self, touch: Touch, now: datetime) -> Answer:
        if touch.window is None:
            return GO
        if touch.window.clock is not None:
            opened = touch.window.forward(now - SPREAD, touch.zone, touch.workdays)
            if opened is not None and opened <= now:
                return GO
        return opens(touch.window, touch, now, "window-closed")


#: Asked in this order before every message; the first answer that is not "go" decides.
DEFAULT_POLICY: Final[tuple[Policy, ...]] = (Consent(), Blocked(), QuietHours(), Window())


def ask(touch: Touch, now: datetime, policies: Sequence[Policy] = DEFAULT_POLICY) -> Answer:
    """Whether the touch may happen now; a hold ends when no policy holds it any more."""
    at, because = now, ""
    for _ in range(MAX_HOLDS):
        answer = next((a for p in policies if not isinstance(a := p.ask(touch, at), Go)), GO)
        if isinstance(answer, Refuse):
            return answer
        if isinstance(answer, Go):
            return Hold(at, because) if because else GO
        at, because = answer.until, because or answer.because
    return Refuse("never-open")


def opens(hours: Moment, touch: Touch, now: datetime, because: str) -> Answer:
    """Go while these hours are open, else hold until they are, with the subject's place in the spread."""
    look = hours.forward if hours.clock is not None else hours.opens
    at = look(now, touch.zone, touch.workdays)
    if at is None:
        return Refuse("never-open")
    if at <= now:
        return GO
    later = at + place(touch.spread_key)
    still_open = hours.clock is not None or hours.opens(later, touch.zone, touch.workdays) == later
    return Hold(later if still_open else at, because)


def place(key: str) -> timedelta:
    """Where within the spread a key has its place, in whole seconds."""
    drawn = int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:4], "big")
    return timedelta(seconds=drawn % int(SPREAD.total_seconds()))


@lru_cache(maxsize=256)
def _waking(quiet: tuple[str, str]) -> Moment | None:
    """The hours that are not quiet; None if all are."""
    start, end = minutes(quiet[0]) % MINUTES_A_DAY, minutes(quiet[1]) % MINUTES_A_DAY
    return None if start == end else Moment(window=stretches(end, start or MINUTES_A_DAY))


def _yes(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("true", "1", "yes", "y", "是")


def _no(value: Any) -> bool:
    return value is False or str(value).strip().lower() in ("false", "0", "no", "n", "否")


def _listed(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.replace("，", ",").split(",")]
    return [str(part) for part in value] if isinstance(value, list | tuple) else ()
