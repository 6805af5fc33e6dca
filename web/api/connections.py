"""The workspace's accounts with carriers: connected, tried, switched on and off; what they are told is never told back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import delete

from audience import reading_state
from connectors import catalogue
from journeys.words import Many, Shape, Text, Words
from store import audit
from store.database import db
from store.tables_connections import OFF, ON, Connection, ConnectionTest, ConnectionTrouble
from web import connecting
from web.access import actor, found, here, scoped
from web.api.catalogue import WordsOut
from web.errors import invalid, not_found
from web.fields import At, Bag, Filled, OneOf
from web.language import language
from web.paging import PageArgs, page, page_of, whole
from web.resource import Resource

connections = Resource("connections", "/connections", description="Accounts with carriers.")
WHICH = Words("请写明用哪个渠道测试。", "Say which of its carriers is to be tried.")


class ConnectionArgs(Shape):
    connector = Text(required=True, longest=32)
    name = Filled(required=True, longest=200)
    carriers = Many(Text(longest=32), metadata={"description": "All that it can serve, if left out"})
    settings = Bag(load_default=dict)
    secrets = Bag(load_default=dict, metadata={"description": "Sealed at once and never shown again"})


class ConnectionChangeArgs(Shape):
    name = Filled(longest=200)
    carriers = Many(Text(longest=32))
    settings = Bag(metadata={"description": "The whole form, without its secrets"})
    secrets = Bag(metadata={"description": "Only those that change"})
    state = OneOf((ON, OFF))


class ConnectionTestArgs(Shape):
    to = Filled(longest=320, metadata={"description": "Phone, address, openid …: whatever the carrier needs"})
    carrier = Text(longest=32)


class ConnectorOut(Schema):
    connector = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    carriers = fields.List(fields.Str(), required=True)
    form = fields.List(fields.Dict(), required=True)
    callback = fields.Bool(required=True, metadata={"description": "True if the provider calls us"})
    needs_recipient = fields.Bool(required=True)
    rotates = fields.Str(
        required=True,
        allow_none=True,
        metadata={"description": "A secret of which the one of before signs as well for a day"},
    )


class BreakerOut(Schema):
    state = fields.Str(required=True, metadata={"enum": ["open", "half"]})
    carrier = fields.Str(required=True)
    failures = fields.Int(required=True)
    opened_at = At(required=True, allow_none=True)
    until = At(required=True, allow_none=True, metadata={"description": "When one message tries again"})


class ConnectionOut(Schema):
    id = fields.Int(required=True)
    connector = fields.Str(required=True)
    name = fields.Str(required=True)
    carriers = fields.List(fields.Str(), required=True)
    settings = fields.Dict(required=True, metadata={"description": "Empty for those who are not owners"})
    secrets_set = fields.List(fields.Str(), required=True, metadata={"description": "Their names alone"})
    state = fields.Str(required=True)
    health = fields.Str(required=True, metadata={"enum": list(connecting.HEALTH)})
    last_ok_at = At(required=True, allow_none=True)
    last_error_at = At(required=True, allow_none=True)
    last_error = fields.Str(required=True, allow_none=True)
    callback_path = fields.Str(required=True, allow_none=True)
    breaker = fields.Nested(
        BreakerOut,
        required=True,
        allow_none=True,
        metadata={"description": "null while the provider answers"},
    )
    created_at = At(required=True)
    updated_at = At(required=True)


class ConnectionErrorOut(Schema):
    id = fields.Int(required=True)
    at = At(required=True)
    kind = fields.Str(required=True)
    code = fields.Str(required=True, allow_none=True)
    sentence = fields.Str(required=True)


class ConnectionTestOut(Schema):
    id = fields.Int(required=True)
    carrier = fields.Str(required=True)
    state = fields.Str(
        required=True, metadata={"enum": ["waiting", "sending", "sent", "refused", "failed", "unknown"]}
    )
    sentence = fields.Str(required=True, allow_none=True)
    reference = fields.Str(required=True, allow_none=True)
    asked_at = At(required=True)
    done_at = At(required=True, allow_none=True)


@connections.get("/connectors", least="viewer")
@connections.arguments(PageArgs, location="query")
@connections.response(200, page_of(ConnectorOut))
def connectors(_: dict[str, Any]) -> dict[str, Any]:
    """What can be connected, each with its form."""
    return whole([catalogue.describe(name) for name in catalogue.MODULES])


@connections.get("", least="viewer")
@connections.arguments(PageArgs, location="query")
@connections.response(200, page_of(ConnectionOut))
def every(args: dict[str, Any]) -> dict[str, Any]:
    """The accounts, newest first, and how they are doing."""
    return page(scoped(Connection), Connection.id, args, shown=lambda rows: [_shown(row) for row in rows])


@connections.post("", least="owner")
@connections.arguments(ConnectionArgs)
@connections.response(201, ConnectionOut)
def make(args: dict[str, Any]) -> dict[str, Any]:
    """Connect an account; it is used from now on, also by journeys that run already."""
    session, now = db.session(), datetime.now(UTC)
    carriers = connecting.carriers_of(args["connector"], args.get("carriers"))
    row = Connection(
        workspace_id=here(),
        connector=args["connector"],
        name=args["name"],
        carriers=carriers,
        callback_id=connecting.unguessable(),
        state=ON,
        settings={},
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    connecting.fill_in(row, args["settings"], args["secrets"])
    session.flush()
    _record(row, "connection.made", {"carriers": carriers}, now)
    return _shown(row)


@connections.get("/<id:connection_id>", least="viewer")
@connections.response(200, ConnectionOut)
def one(connection_id: int) -> dict[str, Any]:
    """One account and how it is doing."""
    return _shown(found(Connection, connection_id))


@connections.patch("/<id:connection_id>", least="owner")
@connections.arguments(ConnectionChangeArgs)
@connections.response(200, ConnectionOut)
def change(args: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Change an account: secrets that are not given stay; to switch a broken one on is to have looked at it."""
    row, now = found(Connection, connection_id), datetime.now(UTC)
    if "name" in args:
        row.name = args["name"]
    if "carriers" in args:
        row.carriers = connecting.carriers_of(row.connector, args["carriers"])
    if "settings" in args or "secrets" in args:
        connecting.fill_in(row, args.get("settings", row.settings), args.get("secrets", {}))
    if "state" in args:
        row.state = args["state"]
    connecting.touched(row, now)
    db.session.flush()
    note = {"fields": sorted(args), "secrets": sorted(args.get("secrets", {})), "state": row.state}
    _record(row, "connection.changed", note, now)
    return _shown(row)


@connections.delete("/<id:connection_id>", least="owner")
@connections.response(204)
def remove(connection_id: int) -> str:
    """Forget an account with its secrets; the sandbox takes its carriers' messages from now on."""
    row, now = found(Connection, connection_id), datetime.now(UTC)
    _record(row, "connection.removed", {"carriers": row.carriers}, now)
    for below in (ConnectionTest, ConnectionTrouble):
        db.session.execute(delete(below).where(below.connection_id == row.id))
    reading_state.forget(db.session(), row.id)
    db.session.delete(row)
    return ""


@connections.post("/<id:connection_id>/test", least="owner")
@connections.arguments(ConnectionTestArgs)
@connections.response(202, ConnectionTestOut)
def try_it(args: dict[str, Any], connection_id: int) -> ConnectionTest:
    """Ask a worker to send a test; read `tests/ID` until it says what came of it."""
    row, now = found(Connection, connection_id), datetime.now(UTC)
    carrier = args.get("carrier") or row.carriers[0]
    if carrier not in row.carriers:
        raise invalid(("carrier", WHICH))
    test = ConnectionTest(
        workspace_id=here(),
        connection_id=row.id,
        carrier=carrier,
        to=args.get("to"),
        language=language(),
        state="waiting",
        asked_at=now,
    )
    db.session.add(test)
    db.session.flush()
    _record(row, "connection.tried", {"carrier": carrier}, now)
    return test


@connections.get("/<id:connection_id>/tests/<id:test_id>", least="viewer")
@connections.response(200, ConnectionTestOut)
def tried(connection_id: int, test_id: int) -> ConnectionTest:
    """What came of a test."""
    found(Connection, connection_id)
    test = found(ConnectionTest, test_id)
    if test.connection_id != connection_id:
        raise not_found()
    return test


@connections.get("/<id:connection_id>/errors", least="viewer")
@connections.arguments(PageArgs, location="query")
@connections.response(200, page_of(ConnectionErrorOut))
def errors(args: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """What the provider would not do, the newest first; the last few hundred are kept."""
    row = found(Connection, connection_id)
    query = scoped(ConnectionTrouble).where(ConnectionTrouble.connection_id == row.id)
    return page(query, ConnectionTrouble.id, args)


def _record(row: Connection, action: str, note: dict[str, Any], now: datetime) -> None:
    told = {"name": row.name, "connector": row.connector, **note}
    audit.record(db.session(), here(), actor().name, action, f"connection:{row.id}", told, now)


def _shown(row: Connection) -> dict[str, Any]:
    names = (
        *("id", "connector", "name", "carriers", "state"),
        *("last_ok_at", "last_error_at", "last_error", "created_at", "updated_at"),
    )
    calls = row.connector in catalogue.MODULES and catalogue.describe(row.connector)["callback"]
    mine = actor().may("owner")
    return {name: getattr(row, name) for name in names} | {
        "settings": row.settings if mine else {},
        "secrets_set": sorted(name for name in connecting.known(row) if not name.startswith("old_")),
        "health": connecting.health(row),
        "breaker": connecting.breakers(db.session(), [row]).get(row.id),
        "callback_path": f"/callbacks/{row.connector}/{row.callback_id}" if calls and mine else None,
    }
