"""WeCom's calls: the signature first, then the contents, then stored as signals and answered. Nothing is sent here."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_channels import ChannelCode
from connectors.wecom import events, signals, xml
from connectors.wecom.crypto import BadCallback, BadKey, Crypto
from store import clock
from store.database import db
from store.inbox import NewSignal
from store.posting import Full, Posting
from store.secrets import CannotOpen, Vault
from store.subjects import GROUP_KEY
from store.tables_connections import OFF, Connection
from store.wecom_calls import Call, event_id, store
from web.access import PUBLIC, needs

callbacks = Blueprint("callbacks", __name__, url_prefix="/callbacks")
#: How far a call's own time may be from ours.
SKEW = timedelta(minutes=5)
#: The one element that is looked at before the signature is known to be right; found without reading any XML.
ENCRYPTED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]{1,65536})(?:\]\]>)?\s*</Encrypt>")
NONCE = re.compile(r"[ -~]{1,128}")
#: The names under which a connection keeps what its callbacks need.
CORP_ID, TOKEN, AES_KEY = "corp_id", "callback_token", "callback_aes_key"


class _Doors:
    """The opened secrets of connections, each until it is changed."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Crypto]] = {}
        self._lock = threading.Lock()
        self._posting: Posting | None = None

    def crypto(self, row: Connection) -> Crypto | None:
        """What checks and opens the calls of a connection; None if it has no secrets for that."""
        kept = self._known.get(row.id)
        if kept is not None and kept[0] == row.revision:
            return kept[1]
        made = _opened(row)
        if made is not None:
            self._known[row.id] = (row.revision, made)
        return made

    def posting(self) -> Posting:
        with self._lock:
            if self._posting is None:
                self._posting = Posting(db.engine, store)  # type: ignore[arg-type]
            return self._posting


@callbacks.get("/wecom/<callback_id>")
@needs(PUBLIC)
def prove(callback_id: str) -> Response:
    """Prove to WeCom that this address is ours: the decrypted echo, bare, within a second."""
    found = _found(callback_id)
    if found is None:
        return _nothing(404)
    echo = request.args.get("echostr", "")
    try:
        plain = found[1].open(*_signed(echo))
    except BadCallback:
        return _nothing(403)
    return Response(plain, 200, content_type="text/plain; charset=utf-8")


@callbacks.post("/wecom/<callback_id>")
@needs(PUBLIC)
def take(callback_id: str) -> Response:
    """Take one call: stored durably before it is answered, so that WeCom's repetition is needed only when we fail."""
    found = _found(callback_id)
    if found is None:
        return _nothing(404)
    connection, crypto = found
    body = request.get_data(cache=False) if (request.content_length or 0) <= xml.MOST_BYTES else b""
    sealed = ENCRYPTED.search(body)
    try:
        signed = _signed(sealed[1].decode() if sealed else "")
        plain = crypto.open(*signed)
    except BadCallback:
        return _nothing(403)
    try:
        fields = xml.read(plain)
    except xml.BadXml:
        return _nothing(400)
    try:
        _doors().posting().post([_call(connection, signed[2], fields)])  # type: ignore[list-item]
    except Full:
        return _nothing(503)
    return _nothing(200)


def _signed(encrypted: str) -> tuple[str, str, str, str]:
    """(signature, timestamp, nonce, what is encrypted) as they came; raises BadCallback for an old one."""
    asked = request.args
    timestamp, nonce = asked.get("timestamp", ""), asked.get("nonce", "")
    if not timestamp.isdecimal() or len(timestamp) > 12 or not NONCE.fullmatch(nonce) or not encrypted:
        raise BadCallback(f"no time, nonce or message. {BadCallback.__doc__}")
    if abs(clock.system().timestamp() - int(timestamp)) > SKEW.total_seconds():
        raise BadCallback(f"too old, or from the future. {BadCallback.__doc__}")
    return asked.get("msg_signature", ""), timestamp, nonce, encrypted


def _found(callback_id: str) -> tuple[Connection, Crypto] | None:
    """The connection of this address and its secrets."""
    with Session(db.engine, expire_on_commit=False) as session:
        row = session.scalars(select(Connection).where(Connection.callback_id == callback_id)).one_or_none()
    if row is None or row.state == OFF:
        return None
    crypto = _doors().crypto(row)
    return None if crypto is None else (row, crypto)


def _doors() -> _Doors:
    found: _Doors = current_app.extensions.setdefault("roadbook-wecom", _Doors())
    return found


def _opened(row: Connection) -> Crypto | None:
    if row.secrets is None:
        return None
    vault = Vault(current_app.config["ROADBOOK"].secret_keys)
    try:
        secrets = vault.open(row.secrets, f"connection:{row.workspace_id}:{row.id}")
        return Crypto(secrets[TOKEN], secrets[AES_KEY], str(row.settings[CORP_ID]))
    except (CannotOpen, KeyError, BadKey) as error:
        current_app.logger.error("connection %s cannot check its callbacks: %s", row.id, type(error).__name__)
        return None


def _call(connection: Connection, nonce: str, fields: dict[str, Any]) -> Call:
    kind, identity = events.kind(fields), events.identity(fields)
    told = signals.told(kind, fields)
    call = Call(
        *(connection.workspace_id, connection.id, nonce, kind, identity, _time(fields)),
        None if told is None else [],
        # What colleagues write to the app is nobody's business here.
        {} if told is not None or kind == "message" else fields,
    )
    call.looks = signals.looks(kind, fields)
    if told:
        call.signals = _signals(connection, call, told)
        code = fields.get("WelcomeCode")
        if isinstance(code, str) and 0 < len(code) <= 512 and told[0].name == signals.ADDED:
            call.welcome = (told[0].number, str(told[0].data["staff"])[:64], code)
            told[0].data["welcome"] = event_id(connection.id, identity)
    return call


def _signals(connection: Connection, call: Call, told: Sequence[signals.Told]) -> list[NewSignal]:
    found = []
    for number, one in enumerate(told):
        whose = GROUP_KEY if one.whose == signals.CHAT else one.whose
        if one.data.get("state"):
            one.data.update(_channel(connection.workspace_id, one.data["state"]))
        found.append(
            NewSignal(
                *(connection.workspace_id, "event", one.name, call.created_at, one.data),
                identity={whose: one.number},
                event_id=event_id(connection.id, call.identity, number),
            )
        )
    return found


def _channel(workspace_id: int, state: str) -> dict[str, str]:
    """The code by which somebody came, from what WeCom hands back of it."""
    with Session(db.engine) as session:
        query = select(ChannelCode.key).where(
            ChannelCode.workspace_id == workspace_id, ChannelCode.state == state
        )
        key = session.scalar(query)
    return {} if key is None else {"channel": key}


def _time(fields: dict[str, Any]) -> datetime:
    """When WeCom made the call: never after now, and now if it does not say so."""
    now = clock.system()
    said = fields.get("CreateTime")
    if not isinstance(said, str) or not said.isdecimal() or len(said) > 12:
        return now
    return min(datetime.fromtimestamp(int(said), UTC), now)


def _nothing(status: int) -> Response:
    """An answer that tells nobody anything; empty is what WeCom takes as taken."""
    return Response(b"", status, content_type="text/plain; charset=utf-8")
