"""Signing in and out, and choosing the workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, make_response
from marshmallow import Schema, fields
from sqlalchemy import delete, update

from journeys.words import Shape, Text
from store import audit, workspaces
from store.database import begin_write, db
from store.tables import Account, LoginSession
from web import signin
from web.access import PUBLIC, SIGNED_IN, actor
from web.errors import Problem, not_found
from web.fields import RowNumber
from web.passwords import LONGEST
from web.resource import Resource

session = Resource("session", "/session", description="Sign in, sign out, choose a workspace.")


class SignInArgs(Shape):
    email = Text(required=True, longest=320)
    password = Text(required=True, longest=LONGEST)


class ChooseArgs(Shape):
    workspace_id = RowNumber(required=True)


class AccountOut(Schema):
    id = fields.Int(required=True)
    email = fields.Str(required=True)
    name = fields.Str(required=True)


class RoomOut(Schema):
    id = fields.Int(required=True)
    name = fields.Str(required=True)
    slug = fields.Str(required=True)
    role = fields.Str(required=True)
    timezone = fields.Str(required=True)


class SessionOut(Schema):
    account = fields.Nested(AccountOut, required=True)
    workspaces = fields.List(fields.Nested(RoomOut), required=True)
    workspace = fields.Nested(RoomOut, required=True)
    csrf = fields.Str(required=True, metadata={"description": "Send it as X-CSRF-Token with every write."})


@session.post("", least=PUBLIC, reads=True)
@session.arguments(SignInArgs)
@session.response(200, SessionOut)
def sign_in(args: dict[str, str]) -> Response:
    """Sign in with e-mail and password; the cookie set here is all a browser needs to come back."""
    desk = db.session()
    settings = current_app.config["ROADBOOK"]
    account = signin.check(desk, current_app.config["ROADBOOK_PASSWORDS"], args["email"], args["password"])
    account_id = account.id
    desk.rollback()
    begin_write(desk)
    before = signin.token_given()
    if before is not None:
        desk.execute(delete(LoginSession).where(LoginSession.token_hash == signin.token_hash(before)))
    account = desk.get_one(Account, account_id)
    token, opened = signin.open_session(desk, account, settings.session_hours)
    audit.record(desk, opened.workspace_id, f"account:{account.id}", "session.opened", at=datetime.now(UTC))
    answer = SessionOut().dump(_shown(account, opened.workspace_id, opened.csrf))
    desk.commit()
    response = make_response(current_app.json.response(answer))
    signin.set_cookie(response, token, settings)
    return response


@session.get("", least=SIGNED_IN)
@session.response(200, SessionOut)
def who() -> dict[str, Any]:
    """Who is signed in and where; 401 if nobody is."""
    return _shown(_me(), actor().workspace_id, actor().csrf or "")


@session.delete("", least=SIGNED_IN)
@session.response(204)
def sign_out() -> Response:
    """End this session; its cookie is worth nothing from now on."""
    _me()
    db.session.execute(delete(LoginSession).where(LoginSession.id == actor().session_id))
    audit.record(db.session(), actor().workspace_id, actor().name, "session.closed", at=datetime.now(UTC))
    response = make_response("", 204)
    signin.drop_cookie(response)
    return response


@session.put("/workspace", least=SIGNED_IN)
@session.arguments(ChooseArgs)
@session.response(200, SessionOut)
def choose(args: dict[str, int]) -> dict[str, Any]:
    """Go to another workspace of yours."""
    me, wanted = _me(), args["workspace_id"]
    if wanted not in {room.id for room, _ in workspaces.memberships(db.session(), me.id)}:
        raise not_found()
    db.session.execute(
        update(LoginSession).where(LoginSession.id == actor().session_id).values(workspace_id=wanted)
    )
    audit.record(db.session(), wanted, actor().name, "session.entered", at=datetime.now(UTC))
    return _shown(me, wanted, actor().csrf or "")


def _me() -> Account:
    if actor().account_id is None:
        raise Problem(403, "role", signin.ONLY_PEOPLE)
    return db.session.get_one(Account, actor().account_id)


def _shown(account: Account, workspace_id: int, csrf: str) -> dict[str, Any]:
    rooms = [
        {"id": room.id, "name": room.name, "slug": room.slug, "role": role, "timezone": room.timezone}
        for room, role in workspaces.memberships(db.session(), account.id)
    ]
    return {
        "account": account,
        "workspaces": rooms,
        "workspace": next(room for room in rooms if room["id"] == workspace_id),
        "csrf": csrf,
    }
