"""Asking back before many people are touched at once."""

from __future__ import annotations

from journeys.words import Words
from web.errors import Problem

#: More people than this are touched only by somebody who has said how many they are.
MOST_UNASKED = 1000
#: The number said may be off by this share: people come and go meanwhile.
SLACK = 0.1


def needs_confirm(people: int) -> bool:
    """True if so many need to be confirmed."""
    return people > MOST_UNASKED


def confirmed(people: int, confirm: int | None) -> None:
    """Raise 409 `confirm-needed` with the number of people unless they are few, or were confirmed by number."""
    if not needs_confirm(people) or (confirm is not None and abs(confirm - people) <= people * SLACK):
        return
    words = Words(
        f"这会影响 {people:,} 人；请用 confirm 写明人数来确认。",
        f"This touches {people:,} people; confirm it by giving their number as `confirm`.",
    )
    raise Problem(409, "confirm-needed", words, people=people)
