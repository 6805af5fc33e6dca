"""Who may use which route: the table in roles.json is the promise, the routes must keep it, and it is tried out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from flask import Flask

from settings import Settings
from tests.web.conftest import House, settings_for
from tests.web.rows import furnish
from web.access import PUBLIC, ROLES, SENDER, STAFF, Actor, least_role, needs, refuse_unmarked
from web.app import create_app

TABLE = Path(__file__).with_name("roles.json")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def routes(app: Flask) -> dict[str, str]:
    """ "METHOD /path" -> the least role."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in METHODS & (rule.methods or set()):
            found[f"{method} {rule.rule}"] = least_role(app, rule.endpoint) or ""
    return dict(sorted(found.items(), key=lambda item: item[0].split(" ")[::-1]))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("roles")
    settings: Settings = settings_for(f"sqlite:///{folder / 'none.db'}", folder)
    return create_app(settings)


def test_every_route_keeps_to_the_table(app: Flask) -> None:
    found = routes(app)
    if os.environ.get("ROADBOOK_WRITE_ROLES") == "1":
        TABLE.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    assert found == json.loads(TABLE.read_text("utf-8")), (
        "a route is not in roles.json, or its role changed: look at it, then write the table anew"
        " with ROADBOOK_WRITE_ROLES=1"
    )


def test_only_these_are_open_to_everybody(app: Flask) -> None:
    assert {route for route, least in routes(app).items() if least == PUBLIC} == {
        "GET /",
        "GET /<path:path>",
        "GET /api/docs",
        "GET /api/v1/openapi.json",
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
        "GET /static/<path:name>",
        "GET /u/<token>",
        "POST /u/<token>",
        "GET /callbacks/wecom/<callback_id>",
        "POST /callbacks/wecom/<callback_id>",
        "POST /callbacks/email/<callback_id>",
        "POST /callbacks/sms/<callback_id>",
        "POST /callbacks/sms_aliyun/<callback_id>",
        "POST /api/v1/session",
    }


def test_a_sender_sends_and_nothing_else(app: Flask) -> None:
    may = {route for route, least in routes(app).items() if Actor("key:0", SENDER, 0).may(least)}
    calls = ("alias", "batch", "group", "identify", "import", "page", "screen", "track")
    sources = "POST /api/v1/event-sources/<source>"
    assert may == {"POST /api/v1/events", sources, *(f"POST /v1/{call}" for call in calls)}
    for role, sends in zip(ROLES, (False, False, True, True), strict=True):
        assert Actor("key:0", role, 0).may(SENDER) is sends


def test_a_route_that_says_nothing_does_not_start() -> None:
    app = Flask("silent")
    app.add_url_rule("/told", view_func=needs("owner")(lambda: ""), endpoint="told")
    app.add_url_rule("/forgotten", view_func=lambda: "", endpoint="forgotten")
    with pytest.raises(RuntimeError, match="/forgotten"):
        refuse_unmarked(app)


def test_each_role_on_each_route(house: House) -> None:
    rows = furnish(house, "main")
    callers = {role: house.client(role) for role in (*ROLES, SENDER, STAFF)} | {None: house.nobody()}
    for route, least in routes(house.app).items():
        if least == PUBLIC:
            continue
        method, rule = route.split(" ")
        path = rows.path(rule.replace("<id:", "{").replace("<", "{").replace(">", "}"))
        for role, caller in callers.items():
            status = caller.call(method, path, json={"wrong": 1} if method != "GET" else None).status_code
            if role is None:
                assert status == 401, (route, status)
            elif not Actor("key:0", role, 0).may(least):
                assert status == 403, (route, role, status)
            else:
                assert status not in (401, 500) and (status != 403 or "session" in rule), (
                    route,
                    role,
                    status,
                )
