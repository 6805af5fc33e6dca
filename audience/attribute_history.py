"""What the attributes, the name and the time zone of a contact were before, and who changed them when.

Written where the change itself is written, many in one statement. What a new contact comes with is no change, and what
attributes say of consent has a history of its own (`audience/consent.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audience.consent import ATTRIBUTES
from audience.tables_people import AttributeChange
from store.bulk import insert_rows

if TYPE_CHECKING:
    from audience.changes import Noted

#: What is told elsewhere: tags by intake, consent with its reasons.
ELSEWHERE: Final = frozenset({"tags", *ATTRIBUTES})
#: Rows forgotten in one transaction.
CHUNK: Final = 5000


def write(session: Session, noted: Iterable[Noted]) -> None:
    """Keep what these changes were from and to. Nothing is committed."""
    rows = [
        {
            "workspace_id": one.workspace_id,
            "contact_id": one.contact_id,
            "field": one.field,
            "told": {"old": one.old, "new": one.new},
            "at": one.at,
            "by": one.by and one.by[:120],
            "enrollment_id": one.source_id,
        }
        for one in noted
        if one.changed and one.field not in ELSEWHERE
    ]
    insert_rows(session, AttributeChange.__table__, rows)


def forget(session: Session, before: datetime) -> int:
    """Forget some changes made before a moment, the oldest; how many. Nothing is committed."""
    first = select(AttributeChange.id).order_by(AttributeChange.id).limit(CHUNK)
    old = delete(AttributeChange).where(AttributeChange.id.in_(first), AttributeChange.at < before)
    return int(session.connection().execute(old).rowcount)
