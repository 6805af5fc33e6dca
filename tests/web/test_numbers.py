"""The numbers of a journey over the API: median times, what became of messages, and not sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from journeys.tables import Counter, Trail
from store.database import begin_write, db
from tests.web.conftest import House
from tests.web.inside_rows import publish, work
from tests.web.rows import NOW, furnish
from web import stays

DRAWN: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "trust"}],
    "stages": [{"id": "trust", "initial": "pause", "stay": True}, {"id": "bought", "stay": True}],
    "steps": [
        {"id": "pause", "stage": "trust", "kind": "wait", "config": {"until": {"for": "P1D"}}},
        {"id": "again", "stage": "trust", "kind": "wait", "config": {"until": {"for": "P9D"}}},
    ],
    "arrows": [
        {"id": "a1", "from": "pause", "exit": "next", "to": "again"},
        {"id": "a2", "from": "trust", "on": {"type": "event", "name": "order_paid"}, "to": "bought"},
        {"id": "a3", "from": "trust", "on": {"type": "event", "name": "asked"}, "to": "again"},
        {"id": "a4", "from": "*", "on": {"type": "event", "name": "friend_deleted"}, "to": "lost"},
    ],
    "ends": [{"id": "lost", "result": "lost"}],
    "settings": {"quiet_hours": None},
}


@pytest.fixture(autouse=True)
def read_anew() -> None:
    stays.forget()


def lived(house: House, version_id: int, enrollment: int, hours: list[float], *, slug: str = "main") -> None:
    """Somebody enters, waits so long at `pause`, goes to `bought` and is gone an hour later."""
    lines: list[dict[str, Any]] = [
        {"op": "open", "at": NOW},
        {"op": "stage", "at": NOW, "stage": "trust", "visit": 1},
    ]
    at = NOW
    for stay in hours:
        at += timedelta(hours=stay)
        lines.append(
            {"op": "hold", "at": at - timedelta(minutes=1), "stage": "trust", "step": "pause", "visit": 1}
        )
        lines.append({"op": "step", "at": at, "stage": "trust", "step": "pause", "exit": "next", "visit": 1})
    lines.append({"op": "stage", "at": at, "stage": "bought", "visit": 2})
    lines.append({"op": "end", "at": at + timedelta(hours=1), "stage": "bought", "visit": 2})
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        for line in lines:
            line = {"visit": 0, **line}
            session.add(
                Trail(
                    workspace_id=house.ids[slug],
                    enrollment_id=enrollment,
                    version_id=version_id,
                    seq=0,
                    **line,
                )
            )
            session.flush()
        session.commit()


def version_of(house: House, journey_id: int) -> int:
    with house.app.app_context():
        return int(
            db.session.query(Counter.version_id).filter_by(workspace_id=house.ids["main"]).limit(1).scalar()
        )


def test_how_long_people_stay_is_told_by_the_median_of_those_who_left(house: House) -> None:
    rows = furnish(house, "main")
    version = version_of(house, rows.journey_id)
    for n, hours in enumerate((2.0, 4.0, 30.0)):
        lived(house, version, 9000 + n, [hours])
    # Twice at the same step: the second time counts from the first leaving.
    lived(house, version, 9100, [6.0, 6.0])
    with house.app.app_context():
        begin_write(db.session())
        for node in ("pause", "bought"):
            db.session.add(
                Counter(version_id=version, node=node, workspace_id=house.ids["main"], here=0, passed=1)
            )
        db.session.commit()
    told = house.client("viewer").get(f"journeys/{rows.journey_id}/stats").json
    assert told["nodes"]["pause"] == {"here": 0, "passed": 1, "median_secs": 6 * 3600}
    assert told["nodes"]["bought"]["median_secs"] == 3600
    assert told["nodes"]["trust"]["median_secs"] == 8 * 3600
    assert told["sample"] == {"pause": 5, "trust": 4, "bought": 4} and told["as_of"]
    # The answer is kept for a while.
    lived(house, version, 9200, [100.0])
    assert house.client().get(f"journeys/{rows.journey_id}/stats").json["sample"]["pause"] == 5


def test_whoever_is_taken_from_a_step_counts_as_well(house: House) -> None:
    owner = house.client()
    number = publish(owner, DRAWN)
    people = [{"external_id": f"p{n}"} for n in range(5)]
    assert owner.post("contacts/batch", json={"contacts": people}).status_code == 200

    def happens(name: str, who: str, hours: int) -> None:
        assert owner.post("test/clock", json={"advance": f"PT{hours}H"}).status_code == 200
        assert owner.post("events", json={"name": name, "external_id": who}).status_code == 202
        work(house)

    for who in ("p0", "p1", "p2", "p3", "p4"):
        happens("friend_added", who, 1)
    happens("order_paid", "p0", 2)  # at the first step for 6 hours, then into another stage
    happens("friend_deleted", "p1", 2)  # 7 hours, then gone
    happens("asked", "p2", 2)  # 8 hours, then to another step of the stage
    person = owner.get(f"journeys/{number}/enrollments?step=pause").json["items"][0]
    assert owner.post(f"enrollments/{person['id']}/move", json={"to": "bought"}).status_code == 202
    work(house)  # by hand: the last who came, after 6 hours
    told = owner.get(f"journeys/{number}/stats").json
    assert told["sample"]["pause"] == 4 and told["nodes"]["pause"]["median_secs"] == 6.5 * 3600
    # The fourth leaves by the exit after a day; the others are no further.
    assert owner.post("test/clock", json={"advance": "PT24H"}).status_code == 200
    work(house)
    stays.forget()
    told = owner.get(f"journeys/{number}/stats").json
    assert told["sample"]["pause"] == 5 and told["nodes"]["pause"]["median_secs"] == 7 * 3600
    assert told["nodes"]["trust"]["passed"] == 5


def test_who_left_by_an_end_is_listed(house: House) -> None:
    owner = house.client()
    number = publish(owner, DRAWN)
    people = [{"external_id": f"p{n}"} for n in range(4)]
    assert owner.post("contacts/batch", json={"contacts": people}).status_code == 200
    for name, who in (("friend_added", people), ("friend_deleted", people[1:3])):
        events = [{"name": name, **one} for one in who]
        assert owner.post("events", json={"events": events}).status_code == 202
        work(house)
    here = owner.get(f"journeys/{number}/enrollments?step=pause").json["items"][0]
    # Let go by hand with the same result, but by no end.
    assert owner.post(f"enrollments/{here['id']}/exit", json={"result": "lost"}).status_code == 202
    work(house)
    left = owner.get(f"journeys/{number}/enrollments?end=lost").json["items"]
    assert [(one["status"], one["result"]) for one in left] == [("ended", "lost")] * 2
    assert owner.get(f"journeys/{number}/stats").json["nodes"]["lost"]["passed"] == 2
    assert owner.get(f"journeys/{number}/enrollments?end=moon").json["items"] == []


def test_only_the_newest_who_left_are_looked_at(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = furnish(house, "main")
    version = version_of(house, rows.journey_id)
    for n in range(6):
        lived(house, version, 9000 + n, [100.0 if n < 3 else 1.0])
    monkeypatch.setattr(stays, "NEWEST", 3)
    told = house.client("viewer").get(f"journeys/{rows.journey_id}/stats").json
    assert told["nodes"]["trust"]["median_secs"] == 3600 and told["sample"]["pause"] == 3


def test_the_same_numbers_are_not_sent_twice(house: House) -> None:
    rows = furnish(house, "main")
    viewer = house.client("viewer")
    first = viewer.get(f"journeys/{rows.journey_id}/stats")
    tag = first.headers["ETag"]
    again = viewer.get(f"journeys/{rows.journey_id}/stats", headers={"If-None-Match": tag})
    assert again.status_code == 304 and not again.data and again.headers["ETag"] == tag
    with house.app.app_context():
        begin_write(db.session())
        db.session.query(Counter).filter_by(node="trust").update({"passed": 7})
        db.session.commit()
    moved = viewer.get(f"journeys/{rows.journey_id}/stats", headers={"If-None-Match": tag})
    assert moved.status_code == 200 and moved.json["nodes"]["trust"]["passed"] == 7


def test_what_became_of_messages_adds_up(house: House) -> None:
    rows = furnish(house, "main")
    version = version_of(house, rows.journey_id)
    kept = {
        "written": 100,
        "sent": 20,
        "delivered": 50,
        "failed": 4,
        "refused": 3,
        "expired": 2,
        "unknown": 1,
    }
    with house.app.app_context():
        begin_write(db.session())
        for state, number in kept.items():
            node = f"pause @{state}"
            db.session.add(
                Counter(version_id=version, node=node, workspace_id=house.ids["main"], here=0, passed=number)
            )
        db.session.commit()
    told = house.client("viewer").get(f"journeys/{rows.journey_id}/stats").json["messages"]
    assert told["sent"] == 70 and told["delivered"] == 50 and told["failed"] == 4
    settled = sum(told[state] for state in ("sent", "failed", "refused", "expired", "unknown"))
    assert settled + told["pending"] + told["withdrawn"] == told["written"] == 100
