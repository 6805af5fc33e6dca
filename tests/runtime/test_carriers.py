"""Real carriers under the engine: a mail server, a system of the brand's; tests, bounces, and accounts that break."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from connectors import dialing
from content.tables import Material
from runtime.worker import Worker
from store import receipts
from store.links import who_unsubscribes
from store.secrets import Vault
from store.tables import Outbox
from store.tables_connections import Connection, ConnectionTest, ConnectionTrouble, ReceiptNote
from tests.connectors.servers import AT_HOME, PostOffice, mail, web
from tests.runtime.charts import exits, journey, step
from tests.runtime.world import World

VAULT = Vault(["k" * 64])
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


@pytest.fixture(autouse=True)
def at_home() -> Iterator[None]:
    dialing.configure(AT_HOME, range(1024, 65536))
    yield
    dialing.configure()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with mail() as running:
        yield running


def connect(world: World, connector: str, settings: dict[str, Any], secrets: dict[str, str]) -> int:
    """Put a connection into the workspace and let the worker know the key."""
    now = datetime.now(UTC)
    with world.database.transaction() as tx:
        carriers = ["email"] if connector == "email" else ["webhook"]
        row = Connection(
            workspace_id=world.workspace, connector=connector, name=connector, carriers=carriers, settings=settings,
            callback_id=f"{connector}-callback", created_at=now, updated_at=now,
        )  # fmt: skip
        tx.session.add(row)
        tx.session.flush()
        row.secrets = VAULT.seal(secrets, f"connection:{world.workspace}:{row.id}") if secrets else None
        number = int(row.id)
    world.worker = Worker(world.database, vault=VAULT)
    return number


def mailing(world: World, office: PostOffice, **more: Any) -> int:
    settings = {
        "host": "127.0.0.1", "port": office.port, "encryption": "none", "from_address": "hi@brand.example",
        "public_url": "https://rb.example", "per_second": 1000, **more,
    }  # fmt: skip
    with world.database.transaction() as tx:
        tx.session.add(
            Material(
                workspace_id=world.workspace, key="news", name="news", carrier="email", updated_by="test",
                body={"subject": "你好 {{ contact.name }}", "text": "新品到店"}, updated_at=datetime.now(UTC),
            )
        )  # fmt: skip
    return connect(world, "email", settings, {})


NEWS = journey(
    stages=[{"id": "s", "initial": "mail"}],
    steps=[step("mail", "s", "send", carrier="email", content="news", until="delivered")],
    reentry={"mode": "after_exit"},
    arrows=[exits("a1", "mail", "sent", "won"), exits("a2", "mail", "failed", "lost"), exits("a3", "mail", "skipped", "lost")],
)  # fmt: skip


def looked(world: World) -> None:
    """Let the worker take up what waits for it, as if half a second had gone by."""
    world.worker.trying._looked = world.worker.noting._looked = 0.0
    world.run()


def test_a_journey_sends_a_real_mail_with_a_link_that_is_the_contacts_own(
    world: World, office: PostOffice
) -> None:
    number = mailing(world, office)
    person = world.person("lin", identities={"email": "lin@example.com"})
    world.publish(NEWS)
    world.event("joined")
    world.run()
    [letter] = office.mails
    link = next(line for line in letter.content.decode().splitlines() if line.startswith("List-Unsubscribe:"))
    who = who_unsubscribes(VAULT, link.split("/u/")[1].rstrip(">"))
    assert who is not None and (who.workspace_id, who.contact_id, who.topic) == (
        world.workspace,
        person,
        "email",
    )
    (row,) = world.rows(select(Outbox.state, Outbox.reference, Outbox.key))
    assert row.state == "sent" and row.reference == f"<rb.{row.key.replace(':', '-')}@brand.example>"
    assert world.rows(select(Connection.last_ok_at).where(Connection.id == number))[0][0] is not None


def test_a_bounce_reaches_the_step_that_waits_and_the_address_is_left_alone(
    world: World, office: PostOffice
) -> None:
    mailing(world, office)
    world.person("lin", identities={"email": "lin@example.com"})
    world.publish(NEWS)
    world.event("joined")
    world.run()
    (row,) = world.rows(select(Outbox.key))
    with world.database.transaction() as tx:
        receipts.note(
            tx.session, world.workspace, "failed", key=row.key, reason="5.1.1 came back", at=datetime.now(UTC)
        )
        receipts.suppress(tx.session, world.workspace, "email", "lin@example.com", "5.1.1", datetime.now(UTC))
    looked(world)
    assert [one.result for one in world.enrollments()] == ["lost"]
    assert world.rows(select(Outbox.state, Outbox.reason)) == [("failed", "5.1.1 came back")]
    assert world.rows(select(ReceiptNote.id)) == []
    world.event("joined")
    world.run()
    states = {one.state for one in world.rows(select(Outbox.state))}
    assert states == {"failed", "refused"} and len(office.mails) == 1


def test_a_note_by_the_providers_number_and_one_for_another_workspace(
    world: World, office: PostOffice
) -> None:
    mailing(world, office)
    world.person("lin", identities={"email": "lin@example.com"})
    world.publish(NEWS)
    world.event("joined")
    world.run()
    (row,) = world.rows(select(Outbox.reference))
    with world.database.transaction() as tx:
        now = datetime.now(UTC)
        receipts.note(tx.session, world.workspace, "delivered", reference="<not@ours>", at=now)
        receipts.note(tx.session, world.workspace, "delivered", reference=row.reference, at=now)
    looked(world)
    assert [one.result for one in world.enrollments()] == ["converted"]
    assert len(world.rows(select(ReceiptNote.id))) == 1, "what names no message waits a while for one"


def test_an_account_that_is_refused_keeps_its_messages_until_it_is_mended(world: World) -> None:
    with mail(PostOffice(users={"hi": "right"})) as office:
        number = mailing(world, office, username="hi")
        world.person("lin", identities={"email": "lin@example.com"})
        world.publish(NEWS)
        world.event("joined")
        world.run()
        assert world.rows(select(Connection.state, Connection.last_error)) != [("on", None)]
        (row,) = world.rows(select(Outbox.state, Outbox.tries))
        assert row.state == "pending", "nobody else may have it, and it is not lost"
        assert world.rows(select(ConnectionTrouble.kind))[0][0] == "broken"
        with world.database.transaction() as tx:
            one = tx.session.get_one(Connection, number)
            one.secrets = VAULT.seal({"password": "right"}, f"connection:{world.workspace}:{number}")
            one.revision += 1
            tx.session.add(
                ConnectionTest(
                    workspace_id=world.workspace, connection_id=number, carrier="email", to="me@example.com",
                    asked_at=datetime.now(UTC),
                )
            )  # fmt: skip
        looked(world)
        [(state, to)] = world.rows(select(ConnectionTest.state, ConnectionTest.to))
        assert (state, to) == ("sent", None)
        assert world.rows(select(Connection.state)) == [("on",)]
        world.go("2026-03-02 10:05")
        assert [one.to for one in office.mails] == ["me@example.com", "lin@example.com"]


CALL = {
    "body": json.dumps({"who": "{{ contact.name }}", "n": 3, "list": ["{{ entry.sku }}"]}),
    "keep": [{"path": "data.code", "name": "code"}],
}


def calling(**config: Any) -> dict[str, Any]:
    return journey(
        stages=[{"id": "s", "initial": "call"}],
        steps=[step("call", "s", "webhook", **{**CALL, **config})],
        arrows=[exits("a1", "call", "ok", "won"), exits("a2", "call", "failed", "lost")],
    )


def test_a_step_calls_a_system_and_keeps_what_it_answers(world: World) -> None:
    with web(lambda _: (200, {}, b'{"data": {"code": "A1"}}')) as desk:
        connect(world, "webhook", {"url": f"{desk.url}/hook", "per_second": 1000}, {"secret": SECRET})
        world.person("lin", attributes={"no_marketing": True}, name='林"}')
        world.publish(calling())
        world.event("joined", sku='x","y":"z')
        world.run()
    [post] = desk.posts
    assert post.path == "/hook"
    assert json.loads(post.body) == {"who": '林"}', "n": 3, "list": ['x","y":"z']}
    [one] = world.enrollments()
    assert one.result == "converted" and one.state["variables"] == {"code": "A1"}


def test_a_step_whose_system_will_not_leaves_by_failed(world: World) -> None:
    with web(lambda _: (404, {}, b"")) as desk:
        connect(world, "webhook", {"url": desk.url}, {"secret": SECRET})
        world.person("lin")
        world.publish(calling(body=""))
        world.event("joined")
        world.run()
    assert json.loads(desk.posts[0].body)["type"] == "roadbook.step"
    assert [one.result for one in world.enrollments()] == ["lost"]


def test_without_an_account_nothing_is_called(world: World) -> None:
    world.person("lin")
    world.publish(calling(url="https://example.com/never"))
    world.event("joined")
    world.run()
    assert [one.result for one in world.enrollments()] == ["converted"]
