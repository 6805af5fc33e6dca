"""Schemes of points: what earns them, what they are changed for, and the lines of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import func, select

from audience import event_watch
from audience import points as ledger
from audience.coupons import Want, issue
from audience.points import Line
from audience.tables import Contact
from audience.tables_rewards import CouponPool, PointsAccount, PointsEntry, PointsScheme
from journeys.fields import EventName
from journeys.words import Many, Part, Shape, Text, Whole, Words
from store import audit, clock
from store.bulk import among
from store.database import db
from web.access import actor, found, here, scoped
from web.api.coupon_issues import NONE_LEFT
from web.errors import Problem, invalid
from web.fields import At, Filled, OneOf, QueryNumber, RowNumber, between
from web.paging import PageArgs, page, page_of, whole
from web.resource import Resource
from web.reward_keys import KEY, Shelf, named
from web.titles import rule_titles

points = Resource("points", "/points", description="Points that contacts earn and spend, line by line.")

MOST_RULES = 20
OFF = Words("这个积分账户已停用。", "This scheme is switched off.")
SHORT = Words("积分不够。", "There are not enough points.")
NO_POOL = Words("没有这个券池。", "There is no such pool.")
NO_EXCHANGE = Words("这个积分账户没有设置兑换这种券。", "This scheme is not changed for that coupon.")


class EarnIn(Shape):
    event = EventName(required=True)
    points = Whole(required=True, validate=between(1, 1_000_000))
    times = Text(
        longest=64, allow_none=True, metadata={"description": "A property whose number multiplies them"}
    )
    per_day = Whole(allow_none=True, validate=between(1, 10_000_000))


class ExchangeIn(Shape):
    points = Whole(required=True, validate=between(1, 10_000_000))
    pool = Filled(required=True, longest=64)


class SchemeChangeArgs(Shape):
    name = Filled(longest=100)
    earn = Many(Part(EarnIn), metadata={"maxItems": MOST_RULES})
    exchange = Many(Part(ExchangeIn), metadata={"maxItems": MOST_RULES})
    expires_days = Whole(allow_none=True, validate=between(1, 3650))
    may_owe = fields.Bool()
    state = OneOf(("on", "off"))


class SchemeArgs(SchemeChangeArgs):
    key = Text(longest=50)
    name = Filled(required=True, longest=100)


class PointsLineArgs(Shape):
    contact_id = RowNumber(required=True)
    act = OneOf(("add", "spend", "set"), required=True)
    amount = Whole(required=True, validate=between(0, 1_000_000_000))
    key = Filled(required=True, longest=80, metadata={"description": "A repeated try is the same line"})
    reason = Text(longest=200)


class ExchangeArgs(Shape):
    contact_id = RowNumber(required=True)
    pool = Filled(required=True, longest=64)
    key = Filled(required=True, longest=80)


class PointsLinesArgs(PageArgs):
    contact_id = QueryNumber()


class SchemeOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    earn = fields.List(
        fields.Dict(),
        required=True,
        metadata={
            "description": "Each also says what the event is `called` here, and whether one was ever `seen`"
        },
    )
    exchange = fields.List(fields.Dict(), required=True)
    expires_days = fields.Int(required=True, allow_none=True)
    may_owe = fields.Bool(required=True)
    state = fields.Str(required=True, metadata={"enum": ["on", "off"]})
    attribute = fields.Str(required=True, metadata={"description": "Where rules and texts find the balance"})
    people = fields.Int(required=True)
    balance = fields.Int(required=True, metadata={"description": "Of all together"})
    added = fields.Int(required=True)
    taken = fields.Int(required=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class PointsLineOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    amount = fields.Int(required=True)
    balance = fields.Int(required=True)
    act = fields.Str(required=True)
    reason = fields.Str(required=True)
    at = At(required=True)
    expires_at = At(required=True, allow_none=True)
    by = fields.Str(required=True)


class BookedOut(Schema):
    balance = fields.Int(required=True)
    amount = fields.Int(required=True, metadata={"description": "What was added; negative if taken"})
    again = fields.Bool(required=True, metadata={"description": "True if the key was booked before"})


class ExchangedOut(Schema):
    balance = fields.Int(required=True)
    code = fields.Str(required=True)
    expires_at = At(required=True, allow_none=True)


class HolderOut(Schema):
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    balance = fields.Int(required=True)


class HoldersOut(Schema):
    items = fields.List(fields.Nested(HolderOut), required=True)
    next = fields.Str(required=True, allow_none=True)


@points.get("", least="viewer")
@points.arguments(PageArgs, location="query")
@points.response(200, page_of(SchemeOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The schemes, newest first."""
    return page(scoped(PointsScheme), PointsScheme.id, args, shown=shown)


@points.post("", least="editor")
@points.arguments(SchemeArgs)
@points.response(201, SchemeOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a scheme."""
    return shown([SHELF.make(args, earn=[], exchange=[])])[0]


@points.get("/<scheme_key>", least="viewer")
@points.response(200, SchemeOut)
def one(scheme_key: str) -> dict[str, Any]:
    """One scheme."""
    return shown([named(PointsScheme, scheme_key)])[0]


@points.patch("/<scheme_key>", least="editor")
@points.arguments(SchemeChangeArgs)
@points.response(200, SchemeOut)
def change(args: dict[str, Any], scheme_key: str) -> dict[str, Any]:
    """Change a scheme; what was booked stays booked."""
    return shown([SHELF.change(scheme_key, args)])[0]


@points.get("/<scheme_key>/lines", least="viewer")
@points.arguments(PointsLinesArgs, location="query")
@points.response(200, page_of(PointsLineOut))
def lines(args: dict[str, Any], scheme_key: str) -> dict[str, Any]:
    """The ledger, the last line first: of everybody, or of one contact."""
    query = scoped(PointsEntry).where(PointsEntry.scheme_id == named(PointsScheme, scheme_key).id)
    if "contact_id" in args:
        query = query.where(PointsEntry.contact_id == args["contact_id"])
    return page(query, PointsEntry.id, args, shown=_lines)


@points.get("/<scheme_key>/holders", least="viewer")
@points.response(200, HoldersOut)
def holders(scheme_key: str) -> dict[str, Any]:
    """The hundred contacts who have most."""
    query = (
        scoped(PointsAccount)
        .where(PointsAccount.scheme_id == named(PointsScheme, scheme_key).id)
        .order_by(PointsAccount.balance.desc())
        .limit(100)
    )
    rows = db.session.scalars(query).all()
    names = names_of({row.contact_id for row in rows})
    return whole(
        [
            {"contact_id": row.contact_id, "name": names.get(row.contact_id, ""), "balance": row.balance}
            for row in rows
        ]
    )


@points.post("/<scheme_key>/lines", least="editor")
@points.arguments(PointsLineArgs)
@points.response(201, BookedOut)
def book(args: dict[str, Any], scheme_key: str) -> dict[str, Any]:
    """Add, spend or set points of a contact, once for each key."""
    session, scheme = db.session(), named(PointsScheme, scheme_key)
    contact, now = found(Contact, args["contact_id"]), clock.now(session)
    name = f"api:{scheme.key}:{args['key']}"
    line = Line(
        contact.id, scheme.key, name, args["act"], args["amount"], now, args.get("reason", ""), actor().name
    )
    booked = _booked(line, scheme, now)
    detail = {"contact": contact.id, "act": args["act"], "amount": booked.amount}
    audit.record(session, here(), actor().name, "points.booked", f"points:{scheme.key}", detail, now)
    return {"balance": booked.balance, "amount": booked.amount, "again": not booked.fresh}


@points.post("/<scheme_key>/exchange", least="editor")
@points.arguments(ExchangeArgs)
@points.response(201, ExchangedOut)
def exchange(args: dict[str, Any], scheme_key: str) -> dict[str, Any]:
    """Change points for a coupon, once for each key: both happen, or neither."""
    session, scheme = db.session(), named(PointsScheme, scheme_key)
    contact, now = found(Contact, args["contact_id"]), clock.now(session)
    price = next((one["points"] for one in scheme.exchange if one["pool"] == args["pool"]), None)
    if price is None:
        raise Problem(409, "no-exchange", NO_EXCHANGE)
    name = f"exchange:{scheme.key}:{args['key']}"
    booked = _booked(
        Line(contact.id, scheme.key, name, "exchange", price, now, args["pool"], actor().name), scheme, now
    )
    (coupon,) = issue(session, here(), [Want(contact.id, args["pool"], name, now)], now)
    if coupon is None:
        raise Problem(409, "pool-empty", NONE_LEFT)
    detail = {"contact": contact.id, "pool": args["pool"], "points": price}
    audit.record(session, here(), actor().name, "points.exchanged", f"points:{scheme.key}", detail, now)
    return {"balance": booked.balance, "code": coupon.code, "expires_at": coupon.expires_at}


def _booked(line: Line, scheme: PointsScheme, now: datetime) -> ledger.Booked:
    (booked,) = ledger.book(db.session(), here(), [line], now)
    if booked is None:
        raise Problem(409, "scheme-off", OFF)
    if not booked.done:
        raise Problem(409, "points-short", SHORT, balance=booked.balance)
    return booked


def _set(row: PointsScheme, args: dict[str, Any], now: datetime) -> None:
    if "earn" in args:
        if len(args["earn"]) > MOST_RULES:
            raise invalid(("earn", Words(f"最多 {MOST_RULES} 条。", f"At most {MOST_RULES}.")))
        args["earn"] = [
            {"key": f"r{n}_{rule['event']}"[:40], "times": None, "per_day": None, **rule}
            for n, rule in enumerate(args["earn"], 1)
        ]
    if "exchange" in args:
        known = set(db.session.scalars(select(CouponPool.key).where(CouponPool.workspace_id == here())))
        for n, offer in enumerate(args["exchange"]):
            if offer["pool"] not in known or not KEY.fullmatch(offer["pool"]):
                raise invalid((f"exchange.{n}.pool", NO_POOL))
    for name, value in args.items():
        setattr(row, name, value)
    row.updated_at, row.updated_by = now, actor().name


SHELF = Shelf(PointsScheme, "points", _set)


def shown(rows: Sequence[PointsScheme]) -> list[dict[str, Any]]:
    """Schemes as the API gives them."""
    session, ids = db.session(), [row.id for row in rows]
    held = (
        select(PointsAccount.scheme_id, func.count(), func.sum(PointsAccount.balance))
        .where(PointsAccount.workspace_id == here(), PointsAccount.scheme_id.in_(ids))
        .group_by(PointsAccount.scheme_id)
    )
    people = {number: (count, int(total or 0)) for number, count, total in session.execute(held)}
    flows: dict[tuple[int, bool], int] = {}
    for sign, given in ((True, PointsEntry.amount > 0), (False, PointsEntry.amount < 0)):
        flow = (
            select(PointsEntry.scheme_id, func.sum(PointsEntry.amount))
            .where(PointsEntry.workspace_id == here(), PointsEntry.scheme_id.in_(ids), given)
            .group_by(PointsEntry.scheme_id)
        )
        flows |= {(number, sign): int(total) for number, total in session.execute(flow)}
    columns = (
        "key",
        "name",
        "earn",
        "exchange",
        "expires_days",
        "may_owe",
        "state",
        "updated_at",
        "updated_by",
    )
    called = rule_titles() if rows else {}
    seen = event_watch.last_hours(session, here()) if rows else {}
    return [
        {column: getattr(row, column) for column in columns}
        | {
            "earn": [
                {**rule, "called": called.get(rule["event"], rule["event"]), "seen": rule["event"] in seen}
                for rule in row.earn
            ],
            "attribute": ledger.attribute_of(row.key),
            "people": people.get(row.id, (0, 0))[0],
            "balance": people.get(row.id, (0, 0))[1],
            "added": flows.get((row.id, True), 0),
            "taken": -flows.get((row.id, False), 0),
        }
        for row in rows
    ]


def _lines(rows: Sequence[PointsEntry]) -> list[dict[str, Any]]:
    names = names_of({row.contact_id for row in rows})
    columns = ("id", "contact_id", "amount", "balance", "act", "reason", "at", "expires_at", "by")
    return [
        {column: getattr(row, column) for column in columns} | {"name": names.get(row.contact_id, "")}
        for row in rows
    ]


def names_of(ids: set[int]) -> dict[int, str]:
    """The names of these contacts."""
    session = db.session()
    query = select(Contact.id, Contact.name).where(
        Contact.workspace_id == here(), among(session, Contact.id, ids)
    )
    return dict(session.execute(query).all())
