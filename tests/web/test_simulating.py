"""Simulating over the API: a sample of the real audience, a recorded log, two drawings beside each other."""

from __future__ import annotations

from typing import Any

import pytest

from audience.tables import Contact, Event
from store.database import begin_write, db
from tests.web.conftest import House
from tests.web.rows import NOW
from tests.web.test_journeys_api import DEFINITION, made, redrawn

ASKED: dict[str, Any] = {"contacts": 40, "days": 20, "seed": 7, "start": "2026-03-02T02:00:00Z"}


def peopled(house: House, slug: str = "main") -> list[int]:
    """Forty contacts, half of them in 杭州; every fourth has paid often, nobody else ever."""
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        contacts = [
            Contact(
                workspace_id=house.ids[slug],
                external_id=f"p{n}",
                attributes={"city": "杭州" if n % 2 else "上海"},
                tags=[],
                created_at=NOW,
                updated_at=NOW,
            )
            for n in range(40)
        ]
        session.add_all(contacts)
        session.flush()
        number = 10_000
        for n, contact in enumerate(contacts):
            for day in range(1, 25) if n % 4 == 0 else ():
                number += 1
                at = NOW.replace(month=2, day=day)
                session.add(
                    Event(
                        id=number,
                        workspace_id=house.ids[slug],
                        contact_id=contact.id,
                        name="order_paid",
                        occurred_at=at,
                        stored_at=at,
                        properties={"amount": 66},
                    )
                )
        session.commit()
        return [contact.id for contact in contacts]


def test_a_sample_of_the_real_audience_behaves_as_it_did(house: House) -> None:
    owner, number = made(house)
    ids = [str(one) for one in peopled(house)]
    told = owner.post(f"journeys/{number}/simulate", json={**ASKED, "from": {"kind": "audience"}}).json
    assert told["people"]["taken"] == told["people"]["of"] == 40
    assert {path["subject"] for path in told["paths"]} <= set(ids)
    assert (
        0 < told["people"]["chances"]["order_paid"] < 0.95
        and told["people"]["chances"]["friend_deleted"] == 0
    )
    assert "lost" not in told["ended"] and told["arrows"]["a2"] > 0
    only = {"field": "attribute.city", "operator": "=", "value": "杭州"}
    half = owner.post(
        f"journeys/{number}/simulate",
        json={**ASKED, "contacts": 10, "from": {"kind": "audience", "where": only}},
    ).json
    assert (half["people"]["taken"], half["people"]["of"]) == (10, 20)
    nobody = {"field": "attribute.city", "operator": "=", "value": "拉萨"}
    refused = owner.post(
        f"journeys/{number}/simulate", json={**ASKED, "from": {"kind": "audience", "where": nobody}}
    )
    assert refused.status_code == 422 and refused.json["code"] == "nobody"
    inside = {"field": "stage", "operator": "=", "value": "trust"}
    refused = owner.post(
        f"journeys/{number}/simulate", json={**ASKED, "from": {"kind": "audience", "where": inside}}
    )
    assert refused.status_code == 422 and refused.json["errors"][0]["path"] == "from.where"


def test_nobody_of_another_workspace_is_played(house: House) -> None:
    owner, number = made(house)
    peopled(house, "other")
    told = owner.post(f"journeys/{number}/simulate", json={**ASKED, "from": {"kind": "audience"}})
    assert told.status_code == 422 and told.json["code"] == "nobody"


def test_a_log_that_is_given_is_played_as_it_was(house: House) -> None:
    owner, number = made(house)
    log = [
        {"subject": "甲", "name": "friend_added", "at": "2026-01-05T01:00:00Z"},
        {"subject": "甲", "name": "order_paid", "at": "2026-01-05T09:00:00Z", "properties": {"amount": 5}},
        {"subject": "乙", "name": "friend_added", "at": "2026-01-06T01:00:00Z"},
        {"subject": "乙", "name": "friend_deleted", "at": "2026-01-08T01:00:00Z"},
    ]
    asked = {"contacts": 10, "days": 5, "from": {"kind": "log", "events": log}}
    told = owner.post(f"journeys/{number}/simulate", json=asked).json
    assert told["start"] == "2026-01-05T01:00:00+00:00" and told["entered"] == 2
    assert told["arrows"] == {"a1": 1, "a2": 1, "a3": 1} and told["ended"] == {"lost": 1}


def test_the_workspaces_own_log_is_played(house: House) -> None:
    owner, number = made(
        house, redrawn(entries=[{"id": "in-1", "on": {"type": "event", "name": "order_paid"}, "to": "trust"}])
    )
    peopled(house)
    asked = {"contacts": 100, "days": 20, "from": {"kind": "log", "since": "2026-02-10T00:00:00Z"}}
    told = owner.post(f"journeys/{number}/simulate", json=asked).json
    assert told["people"]["taken"] == told["entered"] == told["arrows"]["a2"] == 10
    early = {**asked, "from": {"kind": "log", "since": "2020-01-01T00:00:00Z"}}
    refused = owner.post(f"journeys/{number}/simulate", json=early)
    assert refused.status_code == 422 and refused.json["code"] == "nobody"


def test_the_same_people_go_through_two_drawings(house: House) -> None:
    owner, number = made(house)
    assert owner.post(f"journeys/{number}/publish", json={"revision": 1}).status_code == 200
    slower = redrawn(
        steps=[{"id": "pause", "stage": "trust", "kind": "wait", "config": {"until": {"for": "P9D"}}}]
    )
    asked = {**ASKED, "definition": slower, "beside": {"version": 1}}
    told = owner.post(f"journeys/{number}/simulate", json=asked).json
    alone = owner.post(f"journeys/{number}/simulate", json={**ASKED, "version": 1}).json
    assert told["beside"] == {key: alone[key] for key in told["beside"]}
    assert told["entered"] == told["beside"]["entered"]
    assert told["arrows"].get("a1", 0) < told["beside"]["arrows"]["a1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"contacts": 20_001},
        {"version": 99},
        {"definition": DEFINITION, "version": 1},
        {"from": {"kind": "dreams"}},
        {"from": {"kind": "log", "events": []}},
        {"from": {"kind": "audience", "where": {"field": "x", "operator": "=", "value": 1}}},
        {"beside": {"definition": {"format": 99}}},
    ],
)
def test_what_cannot_be_played_is_refused_with_a_reason(house: House, wrong: dict[str, Any]) -> None:
    owner, number = made(house)
    answer = owner.post(f"journeys/{number}/simulate", json={**ASKED, **wrong})
    assert (
        answer.status_code in (404, 422) and answer.json["detail" if answer.status_code == 404 else "errors"]
    )
