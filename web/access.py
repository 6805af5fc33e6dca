"""Who may do what: every route says the least role that may use it, and who says nothing does not start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, g
from sqlalchemy import Select, select

from journeys.words import Words
from store.database import db
from web.errors import Problem, not_found

#: Each role may do what the ones before it may.
ROLES = ("viewer", "analyst", "editor", "owner")
#: A role of keys alone: tells what customers do, and reads nothing.
SENDER = "sender"
#: Who may send besides.
SENDS = "editor"
#: A role of people who work through their own tasks, and see nothing else.
STAFF = "staff"
#: Open to every member of the workspace, whatever the role.
SIGNED_IN = "signed_in"
ROLE_WORDS = {
    "viewer": Words("查看者", "viewer"),
    "analyst": Words("分析者", "analyst"),
    "editor": Words("编辑者", "editor"),
    "owner": Words("所有者", "owner"),
    SENDER: Words("发送者", "sender"),
    STAFF: Words("员工", "staff"),
    SIGNED_IN: Words("成员", "member"),
}
#: Open to everybody: what a route says instead of a role.
PUBLIC = "public"

SIGN_IN_FIRST = Words("请先登录，或带上有效的 API 密钥。", "Sign in first, or send a valid API key.")

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and in which workspace; made anew for each request."""

    #: "account:3" or "key:5", as the audit names it.
    name: str
    role: str
    workspace_id: int
    account_id: int | None = None
    session_id: int | None = None
    #: The token that writes must carry; None for an API key, which no browser sends by itself.
    csrf: str | None = None

    def may(self, least: str) -> bool:
        """True if the actor's role reaches `least`."""
        if self.role == SENDER:
            return least == SENDER
        if least == SIGNED_IN or self.role == STAFF:
            return least in (SIGNED_IN, STAFF)
        return ROLES.index(self.role) >= ROLES.index(SENDS if least in (SENDER, STAFF) else least)


def needs(least: str) -> Callable[[View], View]:
    """Say the least role that may use a view; "public" lets everybody in, "sender" those who may send,
    "staff" the staff and whoever may steer them, "signed_in" everybody who is known."""
    if least not in (PUBLIC, SENDER, STAFF, SIGNED_IN, *ROLES):
        raise ValueError(f"Unknown role {least!r}: use public, sender, {', '.join(ROLES)}.")

    def mark(view: View) -> View:
        view.least_role = least  # type: ignore[attr-defined]
        return view

    return mark


def least_role(app: Flask, endpoint: str) -> str | None:
    """What the view behind `endpoint` asks for; None if it says nothing."""
    return getattr(app.view_functions[endpoint], "least_role", None)


def refuse_unmarked(app: Flask) -> None:
    """Raise RuntimeError naming every route that forgot to say who may use it."""
    silent = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if least_role(app, rule.endpoint) is None
    ]
    if silent:
        raise RuntimeError("These routes do not say who may use them: " + ", ".join(sorted(silent)))


def admit(least: str, actor: Actor | None) -> None:
    """Raise 401 or 403 unless `actor` may use what asks for `least`."""
    if least == PUBLIC:
        return
    if actor is None:
        raise Problem(401, "sign-in", SIGN_IN_FIRST, headers={"WWW-Authenticate": 'Bearer realm="roadbook"'})
    if not actor.may(least):
        wanted, mine = ROLE_WORDS[least], ROLE_WORDS[actor.role]
        words = Words(
            f"这需要“{wanted}”以上的权限，你是“{mine}”。请联系工作区所有者。",
            f"This needs the role {wanted.en}; you are {mine.en}. Ask an owner of the workspace.",
        )
        raise Problem(403, "role", words)


def actor() -> Actor:
    """Who asks; only in views that are not public."""
    found: Actor = g.actor
    return found


def here() -> int:
    """The id of the workspace in which the request happens."""
    return actor().workspace_id


def scoped(model: type[Row]) -> Select[tuple[Row]]:
    """Rows of `model` in this workspace: the beginning of every query."""
    return select(model).where(model.workspace_id == here())  # type: ignore[attr-defined]


def found(model: type[Row], row_id: int) -> Row:
    """The row of this workspace with this id; 404 for any other, wherever it may be."""
    row = db.session.scalars(scoped(model).where(model.id == row_id)).one_or_none()  # type: ignore[attr-defined]
    if row is None:
        raise not_found()
    return row
