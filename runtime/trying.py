"""Test sends: asked for in the studio, carried out here, for the web itself never sends anything."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update

from connectors import brake
from connectors.base import Account, Broken, ConnectorError, Halted, Message, Unknown
from connectors.registry import Registry
from runtime.connections import Connections, account_of, trouble, went_well
from runtime.database import Database, Transaction
from runtime.holding import Holding
from store import stops
from store.tables_connections import BROKEN, ON, Connection, ConnectionTest

log = logging.getLogger(__name__)

#: How often the table is looked at.
EVERY_SECS = 0.5
#: Who waits longer than this has left the page: a test is never sent late.
TOO_LATE = timedelta(seconds=90)
STOPPED = "everything is stopped in this workspace: let it go first"
NO_SECRETS = "its secrets were sealed with another key: enter them again"
TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {"title": "路书测试", "text": "这是一条来自路书的测试消息，收到即表示渠道已接通。"},
    "en": {"title": "Roadbook test", "text": "This is a test from Roadbook: the channel works."},
}


@dataclass(slots=True, frozen=True)
class Asked:
    """One test as it is carried out, apart from any transaction."""

    id: int
    connection_id: int
    account: Account
    to: str | None
    language: str


class Trying:
    """Carries out test sends, one at a time."""

    def __init__(self, database: Database, registry: Registry, connections: Connections | None) -> None:
        self.database, self.registry, self.connections = database, registry, connections
        self._holding = Holding(database)
        self._looked = 0.0

    def run(self) -> bool:
        """Carry out the next test, if somebody waits for one."""
        if self.connections is None or time.monotonic() - self._looked < EVERY_SECS:
            return False
        self._looked = time.monotonic()
        with self.database.reading() as tx:
            if tx.session.scalars(_WAITING).first() is None:
                return False
        with self.database.transaction() as tx:
            asked = self._taken(tx)
        if asked is not None:
            state, sentence, reference, error = self._tried(asked)
            with self.database.transaction() as tx:
                self._told(tx, asked, state, sentence, reference, error)
        self._looked = 0.0
        return True

    def _taken(self, tx: Transaction) -> Asked | None:
        assert self.connections is not None
        test = tx.session.scalars(_NEXT).first()
        row = tx.session.get(Connection, test.connection_id) if test is not None else None
        if test is None or row is None:
            return None
        to, test.to, test.state = test.to, None, "sending"
        secrets = self.connections.secrets_of(row)
        now = datetime.now(UTC)
        why = NO_SECRETS if secrets is None else None
        if now - test.asked_at > TOO_LATE:
            why = why or "no worker was there in time: try again"
        if row.workspace_id in stops.held(tx.session):
            why = why or STOPPED
        if secrets is None or why is not None:
            test.state, test.sentence, test.done_at = "failed", why, now
            return None
        return Asked(test.id, row.id, account_of(row, test.carrier, secrets), to, test.language)

    def _tried(self, asked: Asked) -> tuple[str, str | None, str | None, Exception | None]:
        try:
            connector = self.registry.make(asked.account)
            check = getattr(connector, "check", None)
            if asked.to is None and check is not None:
                check()
                return "sent", None, None, None
            with brake.obeying(partial(self._holding.is_stopped, asked.account.workspace_id)):
                [receipt] = connector.send([_message(asked)])
            good = receipt.state in ("sent", "delivered")
            return "sent" if good else receipt.state, receipt.reason, receipt.reference, None
        except Halted as error:
            return "failed", STOPPED, None, error
        except Unknown as error:
            return "unknown", str(error), None, error
        except (ConnectorError, LookupError) as error:
            return "failed", str(error), None, error
        except Exception as error:  # a connector's own fault is an answer too
            log.exception("a test send failed")
            return "failed", f"the connector failed ({type(error).__name__})", None, error

    def _told(
        self,
        tx: Transaction,
        asked: Asked,
        state: str,
        sentence: str | None,
        reference: str | None,
        error: Exception | None,
    ) -> None:
        values = {"state": state, "sentence": (sentence or "")[:500] or None, "reference": reference}
        tx.session.execute(
            update(ConnectionTest)
            .where(ConnectionTest.id == asked.id)
            .values(done_at=datetime.now(UTC), **values)
        )
        if state == "sent":
            went_well(tx.session, asked.connection_id)
            # Somebody has looked, and it works: what waited goes out.
            tx.session.execute(
                update(Connection)
                .where(Connection.id == asked.connection_id, Connection.state == BROKEN)
                .values(state=ON, revision=Connection.revision + 1)
            )
        else:
            kind = "broken" if isinstance(error, Broken) else "retry" if error else "refused"
            trouble(tx.session, asked.connection_id, kind, sentence or state)


_WAITING = select(ConnectionTest.id).where(ConnectionTest.state == "waiting").limit(1)
_NEXT = (
    select(ConnectionTest)
    .where(ConnectionTest.state == "waiting")
    .order_by(ConnectionTest.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def _message(asked: Asked) -> Message:
    text = TEXTS.get(asked.language, TEXTS["en"])
    body: dict[str, Any] = {**text, "subject": text["title"]}
    return Message(
        f"t:{asked.id}",
        asked.account.workspace_id,
        asked.account.carrier,
        0,
        asked.to,
        {**body, "test": True},
    )
