"""API keys: 256 random bits shown once, kept as a hash, each with a role and, if wished, an end."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Update, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from store.database import begin_write
from store.tables import ApiKey
from web.access import Actor

log = logging.getLogger(__name__)

MARK = "rb_"
FORM = re.compile(r"rb_[A-Za-z0-9_-]{43}")
PREFIX = 11
#: How often the last use of a key is written down.
TOUCH = timedelta(minutes=10)


def secret_hash(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(
    session: Session,
    workspace_id: int,
    name: str,
    role: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[str, ApiKey]:
    """A new key: (the secret, told this once, and its row). Not committed."""
    secret = MARK + secrets.token_urlsafe(32)
    key = ApiKey(
        workspace_id=workspace_id,
        name=name,
        prefix=secret[:PREFIX],
        secret_hash=secret_hash(secret),
        role=role,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return secret, key


def holder(session: Session, secret: str) -> Actor | None:
    """Who holds this key, or None if it is none of ours, has ended or was taken back."""
    if not FORM.fullmatch(secret):
        return None
    now = datetime.now(UTC)
    key = session.scalar(
        select(ApiKey).where(
            ApiKey.secret_hash == secret_hash(secret),
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now),
        )
    )
    if key is None:
        return None
    found = Actor(name=f"key:{key.id}", role=key.role, workspace_id=key.workspace_id)
    if key.used_at is None or now - key.used_at > TOUCH:
        note_use(session, update(ApiKey).where(ApiKey.id == key.id).values(used_at=now))
    return found


class Ring:
    """Keys as one process saw them a moment ago, so that not every request asks for its key again."""

    #: How long a key opens after it was taken back by another process; an ended one likewise.
    SECS = 1.0
    MOST = 10_000

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, Actor]] = {}

    def holder(self, secret: str) -> Actor | None:
        """Who held this key a moment ago; None if it must be asked for."""
        found = self._seen.get(secret)
        return found[1] if found is not None and time.monotonic() < found[0] else None

    def remember(self, secret: str, actor: Actor) -> None:
        """Keep for a moment what was just found in the database."""
        if len(self._seen) >= self.MOST:
            self._seen.clear()
        self._seen[secret] = (time.monotonic() + self.SECS, actor)

    def forget(self) -> None:
        """Ask anew for every key: one was taken back here."""
        self._seen.clear()


#: The keys of this process.
RING = Ring()


def note_use(session: Session, statement: Update) -> None:
    """Write down that something was used, in a transaction of its own.

    A busy database is no reason to turn the visitor away: then the next use is written down.
    """
    session.rollback()
    try:
        begin_write(session)
        session.execute(statement)
        session.commit()
    except OperationalError:
        session.rollback()
        log.info("last use not written down: the database is busy")
