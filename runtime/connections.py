"""The workspaces' accounts with carriers, read anew when one changes, and told how they are doing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors.base import Account
from connectors.registry import Registry
from runtime.database import Transaction
from store.secrets import CannotOpen, Vault
from store.tables_connections import BROKEN, ON, Connection, ConnectionTrouble

log = logging.getLogger(__name__)

#: The errors of a connection that are kept.
TROUBLES_KEPT = 200


class Connections:
    """Keeps one registry in step with the table of connections."""

    def __init__(self, registry: Registry, vault: Vault | None, now: Callable[[Session], datetime]) -> None:
        self.registry, self.vault, self.now = registry, vault, now
        self._seen: dict[int, int] | None = None
        self._opened: set[tuple[int, str]] = set()
        #: Which connection serves (workspace, carrier).
        self.serving: dict[tuple[int, str], int] = {}

    def refresh(self, tx: Transaction) -> None:
        """Open what has been switched on or changed, and close what is off; costs one small statement else."""
        seen = dict(tx.session.execute(select(Connection.id, Connection.revision)).all())
        if seen == self._seen:
            return
        rows = tx.session.scalars(select(Connection).where(Connection.state == ON).order_by(Connection.id))
        accounts: dict[tuple[int, str], tuple[int, Account]] = {}
        for row in rows:
            secrets = self._secrets(row)
            if secrets is None:
                continue
            for carrier in row.carriers:
                account = Account(row.workspace_id, carrier, row.connector, dict(row.settings), secrets)
                accounts.setdefault((row.workspace_id, carrier), (row.id, account))
        for key in self._opened - accounts.keys():
            self.registry.close(*key)
        before = self.serving
        self.serving = {key: number for key, (number, _) in accounts.items()}
        for key, (number, account) in accounts.items():
            changed = self._seen is None or seen[number] != self._seen.get(number)
            if changed or before.get(key) != number:
                self.registry.open(account)
        self._opened, self._seen = set(accounts), seen

    def _secrets(self, row: Connection) -> dict[str, str] | None:
        if row.secrets is None:
            return {}
        if self.vault is None:
            return None
        try:
            return self.vault.open(row.secrets, f"connection:{row.workspace_id}:{row.id}")
        except CannotOpen:
            log.error("connection %s cannot be opened: %s", row.id, CannotOpen.__doc__)
            return None


def went_well(session: Session, connection_id: int) -> None:
    """Note that a connection has just done what it was asked."""
    now = datetime.now(UTC)
    session.execute(update(Connection).where(Connection.id == connection_id).values(last_ok_at=now))


def trouble(
    session: Session,
    connection_id: int,
    kind: str,
    sentence: str,
    code: str | None = None,
    *,
    broken: bool = False,
) -> None:
    """Note what a provider would not do; `broken` takes the connection out of use until somebody has looked."""
    now = datetime.now(UTC)
    row = session.get(Connection, connection_id)
    if row is None:
        return
    row.last_error_at, row.last_error = now, sentence[:500]
    if broken and row.state == ON:
        row.state, row.revision = BROKEN, row.revision + 1
    session.add(
        ConnectionTrouble(
            workspace_id=row.workspace_id,
            connection_id=row.id,
            at=now,
            kind=kind,
            code=code,
            sentence=sentence[:500],
        )
    )
    session.flush()
