"""What was under way when a person was erased: swept up until nothing of it is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from audience import erasing
from journeys import uniting
from runtime.database import Database
from store.pace import Pace

#: How often it is looked whether somebody was erased.
PACE_SECS = 5.0
#: Signals of the inbox looked at in one transaction.
INBOX = Pace(200_000)


class Forgetting:
    """Sweeps up after everybody who was erased; each in a transaction of its own."""

    def __init__(self, database: Database, now: Callable[[Session], datetime]) -> None:
        self.database, self.now = database, now
        self._looked = time.monotonic() - PACE_SECS

    def run(self) -> None:
        """Sweep, if it is time to."""
        if time.monotonic() - self._looked < PACE_SECS:
            return
        self._looked = time.monotonic()
        self.sweep()

    def sweep(self) -> None:
        """Take away what is left of everybody who was erased."""
        with self.database.reading() as tx:
            waiting = erasing.unswept(tx.session)
        if waiting:
            self._sweep_inbox([contact_id for _, contact_id in waiting])
        for workspace_id, contact_id in waiting:
            with self.database.transaction() as tx:
                uniting.empty(tx.session, workspace_id, contact_id)
                erasing.sweep(tx.session, workspace_id, contact_id, self.now(tx.session))

    def _sweep_inbox(self, people: list[int]) -> None:
        """Go through the whole inbox once for all of them, in portions; begun anew if this process dies on the way."""
        reached, more = 0, True
        while more:
            with self.database.transaction() as tx, INBOX.portion() as portion:
                reached, portion.done = erasing.sweep_inbox(tx.session, people, reached, portion.size)
                more = reached > 0
