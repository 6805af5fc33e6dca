"""Mails to people who look after a workspace, by its own mail server: one at a time, and again if it may help."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from connectors import brake
from connectors.base import Broken, ConnectorError, Halted, Message, Permanent
from connectors.registry import Registry
from runtime.connections import Connections
from runtime.database import Database, Transaction
from runtime.gate import Gate
from runtime.holding import Holding
from store import clock, stops
from store.tables import Account
from store.tables_notices import Notice

log = logging.getLogger(__name__)

#: How often the table is looked at.
EVERY_SECS = 2.0
LEASE = timedelta(seconds=90)
#: After these waits it is given up.
WAITS_BETWEEN = tuple(timedelta(seconds=secs) for secs in (60, 300, 1800, 7200))
CARRIER = "email"


@dataclass(slots=True, frozen=True)
class Mail:
    """One notice as it goes out, apart from any transaction."""

    id: int
    workspace_id: int
    to: str
    subject: str
    text: str


class Notices:
    """Sends what waits; never to a customer, for it knows accounts only."""

    def __init__(self, database: Database, registry: Registry, connections: Connections | None) -> None:
        self.database, self.registry, self.connections = database, registry, connections
        self._gate, self._holding = Gate(), Holding(database)
        self._looked = -EVERY_SECS

    def run(self) -> bool:
        """Send the next one, if one is due; True if there was one."""
        if self.connections is None or time.monotonic() - self._looked < EVERY_SECS:
            return False
        self._looked = time.monotonic()
        with self.database.reading() as tx:
            if tx.session.scalars(_due().limit(1)).first() is None:
                return False
        with self.database.transaction() as tx:
            mail = self._taken(tx)
        if mail is not None:
            self._send(mail)
        self._looked = -EVERY_SECS
        return mail is not None

    def _taken(self, tx: Transaction) -> Mail | None:
        assert self.connections is not None
        if not self._gate.open(tx):
            return None
        self.connections.refresh(tx)
        row = tx.session.scalars(_due().limit(1).with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        account = tx.session.get(Account, row.account_id)
        if account is None or not account.active:
            row.state, row.reason = "failed", "there is no such account any more"
            return None
        row.not_before, row.tries = clock.system() + LEASE, row.tries + 1
        return Mail(row.id, row.workspace_id, account.email, row.subject, row.text)

    def _send(self, mail: Mail) -> None:
        state, reason = "sent", None
        try:
            if not self.registry.has_account(mail.workspace_id, CARRIER):
                raise Permanent("there is no mail server any more")
            body = {"subject": mail.subject, "title": mail.subject, "text": mail.text}
            message = Message(f"n:{mail.id}", mail.workspace_id, CARRIER, 0, mail.to, body)
            with brake.obeying(partial(self._holding.is_stopped, mail.workspace_id)):
                [receipt] = self.registry.connector(mail.workspace_id, CARRIER).send([message])
            if receipt.state not in ("sent", "delivered"):
                state, reason = "failed", receipt.reason or receipt.state
        except Halted:
            state = "halted"
        except ConnectorError as error:
            lost = isinstance(error, Permanent) and not isinstance(error, Broken)
            state, reason = "failed" if lost else "waiting", str(error)
        except Exception as error:  # a connector's own fault must not stop the others
            log.exception("a notice could not be sent")
            state, reason = "waiting", f"the connector failed ({type(error).__name__})"
        self._written(mail, state, reason)

    def _written(self, mail: Mail, state: str, reason: str | None) -> None:
        with self.database.transaction() as tx:
            row = tx.session.get(Notice, mail.id, with_for_update=True)
            if row is None or row.state != "waiting":
                return
            if state == "halted":
                row.tries, row.not_before = row.tries - 1, clock.system()
            elif state == "waiting" and row.tries <= len(WAITS_BETWEEN):
                row.not_before = clock.system() + WAITS_BETWEEN[row.tries - 1]
            else:
                row.state = "sent" if state == "sent" else "failed"
            row.reason = (reason or "")[:500] or None


def _due():  # type: ignore[no-untyped-def]
    """What may go now; that of stopped workspaces waits."""
    return (
        select(Notice)
        .where(
            Notice.state == "waiting",
            Notice.not_before <= clock.system(),
            Notice.workspace_id.not_in(stops.HELD),
        )
        .order_by(Notice.not_before, Notice.id)
    )
