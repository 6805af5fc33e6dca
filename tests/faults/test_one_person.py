"""One person is one contact: however many speak of them at once, and whatever happens while two become one."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections import Counter

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from audience import contacts, erasing, merging
from audience.tables import Contact, Event, Identity
from audience.tables_people import MergedContact
from journeys import uniting
from journeys.tables import Enrollment
from runtime.worker import Worker
from store import clock
from store.database import db
from store.inbox import NewSignal, put
from store.tables import Inbox, Outbox
from tests.faults import children
from tests.faults.provider import registry
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP
from tests.web.conftest import House, furnish, make_app  # noqa: F401
from web import merging as rooms

pytestmark = pytest.mark.faults

CROWD = 64
PAIRS = 40
EVENTS = 12


@pytest.fixture
def house(database_url: str, make_app: object) -> House:  # noqa: F811
    return furnish(make_app(database_url))  # type: ignore[operator]


def test_64_requests_at_once_make_one_contact(house: House) -> None:
    """A real server; each request knows the person by another name too, and brings something of its own."""
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {house.keys['main', 'editor']}"}
    barrier, statuses = threading.Barrier(CROWD), Counter[int]()

    def ask(number: int) -> None:
        names = {"unionid": "u-one", ("phone", "openid")[number % 2]: ("13800000001", "o-one")[number % 2]}
        contact = {"identities": names, "attributes": {f"a{number}": number}}
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        barrier.wait()
        connection.request("POST", "/api/v1/contacts/batch", json.dumps({"contacts": [contact]}), headers)
        statuses[connection.getresponse().status] += 1

    crowd = [threading.Thread(target=ask, args=(number,)) for number in range(CROWD)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(90)
    server.shutdown()
    serving.join(30)
    assert statuses == {200: CROWD}
    with house.app.app_context():
        mine = Contact.workspace_id == house.ids["main"]
        found = db.session.scalars(select(Contact).where(mine)).all()
        assert len(found) == 1
        assert found[0].attributes == {f"a{number}": number for number in range(CROWD)}
        assert db.session.scalar(select(func.count()).select_from(Identity)) == 3


def test_merges_that_race_events_lose_nothing(shaken: Shaken) -> None:
    """Forty people are known twice each; they are merged while events of both halves come in and the engine works."""
    shaken.publish(SHOP)
    olds = [f"old{number}" for number in range(PAIRS)]
    news = [f"new{number}" for number in range(PAIRS)]
    shaken.people(olds + news)
    with shaken.database.reading() as tx:
        ids = {row.external_id: row.id for row in tx.session.execute(select(Contact.external_id, Contact.id))}
    shaken.events([("joined", who, None, None, {}) for who in olds[: PAIRS // 2] + news])
    while shaken.worker.intake.run():
        pass
    worker = Worker(shaken.database, registry=registry(shaken.provider, shaken.workspace))
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    failures: list[Exception] = []

    def happen() -> None:
        try:
            for number in range(EVENTS):
                shaken.events([("viewed", who, None, f"{who}:{number}", {}) for who in olds + news])
                _by_number(shaken, [ids[who] for who in news], number)
        except Exception as error:  # noqa: BLE001 — told by the test itself
            failures.append(error)

    def unite() -> None:
        try:
            order = list(range(PAIRS))
            random.Random(7).shuffle(order)
            for number in order:
                with shaken.database.transaction() as tx:
                    merging.take_turn(tx.session, shaken.workspace)
                    pair = ids[olds[number]], ids[news[number]]
                    now = clock.now(tx.session)
                    assert rooms.merge(tx.session, shaken.workspace, *pair, "test", now)
        except Exception as error:  # noqa: BLE001 — told by the test itself
            failures.append(error)

    both = [threading.Thread(target=happen), threading.Thread(target=unite)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    children.wait_for(lambda: not shaken.count(Inbox, Inbox.state == "new"), 60)
    worker.stop()
    thread.join(60)
    assert failures == []
    shaken.run()
    keepers = {ids[who] for who in olds}
    with shaken.database.reading() as tx:
        assert set(tx.session.scalars(select(Contact.id))) == keepers
        assert tx.session.scalar(select(func.count()).select_from(MergedContact)) == PAIRS
        events = Counter(tx.session.scalars(select(Event.contact_id).where(Event.name == "viewed")))
        assert events == dict.fromkeys(keepers, EVENTS * 3)
        assert not tx.session.scalar(select(func.count()).where(Inbox.state == "failed"))
        assert set(tx.session.scalars(select(Enrollment.subject_id))) <= keepers
        assert set(tx.session.scalars(select(Outbox.contact_id))) <= keepers
        active = Counter(
            tx.session.scalars(select(Enrollment.subject_id).where(Enrollment.status != "ended"))
        )
        assert set(active.values()) <= {1}
        ended = tx.session.scalars(select(Enrollment.result).where(Enrollment.result == "merged")).all()
        assert len(ended) == PAIRS // 2, "of twenty who were in the journey twice, one place each has ended"
    assert shaken.findings() == []


def _by_number(shaken: Shaken, ids: list[int], number: int) -> None:
    """Events that name the contact by a number it may not have any more."""
    with shaken.database.transaction() as tx:
        now = clock.now(tx.session)
        rows = [
            NewSignal(shaken.workspace, "event", "viewed", now, contact_id=one, event_id=f"n:{one}:{number}")
            for one in ids
        ]
        put(tx.session, rows, now)


def test_a_change_for_somebody_who_was_merged_reaches_the_keeper(shaken: Shaken) -> None:
    shaken.people(["a", "b"])
    with shaken.database.transaction() as tx:
        ids = {row.external_id: row.id for row in tx.session.execute(select(Contact.external_id, Contact.id))}
        now = clock.now(tx.session)
        merging.take_turn(tx.session, shaken.workspace)
        assert rooms.merge(tx.session, shaken.workspace, ids["a"], ids["b"], "test", now)
        late = contacts.Change(shaken.workspace, ids["b"], now, attributes={"late": True}, add=["x"])
        assert contacts.change(tx.session, [late], now) == []
    with shaken.database.reading() as tx:
        row = tx.session.get(Contact, ids["a"])
        assert row is not None and row.attributes["late"] is True and row.tags == ["x"]


def test_who_was_erased_is_let_go_and_the_numbers_stay_whole(shaken: Shaken) -> None:
    shaken.publish(SHOP)
    shaken.people(["a", "b"])
    shaken.events([("joined", who, None, None, {"secret": "zk41"}) for who in ("a", "b")])
    shaken.run()
    with shaken.database.transaction() as tx:
        number = tx.session.scalars(select(Contact.id).where(Contact.external_id == "a")).one()
        now = clock.now(tx.session)
        merging.take_turn(tx.session, shaken.workspace)
        uniting.erase(tx.session, shaken.workspace, number, now)
        assert erasing.erase(tx.session, shaken.workspace, number, "account:1", now)
    shaken.events([("viewed", "a", None, None, {"secret": "zk41"})])
    shaken.run()
    shaken.worker.housekeeping.forgetting.sweep()
    with shaken.database.reading() as tx:
        assert erasing.unswept(tx.session) == []
        row = tx.session.scalars(select(Enrollment).where(Enrollment.subject_id == number)).one()
        assert (row.status, row.result) == ("ended", "erased")
        assert tx.session.scalars(select(Contact.external_id)).all() == ["b"]
        assert not tx.session.scalar(select(func.count()).where(Event.contact_id == number))
        lost = tx.session.scalars(select(Inbox).where(Inbox.state == "failed")).one()
        assert lost.data == {} and lost.identity is None
    assert shaken.findings() == []
