"""Versions of a material, and the review each of them goes through."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from content import material_versions, materials, reviews
from content.tables import Material
from content.tables_materials import MaterialReview, MaterialVersion
from journeys.words import Flag, Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here
from web.api.contents import ContentOut
from web.errors import Problem, not_found
from web.fields import At, QueryNumber, RowNumber
from web.paging import PageArgs, page_of, whole
from web.resource import Resource

content_reviews = Resource("content_reviews", "/contents", description="Versions and reviews of materials.")

REFUSED = {
    "not-a-draft": Words(
        "只有草稿和被退回的内容可以送审。", "Only drafts and those sent back can be submitted."
    ),
    "moved": Words(
        "内容刚被改过；请看过新的版本再审。", "It says something else by now: look at the new version."
    ),
    "approved": Words("这个版本已经通过了。", "This version is approved already."),
    "author": Words(
        "工作区规定不能审核自己写的内容；请同事来审。",
        "Nobody approves his own words in this workspace: ask a colleague.",
    ),
    "note-missing": Words("哪一项不行，请写明原因。", "Say what is not fine, and why."),
    "forbidden": Words(
        "检查还有错误（例如禁用词），改好才能通过。",
        "The checks still find an error, such as a forbidden word: mend it first.",
    ),
}


class MaterialVersionOut(Schema):
    number = fields.Int(required=True)
    name = fields.Str(required=True)
    carrier = fields.Str(required=True)
    body = fields.Dict(required=True)
    variants = fields.List(fields.Dict(), required=True, allow_none=True)
    at = At(required=True)
    by = fields.Str(required=True)


class CompareArgs(Shape):
    before = QueryNumber(metadata={"description": "The one before `after` if left out"})
    after = QueryNumber(metadata={"description": "The version at hand if left out"})


class PieceOut(Schema):
    how = fields.Str(required=True, metadata={"enum": ["same", "out", "in"]})
    text = fields.Str(required=True)


class DifferenceOut(Schema):
    path = fields.Str(required=True)
    pieces = fields.List(fields.Nested(PieceOut), required=True)


class ComparedOut(Schema):
    before = fields.Int(required=True)
    after = fields.Int(required=True)
    changes = fields.List(fields.Nested(DifferenceOut), required=True)


class BackArgs(Shape):
    version = RowNumber(required=True, metadata={"description": "Its words become the newest version"})
    revision = RowNumber()


class AnswerArgs(Shape):
    fine = Flag(required=True)
    note = Text(longest=1000, load_default="")


class AnswersArgs(Shape):
    compliance = fields.Nested(AnswerArgs, required=True, metadata={"description": "Is it allowed?"})
    fit = fields.Nested(AnswerArgs, required=True, metadata={"description": "Does it fit these people now?"})
    appeal = fields.Nested(AnswerArgs, required=True, metadata={"description": "Would one like to read it?"})


class ContentReviewArgs(Shape):
    version = RowNumber(required=True, metadata={"description": "The one that was looked at"})
    answers = fields.Nested(AnswersArgs, required=True)


class ContentReviewOut(Schema):
    id = fields.Int(required=True)
    version = fields.Int(required=True)
    verdict = fields.Str(required=True, metadata={"enum": ["approved", "sent_back"]})
    answers = fields.Dict(required=True)
    at = At(required=True)
    by = fields.Str(required=True)


@content_reviews.get("/<id:content_id>/versions", least="viewer")
@content_reviews.arguments(PageArgs, location="query")
@content_reviews.response(200, page_of(MaterialVersionOut))
def versions(_: dict[str, Any], content_id: int) -> dict[str, Any]:
    """What the material said from save to save, the newest first."""
    return whole(material_versions.listed(db.session(), found(Material, content_id)))


@content_reviews.get("/<id:content_id>/compare", least="viewer")
@content_reviews.arguments(CompareArgs, location="query")
@content_reviews.response(200, ComparedOut)
def compare(args: dict[str, Any], content_id: int) -> dict[str, Any]:
    """What changed from one version to another, text by text."""
    material = found(Material, content_id)
    after = _version(material, args.get("after", material.version))
    before = _version(material, args.get("before", max(after.number - 1, 1)))
    told = [{"name": one.name, **one.body, "variants": one.variants or []} for one in (before, after)]
    changes = material_versions.difference(*told)
    return {"before": before.number, "after": after.number, "changes": changes}


@content_reviews.post("/<id:content_id>/back", least="editor")
@content_reviews.arguments(BackArgs)
@content_reviews.response(200, ContentOut)
def back(args: dict[str, Any], content_id: int) -> Material:
    """Say again what an older version said: its words become a new version, to be reviewed like any other."""
    session, material = db.session(), found(Material, content_id)
    old, now = _version(material, args["version"]), clock.now(session)
    words = {"carrier": old.carrier, "body": old.body, "variants": old.variants}
    try:
        changed = materials.change(
            *(session, here(), material.key),
            **words,
            name=material.name,
            revision=args.get("revision"),
            now=now,
            by=actor().name,
        )
    except materials.MaterialMoved as moved:
        raise Problem(409, "content-moved", REFUSED["moved"], theirs=moved.revision) from None
    _note(material, "content.went_back", {"to": args["version"]})
    return changed


@content_reviews.post("/<id:content_id>/submit", least="editor")
@content_reviews.response(200, ContentOut)
def submit(content_id: int) -> Material:
    """Put the version at hand before a reviewer."""
    session, material = db.session(), found(Material, content_id)
    try:
        reviews.submit(session, material, clock.now(session))
    except reviews.ReviewRefused as refused:
        raise Problem(409, refused.code, REFUSED[refused.code]) from None
    _note(material, "content.submitted", {"version": material.version})
    return material


@content_reviews.post("/<id:content_id>/review", least="editor")
@content_reviews.arguments(ContentReviewArgs)
@content_reviews.response(200, ContentReviewOut)
def review(args: dict[str, Any], content_id: int) -> MaterialReview:
    """Answer the three questions: the version is approved if all is fine, else it is sent back."""
    session, material = db.session(), found(Material, content_id)
    try:
        row = reviews.decide(
            *(session, material, args["version"], args["answers"]), now=clock.now(session), by=actor().name
        )
    except reviews.ReviewRefused as refused:
        raise Problem(409, refused.code, REFUSED[refused.code]) from None
    _note(material, f"content.{row.verdict}", {"version": row.version})
    return row


@content_reviews.get("/<id:content_id>/reviews", least="viewer")
@content_reviews.arguments(PageArgs, location="query")
@content_reviews.response(200, page_of(ContentReviewOut))
def listed(_: dict[str, Any], content_id: int) -> dict[str, Any]:
    """The reviews of a material, the newest first."""
    return whole(reviews.listed(db.session(), found(Material, content_id)))


def _version(material: Material, number: int) -> MaterialVersion:
    try:
        return material_versions.one(db.session(), material, number)
    except material_versions.NoVersion:
        raise not_found() from None


def _note(material: Material, action: str, detail: dict[str, Any]) -> None:
    session = db.session()
    told = {"key": material.key, **detail}
    audit.record(session, here(), actor().name, action, f"content:{material.id}", told, clock.now(session))
