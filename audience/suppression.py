"""Names of people who were erased, as salted hashes: by them nobody is made again without being asked for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.identities import Key
from audience.tables_people import Suppressed, SuppressionSalt
from store.bulk import among, insert_rows

WHY = (
    "此人要求清除过自己的资料，不会再自动创建。",
    "This person was erased at their own wish and is not made again.",
)


def suppress(session: Session, workspace_id: int, keys: Iterable[Key], now: datetime) -> None:
    """Remember these names, none of which can be read from what is kept. Nothing is committed."""
    salt = _salt(session, workspace_id) or _new_salt(session, workspace_id)
    rows = [
        {"workspace_id": workspace_id, "digest": digest, "at": now}
        for digest in sorted({_digest(salt, key) for key in keys})
    ]
    insert_rows(session, Suppressed.__table__, rows, skip_known=True)


def suppressed(session: Session, workspace_id: int, people: Sequence[Iterable[Key]]) -> set[int]:
    """Which of these people (by place) go by a name that was suppressed; costs one probe where none was."""
    salt = _salt(session, workspace_id)
    if salt is None:
        return set()
    owners: dict[str, set[int]] = {}
    for number, keys in enumerate(people):
        for key in keys:
            owners.setdefault(_digest(salt, key), set()).add(number)
    found = session.scalars(
        select(Suppressed.digest).where(
            Suppressed.workspace_id == workspace_id, among(session, Suppressed.digest, sorted(owners))
        )
    )
    return {number for digest in found for number in owners[digest]}


def _salt(session: Session, workspace_id: int) -> str | None:
    return session.scalar(select(SuppressionSalt.salt).where(SuppressionSalt.workspace_id == workspace_id))


def _new_salt(session: Session, workspace_id: int) -> str:
    row = {"workspace_id": workspace_id, "salt": secrets.token_hex(32)}
    insert_rows(session, SuppressionSalt.__table__, [row], skip_known=True)
    return _salt(session, workspace_id) or ""


def _digest(salt: str, key: Key) -> str:
    kind, value = key
    return hashlib.blake2b(f"{kind}\0{value}".encode(), key=salt.encode(), digest_size=32).hexdigest()
