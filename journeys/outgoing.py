"""Messages on their way out that are not to go any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from store.tables import Outbox


def withdraw_all(session: Session, whose: Any) -> None:
    """Take back what no carrier has seen of these messages; who has leased one is told.

    `whose` is a condition on the outbox. Messages are locked in the order of their ids, as everywhere.
    """
    going = Outbox.state.in_(("pending", "sending"))
    ids = session.scalars(select(Outbox.id).where(whose, going).order_by(Outbox.id).with_for_update()).all()
    for first in range(0, len(ids), 5000):
        session.execute(
            update(Outbox)
            .where(Outbox.id.in_(ids[first : first + 5000]), going)
            .values(
                reason="interrupted",
                state=case((Outbox.state == "pending", "withdrawn"), else_=Outbox.state),
            )
            .execution_options(synchronize_session=False)
        )
