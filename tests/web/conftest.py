"""A real app on a real database, with two workspaces and a person for every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from settings import Settings
from store import workspaces
from store.database import begin_write, db
from web import keys
from web.access import ROLES, SENDER, STAFF
from web.app import create_app

PASSWORD = "correct-horse-battery"
API = "/api/v1"


@dataclass
class House:
    """An app with the workspaces `main` and `other`; `ids[slug]` and `keys[slug, role]` name what is in it."""

    app: Flask
    ids: dict[str, int] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    def client(self, role: str = "owner", slug: str = "main") -> Caller:
        """A program holding the API key of `role`."""
        return Caller(self.app.test_client(), {"Authorization": f"Bearer {self.keys[slug, role]}"})

    def nobody(self) -> Caller:
        return Caller(self.app.test_client(), {})

    def browser(self, role: str = "owner", slug: str = "main") -> Caller:
        """A browser that has signed in as the person of `role`."""
        caller = self.nobody()
        answer = caller.post("session", json={"email": f"{role}@{slug}.example", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        caller.headers["X-CSRF-Token"] = answer.json["csrf"]
        return caller


@dataclass
class Caller:
    """A client that speaks to /api/v1 with its own headers."""

    client: FlaskClient
    headers: dict[str, str]

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {**self.headers, **options.pop("headers", {})}
        address = path if path.startswith("/") else f"{API}/{path}"
        return self.client.open(address, method=method, headers=headers, buffered=True, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> Any:
        return self.call("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Any:
        return self.call("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.call("DELETE", path, **options)


def settings_for(url: str, folder: Path, **more: Any) -> Settings:
    return Settings(var=folder, database_url=url, **{"secret_key": "t" * 64, "test_mode": True, **more})


def furnish(app: Flask) -> House:
    """Put two workspaces with all roles into an empty database."""
    house, now = House(app), datetime.now(UTC)
    with app.app_context():
        session: Session = db.session()
        begin_write(session)
        hashed = app.config["ROADBOOK_PASSWORDS"].hash(PASSWORD)
        for slug in ("main", "other"):
            room = workspaces.create_workspace(session, slug.title(), slug, now)
            house.ids[slug] = room.id
            for role in (*ROLES, STAFF):
                person = workspaces.create_account(
                    session, f"{role}@{slug}.example", hashed, now, role.title()
                )
                workspaces.add_member(session, room.id, person.id, role, now)
                house.keys[slug, role], _ = keys.make(session, room.id, f"{role} key", role, now)
            house.keys[slug, SENDER], _ = keys.make(session, room.id, "sender key", SENDER, now)
        session.commit()
    return house


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Make the app on a database, with settings of one's own."""
    made: list[Flask] = []

    def make(url: str, **more: Any) -> Flask:
        made.append(create_app(settings_for(url, tmp_path, **more)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def make_house(database_url: str, make_app: Callable[..., Flask]) -> Callable[..., House]:
    """Make a furnished app with settings of one's own; its database is fresh, on SQLite and on PostgreSQL."""
    return lambda **more: furnish(make_app(database_url, **more))


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()
