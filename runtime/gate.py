"""The gate before the carriers: shut in a restored copy, and whenever an operator shuts it."""

from __future__ import annotations

import logging
import time

from runtime.database import Transaction
from store import home

log = logging.getLogger(__name__)

#: How often a shut gate is spoken of.
TOLD_SECS = 60.0


class Gate:
    """Asked before each batch of messages; one for each worker."""

    def __init__(self) -> None:
        self._here: str | None = None
        self._told = -TOLD_SECS

    def open(self, tx: Transaction) -> bool:
        """True if messages may leave; a copy finds out here that it is one."""
        if self._here is None:
            self._here = home.place(tx.session)
        if not home.settled(tx.session, self._here):
            home.settle_in(tx.session, self._here)
        why = home.held(tx.session)
        if why is not None and time.monotonic() - self._told >= TOLD_SECS:
            self._told = time.monotonic()
            log.warning("nothing is sent: %s `flask --app wsgi sending on` lets messages go", why)
        return why is None
