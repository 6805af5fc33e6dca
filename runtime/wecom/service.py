"""Everything that is done with companies' WeCom besides messages and welcomes, one small turn at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.catalogue import register_all
from connectors.registry import Registry
from connectors.sandbox import Sandbox
from runtime.database import Database, passes
from runtime.wecom.companies import Companies
from runtime.wecom.deeds import Deeds
from runtime.wecom.group_transfers import GroupTransfers
from runtime.wecom.looks import Looks
from runtime.wecom.moments import Moments
from runtime.wecom.reading import Reading
from runtime.wecom.tags_out import TagsOut
from runtime.wecom.telling import Telling
from runtime.wecom.transfers import Transfers
from store import clock
from store.secrets import Vault
from store.tables_wecom import WAITING, WecomWelcome

log = logging.getLogger(__name__)

#: How often it is looked whether anybody is connected, and how long to sleep when there is nothing to do.
LOOK_SECS, IDLE_SECS = 5.0, 0.5
START_SECS = 5.0
#: A greeting is on its way for so long, and so many turns in a row are given up for greetings.
FRESH_SECS, MOST_GIVEN_WAY = 5.0, 20


PARTS = (Looks, Reading, TagsOut, Telling, Deeds, Transfers, GroupTransfers, Moments)


class Part(Protocol):
    """One thing that is done in turns."""

    def run(self) -> bool:
        """Take a turn; True if there was anything to do."""
        ...


class WecomService:
    """Turns of one worker; as many workers as like may take them."""

    def __init__(
        self,
        database: Database,
        now: Callable[[Session], datetime],
        registry: Registry | None,
        vault: Vault | None,
    ) -> None:
        # Connectors of its own: in a running worker this has a thread of its own.
        own = registry or register_all(Registry(Sandbox()))
        self.companies = Companies(database, now, own, vault)
        self.parts: tuple[Part, ...] = tuple(kind(self.companies) for kind in PARTS)
        self._looked, self._anybody = -LOOK_SECS, False
        self._gave_way = 0

    def run(self) -> bool:
        """Take one turn of each kind; True if there was anything to do."""
        if not self._connected() or self._gives_way():
            return False
        done = False
        for part in self.parts:
            done |= part.run()
        return done

    def _gives_way(self) -> bool:
        """True while new friends are being greeted: that cannot wait, and this can; but not for ever."""
        fresh = clock.system() - timedelta(seconds=FRESH_SECS)
        with self.companies.database.reading() as tx:
            query = select(WecomWelcome.id).where(WecomWelcome.state == WAITING, WecomWelcome.at > fresh)
            greeted = tx.session.scalars(query.limit(1)).first() is not None
        self._gave_way = self._gave_way + 1 if greeted and self._gave_way < MOST_GIVEN_WAY else 0
        return self._gave_way > 0

    def _connected(self) -> bool:
        if time.monotonic() - self._looked >= LOOK_SECS:
            self._looked, self._anybody = time.monotonic(), self.companies.any()
        return self._anybody

    def close(self) -> None:
        """Close what is open to companies."""
        for connector in self.companies.registry.all():
            getattr(connector, "close", lambda: None)()

    def serve(self, stopping: threading.Event) -> None:
        """Take turns until stopped; an error is written down and waited out."""
        self.companies.stopping = stopping
        # A worker that has just started first catches up with what has waited for it.
        stopping.wait(START_SECS)
        while not stopping.is_set():
            begun = time.monotonic()
            try:
                busy = self.run()
                # It rests as long as it has worked, so that at least half of the process is left to messages.
                stopping.wait(min(time.monotonic() - begun, IDLE_SECS * 4) if busy else IDLE_SECS)
            except Exception as error:
                if not passes(error):
                    log.exception("a turn with WeCom failed")
                stopping.wait(IDLE_SECS * 4)
        self.close()
