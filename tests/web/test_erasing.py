"""P20: a person is told whole, and then nothing of the person is found in any table, log or export."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import LargeBinary, select

from audience import erasing
from audience.tables import Contact, Event
from audience.tables_files import Export, FilePiece, Import, ImportProblem
from audience.tables_people import MergedContact, Suppressed
from journeys import uniting
from journeys.tables import Enrollment, Journey, MovedPerson, Trail
from store import migrate
from store.database import db
from store.tables import Idempotency, Inbox, Outbox
from tests.web.conftest import House
from web import idempotency

migrate.load_tables()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
#: What only this person's data hold; each stands in another place.
MARKS = {
    "name": "毛毛丘比特",
    "external": "EXT-ZK41-77",
    "phone": "13912345678",
    "email": "zk41.marker@example.org",
    "unionid": "oUNION-zk41-marker",
    "attribute": "紫薯味的秘密",
    "was": "从前爱芋泥zk41",
    "event": "paid-with-zk41",
    "message": "亲爱的zk41，您好",
    "scene": "scene-zk41-cart",
    "trail": "saw-zk41-shoes",
    "note": "她说zk41不要短信",
    "remark": "备注zk41王太太",
}


@pytest.fixture
def person(house: House) -> int:
    """Somebody whose marks stand in every table that may hold any."""
    editor = house.client("editor")
    contact = {
        "external_id": MARKS["external"],
        "name": MARKS["name"],
        "identities": {name: MARKS[name] for name in ("phone", "email", "unionid")},
        "attributes": {"secret": MARKS["was"]},
        "tags": ["vip"],
    }
    key = {"Idempotency-Key": "batch-1"}
    assert editor.post("contacts/batch", json={"contacts": [contact]}, headers=key).status_code == 200
    with house.app.app_context():
        number = db.session.scalars(select(Contact.id).where(Contact.external_id == MARKS["external"])).one()
    said = {"topics": {"sms": False}, "note": MARKS["note"]}
    assert editor.post(f"contacts/{number}/consent", json=said).status_code == 200
    change = {"timezone": "Asia/Shanghai", "attributes": {"secret": MARKS["attribute"]}}
    changed = editor.patch(f"contacts/{number}", json=change, headers={"Idempotency-Key": "patch-1"})
    assert changed.status_code == 200
    staff = editor.post("staff", json={"key": "w1", "name": "王"}).json["id"]
    friend = {"state": "friend", "remark": MARKS["remark"]}
    assert editor.put(f"contacts/{number}/staff/{staff}", json=friend).status_code == 200
    with house.app.app_context():
        plant(house.ids["main"], number)
    return number


def plant(here: int, number: int) -> None:
    """The rows that the engine and files leave."""
    session = db.session()
    journey = Journey(workspace_id=here, key="j", name="j", status="live", created_at=NOW, updated_at=NOW)
    session.add(journey)
    session.flush()
    place = Enrollment(
        workspace_id=here, journey_id=journey.id, version_id=1, subject_id=number, key=MARKS["scene"],
        entry_id="e", status="waiting", stage="s", step="w", visit=1, seq=1, entered_journey=NOW, taken_at=NOW,
        due_at=NOW, state={"event": {"name": MARKS["event"]}, "alarms": {}},
    )  # fmt: skip
    session.add(place)
    session.flush()
    signal = Inbox(
        workspace_id=here, kind="event", name="paid", contact_id=number, occurred_at=NOW, stored_at=NOW,
        identity={"phone": MARKS["phone"]}, data={"how": MARKS["event"]}, state="done",
    )  # fmt: skip
    session.add_all(
        [
            signal,
            Event(id=777, workspace_id=here, contact_id=number, name="paid", occurred_at=NOW, stored_at=NOW,
                  properties={"how": MARKS["event"]}),
            Outbox(workspace_id=here, key="1:1:1", journey_id=journey.id, version_id=1, enrollment_id=place.id,
                   contact_id=number, step="m", visit=1, seq=1, carrier="sms", content="hi",
                   scene={"cart": MARKS["scene"]}, rendered={"text": MARKS["message"]}, due_at=NOW,
                   not_before=NOW, state="sent"),
            Trail(workspace_id=here, enrollment_id=place.id, version_id=1, at=NOW, op="step", stage="s",
                  step="w", visit=1, seq=1, detail={"saw": {"attribute.secret": MARKS["trail"]}, "key": "1:1"}),
            MovedPerson(move_id=_move(here, journey.id), enrollment_id=place.id, workspace_id=here,
                        before={"event": MARKS["event"]}, visit=1, seq=1),
        ]
    )  # fmt: skip
    file = Import(workspace_id=here, filename="a.csv", created_at=NOW, state="done")
    out = Export(workspace_id=here, kind="contacts", filename="b.csv", created_at=NOW, state="done")
    session.add_all([file, out])
    session.flush()
    rows = [["other", "1"], [MARKS["external"], MARKS["name"], MARKS["phone"]]]
    session.add_all(
        [
            ImportProblem(workspace_id=here, import_id=file.id, row=2, reason={"zh": MARKS["phone"], "en": ""}),
            FilePiece(workspace_id=here, owner="export", owner_id=out.id, number=1,
                      body=zlib.compress(orjson.dumps(rows))),
        ]
    )  # fmt: skip
    session.commit()


def _move(here: int, journey: int) -> int:
    from journeys.tables import JourneyMove, Version

    version = Version(
        workspace_id=here, journey_id=journey, number=1, digest="", definition={}, published_at=NOW
    )
    db.session.add(version)
    db.session.flush()
    move = JourneyMove(
        workspace_id=here, journey_id=journey, from_version_id=version.id, to_version_id=version.id,
        mode="move", at=NOW,
    )  # fmt: skip
    db.session.add(move)
    db.session.flush()
    return move.id


def everything(house: House) -> Iterator[tuple[str, str]]:
    """Every row of every table as text, blobs unpacked and kept answers unsealed."""
    with house.app.test_request_context():
        for table in db.metadata.sorted_tables:
            blobs = [c.name for c in table.columns if isinstance(c.type, LargeBinary)]
            for row in db.session.execute(select(table)):
                told = dict(row._mapping)
                for name in blobs:
                    told[name] = _unpacked(told[name])
                if (
                    table.name == Idempotency.__tablename__
                    and told["body"]
                    and not told["key"].startswith("s")
                ):
                    told["body"] = idempotency._opened(told["body"], told["key"]).decode()
                yield table.name, json.dumps(told, ensure_ascii=False, default=str)


def _unpacked(body: bytes) -> str:
    try:
        return zlib.decompress(body).decode()
    except zlib.error:
        return body.decode("utf-8", "replace")


def hits(house: House) -> list[tuple[str, str]]:
    return [(table, mark) for table, row in everything(house) for mark, text in MARKS.items() if text in row]


def swept_inbox(person: int) -> list[int]:
    """Go through the inbox a signal at a time, as the engine does in greater portions."""
    reached = [erasing.sweep_inbox(db.session(), [person], 0, 1)[0]]
    while reached[-1]:
        reached.append(erasing.sweep_inbox(db.session(), [person], reached[-1], 1)[0])
    return reached


def test_all_that_is_kept_of_a_person_is_told(house: House, person: int) -> None:
    answer = house.client("editor").get(f"contacts/{person}/export")
    assert answer.status_code == 200
    assert [mark for mark, text in MARKS.items() if text not in answer.get_data(as_text=True)] == []
    assert "attachment" in answer.headers["Content-Disposition"]
    assert house.client("analyst").get(f"contacts/{person}/export").status_code == 403
    assert house.client("owner", "other").get(f"contacts/{person}/export").status_code == 404


def test_p20_nothing_of_a_person_who_was_erased_is_left(
    house: House, person: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert {mark for _, mark in hits(house)} == set(MARKS), "a mark is not planted: nothing would be shown"
    caplog.set_level(logging.DEBUG)
    owner = house.client("owner")
    assert house.client("editor").delete(f"contacts/{person}").status_code == 403
    assert owner.delete(f"contacts/{person}").status_code == 204
    with house.app.app_context():  # as the engine does
        session = db.session()
        assert erasing.unswept(session) == [(house.ids["main"], person)]
        session.execute(Enrollment.__table__.update().values(status="ended"))
        reached = swept_inbox(person)
        assert reached[-1] == 0 and len(reached) > 1, "in portions"
        uniting.empty(session, house.ids["main"], person)
        assert erasing.sweep(session, house.ids["main"], person, NOW)
        session.commit()
        assert erasing.unswept(session) == []
        assert session.scalars(select(MergedContact.keeper_id)).all() == [None]
        assert len(session.scalars(select(Suppressed.digest)).all()) == 4
    assert hits(house) == []
    assert [mark for mark, text in MARKS.items() if text in caplog.text] == []
    assert owner.get(f"contacts/{person}").status_code == 404
    assert "other" in next(row for table, row in everything(house) if table == "file_piece")


def test_whoever_was_erased_is_not_made_again_unasked(house: House, person: int) -> None:
    owner = house.client("owner")
    assert owner.delete(f"contacts/{person}").status_code == 204
    again: list[dict[str, Any]] = [
        {"identities": {"phone": "+86 139-1234-5678"}},
        {"external_id": "somebody", "identities": {"phone": "13800000009"}},
    ]
    answer = owner.post("contacts/batch", json={"contacts": again})
    assert answer.status_code == 200
    assert answer.json["created"] == 1
    assert [wrong["path"] for wrong in answer.json["errors"]] == ["contacts[0]"]
    assert "清除" in answer.json["errors"][0]["message"]
