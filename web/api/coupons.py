"""Coupon pools: made, filled with codes, watched while they are issued and used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import func, select

from audience import coupon_codes
from audience.tables_rewards import GENERATED, SHARED, UPLOADED, CouponIssue, CouponPool
from journeys.fields import EventName
from journeys.words import Many, Part, Shape, Text, Whole, Words
from store import audit, clock
from store.database import db
from web.access import actor, here, scoped
from web.errors import Problem, invalid
from web.fields import At, Filled, OneOf, between
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.reward_keys import key_for, named

coupons = Resource("coupons", "/coupons", description="Pools of coupons, one code for each issue.")

KINDS = (GENERATED, UPLOADED, SHARED)
MOST_AT_ONCE = 10_000
#: Use is told by day for so long.
SHOWN_DAYS = 30
ROOM = Words(
    "这么短的券码装不下这么多张；请加长券码或减少数量。",
    "So many codes need longer ones: make them longer, or fewer.",
)
NEEDS_TOTAL = Words("自动生成的券要写明数量。", "Say how many codes are to be made.")
NEEDS_CODE = Words("统一券码不能为空。", "Give the code that all share.")
TIMES = Words("结束时间要晚于开始时间。", "The end must lie after the beginning.")
FEWER = Words("券码只能增加，不能减少。", "Codes can be added, not taken away.")
NOT_UPLOADED = Words(
    "只有上传类券池能上传券码。", "Codes can be uploaded only to a pool whose codes are uploaded."
)
ISSUED_FROM = Words(
    "已经发过券，不能删除；可以停用。",
    "Coupons of it have been issued: switch it off instead of deleting it.",
)
BAD_LIST = Words("没有可用的券码。", "There is no usable code.")


class FormIn(Shape):
    length = Whole(load_default=8, validate=between(coupon_codes.SHORTEST, coupon_codes.LONGEST))
    alphabet = OneOf(tuple(coupon_codes.ALPHABETS), load_default="clear")
    prefix = Text(longest=12, load_default="")


class PoolChangeArgs(Shape):
    name = Filled(longest=100)
    value = Text(longest=200, metadata={"description": "What it is worth, in words"})
    rules = Text(longest=2000, metadata={"description": "The terms of use"})
    total = Whole(allow_none=True, validate=between(0, coupon_codes.MOST))
    per_person = Whole(allow_none=True, validate=between(1, 1000))
    valid_from = At(allow_none=True)
    valid_until = At(allow_none=True)
    valid_days = Whole(allow_none=True, validate=between(1, 3650))
    event = EventName(allow_none=True, metadata={"description": "The event that redeems; null for none"})
    property = Text(longest=64, metadata={"description": "The property in which the event says the code"})
    state = OneOf(("on", "off"))

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        begin, end = data.get("valid_from"), data.get("valid_until")
        if begin and end and end <= begin:
            raise ValidationError(TIMES, "valid_until")


class PoolArgs(PoolChangeArgs):
    key = Text(longest=50, metadata={"description": "Made of the name if left out; never changes"})
    name = Filled(required=True, longest=100)
    kind = OneOf(KINDS, required=True)
    form = Part(FormIn, metadata={"description": "How codes are made, of the kind generated"})
    code = Text(longest=64, metadata={"description": "The one code, of the kind shared"})

    @validates_schema(skip_on_field_errors=True)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] == GENERATED and not data.get("total"):
            raise ValidationError(NEEDS_TOTAL, "total")
        if data["kind"] == SHARED and not (data.get("code") or "").strip():
            raise ValidationError(NEEDS_CODE, "code")


class CodesArgs(Shape):
    codes = Many(
        Text(longest=200),
        required=True,
        metadata={
            "description": f"Lines of a list, at most {MOST_AT_ONCE:,} at once",
            "maxItems": MOST_AT_ONCE,
        },
    )


class CodesOut(Schema):
    added = fields.Int(required=True)
    known = fields.Int(required=True, metadata={"description": "Codes that the pool has already"})
    problems = fields.List(fields.Dict(), required=True, metadata={"description": "The first 100"})


class DayOut(Schema):
    day = fields.Str(required=True)
    issued = fields.Int(required=True)
    redeemed = fields.Int(required=True)


class PoolOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True, metadata={"enum": list(KINDS)})
    form = fields.Dict(required=True)
    code = fields.Str(required=True)
    value = fields.Str(required=True)
    rules = fields.Str(required=True)
    total = fields.Int(required=True, allow_none=True)
    per_person = fields.Int(required=True, allow_none=True)
    valid_from = At(required=True, allow_none=True)
    valid_until = At(required=True, allow_none=True)
    valid_days = fields.Int(required=True, allow_none=True)
    event = fields.Str(required=True, allow_none=True)
    property = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"enum": ["on", "off"]})
    made = fields.Int(required=True, metadata={"description": "Codes that there are by now"})
    progress = fields.Float(required=True, metadata={"description": "Of the making of codes, 0 to 1"})
    left = fields.Int(required=True, allow_none=True, metadata={"description": "null: no limit"})
    issued = fields.Int(required=True)
    redeemed = fields.Int(required=True)
    expired = fields.Int(required=True)
    use_rate = fields.Float(
        required=True, allow_none=True, metadata={"description": "Redeemed of those issued"}
    )
    days = fields.List(fields.Nested(DayOut), required=True, metadata={"description": "The last 30 days"})
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


@coupons.get("", least="viewer")
@coupons.arguments(PageArgs, location="query")
@coupons.response(200, page_of(PoolOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The pools, newest first, with how many were issued and used."""
    return page(scoped(CouponPool), CouponPool.id, args, shown=shown)


@coupons.post("", least="editor")
@coupons.arguments(PoolArgs)
@coupons.response(201, PoolOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a pool; the worker makes its codes if they are to be generated."""
    session = db.session()
    now = clock.now(session)
    form = args.pop("form", None) or {"length": 8, "alphabet": "clear", "prefix": ""}
    if args["kind"] == GENERATED:
        _fits(form, args["total"])
    if args["kind"] == UPLOADED:
        args["total"] = None
    row = CouponPool(
        workspace_id=here(), key=key_for(CouponPool, args.pop("key", None), args["name"], "coupon"),
        form=form if args["kind"] == GENERATED else {}, created_at=now,
    )  # fmt: skip
    _set(row, args, now)
    session.add(row)
    session.flush()
    _note("coupon_pool.made", row, now)
    return shown([row])[0]


@coupons.get("/<pool_key>", least="viewer")
@coupons.response(200, PoolOut)
def one(pool_key: str) -> dict[str, Any]:
    """One pool."""
    return shown([named(CouponPool, pool_key)])[0]


@coupons.patch("/<pool_key>", least="editor")
@coupons.arguments(PoolChangeArgs)
@coupons.response(200, PoolOut)
def change(args: dict[str, Any], pool_key: str) -> dict[str, Any]:
    """Change a pool; coupons that were issued stay as they are. A larger total has more codes made."""
    session, row = db.session(), named(CouponPool, pool_key)
    now = clock.now(session)
    if row.kind == GENERATED and "total" in args:
        if (args["total"] or 0) < row.made:
            raise invalid(("total", FEWER))
        _fits(row.form, args["total"])
    if row.kind == UPLOADED:
        args.pop("total", None)
    _set(row, args, now)
    session.flush()
    _note("coupon_pool.changed", row, now)
    return shown([row])[0]


@coupons.delete("/<pool_key>", least="editor")
@coupons.response(204)
def remove(pool_key: str) -> str:
    """Delete a pool of which nothing was issued."""
    session, row = db.session(), named(CouponPool, pool_key)
    issued = select(CouponIssue.id).where(CouponIssue.pool_id == row.id).limit(1)
    if session.scalar(issued) is not None:
        raise Problem(409, "coupons-issued", ISSUED_FROM)
    _note("coupon_pool.deleted", row, clock.now(session))
    coupon_codes.forget(session, row)
    session.delete(row)
    return ""


@coupons.post("/<pool_key>/codes", least="editor")
@coupons.arguments(CodesArgs)
@coupons.response(200, CodesOut)
def upload(args: dict[str, Any], pool_key: str) -> dict[str, Any]:
    """Bring codes; those that the pool has already are left out, so a part may be sent again."""
    session, row = db.session(), named(CouponPool, pool_key)
    if row.kind != UPLOADED:
        raise Problem(409, "not-uploaded", NOT_UPLOADED)
    if len(args["codes"]) > MOST_AT_ONCE:
        raise invalid(
            ("codes", Words(f"一次最多 {MOST_AT_ONCE:,} 条。", f"At most {MOST_AT_ONCE:,} at once."))
        )
    codes, problems = coupon_codes.read(args["codes"])
    if not codes and not problems:
        raise invalid(("codes", BAD_LIST))
    added = coupon_codes.add(session, row, codes)
    now = clock.now(session)
    audit.record(
        session, here(), actor().name, "coupon_pool.filled", f"coupon_pool:{row.key}", {"added": added}, now
    )
    told = [{"path": path, "message": words} for path, words in problems[:100]]
    return {"added": added, "known": len(codes) - added, "problems": told}


def _fits(form: dict[str, Any], total: int | None) -> None:
    if (total or 0) > coupon_codes.room(form["length"], coupon_codes.ALPHABETS[form["alphabet"]]):
        raise invalid(("total", ROOM))


def _set(row: CouponPool, args: dict[str, Any], now: datetime) -> None:
    for name, value in args.items():
        setattr(row, name, value or "" if name == "event" else value)
    row.updated_at, row.updated_by = now, actor().name


def _note(action: str, row: CouponPool, now: datetime) -> None:
    detail = {"name": row.name, "total": row.total, "state": row.state or "on"}
    audit.record(db.session(), here(), actor().name, action, f"coupon_pool:{row.key}", detail, now)


def shown(rows: Sequence[CouponPool]) -> list[dict[str, Any]]:
    """Pools as the API gives them."""
    session, ids = db.session(), [row.id for row in rows]
    if not rows:
        return []
    states: dict[int, dict[str, int]] = defaultdict(dict)
    counts = (
        select(CouponIssue.pool_id, CouponIssue.state, func.count())
        .where(CouponIssue.workspace_id == here(), CouponIssue.pool_id.in_(ids))
        .group_by(CouponIssue.pool_id, CouponIssue.state)
    )
    for number, state, count in session.execute(counts):
        states[number][state] = count
    free = coupon_codes.free(session, ids)
    days = _days(ids, clock.now(session))
    return [_shown(row, states[row.id], free.get(row.id, 0), days[row.id]) for row in rows]


def _shown(row: CouponPool, states: dict[str, int], free: int, days: list[dict[str, Any]]) -> dict[str, Any]:
    issued, redeemed = sum(states.values()), states.get("redeemed", 0)
    left: int | None = free
    if row.kind == SHARED:
        left = None if row.total is None else max(row.total - row.taken, 0)
    columns = (
        "key", "name", "kind", "form", "code", "value", "rules", "total", "per_person", "valid_from", "valid_until",
        "valid_days", "property", "state", "made", "updated_at", "updated_by",
    )  # fmt: skip
    made = row.kind == GENERATED and row.total
    return {column: getattr(row, column) for column in columns} | {
        "event": row.event or None,
        "progress": min(row.made / (row.total or 1), 1.0) if made else 1.0,
        "left": left,
        "issued": issued,
        "redeemed": redeemed,
        "expired": states.get("expired", 0),
        "use_rate": redeemed / issued if issued else None,
        "days": days,
    }


def _days(ids: Sequence[int], now: datetime) -> dict[int, list[dict[str, Any]]]:
    """Issued and redeemed on each of the last days, by the day of the workspace's clock in UTC."""
    since = (now - timedelta(days=SHOWN_DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: {"issued": 0, "redeemed": 0})
    for column, name in ((CouponIssue.issued_at, "issued"), (CouponIssue.redeemed_at, "redeemed")):
        day = func.date(column)
        query = (
            select(CouponIssue.pool_id, day, func.count())
            .where(CouponIssue.workspace_id == here(), CouponIssue.pool_id.in_(ids), column >= since)
            .group_by(CouponIssue.pool_id, day)
        )
        for number, on, count in db.session.execute(query):
            found[number, str(on)][name] = count
    names = [f"{since + timedelta(days=n):%Y-%m-%d}" for n in range(SHOWN_DAYS)]
    return {number: [{"day": name, **found[number, name]} for name in names] for number in ids}
