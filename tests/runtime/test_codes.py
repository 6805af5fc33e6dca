"""Codes at WeCom: drawn when new, routed again when somebody has reached his cap, told why if they are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from audience.tables_channels import ChannelCode, ChannelJoin
from audience.tables_people import Staff
from connectors import dialing
from connectors.wecom.fake import doors
from connectors.wecom.fake.server import Server as Fake
from connectors.wecom.fake.world import AGENT_ID, CORP_ID, SECRET
from runtime.worker import Worker
from store import clock
from store.secrets import Vault
from store.tables_connections import Connection
from store.tables_wecom import StaffDay
from tests.runtime.world import World

KEY = "of-the-tests-" * 3


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake().begin()
    dialing.configure(("127.0.0.0/8",), (made.server_address[1],))
    yield made
    dialing.configure((), ())
    made.end()


def connect(world: World, fake: Fake, *staff: str) -> None:
    now = clock.system()
    with world.database.transaction() as tx:
        row = Connection(
            workspace_id=world.workspace, connector="wecom", name="w", carriers=["wecom_direct"], state="on",
            settings={"corp_id": CORP_ID, "agent_id": str(AGENT_ID), "address": fake.url}, callback_id="cb",
            created_at=now, updated_at=now,
        )  # fmt: skip
        tx.session.add(row)
        tx.session.flush()
        row.secrets = Vault([KEY]).seal({"secret": SECRET}, f"connection:{world.workspace}:{row.id}")
        for key in ("zhangsan", "lisi"):
            tx.session.add(
                Staff(workspace_id=world.workspace, key=key, name=key, active=True, created_at=now)
            )
        route = {
            "mode": "round_robin",
            "staff": [{"key": "zhangsan", "cap": 1}],
            "fallback": ["lisi"],
        }
        tx.session.add(
            ChannelCode(
                workspace_id=world.workspace, key="summer", name="海报", state="rb_summer", promised=[], route=route,
                tags=[], attributes={}, told=[], created_at=now, updated_at=now,
            )
        )  # fmt: skip
    for key in staff:
        doors.enter(fake.world, "staff", {"userid": key})
    world.worker = Worker(world.database, vault=Vault([KEY]))


def turn(world: World) -> ChannelCode:
    world.worker.codes._looked = 0.0
    world.worker.codes.run()
    with world.database.reading() as tx:
        return tx.session.scalars(select(ChannelCode)).one()


def test_a_code_is_drawn_and_led_to_the_fallback_when_the_cap_is_reached(world: World, fake: Fake) -> None:
    connect(world, fake, "zhangsan", "lisi")
    code = turn(world)
    assert code.qr_code and code.told == ["zhangsan"]
    (way,) = fake.world.store("ways").values()
    assert (way["state"], way["user"]) == ("rb_summer", ["zhangsan"])
    with world.database.transaction() as tx:
        tx.session.add(
            ChannelJoin(
                workspace_id=world.workspace, code_id=code.id, contact_id=1, event_id="1", staff_key="zhangsan",
                adviser="zhangsan", at=clock.now(tx.session),
            )
        )  # fmt: skip
    assert turn(world).told == ["lisi"]
    (way,) = fake.world.store("ways").values()
    assert way["user"] == ["lisi"]
    asked = dict(fake.world.asked)
    turn(world)
    assert dict(fake.world.asked) == asked


def test_a_code_that_wecom_refuses_says_why(world: World, fake: Fake) -> None:
    connect(world, fake)
    code = turn(world)
    assert code.qr_code is None and code.trouble


def test_the_numbers_of_the_staff_are_kept_by_day(world: World, fake: Fake) -> None:
    connect(world, fake, "zhangsan", "lisi")
    told = doors.enter(fake.world, "customer/add", {"userid": "zhangsan"})
    doors.enter(fake.world, "customer/add", {"userid": "zhangsan"})
    doors.enter(
        fake.world,
        "customer/delete_staff",
        {"userid": "zhangsan", "external_userid": told["external_userid"]},
    )
    assert world.worker.behaviour.run()
    rows = world.rows(select(StaffDay.staff_key, StaffDay.befriended, StaffDay.deleted))
    assert rows == [("zhangsan", 2, 1)]
    world.worker.behaviour._looked = -100.0
    assert not world.worker.behaviour.run()
