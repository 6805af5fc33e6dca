"""Lucky draws: made with their prizes, drawn by key, closed, and reckoned again by anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from audience import draws as drawing
from audience.tables import Contact
from audience.tables_referrals import Draw, DrawEntry, DrawPrize
from journeys.words import Many, Part, Shape, Text, Whole, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.api.points import names_of
from web.errors import Problem
from web.fields import At, Filled, RowNumber, between, several
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.reward_keys import key_for, named

draws = Resource(
    "draws", "/draws", description="Lucky draws whose prizes are exact and whose luck can be reckoned again."
)

MOST_WEIGHT = 1_000_000
REFUSED = {
    "closed": Words("这个抽奖已经结束。", "This draw is over."),
    "limit": Words("此人的抽奖次数已经用完。", "This person has drawn as often as he may."),
    "points": Words("积分不够抽一次。", "There are not enough points for a draw."),
    "nobody": Words("没有这个联系人。", "There is no such contact."),
}
NO_SCHEME = Words("写明要扣哪个积分账户。", "Say whose points a draw costs.")
SAME = Words("奖品的名字不能相同。", "Each prize has a name of its own.")


class PrizeIn(Shape):
    name = Filled(required=True, longest=100)
    weight = Whole(required=True, validate=between(1, MOST_WEIGHT))
    stock = Whole(
        allow_none=True, validate=between(0, 10_000_000), metadata={"description": "null: no limit"}
    )
    pool = Text(longest=64, allow_none=True)
    scheme = Text(longest=64, allow_none=True)
    points = Whole(allow_none=True, validate=between(1, 10_000_000))


class DrawArgs(Shape):
    key = Text(longest=50)
    name = Filled(required=True, longest=100)
    prizes = Many(Part(PrizeIn), required=True, validate=several(30), metadata={"maxItems": 30})
    blank = Whole(
        load_default=0, validate=between(0, MOST_WEIGHT), metadata={"description": "Weight of no prize"}
    )
    per_person = Whole(allow_none=True, validate=between(1, 1000))
    scheme = Text(longest=64, allow_none=True)
    cost = Whole(load_default=0, validate=between(0, 10_000_000))

    @validates_schema(skip_on_field_errors=True)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        if data["cost"] and not data.get("scheme"):
            raise ValidationError(NO_SCHEME, "scheme")
        names = [prize["name"] for prize in data["prizes"]]
        if len(set(names)) < len(names):
            raise ValidationError(SAME, "prizes")


class EntryArgs(Shape):
    contact_id = RowNumber(required=True)
    key = Filled(required=True, longest=80, metadata={"description": "A repeated try is the same draw"})


class PrizeOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    weight = fields.Int(required=True)
    stock = fields.Int(required=True, allow_none=True)
    taken = fields.Int(required=True)
    pool = fields.Str(required=True, allow_none=True)
    scheme = fields.Str(required=True, allow_none=True)
    points = fields.Int(required=True, allow_none=True)


class DrawOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    prizes = fields.List(fields.Nested(PrizeOut), required=True)
    blank = fields.Int(required=True)
    per_person = fields.Int(required=True, allow_none=True)
    scheme = fields.Str(required=True, allow_none=True)
    cost = fields.Int(required=True)
    drawn = fields.Int(required=True)
    state = fields.Str(required=True, metadata={"enum": ["open", "closed"]})
    seed_hash = fields.Str(
        required=True, metadata={"description": "SHA-256 of the seed, told from the beginning"}
    )
    seed = fields.Str(
        required=True, allow_none=True, metadata={"description": "Told when the draw is closed"}
    )
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class DrawEntryOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    key = fields.Str(required=True)
    number = fields.Int(required=True)
    roll = fields.Int(required=True)
    weights = fields.List(fields.List(fields.Raw()), required=True)
    prize = fields.Str(required=True, allow_none=True)
    given = fields.Dict(required=True)
    at = At(required=True)


@draws.get("", least="viewer")
@draws.arguments(PageArgs, location="query")
@draws.response(200, page_of(DrawOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The draws, newest first."""
    return page(scoped(Draw), Draw.id, args, shown=shown)


@draws.post("", least="editor")
@draws.arguments(DrawArgs)
@draws.response(201, DrawOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a draw; its prizes and its seed are settled from here on."""
    session = db.session()
    now = clock.now(session)
    seed, seal = drawing.new_seed()
    prizes = args.pop("prizes")
    row = Draw(
        workspace_id=here(), key=key_for(Draw, args.pop("key", None), args["name"], "draw"), name=args["name"],
        seed=seed, seed_hash=seal, per_person=args.get("per_person"), scheme=args.get("scheme") or "",
        cost=args["cost"], blank=args["blank"], created_at=now, updated_at=now, updated_by=actor().name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for n, prize in enumerate(prizes, 1):
        session.add(
            DrawPrize(
                workspace_id=here(), draw_id=row.id, key=f"p{n}", name=prize["name"], weight=prize["weight"],
                stock=prize.get("stock"), pool=prize.get("pool") or "", scheme=prize.get("scheme") or "",
                points=prize.get("points") or 0,
            )
        )  # fmt: skip
    session.flush()
    _note("draw.made", row)
    return shown([row])[0]


@draws.get("/<draw_key>", least="viewer")
@draws.response(200, DrawOut)
def one(draw_key: str) -> dict[str, Any]:
    """One draw."""
    return shown([named(Draw, draw_key)])[0]


@draws.post("/<draw_key>/close", least="editor")
@draws.response(200, DrawOut)
def close(draw_key: str) -> dict[str, Any]:
    """End a draw and tell its seed."""
    session, row = db.session(), named(Draw, draw_key)
    if row.state != "open":
        raise Problem(409, "draw-closed", REFUSED["closed"])
    row.state, row.updated_at, row.updated_by = "closed", clock.now(session), actor().name
    session.flush()
    _note("draw.closed", row)
    return shown([row])[0]


@draws.post("/<draw_key>/entries", least="editor")
@draws.arguments(EntryArgs)
@draws.response(201, DrawEntryOut)
def draw(args: dict[str, Any], draw_key: str) -> dict[str, Any]:
    """Draw once for a contact; the same key gives the same draw again."""
    session, row = db.session(), named(Draw, draw_key)
    contact, now = found(Contact, args["contact_id"]), clock.now(session)
    try:
        entry, fresh = drawing.draw(session, row, contact.id, args["key"], now)
    except drawing.NoDraw as no:
        raise Problem(409, f"draw-{no.code}", REFUSED[no.code]) from None
    detail = {"contact": contact.id, "number": entry.number, "prize": entry.prize or None, "again": not fresh}
    audit.record(session, here(), actor().name, "draw.drawn", f"draw:{row.key}", detail, now)
    return _entries([entry])[0]


@draws.get("/<draw_key>/entries", least="viewer")
@draws.arguments(PageArgs, location="query")
@draws.response(200, page_of(DrawEntryOut))
def entries(args: dict[str, Any], draw_key: str) -> dict[str, Any]:
    """The draws that were made, the last first, with all that is needed to reckon them again."""
    query = scoped(DrawEntry).where(DrawEntry.draw_id == named(Draw, draw_key).id)
    return page(query, DrawEntry.id, args, shown=_entries)


def _note(action: str, row: Draw) -> None:
    session = db.session()
    audit.record(
        session, here(), actor().name, action, f"draw:{row.key}", {"name": row.name}, clock.now(session)
    )


def shown(rows: Sequence[Draw]) -> list[dict[str, Any]]:
    """Draws as the API gives them; the seed of an open one is told to nobody."""
    session = db.session()
    columns = (
        "key",
        "name",
        "blank",
        "per_person",
        "cost",
        "drawn",
        "state",
        "seed_hash",
        "updated_at",
        "updated_by",
    )
    return [
        {column: getattr(row, column) for column in columns}
        | {
            "scheme": row.scheme or None,
            "seed": row.seed if row.state == "closed" else None,
            "prizes": [_prize(prize) for prize in drawing.prizes_of(session, row)],
        }
        for row in rows
    ]


def _prize(prize: DrawPrize) -> dict[str, Any]:
    told = {name: getattr(prize, name) for name in ("key", "name", "weight", "stock", "taken")}
    return told | {name: getattr(prize, name) or None for name in ("pool", "scheme", "points")}


def _entries(rows: Sequence[DrawEntry]) -> list[dict[str, Any]]:
    names = names_of({row.contact_id for row in rows})
    columns = ("id", "contact_id", "key", "number", "roll", "weights", "given", "at")
    return [
        {column: getattr(row, column) for column in columns}
        | {"name": names.get(row.contact_id, ""), "prize": row.prize or None}
        for row in rows
    ]
