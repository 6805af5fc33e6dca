"""The catalogue of attributes: what each means, which values it has, who may see it, and what did not fit."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields
from sqlalchemy import select

from audience import attributes as meanings
from audience import catalogue as known
from audience.tables_people import AttributeType, AttributeWarning
from audience.values import RESERVED, name_problem
from journeys.words import Flag, Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import actor, here
from web.api.catalogue import WordsOut
from web.errors import invalid, not_found
from web.fields import At, OneOf
from web.paging import PageArgs, page_of, whole
from web.resource import Resource
from web.shown import located

attributes = Resource("attributes", "/attributes", description="What attributes of contacts mean.")
FITS_NOT = Words("可选值和类型对不上。", "The allowed values are not of this type.")
TOO_MANY = Words(f"最多 {meanings.MOST_ALLOWED} 个可选值。", f"Give {meanings.MOST_ALLOWED} values at most.")
HAS_TYPE = Words(
    "第一次登记属性时要给出类型。", "Give the type of an attribute that is new to the catalogue."
)


class Values(fields.Field[Any]):
    """A list of plain values."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.metadata = {**self.metadata, "type": "array", "items": {}}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        plain = isinstance(value, list) and all(
            isinstance(one, str | int | float) and (not isinstance(one, str) or 0 < len(one) <= 200)
            for one in value
        )
        if not plain or len(value) > meanings.MOST_ALLOWED:
            raise ValidationError(TOO_MANY if isinstance(value, list) and plain else FITS_NOT)
        return list(dict.fromkeys(value))


class AttributeArgs(Shape):
    type = OneOf(meanings.TYPES)
    title = Text(longest=200)
    allowed = Values(allow_none=True, metadata={"description": "The only values there may be; null for any"})
    description = Text(longest=1000)
    seen_by = OneOf((meanings.EVERYONE, meanings.PERSONAL))
    strict = Flag(metadata={"description": "True refuses what does not fit; else it is kept and counted"})


class AttributeWarningOut(Schema):
    wrong = fields.Str(required=True, metadata={"enum": [meanings.WRONG_TYPE, meanings.NOT_ALLOWED]})
    times = fields.Int(required=True)
    first_at = At(required=True)
    last_at = At(required=True)


class AttributeOut(Schema):
    name = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    type = fields.Str(required=True)
    allowed = fields.List(fields.Raw(), required=True, allow_none=True)
    description = fields.Str(required=True)
    seen_by = fields.Str(required=True)
    strict = fields.Bool(required=True)
    built_in = fields.Bool(required=True)
    declared = fields.Bool(required=True, metadata={"description": "False if it was only met in data"})
    met = fields.Bool(required=True, metadata={"description": "True once a contact has had it"})
    warnings = fields.List(fields.Nested(AttributeWarningOut), required=True)


@attributes.get("", least="viewer")
@attributes.arguments(PageArgs, location="query")
@attributes.response(200, page_of(AttributeOut))
def everything(_: dict[str, Any]) -> dict[str, Any]:
    """All attributes: those declared, those built in, and those that data brought."""
    return whole(_listed())


@attributes.put("/<name>", least="editor")
@attributes.arguments(AttributeArgs)
@attributes.response(200, AttributeOut)
def declare(args: dict[str, Any], name: str) -> dict[str, Any]:
    """Say what an attribute means; what is left out stays as it is."""
    session = db.session()
    wrong = name_problem(name, "name", RESERVED)
    if wrong:
        raise invalid(*located([wrong]))
    now = clock.now(session)
    row = _row(name)
    if row is None:
        meant = meanings.BUILT_IN.get(name)
        kind = args.get("type") or (meant.type if meant else None)
        if kind is None:
            raise invalid(("type", HAS_TYPE))
        row = AttributeType(workspace_id=here(), name=name, type=kind, created_at=now)
        row.allowed = list(meant.allowed) if meant and meant.allowed else None
        row.title, row.description, row.strict = "", "", False
        row.seen_by = meant.seen_by if meant else meanings.EVERYONE
        session.add(row)
    for field, value in args.items():
        setattr(row, field, value or None if field == "allowed" else value)
    bare = meanings.Meant(name, {}, row.type)
    if any(bare.wrong([one] if row.type == "list" else one) for one in row.allowed or ()):
        raise invalid(("allowed", FITS_NOT))
    row.updated_at = now
    session.flush()
    note = {"fields": sorted(args)}
    audit.record(session, here(), actor().name, "attribute.declared", f"attribute:{name}", note, now)
    return next(one for one in _listed() if one["name"] == name)


@attributes.delete("/<name>", least="editor")
@attributes.response(204)
def forget(name: str) -> None:
    """Take an attribute out of the catalogue, with its warnings; what contacts have of it stays."""
    session = db.session()
    row = _row(name)
    if row is None:
        raise not_found()
    session.delete(row)
    for warning in session.scalars(_warnings().where(AttributeWarning.name == name)):
        session.delete(warning)
    audit.record(
        session, here(), actor().name, "attribute.forgotten", f"attribute:{name}", {}, clock.now(session)
    )


def _row(name: str) -> AttributeType | None:
    query = select(AttributeType).where(AttributeType.workspace_id == here(), AttributeType.name == name)
    return db.session.scalars(query).one_or_none()


def _warnings() -> Any:
    return select(AttributeWarning).where(AttributeWarning.workspace_id == here())


def _listed() -> list[dict[str, Any]]:
    session = db.session()
    meant = meanings.catalogue(session, here())
    declared = set(session.scalars(select(AttributeType.name).where(AttributeType.workspace_id == here())))
    met = known.load(session, here())
    warnings: dict[str, list[dict[str, Any]]] = {}
    for row in session.scalars(_warnings().order_by(AttributeWarning.wrong)):
        told = {name: getattr(row, name) for name in ("wrong", "times", "first_at", "last_at")}
        warnings.setdefault(row.name, []).append(told)
    for name, kind in met.attributes.items():
        title = met.titles.get(("attribute", name), "")
        meant.setdefault(name, meanings.Meant(name, {"zh": title, "en": title}, kind))
    return [
        {
            "name": name,
            "title": dict(one.title),
            "type": one.type,
            "allowed": list(one.allowed) if one.allowed else None,
            "description": (one.description or {}).get("zh", ""),
            "seen_by": one.seen_by,
            "strict": one.strict,
            "built_in": one.built_in,
            "declared": name in declared,
            "met": name in met.attributes,
            "warnings": warnings.get(name, []),
        }
        for name, one in sorted(meant.items(), key=lambda pair: (not pair[1].built_in, pair[0]))
    ]
