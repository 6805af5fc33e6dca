"""Workspaces, the people who sign in to them, and what each may do there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.tables import Account, Member, Workspace

#: From the one who may do everything to the one who may only look.
ROLES = ("owner", "editor", "analyst", "viewer", "staff")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
#: What members are told outside the studio, by mail and by WeCom, is written in one of these; the first if none is chosen.
LANGUAGES = ("zh", "en")
LANGUAGE = "language"
DEFAULT_SETTINGS = {"quiet_hours": ["22:00", "08:00"]}


class WorkspaceError(ValueError):
    """The workspace, account or membership cannot be made like that; `field` says where to look."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def language_of(session: Session, workspace_id: int) -> str:
    """The language in which a workspace tells its members something: "zh" or "en"."""
    settings = session.scalar(select(Workspace.settings).where(Workspace.id == workspace_id))
    return language_in(settings or {})


def language_in(settings: Mapping[str, Any]) -> str:
    """The language that a workspace's settings name."""
    chosen = settings.get(LANGUAGE)
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def create_workspace(
    session: Session, name: str, slug: str, now: datetime, timezone: str = "Asia/Shanghai"
) -> Workspace:
    """Make a workspace; raises WorkspaceError if the slug is taken or anything is malformed."""
    if not name.strip() or len(name) > 200:
        raise WorkspaceError("name", "Give the workspace a name of 1 to 200 characters.")
    if not SLUG.fullmatch(slug):
        raise WorkspaceError("slug", "Use small letters, digits and hyphens for the short name, 64 at most.")
    if timezone not in available_timezones():
        raise WorkspaceError("timezone", f"{timezone!r} is no time zone: use a name such as Asia/Shanghai.")
    workspace = Workspace(
        name=name.strip(), slug=slug, timezone=timezone, settings=dict(DEFAULT_SETTINGS), created_at=now
    )
    _add(session, workspace, WorkspaceError("slug", f"The short name {slug} is taken: choose another."))
    return workspace


def create_account(
    session: Session, email: str, password_hash: str, now: datetime, name: str = ""
) -> Account:
    """Make a person who can sign in; `password_hash` is argon2's.

    Raises WorkspaceError if the e-mail is malformed or taken.
    """
    email = normal_email(email)
    if not 3 <= len(email) <= 320 or "@" not in email[1:-1] or any(letter.isspace() for letter in email):
        raise WorkspaceError("email", "Give a whole e-mail address, such as name@example.com.")
    account = Account(email=email, name=name[:200], password_hash=password_hash, active=True, created_at=now)
    _add(session, account, WorkspaceError("email", "There is an account with this e-mail address already."))
    return account


def add_member(session: Session, workspace_id: int, account_id: int, role: str, now: datetime) -> Member:
    """Let an account into a workspace; raises WorkspaceError for an unknown role or a second membership."""
    if role not in ROLES:
        raise WorkspaceError("role", f"{role!r} is no role: use one of {', '.join(ROLES)}.")
    member = Member(workspace_id=workspace_id, account_id=account_id, role=role, created_at=now)
    _add(session, member, WorkspaceError("account_id", "This account is a member of the workspace already."))
    return member


def find_account(session: Session, email: str) -> Account | None:
    """Return the account with this e-mail address, however it is capitalised."""
    return session.scalar(select(Account).where(Account.email == normal_email(email)))


def memberships(session: Session, account_id: int) -> list[tuple[Workspace, str]]:
    """Return the workspaces of an account with its role in each, oldest first."""
    rows = session.execute(
        select(Workspace, Member.role)
        .join(Member, Member.workspace_id == Workspace.id)
        .where(Member.account_id == account_id)
        .order_by(Workspace.id)
    )
    return [(workspace, role) for workspace, role in rows]


def normal_email(email: str) -> str:
    """Return the form under which an e-mail address is kept and looked up."""
    return email.strip().lower()


def _add(session: Session, row: Workspace | Account | Member, taken: WorkspaceError) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise taken from error
