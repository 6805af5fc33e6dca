"""Accounts of workspaces: opened when switched on, read anew when changed, out of use when off, broken or sealed otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from connectors.base import Account, Connector, Message, Retryable
from connectors.registry import Registry
from connectors.sandbox import Sandbox
from runtime.connections import Connections, trouble, went_well
from runtime.database import Database
from store import clock, workspaces
from store.secrets import Vault
from store.tables_connections import BROKEN, OFF, Connection, ConnectionTrouble
from tests.databases import Databases

KEY = "k" * 64
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Desk:
    """One workspace with a connection to an SMS provider, and a process that reads it."""

    def __init__(self, database: Database) -> None:
        self.database, self.made = database, list[Account]()
        with database.transaction() as tx:
            self.workspace = workspaces.create_workspace(tx.session, "Shop", "shop", NOW).id
            row = Connection(
                workspace_id=self.workspace,
                connector="provider",
                name="SMS",
                carriers=["sms"],
                settings={"sender": "路书"},
                callback_id="c" * 32,
                created_at=NOW,
                updated_at=NOW,
            )
            tx.session.add(row)
            tx.session.flush()
            row.secrets = Vault([KEY]).seal({"token": "s3cret"}, f"connection:{self.workspace}:{row.id}")
            self.id = row.id
        self.registry = Registry()
        self.registry.register("provider", self._make)
        self.connections = Connections(self.registry, Vault([KEY]), clock.now)

    def _make(self, account: Account) -> Connector:
        self.made.append(account)
        return Sandbox()

    def change(self, **values: object) -> None:
        with self.database.transaction() as tx:
            tx.session.execute(
                update(Connection)
                .where(Connection.id == self.id)
                .values(revision=Connection.revision + 1, **values)
            )

    def serves(self) -> bool:
        with self.database.reading() as tx:
            self.connections.refresh(tx)
        return self.registry.has_account(self.workspace, "sms")


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    database = Database(databases.fresh())
    yield Desk(database)
    database.close()


def test_an_account_is_opened_with_its_settings_and_secrets(desk: Desk) -> None:
    assert desk.serves()
    desk.registry.connector(desk.workspace, "sms")
    [account] = desk.made
    assert account.settings == {"sender": "路书"} and account.secrets == {"token": "s3cret"}
    assert "s3cret" not in repr(account)


def test_a_change_is_seen_and_nothing_is_opened_twice_without_one(desk: Desk) -> None:
    assert desk.serves()
    first = desk.registry.connector(desk.workspace, "sms")
    assert desk.serves() and desk.registry.connector(desk.workspace, "sms") is first
    desk.change(settings={"sender": "新"})
    assert desk.serves() and desk.registry.connector(desk.workspace, "sms") is not first
    assert desk.made[-1].settings == {"sender": "新"}


def test_what_is_off_goes_to_the_sandbox(desk: Desk) -> None:
    assert desk.serves()
    desk.change(state=OFF)
    assert not desk.serves()
    assert desk.registry.connector(desk.workspace, "sms") is desk.registry.sandbox


def waits(desk: Desk) -> bool:
    """True if the workspace's messages have an account which takes none now."""
    if not desk.serves():
        return False
    with pytest.raises(Retryable):
        desk.registry.connector(desk.workspace, "sms").send([Message("1:1:0", 1, "sms", 7, "1", {})])
    return True


def test_a_secret_sealed_with_another_key_lets_messages_wait(desk: Desk) -> None:
    desk.change(secrets=Vault(["x" * 64]).seal({"token": "s"}, f"connection:{desk.workspace}:{desk.id}"))
    assert waits(desk) and desk.made == []


def test_a_broken_account_lets_messages_wait_until_somebody_has_looked(desk: Desk) -> None:
    assert desk.serves()
    with desk.database.transaction() as tx:
        trouble(tx.session, desk.id, "broken", "The secret is wrong.", "40001", broken=True)
    assert waits(desk)
    with desk.database.reading() as tx:
        row = tx.session.get(Connection, desk.id)
        [said] = tx.session.query(ConnectionTrouble).all()
        assert row is not None and (row.state, row.last_error) == (BROKEN, "The secret is wrong.")
        assert (said.code, said.kind, said.workspace_id) == ("40001", "broken", desk.workspace)
    desk.change(state="on")
    with desk.database.transaction() as tx:
        went_well(tx.session, desk.id)
    assert desk.serves()
    desk.registry.connector(desk.workspace, "sms").send([Message("1:1:0", 1, "sms", 7, "1", {})])


def test_the_oldest_errors_are_let_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.connections.TROUBLES_KEPT", 3)
    with desk.database.transaction() as tx:
        for number in range(5):
            trouble(tx.session, desk.id, "retry", f"trouble {number}")
        said = [one.sentence for one in tx.session.query(ConnectionTrouble).order_by(ConnectionTrouble.id)]
    assert said == ["trouble 2", "trouble 3", "trouble 4"]
