"""What a contact has allowed the brand: every word of it is kept, and the last one on a topic holds.

The state that the rules read stands in the contact's attributes: `no_marketing`, `no_profiling` and `no_CARRIER` are
true while consent is withdrawn. Whatever changes such an attribute, by whichever way, leaves its line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, insert, not_, or_
from sqlalchemy.orm import Session

from audience.tables import Contact
from audience.tables_people import ConsentChange
from rules.contact_policy import CARRIERS

if TYPE_CHECKING:
    from audience.changes import Noted

MARKETING, PROFILING = "marketing", "profiling"
TOPICS: Final = (MARKETING, PROFILING, *CARRIERS)
#: The attribute of each topic.
ATTRIBUTES: Final[Mapping[str, str]] = {f"attribute.no_{topic}": topic for topic in TOPICS}
#: Says nothing of consent: a carrier tries again an address that had come back.
LIFTED = "lifted"
SOURCES: Final = ("hand", "data", "journey", "merge", "link", "callback", LIFTED)


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, how, and what there is to add."""

    by: str
    source: str = "hand"
    note: str = ""


def attributes(words: Mapping[str, bool]) -> dict[str, Any]:
    """What of a contact changes by {topic: granted}."""
    return {f"no_{topic}": None if granted else True for topic, granted in words.items()}


def states(given: Mapping[str, Any]) -> dict[str, bool]:
    """Read {topic: granted} from a contact's attributes; what was never spoken of is granted."""
    return {topic: not _yes(given.get(f"no_{topic}")) for topic in TOPICS}


def lifts(before: Mapping[str, Any], name: str, value: Any) -> bool:
    """True if this value of a topic's attribute takes a withdrawal back."""
    return _yes(before.get(name)) and not _yes(value)


def may_profile(given: Mapping[str, Any]) -> bool:
    """False for who does not want to be sorted into segments, tiers and scores by machine."""
    return not _yes(given.get("no_profiling"))


def profiled() -> ColumnElement[bool]:
    """The condition on Contact that leaves out whoever does not want to be profiled."""
    value = Contact.attributes["no_profiling"].as_string()
    return or_(value.is_(None), not_(value.in_(("true", "True", "1", "yes", "y", "是"))))


def write(session: Session, noted: Iterable[Noted], now: datetime, said: Said | None = None) -> None:
    """Keep those of these changes that are words about consent. Nothing is committed."""
    rows = [
        {
            "workspace_id": one.workspace_id,
            "contact_id": one.contact_id,
            "topic": ATTRIBUTES[one.field],
            "granted": not _yes(one.new),
            "at": one.at,
            "by": (said.by if said else one.by or "")[:120],
            "source": said.source if said else "data" if one.source_id is None else "journey",
            "note": said.note if said else "",
        }
        for one in noted
        if one.field in ATTRIBUTES and _yes(one.old) != _yes(one.new)
    ]
    if rows:
        session.execute(insert(ConsentChange), rows)


def repeat(
    session: Session,
    workspace_id: int,
    contact_id: int,
    topics: Sequence[tuple[str, bool]],
    said: Said,
    now: datetime,
) -> None:
    """Keep words that change nothing: that somebody agrees again is worth knowing too."""
    for topic, granted in topics:
        session.add(
            ConsentChange(
                workspace_id=workspace_id,
                contact_id=contact_id,
                topic=topic,
                granted=granted,
                at=now,
                by=said.by[:120],
                source=said.source,
                note=said.note,
            )
        )
    session.flush()


def _yes(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("true", "1", "yes", "y", "是")
