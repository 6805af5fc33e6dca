"""A pool with a coupon somebody has, points, a campaign and a draw; and the writes of these resources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audience import coupon_codes, draws
from audience.tables_referrals import Draw, DrawPrize, ReferralCode, ReferralProgram
from audience.tables_rewards import CouponIssue, CouponPool, PointsScheme
from store.database import db

POOL = {"name": "新人券", "kind": "uploaded", "value": "满 200 减 30", "event": "order_paid"}
SCHEME = {"name": "会员积分", "earn": [{"event": "group_message", "points": 10, "per_day": 30}]}
PROGRAM = {"name": "老带新", "ladder": [{"at": 3, "points": 100}, {"at": 5, "points": 300}]}
DRAW = {"name": "周三抽奖", "prizes": [{"name": "谢谢券", "weight": 1, "stock": 5}]}


def furnish_rewards(here: int, contact_id: int, now: datetime) -> dict[str, Any]:
    """Fields of `Rows`: the keys of one of each."""
    stamps = {"created_at": now, "updated_at": now}
    pool = CouponPool(
        workspace_id=here,
        key=f"pool_{here}",
        name="新人券",
        kind="uploaded",
        form={},
        event="order_paid",
        **stamps,
    )
    scheme = PointsScheme(
        workspace_id=here, key=f"scheme_{here}", name="积分", earn=[], exchange=[], **stamps
    )
    program = ReferralProgram(
        workspace_id=here, key=f"friends_{here}", name="老带新", ladder=[], hints=[], **stamps
    )
    seed, seal = draws.new_seed()
    draw = Draw(workspace_id=here, key=f"wheel_{here}", name="抽奖", seed=seed, seed_hash=seal, **stamps)
    db.session.add_all([pool, scheme, program, draw])
    db.session.flush()
    scheme.exchange = [{"points": 0, "pool": pool.key}]
    codes = [f"C{n}-{here}" for n in range(5)]
    coupon_codes.add(db.session(), pool, codes)
    coupon_codes.take(db.session(), pool.id, 1)
    issue = CouponIssue(
        workspace_id=here,
        pool_id=pool.id,
        contact_id=contact_id,
        code=codes[0],
        key=f"rows:{here}",
        issued_at=now,
    )
    code = ReferralCode(workspace_id=here, contact_id=contact_id, code=f"CODE{here}", created_at=now)
    prize = DrawPrize(workspace_id=here, draw_id=draw.id, key="p1", name="谢谢", weight=1)
    db.session.add_all([issue, prize, code])
    db.session.flush()
    return {"pool_key": pool.key, "scheme_key": scheme.key, "program_key": program.key, "draw_key": draw.key}


def writes(contact_id: int, pool: str, code: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every write, with a body that succeeds."""
    who = {"contact_id": contact_id}
    return [
        ("POST", "coupons", {"json": POOL}),
        ("PATCH", "coupons/{pool_key}", {"json": {"name": "新名"}}),
        ("POST", "coupons/{pool_key}/codes", {"json": {"codes": ["NEW1", "NEW2"]}}),
        ("POST", "coupons/{pool_key}/issues", {"json": {**who, "key": "order-1"}}),
        ("POST", "coupons/{pool_key}/redeem", {"json": {"code": code}}),
        ("DELETE", "coupons/spare", {}),
        ("POST", "points", {"json": SCHEME}),
        ("PATCH", "points/{scheme_key}", {"json": {"name": "新名"}}),
        ("POST", "points/{scheme_key}/lines", {"json": {**who, "act": "add", "amount": 100, "key": "1"}}),
        ("POST", "points/{scheme_key}/exchange", {"json": {**who, "pool": pool, "key": "1"}}),
        ("POST", "referrals", {"json": PROGRAM}),
        ("PATCH", "referrals/{program_key}", {"json": {"name": "新名"}}),
        ("POST", "referrals/contacts/{contact_id}/code", {}),
        ("POST", "draws", {"json": DRAW}),
        ("POST", "draws/{draw_key}/entries", {"json": {**who, "key": "1"}}),
        ("POST", "draws/{draw_key}/close", {}),
    ]
