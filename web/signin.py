"""Signing in: sessions kept by the server, of which the browser holds only a token."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from journeys.words import Words
from settings import Settings
from store import workspaces
from store.database import begin_write, db
from store.tables import Account, LoginSession, Member
from web import keys, throttle
from web.access import Actor, admit, least_role
from web.errors import Problem
from web.keys import note_use
from web.passwords import Passwords

COOKIE = "roadbook_session"
#: Browsers take this name only over TLS, for this host alone and for every path.
SECURE_COOKIE = "__Host-roadbook_session"
SAFE = ("GET", "HEAD", "OPTIONS")
#: What a form of another site could send without asking.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
#: How often a session's last use is written down.
TOUCH = timedelta(minutes=5)

WRONG = Words("邮箱或密码不对。", "The e-mail address or the password is wrong.")
NO_WORKSPACE = Words(
    "你还不属于任何工作区；请联系管理员。", "You belong to no workspace yet; ask an administrator."
)
ONLY_PEOPLE = Words(
    "这只给登录的人用；API 密钥没有会话。", "This is for people who signed in; an API key has no session."
)
NO_TOKEN = Words(
    "这个请求缺少 X-CSRF-Token（登录时给出），为安全起见没有执行。",
    "The request lacks its X-CSRF-Token (given at sign-in); to be safe it was not carried out.",
)
FOREIGN = Words(
    "这个请求来自别的网站，为安全起见没有执行。",
    "The request comes from another site; to be safe it was not carried out.",
)


def token_hash(token: str) -> str:
    """What is kept of a token: SHA-256, for a token has all the randomness it needs."""
    return hashlib.sha256(token.encode()).hexdigest()


def check(session: Session, passwords: Passwords, email: str, password: str) -> Account:
    """The account of these credentials; 401 with one answer for every reason, 429 when guessing."""
    address = request.remote_addr or ""
    throttle.begin(session, email, address)
    account = workspaces.find_account(session, email)
    kept = account.password_hash if account is not None and account.active else None
    session.rollback()  # hashing takes long: hold no connection meanwhile
    right = passwords.right(password, kept)
    if not right:
        raise Problem(401, "wrong-credentials", WRONG)
    throttle.succeeded(session, email, address)
    account = workspaces.find_account(session, email)
    if account is None:
        raise Problem(401, "wrong-credentials", WRONG)
    if passwords.weak(account.password_hash):
        session.rollback()
        renewed = passwords.hash(password)
        begin_write(session)
        session.execute(update(Account).where(Account.id == account.id).values(password_hash=renewed))
        session.commit()
    return account


def open_session(session: Session, account: Account, hours: int) -> tuple[str, LoginSession]:
    """Begin a new session in the account's first workspace: (token for the browser, row). Not committed."""
    rooms = workspaces.memberships(session, account.id)
    if not rooms:
        raise Problem(403, "no-workspace", NO_WORKSPACE)
    now = datetime.now(UTC)
    token = secrets.token_urlsafe(32)
    opened = LoginSession(
        token_hash=token_hash(token),
        csrf=secrets.token_urlsafe(32),
        account_id=account.id,
        workspace_id=rooms[0][0].id,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now))
    session.add(opened)
    session.flush()
    return token, opened


def set_cookie(response: Response, token: str, settings: Settings) -> None:
    """Hand the browser its token, unreadable to scripts and not sent along by other sites."""
    secure = settings.production or request.is_secure
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        token,
        max_age=settings.session_hours * 3600,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop_cookie(response: Response) -> None:
    """Take the token back from the browser."""
    for name, secure in ((COOKIE, False), (SECURE_COOKIE, True)):
        if name in request.cookies:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")


def token_given() -> str | None:
    """The token that the browser sent, if any."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE)


def register(app: Flask, settings: Settings) -> None:
    """Ask at every request who it is, and let nobody in who may not use the route."""

    @app.before_request
    def admitted() -> None:
        if request.endpoint is None:
            return  # no such address; it becomes a 404
        least = least_role(app, request.endpoint)
        if least is None:
            raise Problem(403, "role")
        _refuse_foreign()
        if least == "public":
            return
        view = app.view_functions[request.endpoint]
        asks_who = getattr(view, "asks_who", None)
        g.actor = asks_who(db.session()) if asks_who else _actor(db.session(), settings)
        db.session.rollback()
        admit(least, g.actor)
        if g.actor.csrf is not None:
            _refuse_forged(g.actor.csrf, uploads=getattr(view, "uploads", False))


def _actor(session: Session, settings: Settings) -> Actor | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        return keys.holder(session, key.strip()) if scheme.lower() == "bearer" else None
    token = token_given()
    if not token:
        return None
    now = datetime.now(UTC)
    row = session.execute(
        select(LoginSession, Member.role)
        .join(Account, Account.id == LoginSession.account_id)
        .join(
            Member,
            (Member.account_id == LoginSession.account_id)
            & (Member.workspace_id == LoginSession.workspace_id),
        )
        .where(
            LoginSession.token_hash == token_hash(token),
            LoginSession.expires_at > now,
            Account.active.is_(True),
        )
    ).one_or_none()
    if row is None:
        return None
    kept, role = row
    found = Actor(
        name=f"account:{kept.account_id}",
        role=role,
        workspace_id=kept.workspace_id,
        account_id=kept.account_id,
        session_id=kept.id,
        csrf=kept.csrf,
    )
    if now - kept.seen_at > TOUCH:
        _touch(session, kept.id, now, settings)
    return found


def _touch(session: Session, session_id: int, now: datetime, settings: Settings) -> None:
    later = now + timedelta(hours=settings.session_hours)
    note_use(
        session,
        update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now, expires_at=later),
    )


def _refuse_foreign() -> None:
    """A browser says where a request comes from; programs say nothing, and carry no cookie."""
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Problem(403, "foreign-origin", FOREIGN)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Problem(403, "foreign-origin", FOREIGN)


def _refuse_forged(token: str, *, uploads: bool) -> None:
    if request.method in SAFE:
        return
    given = request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Problem(403, "csrf", NO_TOKEN)
    if request.mimetype in FORMS and not uploads:
        raise Problem(403, "csrf", Words("这里要的是 JSON，不是表单。", "JSON is expected here, not a form."))
