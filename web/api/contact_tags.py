"""The tags of one contact: since when, by whom and until when; put on and taken off by hand."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from audience import contacts as people
from audience import tag_overview
from audience.changes import Change
from audience.tables import Contact
from audience.tables_tags import TagChange
from audience.tag_shelf import shelf_of
from journeys.words import Many, Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import ROLE_WORDS, actor, found, here
from web.api.tags import TagChangeOut, TagHistoryArgs, changes
from web.errors import Problem, invalid
from web.fields import At
from web.paging import PageArgs, page, page_of, whole
from web.resource import Resource
from web.shown import located
from web.tag_sources import TagSourceOut, sources

contact_tags = Resource("contact-tags", "/contacts", description="The tags of one contact.")

NOTHING = Words("请给出要打上或去掉的标签。", "Give tags to put on or to take off.")


class WornTagOut(Schema):
    tag = fields.Str(required=True)
    title = fields.Str(required=True)
    category = fields.Str(
        required=True, allow_none=True, metadata={"description": "null if nobody defined it"}
    )
    since = At(required=True, allow_none=True)
    until = At(required=True, allow_none=True)
    source = fields.Nested(TagSourceOut, required=True, allow_none=True)
    by_hand = fields.Bool(required=True, metadata={"description": "Whether you may change it by hand"})


class TagHandArgs(Shape):
    add = Many(Text(longest=64))
    remove = Many(Text(longest=64))


@contact_tags.get("/<id:contact_id>/tags", least="viewer")
@contact_tags.arguments(PageArgs, location="query")
@contact_tags.response(200, page_of(WornTagOut))
def worn(_: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """What a contact wears now, by category: since when, by whom, until when."""
    return whole(shown(found(Contact, contact_id)))


@contact_tags.post("/<id:contact_id>/tags", least="editor")
@contact_tags.arguments(TagHandArgs)
@contact_tags.response(200, page_of(WornTagOut))
def by_hand(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """Put tags on and take them off by hand; refused where the definition leaves it to others."""
    session = db.session()
    row = found(Contact, contact_id)
    add, remove = args.get("add") or [], args.get("remove") or []
    if not add and not remove:
        raise invalid(("add", NOTHING))
    refuse_by_hand([*add, *remove])
    now = clock.now(session)
    problems = people.change(
        session, [Change(here(), row.id, now, {}, tuple(add), tuple(remove), None, actor().name)], now
    )
    if problems:
        renamed = [(path.removeprefix("0.").replace("untag", "remove").replace("tags", "add"), said)
                   for path, said in located(problems)]  # fmt: skip
        raise invalid(*((path.removeprefix("[0]."), said) for path, said in renamed))
    detail = {"add": add, "remove": remove}
    audit.record(session, here(), actor().name, "contact.tagged", f"contact:{contact_id}", detail, now)
    session.expire_all()
    return whole(shown(found(Contact, contact_id)))


@contact_tags.get("/<id:contact_id>/tags/history", least="viewer")
@contact_tags.arguments(TagHistoryArgs, location="query")
@contact_tags.response(200, page_of(TagChangeOut))
def history(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """What was put on and taken off a contact, newest first; with `tag` only that one."""
    query = select(TagChange).where(
        TagChange.workspace_id == here(), TagChange.contact_id == found(Contact, contact_id).id
    )
    if args.get("tag"):
        query = query.where(TagChange.tag == args["tag"])
    return page(query, TagChange.id, args, shown=changes)


def refuse_by_hand(tags: list[str]) -> None:
    """Raise 403 for a tag that its definition does not let this actor set."""
    shelf = shelf_of(db.session(), here())
    if actor().account_id is None:
        return  # a key is a program
    for tag in tags:
        meaning = shelf.of(tag)
        if meaning is None or _may(meaning.by_hand):
            continue
        if meaning.by_hand == "nobody":
            words = Words(
                f"标签“{meaning.name}”只由规则、旅程或接口改，不能手工改。",
                f"“{meaning.name}” is set by rules, journeys and programs only, not by hand.",
            )
        else:
            role = ROLE_WORDS[meaning.by_hand]
            words = Words(
                f"标签“{meaning.name}”要“{role}”以上才能手工改。",
                f"Setting “{meaning.name}” by hand needs the role {role.en}.",
            )
        raise Problem(403, "by-hand", words)


def _may(least: str) -> bool:
    return least != "nobody" and actor().may(least)


def shown(row: Contact) -> list[dict[str, Any]]:
    """What a contact wears, with the titles and categories of the definitions."""
    session = db.session()
    now_worn = tag_overview.worn_by(session, here(), row.id)
    who = sources(now_worn, [one.since for one in now_worn], [one.tag for one in now_worn])
    titles = tag_overview.titles(session, here())
    shelf = shelf_of(session, here())
    found_ = []
    for one, source in zip(now_worn, who, strict=True):
        meaning = shelf.of(one.tag)
        title, category = titles.get(meaning.name if meaning else "", ({}, None))
        found_.append(
            {
                "tag": one.tag,
                "title": title.get(one.tag, one.tag),
                "category": category,
                "since": one.since,
                "until": one.until,
                "source": source if one.since else None,
                "by_hand": actor().may("editor") and (meaning is None or _may(meaning.by_hand)),
            }
        )
    return found_
