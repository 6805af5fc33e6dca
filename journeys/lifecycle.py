"""The life of a journey: drafted, live, paused, archived, and which act leads where."""

from __future__ import annotations

from typing import Final

from transitions import Machine, MachineError

from journeys.errors import JourneyError
from journeys.words import Words

DRAFT: Final = "draft"
LIVE: Final = "live"
PAUSED: Final = "paused"
ARCHIVED: Final = "archived"
STATUSES: Final = (DRAFT, LIVE, PAUSED, ARCHIVED)

#: [act, from, to]. A new version of a paused journey is published into the pause; an archived one stays so.
TRANSITIONS: Final = (
    ("publish", DRAFT, LIVE),
    ("publish", LIVE, LIVE),
    ("publish", PAUSED, PAUSED),
    ("pause", LIVE, PAUSED),
    ("resume", PAUSED, LIVE),
    ("archive", (DRAFT, LIVE, PAUSED), ARCHIVED),
)
ACTS: Final = tuple(dict.fromkeys(act for act, _, _ in TRANSITIONS))

STATUS_WORDS = {
    DRAFT: Words("草稿", "a draft"),
    LIVE: Words("运行中", "live"),
    PAUSED: Words("已暂停", "paused"),
    ARCHIVED: Words("已归档", "archived"),
}
ACT_WORDS = {
    "publish": Words("发布", "published"),
    "pause": Words("暂停", "paused"),
    "resume": Words("恢复", "resumed"),
    "archive": Words("归档", "archived"),
}


class NotAllowed(JourneyError):
    """A journey in this status cannot do this."""

    code = "not-allowed"

    def __init__(self, status: str, act: str):
        self.status_now, self.act = status, act
        self.words = Words(
            f"这个旅程{STATUS_WORDS[status]}，不能{ACT_WORDS[act]}。",
            f"This journey is {STATUS_WORDS[status].en} and cannot be {ACT_WORDS[act].en}.",
        )
        super().__init__(self.words.en)


class _Life:
    """The one thing the machine moves: a status."""

    state: str


def after(status: str, act: str) -> str:
    """The status in which `act` leaves a journey of `status`; raises NotAllowed."""
    life = _Life()
    machine = Machine(life, states=list(STATUSES), initial=status, auto_transitions=False)
    for trigger, source, target in TRANSITIONS:
        machine.add_transition(trigger, list(source) if isinstance(source, tuple) else source, target)
    try:
        machine.events[act].trigger(life)
    except MachineError:
        raise NotAllowed(status, act) from None
    return life.state


def allowed(status: str) -> tuple[str, ...]:
    """The acts that a journey of `status` can do, for the buttons that may be shown."""
    return tuple(act for act in ACTS if any(act == a and status in _sources(s) for a, s, _ in TRANSITIONS))


def _sources(source: str | tuple[str, ...]) -> tuple[str, ...]:
    return (source,) if isinstance(source, str) else source
