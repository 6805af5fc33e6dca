"""Pages that customers reach by a link in a message: to unsubscribe. To look changes nothing, for machines look too."""

from __future__ import annotations

import html
from dataclasses import replace

from flask import Blueprint, Response
from sqlalchemy import ColumnElement, select

from audience import consent, contacts
from audience.changes import Change
from audience.merging import keepers
from audience.tables import Contact
from store import audit, clock
from store.database import begin_write, db
from store.links import Unsubscribing, who_unsubscribes
from store.tables import Workspace
from web.access import PUBLIC, needs
from web.connecting import vault

links = Blueprint("links", __name__)
#: What each topic is called on the page.
CHANNELS = {"email": ("邮件", "e-mails"), "sms": ("短信", "text messages")}
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title>
<body style="font:16px/1.7 sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1d2733">
<h1 style="font-size:1.4rem">{head}</h1><p>{zh}</p><p lang="en">{en}</p>{form}</body></html>"""
FORM = """<form method="post"><button style="font:inherit;padding:.5rem 1.2rem;border:1px solid #1d2733;
border-radius:8px;background:#1d2733;color:#fff;cursor:pointer">确认退订 · Unsubscribe</button></form>"""


@links.get("/u/<token>")
@needs(PUBLIC)
def look(token: str) -> Response:
    """Say what this link does, and offer to do it."""
    who = who_unsubscribes(vault(), token)
    if who is None:
        return _not_ours()
    brand = html.escape(_brand(who))
    zh, en = CHANNELS.get(who.topic, ("消息", "messages"))
    return _page(
        "退订 Unsubscribe",
        f"不再接收{zh}",
        f"确认后，{brand} 不会再给你发{zh}。",
        f"After you confirm, {brand} sends you no more {en}.",
        FORM,
    )


@links.post("/u/<token>")
@needs(PUBLIC)
def act(token: str) -> Response:
    """Unsubscribe: by the button, or by a mail program's one click. To do it twice is to do it once."""
    who = who_unsubscribes(vault(), token)
    if who is None:
        return _not_ours()
    session = db.session()
    begin_write(session)
    leave(who, "link")
    session.commit()
    zh, en = CHANNELS.get(who.topic, ("消息", "messages"))
    return _page(
        "已退订 Unsubscribed",
        "已退订",
        f"你不会再收到我们的{zh}。",
        f"You will get no more {en} from us.",
        "",
    )


def leave(who: Unsubscribing, source: str) -> None:
    """Keep that a contact wants no more of a carrier; its messages stop within two seconds. Nothing is committed."""
    session = db.session()
    now, who = clock.now(session), _now_is(who)
    before = session.scalar(select(Contact.attributes).where(*_whose(who)))
    if before is None or not consent.states(before).get(who.topic, True):
        return
    said = consent.Said(source, source)
    words = consent.attributes({who.topic: False})
    change = Change(who.workspace_id, who.contact_id, now, attributes=words, by=source)
    contacts.change(session, [change], now, said=said)
    note = {"topics": {who.topic: False}, "source": source}
    audit.record(session, who.workspace_id, source, "contact.consent", f"contact:{who.contact_id}", note, now)


def _whose(who: Unsubscribing) -> tuple[ColumnElement[bool], ...]:
    return Contact.workspace_id == who.workspace_id, Contact.id == who.contact_id


def _now_is(who: Unsubscribing) -> Unsubscribing:
    """Who it is since then, if he was merged into another contact."""
    keeper = keepers(db.session(), [who.contact_id], who.workspace_id).get(who.contact_id)
    return who if keeper is None else replace(who, contact_id=keeper)


def _brand(who: Unsubscribing) -> str:
    return db.session.scalar(select(Workspace.name).where(Workspace.id == who.workspace_id)) or ""


def _not_ours() -> Response:
    return _page(
        "链接无效 Not valid",
        "这个链接无效",
        "它可能被截断了。请打开邮件里的完整链接。",
        "It may have been cut off: open the whole link of the message.",
        "",
        404,
    )


def _page(title: str, head: str, zh: str, en: str, form: str, status: int = 200) -> Response:
    page = PAGE.format(title=title, head=head, zh=zh, en=en, form=form)
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
