"""Where providers call: the address itself is the secret, and whoever has it can only tell of messages of that connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from sqlalchemy import select

from audience.tables import Identity
from connectors import bounces, catalogue
from store import receipts
from store.database import begin_write, db
from store.links import Unsubscribing
from store.tables import Outbox
from store.tables_connections import OFF, Connection
from web.access import PUBLIC, needs
from web.errors import not_found
from web.links import leave
from web.strict_json import BadJson, read

reports = Blueprint("reports", __name__, url_prefix="/callbacks")
LARGEST = 512 * 1024


@reports.post("/email/<callback_id>")
@needs(PUBLIC)
def email(callback_id: str) -> Response:
    """What a mail provider tells (JSON), or a bounce as it came (message/rfc822)."""

    def take(row: Connection) -> int:
        body = _body()
        if request.mimetype == "message/rfc822":
            found = bounces.read_dsn(body)
        else:
            found = bounces.read_webhook(_json(body))
        for one in found:
            _bounced(row, one)
        return len(found)

    return _taken("email", callback_id, take)


@reports.post("/sms/<callback_id>")
@reports.post("/sms_aliyun/<callback_id>", endpoint="sms_aliyun")
@needs(PUBLIC)
def sms(callback_id: str) -> Response:
    """What an SMS provider tells of messages sent, and of who answers with a word to unsubscribe."""
    name = request.path.split("/")[2]

    def take(row: Connection) -> int:
        body = _body()
        form = request.mimetype == "application/x-www-form-urlencoded"
        told: Any = dict(parse_qsl(body.decode("utf-8", "replace"))) if form else _json(body)
        found = catalogue.module(name).reports(row.settings, told)
        now = datetime.now(UTC)
        for one in found:
            if one.left:
                _left(row, "sms", one.phone)
            elif one.key or one.reference:
                receipts.note(
                    db.session(), row.workspace_id, one.state, key=one.key,
                    reference=None if one.key else one.reference, reason=one.reason, at=now,
                )  # fmt: skip
            if one.no_number and one.phone:
                receipts.suppress(db.session(), row.workspace_id, "sms", one.phone, one.reason or "", now)
        return len(found)

    return _taken(name, callback_id, take)


def _taken(connector: str, callback_id: str, take: Callable[[Connection], int]) -> Response:
    row = db.session.scalars(
        select(Connection).where(Connection.callback_id == callback_id, Connection.connector == connector)
    ).one_or_none()
    if row is None or row.state == OFF:
        raise not_found()
    session = db.session()
    session.rollback()
    begin_write(session)
    row = session.get_one(Connection, row.id)
    number = take(row)
    session.commit()
    return Response(f'{{"code":0,"msg":"OK","taken":{number}}}', 200, mimetype="application/json")


def _bounced(row: Connection, one: bounces.Bounce) -> None:
    session, now = db.session(), datetime.now(UTC)
    if one.unsubscribed and one.address:
        _left(row, "email", one.address)
    if one.key or one.reference:
        state: Any = one.state
        receipts.note(
            session, row.workspace_id, state, key=one.key, reference=None if one.key else one.reference,
            reason=one.reason, at=now,
        )  # fmt: skip
    address = one.address
    if one.hard and address and _is_ours(row, one, address):
        receipts.suppress(session, row.workspace_id, "email", address, one.reason or "hard bounce", now)


def _is_ours(row: Connection, one: bounces.Bounce, address: str) -> bool:
    """True if we have written to somebody of that address: nobody else can be suppressed by a call."""
    if one.key:
        mine = select(Outbox.contact_id).where(
            Outbox.workspace_id == row.workspace_id, Outbox.key == one.key, Outbox.carrier == "email"
        )
        return db.session.scalar(mine) is not None
    return bool(_people(row, "email", address))


def _left(row: Connection, carrier: str, address: str | None) -> None:
    for contact_id in _people(row, {"email": "email", "sms": "phone"}[carrier], address or ""):
        leave(Unsubscribing(row.workspace_id, contact_id, carrier), "callback")


def _people(row: Connection, kind: str, value: str) -> list[int]:
    query = select(Identity.contact_id).where(
        Identity.workspace_id == row.workspace_id, Identity.kind == kind, Identity.value == value
    )
    return list(db.session.scalars(query))


def _body() -> bytes:
    request.max_content_length = LARGEST
    return request.get_data(cache=True)


def _json(body: bytes) -> Any:
    try:
        return read(body)
    except BadJson:
        return None
