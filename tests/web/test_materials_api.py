"""What is said and who is brought along: contents, templates, imports."""

from __future__ import annotations

import io
import json
from typing import Any

from audience import imports as files
from store import clock
from store.database import db
from tests.web.conftest import House
from tests.web.rows import furnish

HELLO = {
    "key": "hello",
    "name": "问候",
    "carrier": "sms",
    "body": {"text": "{{ contact.name | default: '你' }}好"},
}
CSV = "手机,姓名,城市\n13800138000,林,杭州\n13900139000,周,苏州\n,,\n坏,=1+1,x\n"


def upload(house: House, path: str = "imports", content: bytes = CSV.encode(), **parts: Any) -> Any:
    form = {"file": (io.BytesIO(content), "客户.csv"), **parts}
    return house.client().post(path, data=form, content_type="multipart/form-data")


def test_a_material_is_made_changed_and_deleted(house: House) -> None:
    owner = house.client()
    made = owner.post("contents", json=HELLO)
    assert made.status_code == 201 and made.json["revision"] == 1, made.text
    address = f"contents/{made.json['id']}"
    assert owner.post("contents", json=HELLO).json["code"] == "key-taken"
    changed = owner.put(address, json={**HELLO, "name": "早", "revision": 1})
    assert changed.json["revision"] == 2 and changed.json["name"] == "早"
    late = owner.put(address, json={**HELLO, "revision": 1})
    assert late.status_code == 409 and late.json["theirs"] == 2
    assert owner.put(address, json={**HELLO, "key": "other"}).json["errors"][0]["path"] == "key"
    assert owner.delete(address).status_code == 204
    assert owner.get(address).status_code == 404


def test_a_material_that_cannot_be_said(house: House) -> None:
    owner = house.client()
    for body, path in (
        ({}, "body.text"),
        ({"text": "{{ contact.name "}, "body.text"),
        ({"text": "{{ secret.key }}"}, "body.text"),
        ({"text": "x", "hat": 1}, "body.hat"),
    ):
        refused = owner.post("contents", json={**HELLO, "body": body})
        assert refused.status_code == 422 and refused.json["errors"][0]["path"] == path, refused.text


def test_a_material_in_use_stays(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    steps = [{"id": "hi", "stage": "s", "kind": "send", "config": {"carrier": "sms", "content": "hello"}}]
    drawing = {
        "format": 1,
        "stages": [{"id": "s", "initial": "hi", "stay": True}],
        "steps": steps,
        "entries": [{"id": "in", "on": {"type": "hand"}, "to": "s"}],
    }
    number = owner.post("journeys", json={"name": "问候旅程", "definition": drawing}).json["id"]
    published = owner.post(f"journeys/{number}/publish", json={"revision": 1})
    assert published.status_code == 200, published.text
    refused = owner.delete(f"contents/{rows.content_id}")
    assert refused.status_code == 409 and "问候旅程" in refused.json["detail"]


def test_a_preview_says_what_is_missing(house: House) -> None:
    rows = furnish(house, "main")
    viewer = house.client("viewer")
    body = {"text": "{{ contact.name }}，{{ contact.city }}，{{ contact.level }}"}
    told = viewer.post("contents/preview", json={"body": body, "contact_id": rows.contact_id}).json
    assert told["text"].startswith("林-main，杭州") and told["missing"] == ["contact.level"]
    assert viewer.post("contents/preview", json={"key": "hello"}).status_code == 200
    assert viewer.post("contents/preview", json={"key": "nothing"}).status_code == 404
    assert viewer.post("contents/preview", json={}).status_code == 422
    broken = viewer.post(
        "contents/preview", json={"body": {"text": "{% for x in (1..9999999999) %}{{ x }}{% endfor %}"}}
    )
    assert broken.status_code == 422 and broken.json["errors"][0]["path"] == "body.text"


def test_a_template_is_cloned_and_can_be_published_as_it_is(house: House) -> None:
    owner = house.client()
    shelf = owner.get("templates").json["items"]
    assert {"beauty", "new-energy-car", "new-active-sleeping"} <= {card["slug"] for card in shelf}
    for card in shelf:
        whole = owner.get(f"templates/{card['slug']}").json
        assert whole["definition"]["stages"] and whole["materials"] and whole["readme"]["zh"]
        clone = owner.post(f"templates/{card['slug']}/clone", json={"name": f"我的{card['slug']}"})
        assert clone.status_code == 201 and clone.json["template"] == card["slug"], clone.text
        assert {"material", "tag", "script"} <= {one["kind"] for one in clone.json["made"]}
        checked = owner.post(f"journeys/{clone.json['id']}/check", json={}).json
        pressing = {one["code"] for one in checked["problems"] if one["severity"] != "info"}
        assert checked["counts"]["error"] == 0 and pressing <= {"nobody-yet"}, checked["problems"]
        assert owner.post(f"journeys/{clone.json['id']}/publish", json={"revision": 1}).status_code == 200
    assert owner.get("templates/nothing").status_code == 404
    assert {"friend_added"} <= {e["name"] for e in owner.get("event-types").json["items"]}


def test_a_file_is_looked_at_then_taken_in(house: House) -> None:
    look = upload(house, "imports/preview")
    assert look.status_code == 200, look.text
    assert look.json["columns"] == ["手机", "姓名", "城市"] and look.json["rows"][0][1] == "林"
    mapping = {"手机": "identity:phone", "姓名": "name", "城市": "attribute:city"}
    started = upload(house, mapping=json.dumps(mapping))
    assert started.status_code == 202 and started.json["state"] == "waiting", started.text
    number = started.json["id"]
    with house.app.app_context():
        session = db.session()
        while files.run_chunk(session, number, clock.now(session)):
            session.commit()
        session.commit()
    owner = house.client()
    done = owner.get(f"imports/{number}").json
    assert done["state"] == "done" and done["rows"] == done["done"] == 4 and done["created"] >= 2
    assert [row["id"] for row in owner.get("imports").json["items"]] == [number]
    errors = owner.get(f"imports/{number}/errors.csv")
    assert errors.mimetype == "text/csv" and errors.text.startswith("\ufeff行,列,原因")


def test_files_that_are_none(house: House) -> None:
    for answer, status, path in (
        (house.client().post("imports", json={}), 415, None),
        (upload(house, content=b""), 422, "mapping"),
        (upload(house, content=b"", mapping="{}"), 422, "file"),
        (upload(house, mapping="nonsense"), 422, "mapping"),
        (upload(house, mapping='{"手机": 1}'), 422, "mapping"),
        (upload(house, mapping='{"手机": "attribute:city", "手机": "x"}'), 422, "mapping.手机"),
        (
            house.client().post("imports", data={"mapping": "{}"}, content_type="multipart/form-data"),
            422,
            "file",
        ),
    ):
        assert answer.status_code == status, answer.text
        assert path is None or answer.json["errors"][0]["path"] == path, answer.text
    assert house.client().get("imports").json["items"] == []


def test_a_file_beyond_the_limit(make_house: Any) -> None:
    house = make_house(max_import_bytes=20_000, max_body_bytes=5_000)
    small = "手机\n" + "13800138000\n" * 1000  # larger than a body may be, smaller than a file
    assert upload(house, content=small.encode(), mapping='{"手机": "identity:phone"}').status_code == 202
    assert upload(house, content=b"x" * 30_000, mapping="{}").status_code == 413


def test_an_upload_sent_twice_is_one_import(house: House) -> None:
    for _ in range(2):
        form = {"file": (io.BytesIO(CSV.encode()), "a.csv"), "mapping": '{"手机": "identity:phone"}'}
        answer = house.client().post(
            "imports", data=form, content_type="multipart/form-data", headers={"Idempotency-Key": "up-1"}
        )
        assert answer.status_code == 202, answer.text
    assert len(house.client().get("imports").json["items"]) == 1


def test_parts_without_names_are_no_trouble(house: House) -> None:
    edge, line = "frame", "\r\n"
    parts = [f'--{edge}{line}Content-Disposition: form-data; name=""{line}{line}{n}{line}' for n in "ab"]
    parts += [f"--{edge}{line}Content-Disposition: form-data{line}{line}c{line}", f"--{edge}--{line}"]
    answer = house.client().post(
        "imports",
        data="".join(parts).encode(),
        content_type=f"multipart/form-data; boundary={edge}",
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 422 and answer.json["errors"][0]["path"] == "file"
