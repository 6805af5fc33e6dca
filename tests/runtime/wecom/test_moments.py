"""Likes and comments under our Moments are events of those customers, each once."""

from __future__ import annotations

from sqlalchemy import select

from audience.tables import Event
from audience.tables_wecom import WecomMoment
from content.tables import Material
from runtime.worker import Worker
from store import clock
from store.inbox import NewSignal, put
from tests.connectors.wecom.conftest import Fake
from tests.runtime.charts import exits, journey, step
from tests.runtime.wecom.company import VAULT, Company
from tests.runtime.world import World


def posted(company: Company, people: list[int]) -> str:
    """A Moment said by a journey; its id at WeCom."""
    world = company.world
    with world.database.transaction() as tx:
        tx.session.add(
            Material(
                workspace_id=world.workspace, key="news", name="news", carrier="moments", body={"text": "新品"},
                updated_at=clock.now(tx.session), updated_by="test",
            )
        )  # fmt: skip
    world.publish(
        journey(
            stages=[{"id": "s", "initial": "tell"}],
            steps=[step("tell", "s", "send", carrier="moments", content="news")],
            arrows=[exits("x", "tell", "sent", "won")],
        )
    )
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        signals = [NewSignal(world.workspace, "event", "joined", now, {}, contact_id=one) for one in people]
        put(tx.session, signals, now)
    world.worker = Worker(world.database, vault=VAULT)
    world.worker.wecom = None
    world.run()
    [moment] = company.fake.world.store("moments")
    return str(moment)


def ask(company: Company) -> None:
    with company.world.database.transaction() as tx:
        tx.session.query(WecomMoment).update({"next_at": clock.system()})
    for part in company.service.parts:
        if hasattr(part, "_read"):
            part._read = -1e9
    company.settle()


def test_likes_and_comments_are_events_once(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    lin, he = fake.add("lili", before=True), fake.add("lili", before=True)
    company.settle()
    ids = {name: company.contact(name).id for name in (lin, he)}
    moment = posted(company, list(ids.values()))
    ask(company)
    assert world.rows(select(WecomMoment.moment, WecomMoment.content)) == [(moment, "news")]
    fake.act("moment/publish", moment_id=moment, userid="lili")
    fake.act("moment/comment", moment_id=moment, userid="lili", external_userid=lin, like=True)
    fake.act("moment/comment", moment_id=moment, userid="lili", external_userid=he)
    for _ in range(3):
        ask(company)
    told = world.rows(
        select(Event.name, Event.contact_id, Event.properties)
        .where(Event.name != "joined")
        .order_by(Event.name)
    )
    assert [(name, who) for name, who, _ in told] == [
        ("moments_commented", ids[he]),
        ("moments_liked", ids[lin]),
    ]
    assert told[0][2]["staff"] == "lili" and told[0][2]["content"] == "news"
    fake.later(60)
    fake.act("moment/comment", moment_id=moment, userid="lili", external_userid=he)
    ask(company)
    assert world.count(Event, Event.name == "moments_commented") == 2
    assert world.rows(select(WecomMoment.likes, WecomMoment.comments)) == [(1, 2)]


def test_it_is_asked_after_for_a_while_and_not_for_ever(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    lin = fake.add("lili", before=True)
    company.settle()
    posted(company, [company.contact(lin).id])
    ask(company)
    with world.database.transaction() as tx:
        tx.session.query(WecomMoment).update({"until": clock.system()})
    asked = dict(fake.world.asked)
    ask(company)
    assert fake.world.asked["externalcontact/get_moment_task"] == asked["externalcontact/get_moment_task"]
