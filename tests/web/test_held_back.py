"""What keeps messages back is told: at /readyz to machines, and to people with what can be done about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from journeys.tables import Enrollment, Version
from store import home
from store.database import db
from store.tables import Outbox, WorkerBeat
from store.tables_connections import Connection
from tests.web.conftest import House
from tests.web.rows import furnish


def beat(house: House, roles: str) -> None:
    now = datetime.now(UTC)
    with house.app.app_context():
        db.session.merge(WorkerBeat(owner="w", host="h", roles=roles, started_at=now, seen_at=now))
        db.session.commit()


def told(house: House) -> dict[str, dict[str, Any]]:
    answer = house.client("viewer").get("messages/held")
    assert answer.status_code == 200
    items = answer.json["items"]
    assert all(one["words"]["zh"] and one["todo"]["en"] for one in items)
    return {one["kind"]: one for one in items}


def connect(house: House, state: str, *carriers: str) -> None:
    now = datetime.now(UTC)
    with house.app.app_context():
        row = Connection(
            workspace_id=house.ids["main"], connector="sms", name="短信网关", carriers=list(carriers), settings={},
            state=state, callback_id=f"c{state}{len(carriers)}", created_at=now, updated_at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()


def test_a_worker_without_sending_is_told(house: House) -> None:
    house.app.config["ROADBOOK_STARTED"] = datetime.now(UTC) - timedelta(hours=1)
    assert "no_worker" in told(house)
    beat(house, "advance,intake")
    ready = house.app.test_client().get("/readyz")
    assert (ready.status_code, ready.json["delivery"]) == (200, "no worker delivers")
    assert "deliver" in told(house)["no_worker"]["todo"]["zh"]
    beat(house, "advance,deliver")
    assert told(house) == {}
    assert house.app.test_client().get("/readyz").json["delivery"] == "ok"


def test_sending_that_is_off_is_told_and_makes_nobody_unready(house: House) -> None:
    beat(house, "deliver")
    with house.app.app_context():
        home.decide(db.session(), hold=True, why="a rehearsal")
        db.session.commit()
    ready = house.app.test_client().get("/readyz")
    assert ready.status_code == 200 and ready.json["sending"].startswith("held")
    assert "rehearsal" not in ready.text, "what an operator wrote is not for everybody"
    assert "sending on" in told(house)["switched_off"]["todo"]["zh"]


@pytest.mark.parametrize(("state", "kind"), [("broken", "connection_broken"), ("off", "connection_off")])
def test_an_account_that_does_not_serve_is_told_unless_another_does(
    house: House, state: str, kind: str
) -> None:
    beat(house, "deliver")
    connect(house, state, "sms")
    found = told(house)
    assert (
        list(found) == [kind] and found[kind]["carrier"] == "sms" and "短信网关" in found[kind]["words"]["zh"]
    )
    connect(house, "on", "sms", "email")
    assert told(house) == {}


def test_messages_that_a_policy_holds_are_counted_for_their_workspace_alone(house: House) -> None:
    beat(house, "deliver")
    furnish(house, "main")
    with house.app.app_context():
        number = db.session.scalars(select(Outbox.id).where(Outbox.workspace_id == house.ids["main"])).first()
        later = datetime.now(UTC) + timedelta(hours=3)
        values = {"state": "pending", "reason": "quiet-hours", "not_before": later}
        db.session.execute(update(Outbox).where(Outbox.id == number).values(values))
        db.session.commit()
    assert told(house)["policy"]["waiting"] == 1
    other = house.client("owner", "other").get("messages/held").json["items"]
    assert all(one["kind"] != "policy" for one in other)


def test_who_is_held_before_there_is_a_message_is_counted_too(house: House) -> None:
    beat(house, "deliver")
    furnish(house, "main")
    with house.app.app_context():
        row = db.session.scalars(select(Enrollment).where(Enrollment.workspace_id == house.ids["main"])).one()
        version = db.session.get_one(Version, row.version_id)
        steps = [{"id": "hello", "stage": "s", "kind": "send", "config": {}}]
        version.definition = {**version.definition, "steps": steps}
        row.step, row.status = "hello", "waiting"
        row.state = {"hold": {"until": "2030-01-01T00:00:00+00:00", "because": "quiet-hours"}}
        db.session.commit()
    assert told(house)["policy"]["waiting"] == 1
    other = house.client("owner", "other").get("messages/held").json["items"]
    assert all(one["kind"] != "policy" for one in other)
