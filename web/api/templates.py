"""Industry templates: shown on the shelf, cloned into a journey of one's own."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from journeys.words import Shape
from store import clock
from store.database import db
from templates_lib import clone as cloning
from templates_lib import shelf
from web.access import actor, here
from web.api.catalogue import WordsOut
from web.api.journeys import JourneyOut, shown
from web.errors import not_found
from web.fields import Filled
from web.language import language
from web.paging import PageArgs, page_of, whole
from web.resource import Resource

#: What a clone may make, in the words of `made`.
KINDS = [
    "attribute",
    "tag",
    "tier",
    "pool",
    "points",
    "referral",
    "draw",
    "scene",
    "script",
    "material",
]

templates = Resource("templates", "/templates", description="Journeys to begin with.")


class StripOut(Schema):
    id = fields.Str(required=True)
    name = fields.Str(required=True)
    color = fields.Str(required=True, allow_none=True)


class CardOut(Schema):
    slug = fields.Str(required=True)
    name = fields.Nested(WordsOut, required=True)
    industry = fields.Nested(WordsOut, required=True)
    summary = fields.Nested(WordsOut, required=True)
    events = fields.List(fields.Str(), required=True, metadata={"description": "Events that it lives on"})
    stages = fields.List(fields.Nested(StripOut), required=True)


class TemplateMaterialOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    carrier = fields.Str(required=True)
    body = fields.Dict(required=True)


class NeedOut(Schema):
    kind = fields.Str(required=True, metadata={"enum": KINDS})
    key = fields.Str(required=True, metadata={"description": "Empty for what has none, such as a script"})
    name = fields.Str(required=True)


class ClonedOut(JourneyOut):
    made = fields.List(
        fields.Nested(NeedOut),
        required=True,
        metadata={"description": "What the journey needs and was not there; what was there is as it was"},
    )


class TemplateOut(CardOut):
    readme = fields.Nested(WordsOut, required=True)
    definition = fields.Dict(required=True)
    materials = fields.List(fields.Nested(TemplateMaterialOut), required=True)


class CloneArgs(Shape):
    name = Filled(longest=200, metadata={"description": "The template's own name if left out"})


@templates.get("", least="viewer")
@templates.arguments(PageArgs, location="query")
@templates.response(200, page_of(CardOut))
def every(_: dict[str, Any]) -> dict[str, Any]:
    """The shelf."""
    return whole([_card(template) for template in shelf.every()])


@templates.get("/<slug>", least="viewer")
@templates.response(200, TemplateOut)
def one(slug: str) -> dict[str, Any]:
    """One template with its drawing, its texts and what it is about."""
    template = _taken(slug)
    more = {"readme": template.readme, "definition": template.definition, "materials": template.materials}
    return _card(template) | more


@templates.post("/<slug>/clone", least="editor")
@templates.arguments(CloneArgs, required=False)
@templates.response(201, ClonedOut)
def clone(args: dict[str, Any], slug: str) -> dict[str, Any]:
    """A journey of one's own made from a template, with all that it needs; it owes the template nothing."""
    _taken(slug)
    session = db.session()
    now = clock.now(session)
    cloned = cloning.clone(
        session, here(), slug, args.get("name"), lang=language(), now=now, actor=actor().name
    )
    return shown([cloned.journey])[0] | {"made": cloned.made}


def _taken(slug: str) -> shelf.Template:
    try:
        return shelf.take(slug)
    except shelf.NoSuchTemplate:
        raise not_found() from None


def _card(template: shelf.Template) -> dict[str, Any]:
    return {
        "slug": template.slug,
        "name": template.name,
        "industry": template.industry,
        "summary": template.summary,
        "events": list(template.events),
        "stages": [
            {"id": stage["id"], "name": stage.get("name") or stage["id"], "color": stage.get("color")}
            for stage in template.definition.get("stages", ())
        ],
    }
