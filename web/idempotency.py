"""Idempotency-Key: a write that is sent twice happens once, and both get the first answer.

The key is claimed in the transaction of the write itself. A second request with the key waits for the first to
end; if that failed, nothing was stored and the second does the work. So no claim can be left behind by a crash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Response, current_app, request
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from journeys.words import Words
from store.tables import Idempotency
from web.access import actor
from web.errors import Problem

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(hours=48)
#: How long a second request waits for the first one to end before it is told to come back.
WAIT_SECS = 10
LOCK_NOT_AVAILABLE = "55P03"

OTHER_REQUEST = Words(
    "这个 Idempotency-Key 已经用于另一个不同的请求；请换一个。",
    "This Idempotency-Key was used for another request; choose a new one.",
)
BAD_KEY = Words(
    f"Idempotency-Key 应为 1 到 {LONGEST} 个可见 ASCII 字符。",
    f"An Idempotency-Key has 1 to {LONGEST} visible ASCII characters.",
)
IN_FLIGHT = Words(
    "带有这个 Idempotency-Key 的第一个请求还在处理；请稍后再试。",
    "The first request with this Idempotency-Key is still being worked on; try again in a moment.",
)
ANSWER_LOST = Words(
    "这个请求已经做过，但当时的回答读不出来了（服务器密钥换过）；请查看结果，或换一个 Idempotency-Key。",
    "This was done already, but its answer cannot be read any more (the server's secret changed); "
    "look at the result, or choose a new Idempotency-Key.",
)
#: Of so many claims one clears away what is too old.
SWEEP_ONE_IN = 200


def first_answer(session: Session) -> Response | None:
    """The answer that this key got before, or None after claiming it: then do the work and `keep` the answer."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST or not all("!" <= letter <= "~" for letter in key):
        raise Problem(422, "bad-idempotency-key", BAD_KEY, [(HEADER, BAD_KEY)])
    asked = fingerprint()
    if _claim(session, key, asked):
        if secrets.randbelow(SWEEP_ONE_IN) == 0:
            forget_old(session)
        return None
    kept = session.scalars(
        select(Idempotency).where(Idempotency.workspace_id == actor().workspace_id, Idempotency.key == key)
    ).one()
    if kept.request_hash != asked:
        raise Problem(422, "idempotency-key-reused", OTHER_REQUEST, [(HEADER, OTHER_REQUEST)])
    if kept.status is None or kept.body is None:
        raise Problem(409, "in-flight", IN_FLIGHT, headers={"Retry-After": "1"})
    response = current_app.response_class(_opened(kept.body, key), kept.status, mimetype="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    return response


def keep(session: Session, response: Response) -> None:
    """Write the answer beside the claim, in the transaction of the work."""
    key = request.headers.get(HEADER)
    if key is None:
        return
    session.execute(
        update(Idempotency)
        .where(Idempotency.workspace_id == actor().workspace_id, Idempotency.key == key)
        .values(status=response.status_code, body=_sealed(response.get_data(), key))
    )


def first_time(session: Session, workspace_id: int, names: Collection[str]) -> set[str]:
    """Which of these names nobody gave here in the last two days; from now on they are given. Not committed.

    Kept beside the claimed keys: no key holds a blank, so that none is ever mistaken for such a name.
    """
    if not names:
        return set()
    kept = {f"seen {hashlib.sha256(name.encode()).hexdigest()}": name for name in names}
    at = datetime.now(UTC)
    rows = [
        {"workspace_id": workspace_id, "key": key, "request_hash": "", "created_at": at}
        for key in sorted(kept)
    ]
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_pg
    given = insert(Idempotency).values(rows).on_conflict_do_nothing().returning(Idempotency.key)
    if secrets.randbelow(SWEEP_ONE_IN) == 0:
        forget_old(session)
    return {kept[key] for key in session.scalars(given)}


def forget_answers(session: Session, values: Collection[str]) -> None:
    """Forget the kept answers of this workspace in which one of these texts stands. Not committed."""
    needles = [value.encode() for value in values]
    needles += [json.dumps(value)[1:-1].encode() for value in values if not value.isascii()]
    query = select(Idempotency.key, Idempotency.body).where(
        Idempotency.workspace_id == actor().workspace_id, Idempotency.body.is_not(None)
    )
    for key, body in session.execute(query).all():
        raw = base64.b64decode(body or "")
        try:
            answer = _cipher().decrypt(raw[:12], raw[12:], key.encode())
        except (InvalidTag, ValueError):
            continue
        if any(needle in answer for needle in needles):
            session.execute(
                delete(Idempotency).where(
                    Idempotency.workspace_id == actor().workspace_id, Idempotency.key == key
                )
            )


def forget_old(session: Session) -> None:
    """Delete answers that nobody needs to be told again."""
    session.execute(delete(Idempotency).where(Idempotency.created_at < datetime.now(UTC) - KEPT))


def fingerprint() -> str:
    """SHA-256 of who asks for what: method, address and body; of uploads the parts and not their frame."""
    made = hashlib.sha256()
    for part in (actor().name, request.method, request.full_path):
        made.update(part.encode() + b"\0")
    if request.mimetype == "multipart/form-data":
        # A part may have no name at all.
        for name, value in sorted(request.form.items(multi=True), key=str):
            made.update(f"{name}={value}\0".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda pair: str(pair[0])):
            made.update(f"{name}:{file.filename}\0".encode())
            made.update(hashlib.file_digest(file.stream, "sha256").digest())  # type: ignore[arg-type]
            file.stream.seek(0)
    else:
        made.update(request.get_data(cache=True))
    return made.hexdigest()


def _claim(session: Session, key: str, asked: str) -> bool:
    """True if the key is ours now; waits while somebody else works on it."""
    row = {
        "workspace_id": actor().workspace_id,
        "key": key,
        "request_hash": asked,
        "created_at": datetime.now(UTC),
    }
    if session.get_bind().dialect.name == "sqlite":
        claimed = insert_sqlite(Idempotency).values(row).on_conflict_do_nothing().returning(Idempotency.key)
        return session.scalar(claimed) is not None
    claimed = insert_pg(Idempotency).values(row).on_conflict_do_nothing().returning(Idempotency.key)
    session.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECS}s'"))
    try:
        mine = session.scalar(claimed) is not None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise Problem(409, "in-flight", IN_FLIGHT, headers={"Retry-After": "1"}) from None
        raise
    session.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    return mine


# Answers may hold a new API key or a person's data, so that they are kept sealed.


def _cipher() -> AESGCM:
    secret = str(current_app.config["SECRET_KEY"])
    return AESGCM(hashlib.sha256(b"roadbook idempotency\0" + secret.encode()).digest())


def _sealed(body: bytes, key: str) -> str:
    nonce = os.urandom(12)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, body, key.encode())).decode()


def _opened(kept: str, key: str) -> bytes:
    raw = base64.b64decode(kept)
    try:
        return _cipher().decrypt(raw[:12], raw[12:], key.encode())
    except InvalidTag:
        raise Problem(409, "answer-lost", ANSWER_LOST) from None
