"""People put into a journey by the real engine, over the database of a house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runtime.database import Database
from runtime.worker import Worker
from store.database import db
from tests.web.conftest import House


def work(house: House, roles: tuple[str, ...] = ("intake", "advance")) -> None:
    """Let a worker do what is to be done now; without delivery nothing is sent."""
    with house.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    database = Database(url)
    try:
        Worker(database, roles=roles).run_until_idle(10_000)
    finally:
        database.close()


def publish(owner: Any, definition: dict[str, Any], name: str = "旅程") -> int:
    """Make and publish a journey over the API; returns its id."""
    made = owner.post("journeys", json={"name": name, "definition": definition})
    assert made.status_code == 201, made.text
    done = owner.post(f"journeys/{made.json['id']}/publish", json={"revision": 1})
    assert done.status_code == 200, done.text
    return int(made.json["id"])


def enter(house: House, owner: Any, count: int, event: str = "friend_added", prefix: str = "p") -> list[int]:
    """Let so many contacts do what opens the journey; returns the ids of their enrollments."""
    people = [{"external_id": f"{prefix}{n}", "name": f"客户{n}"} for n in range(count)]
    for first in range(0, count, 500):
        answer = owner.post("contacts/batch", json={"contacts": people[first : first + 500]})
        assert answer.status_code == 200, answer.text
        events = [{"name": event, "external_id": p["external_id"]} for p in people[first : first + 500]]
        assert owner.post("events", json={"events": events}).status_code == 202
    work(house)
    from journeys.tables import Enrollment

    with house.app.app_context():
        return list(db.session.scalars(db.select(Enrollment.id).order_by(Enrollment.id)))


@contextmanager
def clock_at(owner: Any, when: str) -> Iterator[None]:
    """Turn the test clock to a moment."""
    assert owner.post("test/clock", json={"now": when}).status_code == 200
    yield
