"""Coupons that were issued: listed, exported, given by hand, redeemed; and all that one contact has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields
from sqlalchemy import select

from audience import coupons as issuing
from audience import csv_text, referrals
from audience.coupons import Want
from audience.tables import Contact
from audience.tables_referrals import ReferralCode, ReferralProgram
from audience.tables_rewards import CouponIssue, CouponPool, PointsAccount, PointsEntry, PointsScheme
from journeys.words import Shape, Words
from store import audit, clock
from store.bulk import among
from store.database import db
from web.access import actor, found, here, scoped
from web.api.coupons import coupons
from web.errors import Problem
from web.fields import At, Filled, OneOf, QueryNumber, RowNumber
from web.paging import PageArgs, page, page_of
from web.reward_keys import named

STATES = ("issued", "redeemed", "expired", "void")
NONE_LEFT = Words(
    "这个券池没有可发的券：发完了、未到时间、已停用，或此人已达上限。",
    "The pool has no coupon to give: none left, not open, switched off, or this person has had his share.",
)
NOT_VALID = Words(
    "没有可以核销的这张券：券码不对、已经用过或已经过期。",
    "There is no such coupon to redeem: the code is wrong, was used, or its time is over.",
)
EXPORT_PART = 2000


class IssuesArgs(PageArgs):
    state = OneOf(STATES)
    contact_id = QueryNumber()


class IssueArgs(Shape):
    contact_id = RowNumber(required=True)
    key = Filled(
        required=True,
        longest=80,
        metadata={"description": "A repeated try with the same key gives the same coupon"},
    )


class RedeemArgs(Shape):
    code = Filled(required=True, longest=64)
    contact_id = RowNumber(metadata={"description": "Whose it is; needed for a code that all share"})


class IssueOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    code = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"enum": list(STATES)})
    issued_at = At(required=True)
    expires_at = At(required=True, allow_none=True)
    redeemed_at = At(required=True, allow_none=True)
    redeemed_by = fields.Str(required=True)
    enrollment_id = fields.Int(required=True, allow_none=True)


class ContactCouponOut(Schema):
    pool = fields.Str(required=True)
    pool_name = fields.Str(required=True)
    value = fields.Str(required=True)
    code = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"enum": list(STATES)})
    issued_at = At(required=True)
    expires_at = At(required=True, allow_none=True)


class ContactPointsOut(Schema):
    scheme = fields.Str(required=True)
    name = fields.Str(required=True)
    balance = fields.Int(required=True)
    lines = fields.List(fields.Dict(), required=True, metadata={"description": "The last 10, newest first"})


class ContactRewardsOut(Schema):
    coupons = fields.List(
        fields.Nested(ContactCouponOut), required=True, metadata={"description": "The last 50"}
    )
    points = fields.List(fields.Nested(ContactPointsOut), required=True)
    referral_code = fields.Str(required=True, allow_none=True)
    brought = fields.List(fields.Dict(), required=True, metadata={"description": "{program, name, count}"})


@coupons.get("/<pool_key>/issues", least="editor")
@coupons.arguments(IssuesArgs, location="query")
@coupons.response(200, page_of(IssueOut))
def issues(args: dict[str, Any], pool_key: str) -> dict[str, Any]:
    """Coupons of a pool that were issued, the last first."""
    query = scoped(CouponIssue).where(CouponIssue.pool_id == named(CouponPool, pool_key).id)
    if "state" in args:
        query = query.where(CouponIssue.state == args["state"])
    if "contact_id" in args:
        query = query.where(CouponIssue.contact_id == args["contact_id"])
    return page(query, CouponIssue.id, args, shown=shown)


@coupons.get("/<pool_key>/issues.csv", least="editor")
@coupons.response(200, content_type="text/csv", description="code, state, contact, times")
def export(pool_key: str) -> Response:
    """All coupons of a pool that were issued; no cell is a formula to a spreadsheet."""
    pool = named(CouponPool, pool_key)
    head = [
        "code",
        "state",
        "contact_id",
        "external_id",
        "issued_at",
        "expires_at",
        "redeemed_at",
        "redeemed_by",
    ]
    body = (line.encode("utf-8", "replace") for line in csv_text.write(_lines(pool.id, head)))
    headers = {"Content-Disposition": f'attachment; filename="coupons-{pool.key}.csv"'}
    return Response(b"".join(body), content_type="text/csv; charset=utf-8", headers=headers)


@coupons.post("/<pool_key>/issues", least="editor")
@coupons.arguments(IssueArgs)
@coupons.response(201, ContactCouponOut)
def give(args: dict[str, Any], pool_key: str) -> dict[str, Any]:
    """Give one coupon to a contact, once for each key."""
    session, pool = db.session(), named(CouponPool, pool_key)
    contact, now = found(Contact, args["contact_id"]), clock.now(session)
    want = Want(contact.id, pool.key, f"api:{pool.key}:{args['key']}", now)
    (one,) = issuing.issue(session, here(), [want], now)
    if one is None:
        raise Problem(409, "pool-empty", NONE_LEFT)
    detail = {"contact": contact.id, "pool": pool.key, "again": not one.fresh}
    audit.record(session, here(), actor().name, "coupon.given", f"coupon_pool:{pool.key}", detail, now)
    row = session.scalars(scoped(CouponIssue).where(CouponIssue.key == want.key)).one()
    return _of_contact(row, pool)


@coupons.post("/<pool_key>/redeem", least="editor")
@coupons.arguments(RedeemArgs)
@coupons.response(200, IssueOut)
def redeem(args: dict[str, Any], pool_key: str) -> dict[str, Any]:
    """Mark a coupon as used, once; its owner's journeys hear of it."""
    session, pool = db.session(), named(CouponPool, pool_key)
    now = clock.now(session)
    row = issuing.redeem(session, pool, args["code"], now, now, actor().name, args.get("contact_id"))
    if row is None:
        raise Problem(409, "coupon-not-valid", NOT_VALID)
    audit.record(
        session, here(), actor().name, "coupon.redeemed", f"coupon_pool:{pool.key}", {"issue": row.id}, now
    )
    return shown([row])[0]


@coupons.get("/contacts/<id:contact_id>", least="viewer")
@coupons.response(200, ContactRewardsOut)
def of_contact(contact_id: int) -> dict[str, Any]:
    """What one contact has: coupons, points with their last lines, and whom he brought."""
    session, contact = db.session(), found(Contact, contact_id)
    query = (
        select(CouponIssue, CouponPool)
        .join(CouponPool, CouponPool.id == CouponIssue.pool_id)
        .where(CouponIssue.workspace_id == here(), CouponIssue.contact_id == contact.id)
        .order_by(CouponIssue.id.desc())
        .limit(50)
    )
    code = session.scalars(scoped(ReferralCode).where(ReferralCode.contact_id == contact.id).limit(1)).first()
    programs = session.scalars(scoped(ReferralProgram).order_by(ReferralProgram.id)).all()
    counts = [(one, referrals.brought(session, one.id, contact.id)) for one in programs]
    return {
        "coupons": [_of_contact(row, pool) for row, pool in session.execute(query)],
        "points": list(_points(contact.id)),
        "referral_code": code.code if code else None,
        "brought": [{"program": one.key, "name": one.name, "count": n} for one, n in counts if n],
    }


def _points(contact_id: int) -> Iterator[dict[str, Any]]:
    query = (
        select(PointsAccount, PointsScheme)
        .join(PointsScheme, PointsScheme.id == PointsAccount.scheme_id)
        .where(PointsAccount.workspace_id == here(), PointsAccount.contact_id == contact_id)
        .order_by(PointsScheme.id)
    )
    for account, scheme in db.session.execute(query).all():
        lines = (
            scoped(PointsEntry)
            .where(PointsEntry.contact_id == contact_id, PointsEntry.scheme_id == scheme.id)
            .order_by(PointsEntry.id.desc())
            .limit(10)
        )
        told = [
            {"amount": one.amount, "act": one.act, "reason": one.reason, "balance": one.balance, "at": one.at.isoformat()}
            for one in db.session.scalars(lines)
        ]  # fmt: skip
        yield {"scheme": scheme.key, "name": scheme.name, "balance": account.balance, "lines": told}


def _of_contact(row: CouponIssue, pool: CouponPool) -> dict[str, Any]:
    columns = ("code", "state", "issued_at", "expires_at")
    told = {column: getattr(row, column) for column in columns}
    return told | {"pool": pool.key, "pool_name": pool.name, "value": pool.value}


def shown(rows: Sequence[CouponIssue]) -> list[dict[str, Any]]:
    """Issued coupons as the API gives them."""
    ids = {row.contact_id for row in rows}
    query = select(Contact.id, Contact.name).where(
        Contact.workspace_id == here(), among(db.session(), Contact.id, ids)
    )
    names = dict(db.session.execute(query).all())
    columns = ("id", "contact_id", "code", "state", "issued_at", "expires_at", "redeemed_at", "redeemed_by")
    return [
        {column: getattr(row, column) for column in columns}
        | {"name": names.get(row.contact_id, ""), "enrollment_id": row.source_id}
        for row in rows
    ]


def _lines(pool_id: int, head: list[str]) -> Iterator[list[Any]]:
    yield head
    last = 0
    while True:
        query = (
            select(CouponIssue, Contact.external_id)
            .outerjoin(Contact, Contact.id == CouponIssue.contact_id)
            .where(CouponIssue.workspace_id == here(), CouponIssue.pool_id == pool_id, CouponIssue.id > last)
            .order_by(CouponIssue.id)
            .limit(EXPORT_PART)
        )
        rows = db.session.execute(query).all()
        for row, external in rows:
            times = (
                one.isoformat() if one else "" for one in (row.issued_at, row.expires_at, row.redeemed_at)
            )
            yield [row.code, row.state, row.contact_id, external or "", *times, row.redeemed_by]
        if len(rows) < EXPORT_PART:
            return
        last = rows[-1][0].id
