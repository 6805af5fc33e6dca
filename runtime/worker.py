"""The worker: one dull loop over intake, advance, deliver and housekeeping; all work is in `run_once`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.registry import Registry
from runtime import stopping
from runtime.awaiting import Awaiting
from runtime.beats import Heart
from runtime.behaviour import Behaviour
from runtime.codes import Codes
from runtime.database import Database, passes
from runtime.deliver import Deliver
from runtime.housekeeping import Housekeeping
from runtime.intake import Intake
from runtime.lanes import Lanes
from runtime.notices import Notices
from runtime.noting import Noting
from runtime.rehoming import Rehomings
from runtime.roles import ROLES
from runtime.routes import Routes
from runtime.trying import Trying
from runtime.waking import Alarm, open_alarm
from runtime.wecom.companies import CARRIER as WECOM
from runtime.wecom.service import WecomService
from runtime.welcome import Welcomes
from store import clock
from store.secrets import Vault

log = logging.getLogger(__name__)

#: The longest sleep when there was nothing to do.
IDLE_SECS = 0.5
#: Messages that a carrier will take within so long are still something to do now.
SOON_SECS = 1.0
#: How often in a row `run_until_idle` tries again.
MOST_FAILURES = 5
#: After an error that will pass: the first wait, doubled up to the longest.
FIRST_WAIT_SECS, LONGEST_WAIT_SECS = 0.1, 5.0


class Worker:
    """Works on one database until it is told to stop; any number of workers may share a database."""

    def __init__(
        self,
        database: Database,
        roles: Collection[str] = ROLES,
        now: Callable[[Session], datetime] = clock.now,
        registry: Registry | None = None,
        carriers: Collection[str] | None = None,
        vault: Vault | None = None,
    ) -> None:
        unknown = set(roles) - set(ROLES)
        if unknown:
            raise ValueError(f"There is no role {', '.join(sorted(unknown))}: use {', '.join(ROLES)}.")
        self.database, self.roles, self.now = database, roles, now
        self.stopping = threading.Event()
        routes = Routes()
        self.intake = Intake(database, routes, now)
        self.advance = Lanes(database, routes, now)
        self.rehomings = Rehomings(database, routes, now)
        self.deliver = Deliver(database, routes, now, registry, carriers, vault)
        self.trying = Trying(database, self.deliver.registry, self.deliver.connections)
        self.notices = Notices(database, self.deliver.registry, self.deliver.connections)
        self.codes = Codes(database, now, self.deliver.registry, self.deliver.connections)
        self.behaviour = Behaviour(database, self.deliver.registry, self.deliver.connections)
        self.noting = Noting(database, now)
        self.awaiting = Awaiting(database, self.deliver)
        # Of workers for one carrier each, one does what there is to do at WeCom besides.
        reads = "deliver" in self.roles and (carriers is None or WECOM in carriers)
        self.wecom = WecomService(database, now, None, vault) if reads else None
        self.housekeeping = Housekeeping(database, routes, now)
        self.welcomes = Welcomes(database, now, registry, vault) if "welcome" in self.roles else None
        #: In a running worker the lane of welcomes has a thread of its own.
        self._lane: threading.Thread | None = None
        #: So has the reading of companies.
        self._reads: threading.Thread | None = None
        self.heart = Heart(database, roles)

    def run_once(self) -> bool:
        """Do one batch of each role, what must come first before the rest; True if there was anything to do."""
        with self.database.looking() as tx:
            now = self.now(tx.session)
            waiting = tx.sql.look(tx.cursor, now)
            if "housekeeping" in self.roles:
                upkeep = self.housekeeping.upkeep.due(tx.session, now, busy=any(waiting))
        done = False
        if waiting.welcomes and self.welcomes is not None and self._lane is None:
            done |= self.welcomes.run() > 0
        if waiting.schedules and "housekeeping" in self.roles:
            # Before everybody else: whoever is found at a time must be found before that time is lived through.
            done |= self.housekeeping.schedules.run()
        if waiting.tags and "housekeeping" in self.roles:
            done |= self.housekeeping.keep_tags()
        if (waiting.signals or done) and "intake" in self.roles:
            done |= self.intake.run() > 0
        if (waiting.enrollments or done) and "advance" in self.roles:
            done |= self.advance.run() > 0
        if waiting.moves and "advance" in self.roles:
            done |= self.rehomings.run()
        if (waiting.messages or done) and "deliver" in self.roles:
            done |= self.deliver.run() > 0
        if "deliver" in self.roles:
            done |= self.trying.run()
            done |= self.notices.run()
            done |= self.codes.run()
            done |= self.behaviour.run()
            done |= self.noting.run()
            done |= self.awaiting.run()
            if self.wecom is not None and self._reads is None:
                done |= self.wecom.run()
        if "housekeeping" in self.roles:
            if waiting.imports:
                done |= self.housekeeping.import_some()
            if waiting.rechecks:
                done |= self.housekeeping.keep_rules()
            done |= self.housekeeping.upkeep.run(upkeep, busy=done)
            self.housekeeping.run()
        return done

    def run_until_idle(self, most: int = 1_000_000) -> int:
        """Work until there is nothing left to do now; returns the number of rounds.

        An error that passes, such as a deadlock, is tried again a few times; any other is raised.
        """
        failures = 0
        for rounds in range(most):
            try:
                if not self.run_once():
                    soon = self.deliver.soon()
                    if soon is None or soon > SOON_SECS:
                        return rounds
                    time.sleep(soon)
                failures = 0
            except Exception as error:
                failures += 1
                if not passes(error) or failures > MOST_FAILURES:
                    raise
                time.sleep(FIRST_WAIT_SECS)
        raise RuntimeError(f"There was still something to do after {most:,} rounds.")

    def run(self) -> None:
        """Work until stopped, sleeping when there is nothing to do and longer when the database is away."""
        stopping.listen(self.stopping)
        alarm = open_alarm(self.database)
        if self.welcomes is not None:
            self._lane = threading.Thread(target=self.welcomes.serve, args=(self.stopping,), name="welcome")
            self._lane.start()
        if self.wecom is not None:
            self._reads = threading.Thread(target=self.wecom.serve, args=(self.stopping,), name="wecom")
            self._reads.start()
        wait = FIRST_WAIT_SECS
        try:
            while not self.stopping.is_set():
                try:
                    self.heart.beat()
                    if not self.run_once():
                        self._sleep(alarm)
                    wait = FIRST_WAIT_SECS
                except Exception as error:
                    if not passes(error):
                        log.exception("a round failed")
                    else:
                        log.warning("the database is not ready (%s); trying again", type(error).__name__)
                    self.stopping.wait(wait)
                    wait = min(wait * 2, LONGEST_WAIT_SECS)
        finally:
            self.stopping.set()
            for thread in (self._lane, self._reads):
                if thread is not None:
                    thread.join()
            # Leases are given back last: until then nobody else may send what we still hold.
            try:
                self.deliver.release()
                self.heart.stop()
            except Exception as error:
                if not passes(error):
                    raise
                log.warning("the database is away (%s): leases run out by themselves", type(error).__name__)
            alarm.close()

    def stop(self) -> None:
        """Finish the batch at hand, then leave the loop."""
        self.stopping.set()

    def _sleep(self, alarm: Alarm) -> None:
        if not self.stopping.is_set():
            soon = self.deliver.soon()
            alarm.wait(IDLE_SECS if soon is None else min(soon, IDLE_SECS))
