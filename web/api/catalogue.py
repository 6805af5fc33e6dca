"""What the workspace has met: events, attributes, tags; and which carriers it can use."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from audience import attributes as meanings
from audience import catalogue as people
from audience import event_titles, tag_overview
from audience.tag_shelf import shelf_of
from content.carriers import CARRIERS
from journeys.kinds.send import CARRIERS as SENDABLE
from journeys.words import Words
from store.database import db
from web.access import here
from web.connecting import connected
from web.fields import OneOf
from web.language import language, say
from web.paging import PageArgs, page_of, whole
from web.resource import Resource
from web.titles import usual_attributes

suggestions = Resource("catalogue", description="Names to choose from while drawing.")


class WordsOut(Schema):
    zh = fields.Str(required=True)
    en = fields.Str(required=True)


class EventTypeOut(Schema):
    name = fields.Str(required=True)
    title = fields.Str(required=True)
    properties = fields.Dict(required=True, metadata={"description": "{name: type}"})
    own_doing = fields.Bool(required=True, metadata={"description": "Counts as the contact's activity"})


class AttributeTypeOut(Schema):
    name = fields.Str(required=True)
    title = fields.Str(required=True)
    type = fields.Str(required=True)


class TagOut(Schema):
    name = fields.Str(required=True)
    title = fields.Str(required=True)
    worn = fields.Int(required=True, metadata={"description": "How many contacts wear it now"})
    category = fields.Str(
        required=True, allow_none=True, metadata={"description": "null if nobody defined it"}
    )


class CarrierOut(Schema):
    carrier = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    has_account = fields.Bool(required=True)
    goes_to = fields.Str(required=True, metadata={"description": "The sandbox where there is no account"})
    identity = fields.Str(
        required=True, allow_none=True, metadata={"description": "What a contact needs to be reached"}
    )
    confirmed = fields.Bool(required=True, metadata={"description": "Staff confirm before anything goes out"})
    form = fields.List(fields.Dict(), required=True, metadata={"description": "Fields of a material's body"})


@suggestions.get("/event-types", least="viewer")
@suggestions.arguments(PageArgs, location="query")
@suggestions.response(200, page_of(EventTypeOut))
def event_types(_: dict[str, Any]) -> dict[str, Any]:
    """Events that were taken in or declared by a template."""
    place = 0 if language() == "zh" else 1
    return whole(
        [
            {
                "name": one.name,
                "title": one.title or event_titles.EVENTS.get(one.name, ("", ""))[place],
                "properties": one.properties,
                "own_doing": one.own_doing,
            }
            for one in _known().events.values()
        ]
    )


class AttributeTypesArgs(PageArgs):
    subject = OneOf(("contact", "group"), metadata={"description": "Whose attributes; contacts' unless said"})


#: What every customer group says of itself.
OF_EVERY_GROUP = {
    "member_count": Words("群人数", "Members"),
    "created_on": Words("建群日期", "Founded on"),
    "owner": Words("群主", "Owner"),
}


@suggestions.get("/attribute-types", least="viewer")
@suggestions.arguments(AttributeTypesArgs, location="query")
@suggestions.response(200, page_of(AttributeTypeOut))
def attribute_types(args: dict[str, Any]) -> dict[str, Any]:
    """Attributes that contacts, or customer groups, have."""
    known = _known()
    if args.get("subject") == "group":
        title = {name: say(words) for name, words in OF_EVERY_GROUP.items()}
        return whole(
            [
                {"name": name, "type": kind, "title": title.get(name, "")}
                for name, kind in known.group_attributes.items()
            ]
        )
    meant, usual = meanings.catalogue(db.session(), here()), usual_attributes(language())
    return whole(
        [
            {
                "name": name,
                "type": meant[name].type if name in meant else kind,
                "title": known.titles.get(("attribute", name), "")
                or (meant[name].title[language()] if name in meant else "")
                or usual.get(name, ""),
            }
            for name, kind in known.attributes.items()
        ]
    )


@suggestions.get("/tags", least="viewer")
@suggestions.arguments(PageArgs, location="query")
@suggestions.response(200, page_of(TagOut))
def tags(_: dict[str, Any]) -> dict[str, Any]:
    """Tags that contacts wear or wore."""
    known = _known()
    worn, shelf = tag_overview.worn_counts(db.session(), here()), shelf_of(db.session(), here())
    categories = {name: category for name, (_, category) in tag_overview.titles(db.session(), here()).items()}

    def category(tag: str) -> str | None:
        meaning = shelf.of(tag)
        return categories.get(meaning.name) if meaning else None

    return whole(
        [
            {
                "name": tag,
                "title": known.titles.get(("tag", tag), ""),
                "worn": worn.get(tag, 0),
                "category": category(tag),
            }
            for tag in sorted(known.tags)
        ]
    )


@suggestions.get("/carriers", least="viewer")
@suggestions.arguments(PageArgs, location="query")
@suggestions.response(200, page_of(CarrierOut))
def carriers(_: dict[str, Any]) -> dict[str, Any]:
    """Carriers: which have an account here, and which are taken by the sandbox."""
    ours = connected(db.session(), here())
    return whole(
        [
            {
                "carrier": carrier,
                "title": dict(CARRIERS[carrier].title),
                "identity": CARRIERS[carrier].identity,
                "confirmed": CARRIERS[carrier].confirmed,
                "form": CARRIERS[carrier].form(),
                "has_account": carrier in ours,
                "goes_to": carrier if carrier in ours else "sandbox",
            }
            for carrier in SENDABLE
        ]
    )


def _known() -> people.Catalogue:
    return people.load(db.session(), here())
