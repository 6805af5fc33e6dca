"""What providers told by calling us: told to its message, by whichever worker comes first."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from connectors.base import Receipt
from runtime.database import Database, Transaction
from runtime.deliver import tell
from store.tables import Outbox
from store.tables_connections import ReceiptNote

EVERY_SECS = 0.5
BATCH = 500
#: A provider may call before we have written down that it took the message; after that long it means another.
PATIENCE = timedelta(minutes=10)


class Noting:
    """Takes up notes of receipts."""

    def __init__(self, database: Database, now: Callable[[Session], datetime]) -> None:
        self.database, self.now = database, now
        self._looked = 0.0

    def run(self) -> bool:
        """Take up a batch; True if a message was told something."""
        if time.monotonic() - self._looked < EVERY_SECS:
            return False
        self._looked = time.monotonic()
        with self.database.reading() as tx:
            if tx.session.scalars(select(ReceiptNote.id).limit(1)).first() is None:
                return False
        with self.database.transaction() as tx:
            query = select(ReceiptNote).order_by(ReceiptNote.id).limit(BATCH)
            notes = tx.session.scalars(query.with_for_update(skip_locked=True)).all()
            at = self.now(tx.session)
            told = [self._take_up(tx, note, at) for note in notes]
        if any(told):
            self._looked = 0.0
        return any(told)

    def _take_up(self, tx: Transaction, note: ReceiptNote, at: datetime) -> bool:
        row = tx.session.execute(
            select(Outbox.key, Outbox.state).where(Outbox.workspace_id == note.workspace_id, _named(note))
        ).first()
        if row is not None and row.state == "sent":
            tx.session.delete(note)
            tx.session.flush()
            return tell(tx, Receipt(row.key, note.state, at, note.reference, note.reason))  # type: ignore[arg-type]
        waits = row is None or row.state in ("pending", "sending")
        if not waits or datetime.now(UTC) - note.at > PATIENCE:
            tx.session.delete(note)
        return False


def _named(note: ReceiptNote) -> ColumnElement[bool]:
    return Outbox.key == note.key if note.key is not None else Outbox.reference == note.reference
