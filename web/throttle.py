"""Guessing passwords is slowed down: few tries per account and per address, nobody is locked out for good."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from journeys.words import Words
from store.database import begin_write
from store.tables import LoginAttempt
from store.workspaces import normal_email
from web.errors import Problem

#: After so many failures on one account within the time, an address that failed itself has to wait.
ACCOUNT_FAILURES, ACCOUNT_WITHIN = 5, timedelta(minutes=15)
#: So many failures of one address within the time, on whatever accounts.
ADDRESS_FAILURES, ADDRESS_WITHIN = 20, timedelta(minutes=1)
SLOWLY = Words(
    "登录失败太多次了；请等几分钟再试。", "Too many failed sign-ins; wait a few minutes and try again."
)


def who(email: str) -> str:
    """The name under which tries on an account are counted."""
    return hashlib.sha256(normal_email(email).encode()).hexdigest()


def begin(session: Session, email: str, address: str, at: datetime | None = None) -> int:
    """Count a try before it is judged, so that many at once cannot slip through; gives its id.

    Raises 429. Commits.
    """
    at = at or datetime.now(UTC)
    begin_write(session)
    account, own = who(email), address[:64]
    attempt = LoginAttempt(who=account, ip=own, at=at)
    session.add(attempt)
    session.flush()
    mine = attempt.id
    session.commit()
    wait = _wait(session, mine, account, own, at)
    if wait is not None:
        forget(session, [LoginAttempt.id == mine])
        raise Problem(429, "slow-down", SLOWLY, headers={"Retry-After": str(int(wait.total_seconds()))})
    return mine


def succeeded(session: Session, email: str, address: str) -> None:
    """Forget this address's tries on this account, and whatever is too old to count."""
    old = datetime.now(UTC) - 4 * ACCOUNT_WITHIN
    forget(
        session, [LoginAttempt.who == who(email), LoginAttempt.ip == address[:64]], [LoginAttempt.at < old]
    )


def forget(session: Session, *groups: list) -> None:
    """Delete the tries of each group of conditions; commits."""
    session.rollback()
    begin_write(session)
    for conditions in groups:
        session.execute(delete(LoginAttempt).where(*conditions))
    session.commit()


def _wait(session: Session, mine: int, account: str, own: str, at: datetime) -> timedelta | None:
    before = select(func.count()).where(LoginAttempt.id < mine)
    lately = LoginAttempt.at > at - ACCOUNT_WITHIN
    on_account = session.scalars(before.where(LoginAttempt.who == account, lately)).one()
    by_me = session.scalars(before.where(LoginAttempt.who == account, LoginAttempt.ip == own, lately)).one()
    if on_account >= ACCOUNT_FAILURES and by_me:
        return ACCOUNT_WITHIN
    by_address = session.scalars(
        before.where(LoginAttempt.ip == own, LoginAttempt.at > at - ADDRESS_WITHIN)
    ).one()
    return ADDRESS_WITHIN if by_address >= ADDRESS_FAILURES else None
