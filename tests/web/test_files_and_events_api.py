"""Files in and out over the API, and what the catalogue tells of events."""

from __future__ import annotations

import io
import json
from typing import Any

from audience import exports, imports
from audience.events import learn
from store import clock
from store.database import db
from tests.web.conftest import House

PEOPLE = "external_id,phone,city\na,13800138000,=1+1\nb,13900139000,杭州\nc,12,苏州\n"
MAPPING = {"external_id": "external_id", "phone": "identity:phone", "city": "attribute:city:text"}


def upload(house: House, content: str, mapping: Any = MAPPING, name: str = "p.csv", **parts: Any) -> Any:
    form = {"file": (io.BytesIO(content.encode()), name), "mapping": json.dumps(mapping), **parts}
    return house.client().post("imports", data=form, content_type="multipart/form-data")


def work(house: House, run: Any, number: int) -> None:
    with house.app.app_context():
        session = db.session()
        while run(session, number, clock.now(session)):
            session.commit()
        session.commit()


def test_an_import_can_be_paused_resumed_and_cancelled(house: House) -> None:
    owner = house.client()
    number = upload(house, PEOPLE).json["id"]
    assert owner.post(f"imports/{number}/pause").json["state"] == "paused"
    work(house, imports.run_chunk, number)
    assert owner.get(f"imports/{number}").json["done"] == 0
    assert owner.post(f"imports/{number}/pause").json["code"] == "wrong-state"
    assert owner.post(f"imports/{number}/resume").json["state"] == "waiting"
    work(house, imports.run_chunk, number)
    done = owner.get(f"imports/{number}").json
    assert (done["state"], done["created"], done["cut"]) == ("done", 3, True)
    assert owner.post(f"imports/{number}/cancel").status_code == 409
    second = upload(house, PEOPLE).json["id"]
    assert owner.post(f"imports/{second}/cancel").json["state"] == "cancelled"
    work(house, imports.run_chunk, second)
    assert owner.get(f"imports/{second}").json["done"] == 0


def test_events_come_from_a_file_once(house: House) -> None:
    rows = (
        "事件,时间,会员号,金额\norder_paid,2026-03-01 10:00,a,9.5\norder_paid,1767225600,b,1\nbad name,,a,\n"
    )
    look = house.client().post(
        "imports/preview",
        data={"file": (io.BytesIO(rows.encode()), "e.csv"), "kind": "events"},
        content_type="multipart/form-data",
    )
    mapping = {**look.json["mapping"], "金额": "property:amount:number"}
    assert look.json["mapping"]["时间"] == "occurred_at" and look.json["mapping"]["事件"] == "event_name"
    for created, again in ((2, 0), (0, 2)):
        number = upload(house, rows, mapping, kind="events").json["id"]
        work(house, imports.run_chunk, number)
        done = house.client().get(f"imports/{number}").json
        assert (done["created"], done["updated"], done["failed"]) == (created, again, 1), done
    lines = '{"name":"viewed","external_id":"a","event_id":"x1"}\nnonsense\n'
    number = upload(house, lines, {}, name="e.jsonl", kind="events").json["id"]
    work(house, imports.run_chunk, number)
    done = house.client().get(f"imports/{number}").json
    assert (done["form"], done["created"], done["failed"]) == ("jsonl", 1, 1)
    assert upload(house, lines, {}, kind="nothing").json["errors"][0]["path"] == "kind"
    assert upload(house, PEOPLE, kind="list", list="nobody").json["errors"][0]["path"] == "list"


def test_an_export_is_asked_for_written_and_fetched(house: House) -> None:
    owner = house.client()
    work(house, imports.run_chunk, upload(house, PEOPLE).json["id"])
    columns = [one["column"] for one in owner.get("exports/columns?kind=contacts").json["items"]]
    assert {"external_id", "identity:phone", "attribute:city"} <= set(columns)
    made = owner.post("exports", json={"kind": "contacts", "columns": ["external_id", "attribute:city"]})
    assert made.status_code == 202 and made.json["rows"] == 3, made.text
    file = f"exports/{made.json['id']}/file"
    assert owner.get(file).json["code"] == "wrong-state"
    work(house, exports.run_chunk, made.json["id"])
    assert owner.get(file).text == "\ufeffexternal_id,city\r\na,'=1+1\r\nb,杭州\r\nc,苏州\r\n"
    assert owner.get(f"{file}?as=xlsx").data[:2] == b"PK"
    wrong = owner.post("exports", json={"kind": "contacts", "columns": ["attribute:x"]})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["path"] == "columns.0"
    for kind in ("events", "messages"):
        number = owner.post("exports", json={"kind": kind}).json["id"]
        work(house, exports.run_chunk, number)
        assert owner.get(f"exports/{number}/file").status_code == 200


def test_the_catalogue_tells_of_volume_and_of_mistakes(house: House) -> None:
    owner = house.client()
    with house.app.app_context():
        session = db.session()
        here = next(iter(house.ids.values()))
        now = clock.now(session)
        learn(session, here, [("order_paid", {"amount": 5})] * 3, now)
        session.commit()
        learn(session, here, [("orderPaid", {}), ("order_paid", {"amount": "five"})], now)
        session.commit()
    kinds = {one["name"]: one for one in owner.get("event-catalogue").json["items"]}
    assert kinds["order_paid"]["days"][-1] == 4 and len(kinds["order_paid"]["days"]) == 30
    one = owner.get("event-catalogue/order_paid").json
    (found,) = one["findings"]
    assert (found["code"], found["property"], found["detail"]) == (
        "type_changed",
        "amount",
        {"was": "number", "is": "text"},
    )
    like = owner.get("event-catalogue/orderPaid").json["findings"][0]
    assert like["code"] == "near_duplicate" and like["detail"] == {"like": "order_paid"}
    assert owner.post(f"event-catalogue/warnings/{found['id']}/dismiss").status_code == 200
    changed = owner.patch("event-catalogue/order_paid", json={"title": "已付款", "own_doing": False})
    assert (changed.json["title"], changed.json["own_doing"], changed.json["findings"]) == (
        "已付款",
        False,
        [],
    )
    assert owner.get("event-catalogue/nothing").status_code == 404
