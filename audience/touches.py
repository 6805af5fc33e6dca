"""How somebody has been reached of late: messages that count against caps, whether their carrier has taken them yet or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.bulk import among
from store.tables import Outbox

#: States of messages that reached nobody and never will: they take no room.
NO_TOUCH: Final = ("withdrawn", "expired", "refused", "failed")

Touches = tuple[tuple[datetime, str], ...]


def since(
    session: Session, workspace_id: int, subjects: Iterable[int], begin: datetime
) -> dict[int, Touches]:
    """The touches of these subjects after `begin`, by subject number, as (time, carrier) in the order of their time."""
    rows = session.execute(
        select(Outbox.contact_id, Outbox.due_at, Outbox.carrier).where(
            Outbox.workspace_id == workspace_id,
            among(session, Outbox.contact_id, list(subjects)),
            Outbox.due_at > begin,
            Outbox.state.not_in(NO_TOUCH),
        )
    )
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for subject, at, carrier in rows:
        found[subject].append((at, carrier))
    return {subject: tuple(sorted(touches)) for subject, touches in found.items()}
