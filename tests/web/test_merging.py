"""Two contacts become one: what stays, what moves, who may ask for it, and what happens when an identify says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from audience.tables import Contact, Event, Identity
from audience.tables_people import ConsentChange, MergedContact
from journeys.tables import Enrollment, Journey
from store.database import db
from store.tables import Inbox, Outbox
from tests.web.conftest import House

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def take(house: House, *contacts: dict[str, Any], **more: Any) -> Any:
    answer = house.client("editor").post("contacts/batch", json={"contacts": list(contacts), **more})
    assert answer.status_code == 200, answer.text
    return answer.json


def ids(house: House) -> dict[str | None, int]:
    with house.app.app_context():
        rows = db.session.execute(
            select(Contact.external_id, Contact.id).where(Contact.workspace_id == house.ids["main"])
        )
        return {name: number for name, number in rows}  # noqa: C416


def stored(house: House, number: int) -> Contact | None:
    with house.app.app_context():
        return db.session.get(Contact, number)


@pytest.fixture
def two(house: House) -> tuple[int, int]:
    """An older contact with a city and an age, and a newer one that knows the city better."""
    take(house, {"external_id": "a", "name": "林", "attributes": {"city": "上海", "age": 30}, "tags": ["旧"]})
    take(
        house,
        {
            "external_id": "b",
            "identities": {"phone": "13800000001"},
            "attributes": {"city": "北京", "no_sms": True},
            "tags": ["新"],
        },
    )
    found = ids(house)
    return found["a"], found["b"]


def test_the_newer_value_wins_gaps_are_filled_and_consent_is_the_stricter(
    house: House, two: tuple[int, int]
) -> None:
    keep, gone = two
    take(house, {"external_id": "a", "attributes": {"age": 31, "no_sms": None}})  # the keeper is changed last
    answer = house.client("editor").post("contacts/merge", json={"keep": keep, "merge": gone})
    assert answer.status_code == 200, answer.text
    row = stored(house, keep)
    assert row is not None and stored(house, gone) is None
    assert row.attributes == {"city": "上海", "age": 31, "no_sms": True}
    assert row.tags == ["新", "旧"] and row.name == "林"
    with house.app.app_context():
        words = db.session.scalars(select(ConsentChange).where(ConsentChange.contact_id == keep)).all()
        assert {(word.topic, word.granted) for word in words} == {("sms", False)}


def test_everybody_finds_the_keeper_by_the_old_names(house: House, two: tuple[int, int]) -> None:
    keep, gone = two
    client = house.client("editor")
    assert client.post("contacts/merge", json={"keep": keep, "merge": gone}).status_code == 200
    assert client.get(f"contacts/{gone}").json["id"] == keep
    again = take(house, {"external_id": "b", "attributes": {"seen": True}})
    assert again == {"created": 0, "updated": 1, "errors": [], "merged": 0}
    assert (stored(house, keep) or Contact()).attributes["seen"] is True
    answer = client.post("events", json={"name": "paid", "contact_id": gone})
    assert answer.json["accepted"] == 1
    assert house.client("editor", "other").get(f"contacts/{gone}").status_code == 404


def test_messages_events_and_journeys_come_along_and_one_of_two_places_ends(
    house: House, two: tuple[int, int]
) -> None:
    keep, gone = two
    with house.app.app_context():
        session = db.session()
        first = Journey(
            workspace_id=house.ids["main"], key="j", name="j", status="live", created_at=NOW, updated_at=NOW
        )
        session.add(first)
        session.flush()
        places = [
            enrollment(house, first.id, keep, NOW + timedelta(days=1)),
            enrollment(house, first.id, gone, NOW),
            enrollment(house, first.id + 1, gone, NOW),
        ]
        session.add_all(places)
        session.add(event(house, gone))
        session.flush()
        session.add_all(message(house, place.id, place.subject_id) for place in places)
        session.commit()
        younger, older, alone = [place.id for place in places]
    client = house.client("editor")
    seen = client.post("contacts/merge/preview", json={"keep": keep, "merge": gone})
    assert [one["enrollment_id"] for one in seen.json["ending"]] == [younger]
    assert client.post("contacts/merge", json={"keep": keep, "merge": gone}).status_code == 200
    with house.app.app_context():
        owners = dict(db.session.execute(select(Enrollment.id, Enrollment.subject_id)).all())
        assert owners == {younger: keep, older: keep, alone: keep}
        states = dict(db.session.execute(select(Outbox.enrollment_id, Outbox.state)).all())
        assert states == {younger: "withdrawn", older: "pending", alone: "pending"}
        assert set(db.session.scalars(select(Outbox.contact_id))) == {keep}
        assert db.session.scalars(select(Event.contact_id)).all() == [keep]
        told = db.session.scalars(select(Inbox).where(Inbox.kind == "hand")).one()
        assert told.enrollment_id == younger and told.data["result"] == "merged"


def enrollment(house: House, journey: int, contact: int, at: datetime) -> Enrollment:
    return Enrollment(
        workspace_id=house.ids["main"], journey_id=journey, version_id=1, subject_kind="contact",
        subject_id=contact, key="", entry_id="e", status="waiting", stage="s", step="w", visit=1, seq=1,
        entered_journey=at, taken_at=at, state={}, due_at=at, step_due=at,
    )  # fmt: skip


def message(house: House, enrollment_id: int, contact: int) -> Outbox:
    return Outbox(
        workspace_id=house.ids["main"], key=f"{enrollment_id}:1:1", journey_id=1, version_id=1,
        enrollment_id=enrollment_id, contact_id=contact, step="m", visit=1, seq=1, carrier="sms",
        content="hi", scene={}, due_at=NOW, not_before=NOW,
    )  # fmt: skip


def event(house: House, contact: int) -> Event:
    return Event(
        id=99999, workspace_id=house.ids["main"], contact_id=contact, name="paid", occurred_at=NOW,
        stored_at=NOW, properties={},
    )  # fmt: skip


def test_who_may_merge(house: House, two: tuple[int, int]) -> None:
    pair = {"keep": two[0], "merge": two[1]}
    assert house.client("analyst").post("contacts/merge", json=pair).status_code == 403
    assert house.client("editor", "other").post("contacts/merge", json=pair).status_code == 404
    itself = {"keep": two[0], "merge": two[0]}
    assert house.client("editor").post("contacts/merge", json=itself).status_code == 422


def test_a_strong_name_merges_when_a_batch_says_so_and_a_weak_one_does_not(house: House) -> None:
    take(house, {"identities": {"unionid": "u1"}}, {"identities": {"openid": "o1"}})
    take(house, {"identities": {"phone": "13800000002"}})
    both = {"identities": {"unionid": "u1", "openid": "o1"}, "attributes": {"n": 1}}
    assert take_refused(house, both, merge=False), "without `merge` two contacts stay two"
    assert take(house, both, merge=True)["merged"] == 1
    weak = {"identities": {"unionid": "u1", "phone": "13800000002"}}
    assert take_refused(house, weak)
    owner = house.client("owner")
    kinds = ["unionid", "openid", "external_userid", "external_id", "phone"]
    changed = owner.patch(f"workspaces/{house.ids['main']}", json={"merge_on_identify": kinds})
    assert changed.json["merge_on_identify"] == kinds
    assert take(house, weak, merge=True)["merged"] == 1
    with house.app.app_context():
        mine = Identity.workspace_id == house.ids["main"]
        assert db.session.scalar(select(func.count(func.distinct(Identity.contact_id))).where(mine)) == 1
        assert db.session.scalar(select(func.count()).select_from(MergedContact)) == 2
        assert set(db.session.scalars(select(MergedContact.keeper_id))) == set(
            db.session.scalars(select(Identity.contact_id).where(mine))
        )


def take_refused(house: House, contact: dict[str, Any], *, merge: bool = True) -> bool:
    answer = house.client("editor").post("contacts/batch", json={"contacts": [contact], "merge": merge})
    return bool(answer.status_code == 422)
