"""The workspaces' accounts with carriers, read anew when one changes, and told how they are doing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
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
#: Why nothing goes out by an account that is there.
NO_KEY = "its secrets were sealed with another key: enter them again"
LOOK = "the provider refuses this account: look at the connection"


class Connections:
    """Keeps one registry in step with the table of connections."""

    def __init__(self, registry: Registry, vault: Vault | None, now: Callable[[Session], datetime]) -> None:
        self.registry, self.vault, self.now = registry, vault, now
        self._seen: dict[int, int] | None = None
        self._opened: set[tuple[int, str]] = set()
        #: Which connection serves (workspace, carrier).
        self.serving: dict[tuple[int, str], int] = {}

    def refresh(self, tx: Transaction) -> None:
        """Open what has been switched on or changed, and close what is off; costs one small statement else.

        An account that is broken, or whose secrets cannot be read, is shut: its messages wait. Only those of an
        account that somebody has switched off go to the sandbox.
        """
        seen = {number: revision for number, revision in tx.session.execute(_REVISIONS)}  # noqa: C416
        if seen == self._seen:
            return
        accounts: dict[tuple[int, str], tuple[int, Account, str | None]] = {}
        for row in tx.session.scalars(_USED):
            secrets = self.secrets_of(row)
            shut = NO_KEY if secrets is None else LOOK if row.state == BROKEN else None
            for carrier in row.carriers:
                account = account_of(row, carrier, secrets or {})
                accounts.setdefault((row.workspace_id, carrier), (row.id, account, shut))
        for key in self._opened - accounts.keys():
            self.registry.close(*key)
        before = self.serving
        self.serving = {key: number for key, (number, *_) in accounts.items()}
        for key, (number, account, shut) in accounts.items():
            changed = self._seen is None or seen[number] != self._seen.get(number)
            if changed or before.get(key) != number:
                self._open(account, shut)
        self._opened, self._seen = set(accounts), seen

    def _open(self, account: Account, shut: str | None) -> None:
        try:
            if shut is None:
                self.registry.open(account)
        except (LookupError, ValueError) as error:
            log.error("an account of workspace %s cannot be opened: %s", account.workspace_id, error)
            shut = str(error)
        if shut is not None:
            self.registry.shut(account, shut)

    def secrets_of(self, row: Connection) -> dict[str, str] | None:
        """The secrets of a connection, None if they cannot be opened here."""
        if row.secrets is None:
            return {}
        if self.vault is None:
            return None
        try:
            return self.vault.open(row.secrets, sealed_for(row))
        except CannotOpen:
            log.error("connection %s cannot be opened: %s", row.id, CannotOpen.__doc__)
            return None


_REVISIONS = select(Connection.id, Connection.revision)
_USED = select(Connection).where(Connection.state.in_((ON, BROKEN))).order_by(Connection.id)


def sealed_for(row: Connection) -> str:
    """For what the secrets of a connection are sealed."""
    return f"connection:{row.workspace_id}:{row.id}"


def account_of(row: Connection, carrier: str, secrets: dict[str, str]) -> Account:
    """A connection as its connector knows it."""
    return Account(row.workspace_id, carrier, row.connector, dict(row.settings), secrets)


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
    forget(session, [connection_id])


def forget(session: Session, connection_ids: Sequence[int]) -> None:
    """Let go of the oldest errors of connections that have too many."""
    for number in connection_ids:
        mine = ConnectionTrouble.connection_id == number
        last = session.scalars(
            select(ConnectionTrouble.id)
            .where(mine)
            .order_by(ConnectionTrouble.id.desc())
            .offset(TROUBLES_KEPT)
            .limit(1)
        ).one_or_none()
        if last is not None:
            session.execute(ConnectionTrouble.__table__.delete().where(mine, ConnectionTrouble.id <= last))  # type: ignore[attr-defined]
