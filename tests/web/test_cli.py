"""The web's commands: the first set-up, accounts, and drawings in files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from store.database import db
from store.tables import Account, Audit, Workspace
from tests.web.conftest import Caller, House
from tests.web.test_journeys_api import DEFINITION

BEAUTY = "templates_lib/beauty/journey.json"


@pytest.fixture
def app(database_url: str, make_app: Callable[..., Flask]) -> Flask:
    return make_app(database_url)


def run(app: Flask, *arguments: str, **options: Any) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments), **options)


def signs_in(app: Flask, email: str, password: str) -> bool:
    caller = Caller(app.test_client(), {})
    return bool(caller.post("session", json={"email": email, "password": password}).status_code == 200)


def test_the_first_start_makes_an_owner_and_the_second_says_nothing(app: Flask) -> None:
    first = run(app, "setup", "--email", "me@example.com", "--workspace", "我的店")
    assert first.exit_code == 0
    password = re.search(r"password\s+(\S+)", first.output)[1]  # type: ignore[index]
    second = run(app, "setup")
    assert second.exit_code == 0 and second.output == ""
    with app.app_context():
        assert db.session.scalars(select(func.count()).select_from(Account)).one() == 1
        assert db.session.scalars(select(Workspace.name)).all() == ["我的店"]
        assert db.session.scalars(select(Audit.action)).all() == ["workspace.made"]
        assert password not in str(db.session.scalars(select(Audit.detail)).all())
    assert len(password) >= 16 and signs_in(app, "me@example.com", password)


def test_people_are_let_in_and_given_new_passwords(house: House) -> None:
    app = house.app
    made = run(
        app,
        "users",
        "create",
        "New@Example.com",
        "--role",
        "viewer",
        "--workspace",
        "other",
        "--password",
        "-",
    )
    assert made.exit_code == 0, made.output
    password = re.search(r"password\s+(\S+)", made.output)[1]  # type: ignore[index]
    caller = Caller(app.test_client(), {})
    session = caller.post("session", json={"email": "new@example.com", "password": password}).json
    assert (session["workspace"]["slug"], session["workspace"]["role"]) == ("other", "viewer")
    changed = run(app, "users", "password", "new@example.com", "--password", "a-much-better-one")
    assert changed.exit_code == 0
    assert caller.get("session").status_code == 401, "a new password leaves old sessions open"
    assert signs_in(app, "new@example.com", "a-much-better-one")
    assert "new@example.com" in run(app, "users", "list").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["users", "create", "owner@main.example", "--password", "long-enough-1"], "already"),
        (["users", "create", "x@example.com", "--password", "short"], "at least"),
        (["users", "create", "x@example.com", "--workspace", "none", "--password", "-"], "no such workspace"),
        (["users", "create", "nonsense", "--password", "-"], "e-mail"),
        (["users", "password", "nobody@example.com", "--password", "-"], "no account"),
        (["check", "no-such-file.json"], "does not exist"),
    ],
)
def test_what_cannot_be_done_is_said(house: House, arguments: list[str], said: str) -> None:
    done = run(house.app, *arguments)
    assert done.exit_code != 0 and said in done.output, done.output
    assert "Traceback" not in done.output


def test_a_password_is_asked_for_and_not_shown(house: House) -> None:
    done = run(house.app, "users", "create", "typed@example.com", input="typed-by-hand\ntyped-by-hand\n")
    assert done.exit_code == 0 and "typed-by-hand" not in done.output
    assert signs_in(house.app, "typed@example.com", "typed-by-hand")


def test_drawings_in_files_are_checked(app: Flask, tmp_path: Path) -> None:
    good = run(app, "check", BEAUTY)
    assert good.exit_code == 0 and "0 of them errors" in good.output
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({**DEFINITION, "steps": []}), "utf-8")
    told = run(app, "check", str(bad), "--lang", "en")
    assert told.exit_code == 1 and "stages[0].initial" in told.output
    bad.write_text('{"format": 1, "format": 1}')
    assert "format" in run(app, "check", str(bad)).output


def test_drawings_in_files_are_played(app: Flask) -> None:
    arguments = ["simulate", BEAUTY, "--contacts", "50", "--days", "20", "--start", "2026-03-01T00:00:00Z"]
    table = run(app, *arguments)
    assert table.exit_code == 0 and "50 entered" in table.output
    told = json.loads(run(app, *arguments, "--json").output)
    assert told["entered"] == 50 and len(told["days"]) == 20
    assert run(app, "simulate", BEAUTY, "--start", "yesterday").exit_code != 0


def test_drawings_in_files_are_exported(app: Flask) -> None:
    assert "stateDiagram" in run(app, "export", BEAUTY).output
    assert json.loads(run(app, "export", BEAUTY, "--as", "json").output)["format"] == 1


def test_the_shelf_is_shown_and_checked(app: Flask) -> None:
    assert "beauty" in run(app, "templates", "list").output
    assert run(app, "templates", "check").exit_code == 0
