"""Customer groups from outside: taken in, found, changed, numbered, and put into journeys together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from audience import keeping
from runtime.database import Database
from runtime.worker import Worker
from store.database import db
from store.tables import Audit
from tests.runtime.group_charts import cold_start, daily
from tests.web.conftest import House

GROUPS = [
    {"key": "g1", "name": "花间 1 群", "owner": "mei", "attributes": {"city": "上海"}, "tags": ["重点"]},
    {"key": "g2", "name": "花间 2 群", "owner": "mei", "created_at": "2026-01-01T10:00:00+08:00"},
    {"key": "g3", "name": "门店群", "owner": "hua", "created_at": "2025-06-01T10:00:00+08:00"},
]
SAY = {"key": "x", "name": "x", "carrier": "wecom_group", "body": {"text": "早"}}


def work(house: House) -> None:
    """Let the engine catch up."""
    with house.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    database = Database(url)
    Worker(database).run_until_idle(10_000)
    database.close()


def ids(owner: Any) -> dict[str, int]:
    return {one["key"]: one["id"] for one in owner.get("groups").json["items"]}


def publish(owner: Any, definition: dict[str, Any]) -> int:
    for step in definition["steps"]:
        if step["kind"] == "send":
            key = step["config"]["content"]
            owner.post("contents", json={**SAY, "key": key, "name": key})
    made = owner.post("journeys", json={"name": "群", "definition": definition}).json["id"]
    answer = owner.post(f"journeys/{made}/publish", json={"revision": 1})
    assert answer.status_code == 200, answer.text
    return made


def test_a_batch_is_created_then_updated(house: House) -> None:
    owner = house.client()
    assert owner.post("groups/batch", json={"groups": GROUPS}).json == {
        "created": 3,
        "updated": 0,
        "errors": [],
    }
    again = owner.post(
        "groups/batch", json={"groups": [{"key": "g1", "notice": "每晚八点"}, {"key": ""}]}
    ).json
    assert (again["created"], again["updated"]) == (0, 1)
    assert [wrong["path"] for wrong in again["errors"]] == ["groups[1].key"]
    one = owner.get(f"groups/{ids(owner)['g1']}").json
    assert one["notice"] == "每晚八点" and one["attributes"]["city"] == "上海" and one["tags"] == ["重点"]
    assert one["attributes"]["member_count"] == 0


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"attributes": {"member_count": 5}}, "groups[0].attributes.member_count"),
        ({"attributes": {"no name": 1}}, "groups[0].attributes"),
        ({"created_at": "gestern"}, "groups[0].created_at"),
        ({"timezone": "Mars/Olympus"}, "groups[0].timezone"),
        ({"hat": 1}, "groups[0].hat"),
        ({"name": 5}, "groups[0].name"),
    ],
)
def test_what_is_wrong_with_a_group_is_said_at_its_place(house: House, wrong: Any, path: str) -> None:
    answer = house.client().post("groups/batch", json={"groups": [{"key": "g", **wrong}]})
    assert answer.status_code == 422 and answer.json["errors"][0]["path"] == path


def test_groups_are_found_by_words_phase_and_tag(house: House) -> None:
    owner = house.client()
    owner.post("groups/batch", json={"groups": GROUPS})

    def found(**query: str) -> list[str]:
        return [one["key"] for one in owner.get("groups", query_string=query).json["items"]]

    assert found(q="门店") == ["g3"] and found(q="mei") == ["g2", "g1"] and found(q="g2") == ["g2"]
    assert found(tag="重点") == ["g1"] and found(phase="retain") == ["g3", "g2"]
    assert found(dismissed="yes") == []
    phases = {one["key"]: one["groups"] for one in owner.get("groups/overview").json["phases"]}
    assert sum(phases.values()) == 3 and phases["retain"] >= 1


def test_members_come_and_go_by_events_and_are_counted_by_the_day(house: House) -> None:
    owner = house.client()
    owner.post("groups/batch", json={"groups": [GROUPS[0]]})
    number = ids(owner)["g1"]
    joined = [{"external_id": f"c{n}", "invited_by": "mei"} for n in range(5)]
    told = owner.post(f"groups/{number}/members", json={"joined": joined, "left": [{"external_id": "c0"}]})
    assert told.status_code == 202 and told.json["accepted"] == 6
    one = {"name": "group_message", "external_id": "c1", "group": {"key": "g1"}}
    assert owner.post("events", json=one).status_code == 202
    several = [{**one, "group": None, "group_id": number, "external_id": who} for who in ("c1", "c2")]
    assert owner.post("events", json={"events": several}).json["accepted"] == 2
    work(house)
    members = owner.get(f"groups/{number}/members").json["items"]
    assert [(m["name"], m["left_at"] is None) for m in members][-1] == ("c0", False)
    assert owner.get(f"groups/{number}/members", query_string={"gone": "no"}).json["items"][0]["name"] == "c4"
    assert owner.get(f"groups/{number}").json["member_count"] == 4
    numbers = owner.get(f"groups/{number}/numbers", query_string={"days": 7}).json
    today = numbers["days"][-1]
    told = {key: today[key] for key in ("joined", "left", "messages", "speaking", "members")}
    assert told == {"joined": 5, "left": 1, "messages": 3, "speaking": 2, "members": 4}
    assert len(numbers["days"]) == 7 and numbers["days"][0]["members"] == 0
    measures = {m["key"]: m for phase in numbers["phases"] for m in phase["measures"]}
    assert measures["speaking"]["value"] == 0.5 and not measures["speaking"]["low"]
    assert measures["first_week_retention"]["value"] == 0.8
    assert measures["conversion"]["value"] == 0 and measures["conversion"]["low"]
    assert measures["conversion"]["remedy"]["zh"] and measures["join_rate"]["value"] is None
    timeline = owner.get(f"groups/{number}/timeline").json["items"]
    assert sum(one["name"] == "group_message" for one in timeline if one["type"] == "event") == 3
    assert "c1" not in str(timeline), "a group's line does not name its members"


def test_an_event_that_is_sent_again_counts_once_for_both(house: House) -> None:
    owner = house.client()
    event = {"event_id": "e1", "name": "group_joined", "external_id": "c1", "group": {"key": "new"}}
    assert owner.post("events", json=event).json["accepted"] == 1
    assert owner.post("events", json=event).json == {"accepted": 0, "duplicates": 1, "errors": []}
    work(house)
    number = ids(owner)["new"]
    listed = owner.get("events", query_string={"group_id": number, "name": "group_joined"}).json["items"]
    assert [(one["contact_id"], one["group_id"]) for one in listed] == [(None, number)]


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ({"group": {"key": ""}}, "group"),
        ({"group": {"hat": 1}}, "group"),
        ({"group_id": 10**9}, "group_id"),
        ({"group_id": -5}, "group_id"),
        ({"group": {"key": "a"}, "group_id": 1}, ""),
    ],
)
def test_a_group_that_cannot_be_meant_is_refused(house: House, named: Any, path: str) -> None:
    answer = house.client().post("events", json={"name": "x", **named})
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["path"] == path


def test_all_groups_that_fit_a_rule_enter_at_once_with_progress(house: House) -> None:
    owner = house.client()
    cities = [{"key": f"g{n:02}", "attributes": {"city": "上海" if n < 50 else "成都"}} for n in range(60)]
    owner.post("groups/batch", json={"groups": cities})
    work(house)
    journey = publish(owner, daily())
    fits = {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": "上海"}]}
    with house.app.app_context():
        before = db.session.scalars(select(func.count()).select_from(Audit)).one()
    told = owner.post(f"journeys/{journey}/enroll-groups", json={"where": fits})
    assert told.status_code == 202 and told.json["accepted"] == 50
    with house.app.app_context():
        assert db.session.scalars(select(func.count()).select_from(Audit)).one() == before + 1
    address = f"journeys/{journey}/enroll-groups/{told.json['batch']}"
    waiting = owner.get(address).json
    assert (waiting["total"], waiting["taken"], waiting["done"]) == (50, 0, False)
    work(house)
    done = owner.get(address).json
    assert (done["taken"], done["inside"], done["failed"], done["done"]) == (50, 50, 0, True)
    people = owner.get(f"journeys/{journey}/enrollments").json["items"]
    assert (
        people[0]["contact_id"] is None
        and people[0]["group_id"]
        and people[0]["contact_name"].startswith("g")
    )
    assert owner.get(f"groups/{people[0]['group_id']}").json["journeys"] == 1
    assert owner.get(f"journeys/{journey}/enroll-groups/none").status_code == 404


def test_a_journey_of_persons_takes_no_groups_and_its_subject_is_for_good(house: House) -> None:
    owner = house.client()
    owner.post("groups/batch", json={"groups": GROUPS})
    journey = publish(owner, cold_start())
    drawn = owner.get(f"journeys/{journey}/draft").json
    changed = {**drawn["definition"], "subject": "contact", "steps": [], "arrows": []}
    for stage in changed["stages"]:
        stage.pop("initial", None)
    saved = owner.put(
        f"journeys/{journey}/draft",
        json={"definition": changed},
        headers={"If-Match": f'"{drawn["revision"]}"'},
    )
    refused = owner.post(f"journeys/{journey}/publish", json={"revision": saved.json["revision"]})
    assert refused.status_code == 422 and "subject-changed" in refused.text
    bad = owner.post(f"journeys/{journey}/enroll-groups", json={"group_ids": [10**6]})
    assert bad.status_code == 422 and bad.json["errors"][0]["path"] == "group_ids[0]"


def test_groups_are_nobody_to_the_rules_about_contacts(house: House) -> None:
    owner = house.client()
    owner.post("groups/batch", json={"groups": GROUPS})
    work(house)
    with house.app.app_context():
        assert not keeping.look(db.session(), datetime.now().astimezone() + timedelta(days=1))
    assert owner.get("contacts").json["items"] == []


def test_groups_are_played_before_they_are_spoken_to(house: House) -> None:
    owner = house.client()
    owner.post("groups/batch", json={"groups": GROUPS})
    journey = publish(owner, cold_start())
    for kind, count in (("invented", 20), ("audience", 3)):
        wish = {"contacts": 20, "days": 10, "seed": 1, "from": {"kind": kind}}
        answer = owner.post(f"journeys/{journey}/simulate", json=wish)
        assert answer.status_code == 200, answer.text
        assert answer.json["nodes"]["welcome"]["passed"] == count
