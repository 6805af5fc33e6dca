"""Idempotency-Key: sent twice, done once; and two at the same moment are two all the same."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select, text

from journeys.tables import Journey
from store.database import db
from store.tables import Audit, Idempotency, Inbox
from tests.web.conftest import House

KEY = {"Idempotency-Key": "order-1"}
AT_ONCE = 64


def count(house: House, what: object) -> int:
    with house.app.app_context():
        return db.session.scalars(select(func.count()).select_from(what)).one()  # type: ignore[arg-type]


def test_the_second_gets_the_first_answer(house: House) -> None:
    owner = house.client()
    first = owner.post("journeys", json={"name": "a"}, headers=KEY)
    second = owner.post("journeys", json={"name": "a"}, headers=KEY)
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert second.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert count(house, Journey) == 1


def test_another_request_with_the_key_is_refused(house: House) -> None:
    owner = house.client()
    owner.post("journeys", json={"name": "a"}, headers=KEY)
    for answer in (
        owner.post("journeys", json={"name": "b"}, headers=KEY),
        owner.post("events", json={"name": "a", "external_id": "1"}, headers=KEY),
        house.client("editor").post("journeys", json={"name": "a"}, headers=KEY),
    ):
        assert answer.status_code == 422 and answer.json["code"] == "idempotency-key-reused"
    assert count(house, Journey) == 1


def test_a_refusal_is_not_kept(house: House) -> None:
    owner = house.client()
    assert owner.post("journeys", json={"name": ""}, headers=KEY).status_code == 422
    assert count(house, Idempotency) == 0
    assert owner.post("journeys", json={"name": "a"}, headers=KEY).status_code == 201


def test_each_workspace_has_its_own_keys(house: House) -> None:
    for slug in ("main", "other"):
        assert (
            house.client("owner", slug).post("journeys", json={"name": "a"}, headers=KEY).status_code == 201
        )
    assert count(house, Journey) == 2


def test_a_key_that_cannot_be_one(house: House) -> None:
    for key in ("", "x" * 256, "käse", "a b"):
        answer = house.client().post("journeys", json={"name": "a"}, headers={"Idempotency-Key": key})
        assert answer.status_code == 422, key
        assert answer.json["errors"][0]["path"] == "Idempotency-Key"


def test_what_is_kept_is_sealed(house: House) -> None:
    made = house.client().post("api-keys", json={"name": "k", "role": "viewer"}, headers=KEY)
    again = house.client().post("api-keys", json={"name": "k", "role": "viewer"}, headers=KEY)
    assert made.json["secret"] == again.json["secret"]
    with house.app.app_context():
        kept = " ".join(
            str(tuple(row))
            for table in db.metadata.sorted_tables
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"'))
        )
    assert made.json["secret"] not in kept and made.json["secret"][3:] not in kept


def test_64_at_the_same_moment_make_one(house: House) -> None:
    barrier = Barrier(AT_ONCE)

    def send(_: int) -> tuple[int, bytes]:
        caller = house.client()
        barrier.wait()
        answer = caller.post("journeys", json={"name": "一"}, headers=KEY)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, range(AT_ONCE)))
    statuses = Counter(status for status, _ in answers)
    assert set(statuses) <= {201, 409}, statuses
    assert len({body for status, body in answers if status == 201}) == 1
    assert count(house, Journey) == 1
    again = house.client().post("journeys", json={"name": "一"}, headers=KEY)
    assert again.status_code == 201 and again.data in {body for _, body in answers}
    with house.app.app_context():
        made = select(func.count()).where(Audit.action == "journey.created")
        assert db.session.scalars(made).one() == 1


def test_64_events_of_one_id_are_one(house: House) -> None:
    """Without a key of the request the event's own id does the same."""
    barrier = Barrier(AT_ONCE)
    event = {"event_id": "e1", "name": "order_paid", "external_id": "c1"}

    def send(_: int) -> tuple[int, int]:
        caller = house.client()
        barrier.wait()
        answer = caller.post("events", json=event)
        assert answer.status_code == 202, answer.text
        return answer.json["accepted"], answer.json["duplicates"]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = Counter(pool.map(send, range(AT_ONCE)))
    assert told == {(1, 0): 1, (0, 1): AT_ONCE - 1}
    assert count(house, Inbox) == 1
