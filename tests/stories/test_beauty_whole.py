"""One customer's whole life in the beauty journey: real callbacks, a real fake WeCom, an SMS gateway, staff who work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from audience.tables import Contact
from audience.tables_channels import ChannelCode
from audience.tables_people import Staff
from audience.tables_rewards import CouponIssue
from audience.tables_tasks import StaffTask
from connectors import dialing, sms
from connectors.wecom.connector import WeCom
from connectors.wecom.crypto import new_key
from connectors.wecom.fake.world import SECRET
from journeys.tables import Enrollment, Trail
from runtime.worker import Worker
from store import clock
from store.secrets import Vault
from store.tables import Account, Outbox
from store.tables_connections import Connection
from tests.connectors.providers import Gateway
from tests.connectors.servers import web
from tests.connectors.wecom.conftest import Fake
from tests.runtime.world import World
from tests.web.conftest import House, furnish, make_app

__all__ = ["make_app"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
PHONE = "13800138000"


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app over HTTP, in this process, so that it shares the story's clock."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Shop:
    """The brand: its workspace, its WeCom, its SMS gateway, its adviser Lili; and one customer."""

    def __init__(self, world: World, house: House, fake: Fake, gateway: Gateway, base: str) -> None:
        self.world, self.house, self.fake, self.gateway, self.base = world, house, fake, gateway, base
        self.owner, self.lili = house.client(), house.browser("staff")
        self.begun = datetime.now(UTC)
        self.customer = ""

    # -- time ---------------------------------------------------------------------------------------------------

    def on(self, day: int, reading: str) -> Shop:
        """Let it be so many days after the beginning, at this time in Shanghai: for us, and for WeCom."""
        hour, minute = map(int, reading.split(":"))
        date = self.begun.astimezone(SHANGHAI).date() + timedelta(days=day)
        moment = datetime(date.year, date.month, date.day, hour, minute, 30, tzinfo=SHANGHAI)
        with self.world.database.transaction() as tx:
            step = moment - clock.now(tx.session)
            clock.set_now(tx.session, moment)
        self.fake.later(step.total_seconds())
        self.world.run()
        return self

    # -- the staff ------------------------------------------------------------------------------------------------

    def lili_sends(self) -> None:
        """Lili taps *send* on whatever broadcasts WeCom lays before her, and we hear of it."""
        for msgid in list(self.fake.world.store("tasks")):
            self.fake.act("task/confirm", msgid=msgid)
        self.we_ask()

    def we_ask(self) -> None:
        """The worker asks what came of broadcasts, as if a long time had gone by."""
        found = self.world.worker.deliver.registry.connector(self.world.workspace, "wecom_direct")
        assert isinstance(found, WeCom)
        now = found.watching.clock()
        for _ in range(2):
            self.world.worker.awaiting._asked = -1e9
            found.watching.clock = lambda: now + 3_000
            self.world.worker.awaiting.run()
            self.world.run()

    def lili_does(self, title: str, result: str) -> None:
        """Lili finds one task in her list, reads what to say, and tells what came of it."""
        (task,) = self.lili.get("tasks?who=mine").json["items"]
        assert title in task["title"], task["title"]
        assert self.lili.post(f"tasks/{task['id']}/confirm").status_code == 200
        answer = self.lili.post(f"tasks/{task['id']}/result", json={"result": result})
        assert answer.status_code == 200, answer.text
        self.world.run()

    # -- the customer ---------------------------------------------------------------------------------------------

    def happens(self, name: str, **properties: Any) -> None:
        """The shop's own system tells of something."""
        event = {
            "name": name,
            "identity": {"external_userid": self.customer},
            "properties": properties,
            "event_id": f"{name}-{properties}",
        }
        answer = self.owner.post("events", json=event)
        assert answer.status_code == 202 and answer.json["accepted"] == 1, answer.text
        self.world.run()

    def told(self) -> None:
        """WeCom has told us what it had to tell."""
        assert self.fake.world.callbacks.settled()
        assert all(call.answers == [200] for call in self.fake.world.callbacks.calls)

    def heard(self) -> list[str]:
        """What the customer has really read in WeCom."""
        return [one["text"] for one in self.fake.arrived(self.customer)]

    def comes_into(self, name: str) -> None:
        """The customer goes into a group of Lili's, of which WeCom tells."""
        chat = self.fake.act("group/make", owner="lili", name=name)["chat_id"]
        self.fake.act("group/join", chat_id=chat, external_userid=self.customer)
        who = {"UpdateDetail": "add_member", "MemChangeList": {"Item": self.customer}}
        self.fake.act("event", event="change_external_chat", change="update", fields={"ChatId": chat, **who})
        self.told()
        self.world.run()

    def place(self) -> tuple[str | None, str | None]:
        [row] = self.world.rows(select(Enrollment.stage, Enrollment.step))
        return row.stage, row.step

    def tags(self) -> set[str]:
        [(tags,)] = self.world.rows(select(Contact.tags))
        return set(tags)

    def coupon(self) -> CouponIssue:
        with self.world.database.reading() as tx:
            return tx.session.scalars(select(CouponIssue).order_by(CouponIssue.id.desc())).first()  # type: ignore[return-value]


@pytest.fixture
def shop(
    database_url: str, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    app = make_app(database_url)
    house = furnish(app)
    world = World(database_url, fresh_workspace=False)
    world.workspace = house.ids["main"]
    begun = datetime.now(UTC)
    with world.database.transaction() as tx:
        clock.set_now(tx.session, begun)
    gateway, fake = Gateway(), Fake()

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=fake.world.ahead)

    monkeypatch.setattr(clock, "system", now)
    with web(gateway) as desk, served(app) as base:
        ports = [fake.server.server_address[1], desk.port, int(base.rpartition(":")[2])]
        dialing.configure(["127.0.0.0/8"], ports)
        vault = Vault(app.config["ROADBOOK"].secret_keys)
        key, token = new_key(), "token-of-ours"
        _connect(world, vault, fake, f"{desk.url}/send", key, token)
        told = fake.act("callback", url=f"{base}/callbacks/wecom/cb-shop", token=token, encoding_aes_key=key)
        assert "error" not in told, told
        world.worker = Worker(world.database, vault=vault)
        yield Shop(world, house, fake, gateway, base)
        dialing.configure()
        fake.end()
    world.close()


def _connect(world: World, vault: Vault, fake: Fake, gateway: str, key: str, token: str) -> None:
    """WeCom and the SMS gateway connected, Lili among the staff, and a code on the poster."""
    now = datetime.now(UTC)
    marks = {"workspace_id": world.workspace, "created_at": now, "updated_at": now}
    texts = {one["name"]: one["default"] for one in sms.FORM if "default" in one}
    with world.database.transaction() as tx:
        wecom = Connection(
            connector="wecom", name="企业微信", carriers=["wecom_direct"], callback_id="cb-shop",
            settings={"corp_id": fake.world.corp_id, "address": fake.url}, **marks,
        )  # fmt: skip
        texting = Connection(
            connector="sms", name="短信", carriers=["sms"], callback_id="cb-sms",
            settings={**texts, "url": gateway, "signature": "花间", "user": "u"}, **marks,
        )  # fmt: skip
        tx.session.add_all([wecom, texting])
        tx.session.flush()
        secrets = {"secret": SECRET, "callback_token": token, "callback_aes_key": key}
        wecom.secrets = vault.seal(secrets, f"connection:{world.workspace}:{wecom.id}")
        texting.secrets = vault.seal({"password": "p"}, f"connection:{world.workspace}:{texting.id}")
        account = tx.session.scalars(select(Account.id).where(Account.email == "staff@main.example")).one()
        tx.session.add(
            Staff(
                workspace_id=world.workspace, key="lili", name="丽丽", team="美肤顾问", account_id=account,
                created_at=now,
            )
        )  # fmt: skip
        tx.session.add(
            ChannelCode(
                key="poster", name="门店海报", state="rb_poster", promised=[], tags=["门店"], told=[],
                attributes={"source": "poster"}, route={"mode": "together", "staff": [{"key": "lili"}]}, **marks,
            )
        )  # fmt: skip


def test_from_a_poster_to_a_regular(shop: Shop) -> None:
    cloned = shop.owner.post("templates/beauty/clone", json={})
    assert cloned.status_code == 201
    assert "staff" not in {one["kind"] for one in cloned.json["made"]}, "the team has Lili"
    number = cloned.json["id"]
    assert shop.owner.post(f"journeys/{number}/check", json={}).json["counts"]["error"] == 0
    assert shop.owner.post(f"journeys/{number}/publish", json={"revision": 1}).status_code == 200
    shop.world.run()

    # T+0: the customer scans the poster, and is welcomed with WeCom's own code.
    shop.customer = shop.fake.add("lili", state="rb_poster", name="林一")
    shop.told()
    shop.world.run()
    assert len(shop.heard()) == 1 and "美肤顾问小棠" in shop.heard()[0]
    assert {"门店", "新客"} <= shop.tags() and shop.place() == ("trust", "next-evening")

    # The next evening; Lili sends the broadcast, then asks what the customer needs.
    shop.on(1, "20:00")
    shop.lili_sends()
    assert "小知识" in shop.heard()[1]
    shop.on(1, "20:30").lili_does("问清", "skincare")
    assert "护肤" in shop.tags() and shop.place() == ("first-order", "day3")

    # W1: the offer, a look at it, a coupon of the customer's own.
    shop.on(3, "20:00").lili_sends()
    assert "新人专属团购" in shop.heard()[2]
    shop.on(4, "12:00").happens("product_viewed", product="cleanser")
    shop.on(6, "20:00").lili_sends()
    newcomer = shop.coupon()
    assert newcomer.code.startswith("XR") and newcomer.code in shop.heard()[3]

    # The customer buys with it.
    shop.on(6, "21:00").happens("order_paid", amount=129, coupon=newcomer.code)
    assert shop.place() == ("bought", "t1") and shop.coupon().state == "redeemed"
    assert "已购" in shop.tags() and "新客" not in shop.tags()

    # T+1: care, and into the members' group.
    shop.on(7, "10:00").lili_sends()
    assert "谢谢你的信任" in shop.heard()[4]
    shop.on(7, "11:00").lili_does("会员群", "invited")
    assert shop.place() == ("bought", "in-group")
    shop.on(7, "11:30").comes_into("老客会员群")
    assert "会员群" in shop.tags() and shop.place() == ("bought", "t7")

    # T+7: what the table of scenes has for somebody who cares for her skin, in the evening.
    shop.on(13, "10:00")
    assert shop.place() == ("bought", "match-time")
    shop.on(13, "20:00").lili_sends()
    assert "夜间修护精华" in shop.heard()[5]

    # T+21: a coupon. Lili does not send it within a day, so a text message goes out; then the countdown.
    given = {"identities": {"external_userid": shop.customer, "phone": PHONE}}
    shop.owner.post("contacts/batch", json={"contacts": [given]})
    shop.on(27, "20:00")
    refill = shop.coupon()
    assert refill.code.startswith("HX") and shop.place() == ("bought", "refill")
    shop.on(28, "20:01")
    assert [text["mobile"] for text in shop.gateway.texts] == [PHONE]
    assert refill.code in shop.gateway.texts[0]["content"] and len(shop.heard()) == 6
    shop.on(29, "19:31")
    assert shop.place() == ("bought", None)

    # T>30: a regular.
    shop.on(37, "09:00")
    assert shop.place() == ("loyal", "welfare-day")
    assert "老客" in shop.tags() and "已购" not in shop.tags()
    assert shop.world.rows(select(Enrollment.status).distinct()) == [("waiting",)]
    results = shop.world.rows(select(StaffTask.step, StaffTask.result).order_by(StaffTask.id))
    assert results == [("ask-needs", "skincare"), ("vip-invite", "invited")]
    stages = [
        s for (s,) in shop.world.rows(select(Trail.stage).where(Trail.op == "stage").order_by(Trail.id))
    ]
    assert stages == ["trust", "first-order", "bought", "loyal"]
    states = {state for (state,) in shop.world.rows(select(Outbox.state).distinct())}
    assert "failed" not in states and "unknown" not in states, states
