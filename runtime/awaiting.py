"""What carriers say only when they are asked: tasks that staff have yet to confirm, whoever handed them over."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from audience.identities import of_contacts
from audience.tables_groups import CustomerGroup
from content.carriers import CARRIERS
from runtime.database import Database, Transaction
from runtime.deliver import Deliver
from store.bulk import among
from store.subjects import is_group, row_id
from store.tables import Outbox

#: How often connectors are asked, and how often the outbox is read for tasks of workers that are no more.
EVERY_SECS, READ_SECS = 2.0, 300.0
#: Messages of one reading, and how old they may be.
BATCH, OLDEST = 5000, timedelta(days=30)


class Awaiting:
    """Asks on, from time to time, after everything that was handed over and not yet confirmed."""

    def __init__(self, database: Database, deliver: Deliver) -> None:
        self.database, self.deliver = database, deliver
        self._asked, self._read = 0.0, 0.0
        #: The accounts that have been told of what was handed over before them.
        self._told: dict[tuple[int, str], int] = {}

    def run(self) -> bool:
        """Ask those whose turn it is; True if something was heard."""
        connections, now = self.deliver.connections, time.monotonic()
        if connections is None or now - self._asked < EVERY_SECS:
            return False
        self._asked = now
        with self.database.reading() as tx:
            connections.refresh(tx)
        if now - self._read >= READ_SECS:
            self._read, self._told = now, {}
        for place in connections.serving:
            connector = self.deliver.registry.connector(*place)
            if self._told.get(place) != id(connector):
                self._told[place] = id(connector)
                if hasattr(connector, "watch"):
                    self._take_up(connector, *place)
        return self.deliver.later() > 0

    def _take_up(self, connector: object, workspace_id: int, carrier: str) -> None:
        last = 0
        while True:
            with self.database.reading() as tx:
                rows = tx.session.execute(
                    select(Outbox.id, Outbox.reference, Outbox.key, Outbox.contact_id)
                    .where(
                        Outbox.workspace_id == workspace_id,
                        Outbox.carrier == carrier,
                        Outbox.state == "sent",
                        Outbox.reference.is_not(None),
                        Outbox.sent_at > self.deliver.now(tx.session) - OLDEST,
                        Outbox.id > last,
                    )
                    .order_by(Outbox.id)
                    .limit(BATCH)
                ).all()
                names = _names(tx, workspace_id, carrier, [row.contact_id for row in rows])
            tasks: dict[str, list[tuple[str, str]]] = {}
            for row in rows:
                if row.contact_id in names:
                    tasks.setdefault(row.reference, []).append((names[row.contact_id], row.key))
            for reference, keys in tasks.items():
                connector.watch(carrier, reference, keys)  # type: ignore[attr-defined]
            if len(rows) < BATCH:
                return
            last = rows[-1].id


def _names(tx: Transaction, workspace_id: int, carrier: str, subjects: Sequence[int]) -> dict[int, str]:
    """The subjects' names at the carrier."""
    kind = CARRIERS[carrier].identity or ""
    people = [one for one in subjects if not is_group(one)]
    prefix = "|" if carrier == "moments" else ""
    names = {
        number: prefix + known[kind][0]
        for number, known in of_contacts(tx.session, workspace_id, people).items()
        if known.get(kind)
    }
    groups = {row_id(one): one for one in subjects if is_group(one)}
    if groups:
        query = select(CustomerGroup.id, CustomerGroup.key).where(
            CustomerGroup.workspace_id == workspace_id, among(tx.session, CustomerGroup.id, list(groups))
        )
        names |= {groups[number]: key for number, key in tx.session.execute(query)}
    return names
