"""Contents: the materials that send steps say, and how one reads for a contact."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import select

from audience.tables import Contact
from content import materials, variants
from content.bodies import body_problems, compose, scenes_of
from content.carriers import CARRIERS
from content.rendering import BadText, RenderError, scene
from content.tables import Material
from journeys.tables import Enrollment, Journey
from journeys.words import Many, Shape, Text, Whole, Words
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.tables import Member, Workspace
from web import names
from web.access import actor, found, here, scoped
from web.errors import Problem, invalid, not_found
from web.fields import At, Bag, Definition, Filled, OneOf, QueryNumber, RowNumber, between
from web.matched import scenes_for
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located

contents = Resource("contents", "/contents", description="What is said: texts by carrier, with variables.")

KEY_STAYS = Words("素材的键不能改；请另建一个。", "A material's key cannot be changed; make another one.")
TAKEN = Words("已经有一个素材用了这个键；请换一个。", "There is a material with this key; choose another.")
MOVED = Words(
    "这个素材刚被别人改过；请重新载入。", "Somebody has changed this material since; load it again."
)
EITHER = Words("请给出 body 或 key 之一。", "Give either body or key.")
UNWRITABLE = Words("这段文字对这个客户写不出来：", "The text cannot be written for this contact: ")
CARRIER_NAMES = tuple(CARRIERS)


CATEGORIES = ("", *materials.CATEGORIES)
NO_MEMBER = Words("工作区里没有这位成员。", "There is no such member in this workspace.")


class ContentListArgs(PageArgs):
    q = Text(longest=200, metadata={"description": "Part of the key or the name"})
    carrier = OneOf(CARRIER_NAMES)
    category = OneOf(materials.CATEGORIES)
    status = OneOf(materials.STATES)
    owner_id = QueryNumber(metadata={"description": "The account that looks after it"})
    expiring = QueryNumber(
        validate=between(0, 366), metadata={"description": "Those that expire within so many days, or have"}
    )


class VariantArgs(Shape):
    key = OneOf(variants.KEYS, required=True)
    weight = Whole(required=True, metadata={"description": "Percent; what is left of 100 is the body's own"})
    body = Definition(required=True)


class ChoosingArgs(Shape):
    by = OneOf(variants.MEASURES, required=True)
    sample = Whole(required=True, validate=between(variants.LEAST_SAMPLE, 1_000_000))


class ContentArgs(Shape):
    key = Text(required=True, longest=128)
    name = Filled(required=True, longest=200)
    carrier = OneOf(CARRIER_NAMES, required=True)
    body = Definition(required=True, metadata={"description": "{text, title?, subject?, attachments?, …}"})
    revision = RowNumber(
        metadata={"description": "Of the material that was changed; refused if it has moved on"}
    )
    category = OneOf(CATEGORIES)
    topic = Text(longest=64, metadata={"description": "What it is about; `welcome` is checked as one"})
    owner_id = RowNumber(allow_none=True, metadata={"description": "The account that looks after it"})
    expires_at = At(allow_none=True, metadata={"description": "From then on nobody is told it"})
    variants = Many(
        fields.Nested(VariantArgs), allow_none=True, metadata={"description": "To be compared with the body"}
    )
    choosing = fields.Nested(
        ChoosingArgs,
        allow_none=True,
        metadata={"description": "When a winner is taken by itself; null: never"},
    )


class PreviewArgs(Shape):
    body = Definition()
    key = Text(longest=128)
    carrier = OneOf(CARRIER_NAMES, metadata={"description": "The sandbox if left out"})
    contact_id = RowNumber(allow_none=True, metadata={"description": "Nobody in particular if left out"})
    slots = Bag(metadata={"description": "What stands in open slots, by their names"})

    @validates_schema(skip_on_field_errors=True)
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if ("body" in data) == ("key" in data):
            raise ValidationError(EITHER)


class ContentOut(Schema):
    id = fields.Int(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    carrier = fields.Str(required=True)
    body = fields.Dict(required=True)
    revision = fields.Int(required=True)
    version = fields.Int(required=True, metadata={"description": "Goes up when what is said changes"})
    category = fields.Str(required=True, metadata={"enum": list(CATEGORIES)})
    topic = fields.Str(required=True)
    owner_id = fields.Int(required=True, allow_none=True)
    status = fields.Str(required=True, metadata={"enum": list(materials.STATES)})
    approved_version = fields.Int(
        required=True, allow_none=True, metadata={"description": "Read by customers where texts are reviewed"}
    )
    expires_at = At(required=True, allow_none=True)
    variants = fields.List(fields.Dict(), required=True, allow_none=True)
    winner = fields.Str(required=True, metadata={"description": "The variant everybody is told; or empty"})
    choosing = fields.Dict(required=True, allow_none=True)
    created_at = At(required=True, allow_none=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class RenderedOut(Schema):
    text = fields.Str()
    title = fields.Str()
    subject = fields.Str()
    url = fields.Str()
    html = fields.Str(metadata={"description": "Of an e-mail: cleaned of everything that could run"})
    signature = fields.Str()
    template_id = fields.Str()
    page = fields.Str()
    data = fields.List(fields.Dict())
    attachments = fields.List(fields.Dict())
    missing = fields.List(fields.Str(), required=True, metadata={"description": "Variables without a value"})


@contents.get("", least="viewer")
@contents.arguments(ContentListArgs, location="query")
@contents.response(200, page_of(ContentOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The materials, newest first."""
    query = scoped(Material)
    if "carrier" in args:
        query = query.where(Material.carrier == args["carrier"])
    if args.get("q"):
        asked = args["q"]
        query = query.where(
            Material.key.icontains(asked, autoescape=True) | Material.name.icontains(asked, autoescape=True)
        )
    for name in ("category", "status", "owner_id"):
        if name in args:
            query = query.where(getattr(Material, name) == args[name])
    if "expiring" in args:
        until = clock.now(db.session()) + timedelta(days=args["expiring"])
        query = query.where(Material.expires_at <= until)
    return page(query, Material.id, args)


@contents.post("", least="editor")
@contents.arguments(ContentArgs)
@contents.response(201, ContentOut)
def create(args: dict[str, Any]) -> Material:
    """Make a material."""
    session = db.session()
    now = clock.now(session)
    args.pop("revision", None)
    about = _about(args)
    try:
        made = materials.create(session, here(), **args, about=about, now=now, by=actor().name)
    except materials.BadMaterial as bad:
        raise invalid(*located(bad.problems)) from None
    except materials.KeyTaken:
        raise Problem(409, "key-taken", TAKEN, [("key", TAKEN)]) from None
    _note(made, "content.made", now)
    return made


@contents.get("/<id:content_id>", least="viewer")
@contents.response(200, ContentOut)
def one(content_id: int) -> Material:
    """One material."""
    return found(Material, content_id)


@contents.put("/<id:content_id>", least="editor")
@contents.arguments(ContentArgs)
@contents.response(200, ContentOut)
def change(args: dict[str, Any], content_id: int) -> Material:
    """Replace a material; what is left out of category, topic, owner, expiry and variants stays.

    New words are a new version. Journeys say it from now on, or, where texts are reviewed and an older version was
    approved, once this one is approved as well.
    """
    session, kept = db.session(), found(Material, content_id)
    if args.pop("key") != kept.key:
        raise invalid(("key", KEY_STAYS))
    now, revision = clock.now(session), args.pop("revision", None)
    about = _about(args)
    args.setdefault("variants", kept.variants)
    try:
        changed = materials.change(
            session, here(), kept.key, **args, revision=revision, about=about, now=now, by=actor().name
        )
    except materials.BadMaterial as bad:
        raise invalid(*located(bad.problems)) from None
    except materials.MaterialMoved as moved:
        raise Problem(409, "content-moved", MOVED, theirs=moved.revision) from None
    _note(changed, "content.changed", now)
    return changed


@contents.delete("/<id:content_id>", least="editor")
@contents.response(204)
def remove(content_id: int) -> str:
    """Delete a material; 409 while a published journey says it."""
    session, kept = db.session(), found(Material, content_id)
    using = _used_by(kept.key)
    if using:
        listed_names = "、".join(using[:5])
        words = Words(
            f"还有旅程在用这个素材（{listed_names}），不能删除。",
            f"Journeys still say this: {', '.join(using[:5])}.",
        )
        raise Problem(409, "content-in-use", words)
    _note(kept, "content.deleted", clock.now(session))
    materials.remove(session, here(), kept.key)
    return ""


@contents.post("/preview", least="viewer", reads=True)
@contents.arguments(PreviewArgs)
@contents.response(200, RenderedOut)
def preview(args: dict[str, Any]) -> dict[str, Any]:
    """How a text reads for one contact, or for nobody in particular; nothing is sent."""
    carrier, body = args.get("carrier", "sandbox"), args.get("body")
    if body is None:
        kept = db.session.scalars(scoped(Material).where(Material.key == args["key"])).one_or_none()
        if kept is None:
            raise not_found()
        carrier, body = kept.carrier, kept.body
    wrong = body_problems(carrier, body)
    if wrong:
        raise invalid(*located(wrong))
    workspace = db.session.get_one(Workspace, here())
    contact = None if args.get("contact_id") is None else found(Contact, args["contact_id"])
    zone = zone_of((contact.timezone if contact else None) or workspace.timezone)
    now = clock.now(db.session())
    told = scene(workspace=workspace.name)
    if contact is not None:
        told = scene(
            name=contact.name,
            attributes=contact.attributes,
            tags=contact.tags,
            workspace=workspace.name,
            scenes=scenes_for(contact, scenes_of(carrier, body), zone, now),
        )
    try:
        filled = {name: words for name, words in args.get("slots", {}).items() if isinstance(words, str)}
        written = compose(carrier, body, told, zone, now, filled)
    except BadText as bad:
        raise invalid(*((f"body.{path}", words) for path, words in located(bad.problems))) from None
    except RenderError as error:
        raise invalid(("body.text", Words(f"{UNWRITABLE}{error}", f"{UNWRITABLE.en}{error}"))) from None
    return {**written, "missing": list(written.missing)}


def _used_by(key: str) -> list[str]:
    """Names of journeys whose live version, or one that somebody still is on, says this material."""
    live = select(Journey.live_version_id).where(
        Journey.workspace_id == here(),
        Journey.status.in_(("live", "paused")),
        Journey.live_version_id.is_not(None),
    )
    on = select(Enrollment.version_id).where(Enrollment.workspace_id == here(), Enrollment.status != "ended")
    versions = names.drawn(db.session.scalars(live.union(on)).all())
    using = {
        drawing.journey_id
        for drawing in versions.values()
        for step in drawing.definition.get("steps", ())
        if (step.get("config") or {}).get("content") == key
    }
    return sorted(names.journeys(using).values())


def _about(args: dict[str, Any]) -> dict[str, Any]:
    """Take out of `args` what is said of a material beside its words."""
    about = {name: args.pop(name) for name in materials.ABOUT if name in args}
    owner = about.get("owner_id")
    if owner is not None:
        asked = select(Member.id).where(Member.workspace_id == here(), Member.account_id == owner)
        if db.session.scalar(asked) is None:
            raise invalid(("owner_id", NO_MEMBER))
    return about


def _note(material: Material, action: str, now: Any) -> None:
    detail = {"key": material.key, "revision": material.revision}
    audit.record(db.session(), here(), actor().name, action, f"content:{material.id}", detail, now)
