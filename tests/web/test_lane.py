"""The lane for events answers as the desk does, and takes nothing that the desk would refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from store.database import db
from store.posting import Full, Posting
from store.tables import ApiKey, Inbox
from tests.web.conftest import House
from web import keys, lane

ONE = {"event_id": "e1", "name": "order_paid", "external_id": "c1", "properties": {"amount": 9.5, "城": "x"}}
PLAIN = {
    "event_id": "e1",
    "name": "order_paid",
    "external_id": "c1",
    "properties": {"amount": 9.5, "to": "沪"},
}
SOON = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
AHEAD = {"name": "a", "external_id": "b", "occurred_at": SOON}
BODIES: list[Any] = [
    PLAIN,
    {"events": [PLAIN, PLAIN, {"name": "a", "external_id": "é"}]},
    {"events": [{"name": "a", "identity": {"phone": "+86 138 0013 8000"}}]},
    {"events": [PLAIN, {"name": "x y", "external_id": "c1"}]},
    {"events": [PLAIN, 7]},
    {"events": [{"name": "a", "contact_id": 99}]},
    {"events": [AHEAD]},
    AHEAD,
    ONE,
    {},
    {"events": []},
    {"events": [PLAIN], "name": "a"},
    {**PLAIN, "hat": 1},
    {**PLAIN, "occurred_at": "2026-03-01 10:00:00+08:00"},
    {**PLAIN, "occurred_at": "20260301T100000+0800"},
    {**PLAIN, "occurred_at": "2026-03-01T10:00:00"},
    {**PLAIN, "occurred_at": "1960-03-01T10:00:00Z"},
    {**PLAIN, "occurred_at": 5},
    {**PLAIN, "event_id": ""},
    {**PLAIN, "event_id": "x" * 256},
    {**PLAIN, "external_id": "x" * 256},
    {**PLAIN, "external_id": 5},
    {**PLAIN, "identity": {"email": "a@b.example"}},
    {**PLAIN, "properties": {"deep": [[[[[[[1]]]]]]]}},
    {**PLAIN, "properties": {"a": {"b": [1, None, "x"]}}},
    {**PLAIN, "properties": {"n": 2**60}},
    {**PLAIN, "properties": {"long": "x" * 5000}},
    {**PLAIN, "properties": {f"p{n}": "沪" * 300 for n in range(60)}},
    {**PLAIN, "properties": []},
    {**PLAIN, "name": "changed"},
    [PLAIN],
]
RAW = [
    b'{"name":"a","external_id":"b","external_id":"c"}',
    b'{"name":"a","external_id":"b","external_id" :"c"}',
    b'{"name":"a","external_id":"b","properties":{"n":1e999}}',
    b'{"name":"a","external_id":"b","properties":{"n":18446744073709551615}}',
    b'{"name":"a","external_id":"b\\u0000"}',
    b'{"name":"a","external_id":"\\ud83d"}',
    b'{"name":"a","external_id":":c"}',
    b'{"name":"a","external_id":"b"} ',
    b'{"name":"a","external_id":"b"',
    b"",
    b'{"name":"a","external_id":"\xff"}',
    b'{"name":"a","properties":{"x":' + b"[" * 70 + b"]" * 70 + b'},"external_id":"b"}',
]
numbers = count()


def inbox(house: House, slug: str) -> list[tuple[Any, ...]]:
    columns = (
        Inbox.kind,
        Inbox.name,
        Inbox.event_id,
        Inbox.contact_id,
        Inbox.identity,
        Inbox.data,
        Inbox.state,
    )
    with house.app.app_context():
        query = select(*columns).where(Inbox.workspace_id == house.ids[slug]).order_by(Inbox.id)
        return [tuple(row) for row in db.session.execute(query)]


@pytest.fixture
def taken_by_lane(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one number for each request that the lane answers."""
    seen: list[int] = []
    answer = lane.Lane._answer

    def spy(self: Any, *args: Any) -> Any:
        seen.append(1)
        return answer(self, *args)

    monkeypatch.setattr(lane.Lane, "_answer", spy)
    return seen


def both(house: House, **options: Any) -> None:
    """Send it to the lane in one workspace and to the desk in the other: answers and rows must be the same."""
    options["headers"] = {"X-Request-Id": "same-request", **options.get("headers", {})}
    first = house.client("editor", "main").post("events", **options)
    options["headers"]["Idempotency-Key"] = f"desk-{next(numbers)}"
    second = house.client("editor", "other").post("events", **options)
    assert first.status_code == second.status_code and first.get_data() == second.get_data()
    assert sorted(first.headers) == sorted(second.headers)
    assert inbox(house, "main") == inbox(house, "other")


def test_lane_and_desk_answer_alike(house: House, taken_by_lane: list[int]) -> None:
    for body in BODIES:
        both(house, json=body)
        both(house, json=body, headers={"Accept-Language": "en"})
    assert len(taken_by_lane) == 6
    for raw in RAW:
        both(house, data=raw, content_type="application/json")
    both(house, data=b"name=a", content_type="application/x-www-form-urlencoded")


def test_what_is_plain_takes_the_lane_and_is_taken_once(house: House, taken_by_lane: list[int]) -> None:
    editor = house.client("editor")
    assert editor.post("events", json=PLAIN).json == {"accepted": 1, "duplicates": 0, "errors": []}
    again = editor.post("events", json={"events": [PLAIN, {**PLAIN, "event_id": "e2"}]})
    assert again.status_code == 202 and again.json == {"accepted": 1, "duplicates": 1, "errors": []}
    assert len(taken_by_lane) == 2 and len(inbox(house, "main")) == 2
    assert house.client("editor", "other").post("events", json=PLAIN).json["accepted"] == 1


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_may_not_send_events_is_refused_by_the_desk(house: House, role: str) -> None:
    assert house.client(role).post("events", json=PLAIN).status_code == 403
    assert house.nobody().post("events", json=PLAIN).status_code == 401
    assert inbox(house, "main") == []


def test_a_key_taken_back_opens_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    editor, owner = house.client("editor"), house.client("owner")
    assert editor.post("events", json=PLAIN).status_code == 202
    number = next(k["id"] for k in owner.get("api-keys").json["items"] if k["role"] == "editor")
    assert owner.delete(f"api-keys/{number}").status_code == 204
    assert editor.post("events", json=PLAIN).status_code == 401


def test_a_key_taken_back_elsewhere_opens_a_second_at_most(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(keys.time, "monotonic", lambda: now)
    editor = house.client("editor")
    assert editor.post("events", json=PLAIN).status_code == 202
    with house.app.app_context():
        db.session.execute(update(ApiKey).values(revoked_at=datetime.now(UTC)))
        db.session.commit()
    now += keys.Ring.SECS + 0.01
    assert keys.Ring.SECS <= 2
    assert editor.post("events", json=PLAIN).status_code == 401


def test_a_crowd_is_told_to_come_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Posting, signals: Any) -> int:
        raise Full(Full.__doc__)

    monkeypatch.setattr(Posting, "post", full)
    answer = house.client("editor").post("events", json=PLAIN)
    assert answer.status_code == 503 and answer.json["code"] == "crowded"
    assert answer.headers["Retry-After"] == "1" and answer.json["request_id"]


def test_a_database_that_is_away_is_told_and_nothing_acknowledged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Posting, signals: Any) -> int:
        raise OperationalError("INSERT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(Posting, "post", away)
    answer = house.client("editor").post("events", json=PLAIN)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    with house.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Inbox)) == 0
