"""Broadcasts of WeCom under the engine: one task for many, confirmed by staff, and never twice when it is unclear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from connectors import dialing
from connectors.wecom.connector import WeCom
from connectors.wecom.fake.world import SECRET
from content.tables import Material
from journeys.tables import Enrollment
from runtime.worker import Worker
from store.secrets import Vault
from store.tables import Outbox
from store.tables_connections import Connection
from tests.connectors.wecom.conftest import Fake
from tests.runtime.charts import exits, journey, send
from tests.runtime.world import World

VAULT = Vault(["k" * 64])
TELLS = journey(
    stages=[{"id": "s", "initial": "tell"}],
    steps=[send("tell", "s", "news", until="delivered")],
    arrows=[exits("a1", "tell", "sent", "won"), exits("a2", "tell", "skipped", "lost"), exits("a3", "tell", "failed", "lost")],
)  # fmt: skip


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    dialing.configure(["127.0.0.0/8"], [made.server.server_address[1]])
    yield made
    dialing.configure()
    made.end()


def begun(world: World, fake: Fake, number: int) -> list[str]:
    """A company with so many customers, all of them in a journey that tells them the same."""
    now = datetime.now(UTC)
    with world.database.transaction() as tx:
        row = Connection(
            workspace_id=world.workspace, connector="wecom", name="企业微信", carriers=["wecom_direct"],
            settings={"corp_id": fake.world.corp_id, "address": fake.url}, callback_id="c" * 32, created_at=now, updated_at=now,
        )  # fmt: skip
        tx.session.add(row)
        tx.session.flush()
        row.secrets = VAULT.seal({"secret": SECRET}, f"connection:{world.workspace}:{row.id}")
        tx.session.add(
            Material(
                workspace_id=world.workspace, key="news", name="news", carrier="wecom_direct",
                body={"text": "新品到店"}, updated_at=now, updated_by="test",
            )
        )  # fmt: skip
    people = [fake.add(("lili", "wangwei")[place % 2]) for place in range(number)]
    for place, external in enumerate(people):
        world.person(f"p{place}", identities={"external_userid": external})
    world.worker = Worker(world.database, vault=VAULT)
    world.publish(TELLS)
    for place in range(number):
        world.event("joined", f"p{place}")
    return people


def heard(world: World) -> None:
    """Let the worker ask staff's tasks, as if a long time had gone by."""
    world.worker.awaiting._asked = -1e9
    world.worker.awaiting.run()
    found = world.worker.deliver.registry.connector(world.workspace, "wecom_direct")
    assert isinstance(found, WeCom)
    now = found.watching.clock()
    found.watching.clock = lambda: now + 100_000
    world.worker.awaiting._asked = -1e9
    world.run()


def states(world: World) -> list[str]:
    return sorted(row.state for row in world.rows(select(Outbox.state)))


def test_many_customers_are_one_task_and_staff_move_them_on(world: World, fake: Fake) -> None:
    people = begun(world, fake, 40)
    world.run()
    assert states(world) == ["sent"] * 40
    [task] = fake.world.store("tasks").values()
    assert {userid: len(theirs) for userid, theirs in task.staff.items()} == {"lili": 20, "wangwei": 20}
    fake.act("customer/delete_staff", userid="lili", external_userid=people[0])
    fake.act("task/confirm", msgid=task.msgid)
    heard(world)
    assert states(world) == ["delivered"] * 39 + ["refused"]
    results = [one.result for one in world.rows(select(Enrollment.result))]
    assert len(results) == 40 and results.count("converted") == 39
    assert sum(len(fake.arrived(one)) for one in people) == 39


def test_another_worker_takes_up_the_tasks_of_one_that_is_no_more(world: World, fake: Fake) -> None:
    begun(world, fake, 3)
    world.run()
    world.worker = Worker(world.database, vault=VAULT)
    world.run()
    for msgid in fake.world.store("tasks"):
        fake.act("task/confirm", msgid=msgid)
    heard(world)
    assert states(world) == ["delivered"] * 3


def test_what_may_have_gone_out_waits_for_a_person(world: World, fake: Fake) -> None:
    people = begun(world, fake, 5)
    fake.act("fail", path="externalcontact/add_msg_template", drop=True, after=True)
    world.run()
    world.go("2026-03-03 10:00")
    assert states(world) == ["unknown"] * 5
    assert len(fake.world.store("tasks")) == 1, "and nobody is asked twice"
    for msgid in fake.world.store("tasks"):
        fake.act("task/confirm", msgid=msgid)
    assert [len(fake.arrived(one)) for one in people] == [1] * 5


def test_what_was_certainly_not_heard_is_tried_again(world: World, fake: Fake) -> None:
    begun(world, fake, 5)
    fake.act("fail", path="externalcontact/add_msg_template", code=45033)
    world.run()
    assert states(world) == ["pending"] * 5
    world.go("2026-03-02 10:01")
    assert states(world) == ["sent"] * 5
    # The company may have been read meanwhile: then each member of staff is asked for his own customers.
    asked = [
        to for task in fake.world.store("tasks").values() for theirs in task.staff.values() for to in theirs
    ]
    assert len(asked) == 5 and len(set(asked)) == 5
