"""What a pause of the journey does to the waits that fell into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journeys.reading import Timed


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that is over, and what the author chose for the waits of that time."""

    since: datetime
    until: datetime
    #: late | skip | shift
    on_resume: str


def after_pauses(
    timed: Timed, begun: datetime, due: datetime, pauses: Sequence[Pause]
) -> tuple[datetime, bool]:
    """When a wait begun at `begun` and due at `due` rings, given the pauses; and whether it then counts as late."""
    for pause in pauses:
        if pause.until <= begun or pause.on_resume == "late" or due < pause.since:
            continue
        if pause.on_resume == "shift" and timed.shifts:
            due += pause.until - max(pause.since, begun)
        elif due < pause.until:
            return pause.until, True
    return due, False
