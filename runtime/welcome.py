"""The lane of welcomes: for each new friend alone, at once, the same intake, advance and deliver as for everybody.

WeCom's code is good for twenty seconds, so nobody of the others is waited for. What this lane does not come to do,
because it is away or a move fails, the ordinary ones do in their turn.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.base import Connector, Message
from connectors.registry import Registry
from journeys.position import NEW
from runtime import greeting, queues
from runtime.advance import uncollected
from runtime.database import Database, Transaction, passes
from runtime.deliver import Deliver, Result
from runtime.intake import take
from runtime.moving import Moving
from runtime.routes import Routes
from runtime.rows import Parcel
from runtime.sharing import Sharing
from runtime.waking import open_alarm
from store import clock
from store.inbox import wait_for_intake
from store.secrets import Vault
from store.tables import Inbox
from store.tables_wecom import WAITING, WecomWelcome
from store.wecom_calls import CHANNEL

log = logging.getLogger(__name__)

#: Friends taken at once; few, so that the first is not kept waiting by the last.
BATCH = 64
#: Greetings handed over side by side.
HANDS = 8
#: The longest sleep when nobody has told us anything.
IDLE_SECS = 0.5
#: After so long nobody will use a code any more.
OVER = greeting.GOOD_FOR + timedelta(seconds=5)
#: Those looked at in one round.
MOST_WAITING = 5000
_WAITING = (
    select(WecomWelcome.id, WecomWelcome.workspace_id, WecomWelcome.event_id, WecomWelcome.at)
    .where(WecomWelcome.state == WAITING)
    .order_by(WecomWelcome.id)
    .limit(MOST_WAITING)
)


class _Unlimited(Sharing):
    """The welcome has a limit of its own at WeCom, far above that of messages which the staff confirm."""

    def allowed(self, database: Database, key: tuple[int, str], ids: Sequence[int]) -> set[int]:
        return set(ids)


class Greeter(Deliver):
    """Delivers what greets, many side by side: each is a call of its own, and together they are settled."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.sharing = _Unlimited(self.registry, self.owner)
        self._hands = ThreadPoolExecutor(HANDS, "greeting")

    def run_for(self, enrollments: Sequence[int]) -> int:
        """Deliver the greetings among what these enrollments say now; returns how many they were."""
        with self.database.transaction() as tx:
            if not self.ready(tx):
                return 0
            held = self.holding.journeys(self.routes)
            found = tx.sql.lease_of(tx.cursor, self.owner, self.at, enrollments, held)
            found = self.sift(tx, found)
            desk = self.read(tx, found)
            greets = {number for number, one in self._greetings.items() if one.code or one.late}
            queues.give_back(tx, self.owner, [p.id for p in found if p.id not in greets])
        greetings = [parcel for parcel in found if parcel.id in greets]
        for connector, name, parcels in self._by_connector(greetings):
            self._send(connector, name, desk, parcels)
        return len(greetings)

    def close(self) -> None:
        """End the threads."""
        self._hands.shutdown()

    def _hand_over(
        self, connector: Connector, name: str, going: Sequence[tuple[Parcel, Message]]
    ) -> list[Result]:
        if len(going) == 1:
            return super()._hand_over(connector, name, going)
        hand_over = super()._hand_over
        parts = self._hands.map(lambda one: hand_over(connector, name, [one]), going)
        return [result for part in parts for result in part]


class Welcomes:
    """Takes each new friend once; any number of workers may do so at the same time."""

    def __init__(
        self,
        database: Database,
        now: Callable[[Session], datetime],
        registry: Registry | None = None,
        vault: Vault | None = None,
    ) -> None:
        self.database, self.routes, self.now = database, Routes(), now
        self.deliver = Greeter(database, self.routes, now, registry, None, vault)
        #: Who was taken already, of those who still wait.
        self._seen: set[int] = set()

    def run(self) -> int:
        """Greet some of those who have come since the last time, and return how many they were."""
        with self.database.reading() as tx:
            waiting = list(tx.session.execute(_WAITING))
        self._seen &= {row.id for row in waiting}
        over = clock.system() - OVER
        missed = [row.id for row in waiting if row.at < over]
        if missed:
            with self.database.transaction() as tx:
                greeting.miss(tx.session, missed)
        fresh = [row for row in waiting if row.id not in self._seen and row.at >= over][:BATCH]
        if not fresh:
            return 0
        enrollments = self._move([(row.workspace_id, row.event_id) for row in fresh])
        if enrollments:
            self.deliver.run_for(enrollments)
        self._seen |= {row.id for row in fresh}
        return len(fresh)

    def serve(self, stopping: threading.Event) -> None:
        """Greet until told to stop, asleep between the calls of WeCom."""
        alarm = open_alarm(self.database, CHANNEL)
        try:
            while not stopping.is_set():
                try:
                    if not self.run():
                        alarm.wait(IDLE_SECS)
                except Exception as error:
                    if not passes(error):
                        log.exception("a round of welcomes failed")
                    stopping.wait(0.1)
        finally:
            alarm.close()
            self.close()

    def close(self) -> None:
        """Give back what is leased, and end the threads."""
        try:
            self.deliver.release()
        except Exception as error:
            if not passes(error):
                raise
        self.deliver.close()

    def _move(self, names: Sequence[tuple[int, str]]) -> list[int]:
        """Take these signals in and move whom they let in; the enrollments that may now have something to say."""
        try:
            with uncollected(), self.database.transaction() as tx:
                return self._moved(tx, names)
        except Exception as error:
            if passes(error):
                raise
            if len(names) == 1:
                # Ordinary intake finds it, and sets it aside if it must.
                log.warning("a welcome is left to its turn: %s", type(error).__name__)
                return []
        middle = len(names) // 2
        return self._move(names[:middle]) + self._move(names[middle:])

    def _moved(self, tx: Transaction, names: Sequence[tuple[int, str]]) -> list[int]:
        wait_for_intake(tx.session)
        self.routes.refresh(tx)
        now = self.now(tx.session)
        rows = tx.sql.unread_named(tx.cursor, names)
        if rows:
            take(tx, self.routes, now, rows)
        contacts, until = _whose(tx.session, names)
        fresh = [place.id for place in tx.sql.places(tx.cursor, contacts) if place.status == NEW]
        paused = set(self.routes.paused)
        due = [
            standing
            for standing in tx.sql.claim_some(tx.cursor, fresh)
            if standing.position.status == NEW and standing.due_at and standing.journey_id not in paused
        ]
        if due:
            Moving(tx, self.routes, until or now).move(due)
        return [place.id for place in tx.sql.places(tx.cursor, contacts)]


def _whose(session: Session, names: Sequence[tuple[int, str]]) -> tuple[set[int], datetime | None]:
    """The contacts of these signals, and when the last of them was stored."""
    contacts: set[int] = set()
    last: datetime | None = None
    for workspace_id in sorted({workspace for workspace, _ in names}):
        ids = [event for workspace, event in names if workspace == workspace_id]
        query = select(Inbox.contact_id, Inbox.stored_at).where(
            Inbox.workspace_id == workspace_id, Inbox.event_id.in_(ids), Inbox.state == "done"
        )
        for contact_id, stored_at in session.execute(query):
            if contact_id is not None:
                contacts.add(contact_id)
                last = stored_at if last is None else max(last, stored_at)
    return contacts, last
