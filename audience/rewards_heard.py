"""What events that come in mean for rewards: coupons redeemed, points earned, friends who were brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import coupons, points, referrals
from audience.points import Line
from audience.tables_referrals import ReferralProgram
from audience.tables_rewards import CouponPool, PointsScheme
from rules.zones import zone_of
from store.bulk import among
from store.tables import Workspace

#: Events of our own making: nobody earns by them or is brought by them.
OWN = frozenset({"coupon_redeemed", "coupon_expired", "referral_step", "draw_won"})


@dataclass(slots=True, frozen=True)
class Happened:
    """An event of a contact, under the number of its signal."""

    id: int
    workspace_id: int
    contact_id: int
    name: str
    at: datetime
    properties: Mapping[str, Any]


def heard(session: Session, events: Iterable[Happened], now: datetime) -> None:
    """Do what these events mean. A signal that is taken twice means the same once. Commits nothing."""
    by_workspace: dict[int, list[Happened]] = defaultdict(list)
    for one in events:
        if one.name not in OWN:
            by_workspace[one.workspace_id].append(one)
    for workspace_id, theirs in sorted(by_workspace.items()):
        names = {one.name for one in theirs}
        _redeem(session, workspace_id, theirs, names, now)
        _earn(session, workspace_id, theirs, now)
        _refer(session, workspace_id, theirs, names, now)


def _redeem(
    session: Session, workspace_id: int, events: list[Happened], names: set[str], now: datetime
) -> None:
    query = select(CouponPool).where(
        CouponPool.workspace_id == workspace_id, among(session, CouponPool.event, names)
    )
    pools = list(session.scalars(query.order_by(CouponPool.id)))
    for one in events if pools else ():
        for pool in pools:
            said = one.properties.get(pool.property)
            if pool.event != one.name or said is None:
                continue
            for code in said if isinstance(said, list) else [said]:
                coupons.redeem(
                    session, pool, str(code).strip(), one.at, now, f"event:{one.id}", one.contact_id
                )


def _earn(session: Session, workspace_id: int, events: list[Happened], now: datetime) -> None:
    query = select(PointsScheme).where(PointsScheme.workspace_id == workspace_id, PointsScheme.state == "on")
    schemes = [one for one in session.scalars(query.order_by(PointsScheme.id)) if one.earn]
    if not schemes:
        return
    zone = zone_of(session.scalars(select(Workspace.timezone).where(Workspace.id == workspace_id)).one())
    lines = []
    for one in events:
        for scheme in schemes:
            for rule in scheme.earn:
                if rule["event"] == one.name and (amount := _worth(rule, one.properties)) > 0:
                    name = f"{scheme.key}/{rule['key']}"
                    lines.append(
                        Line(
                            one.contact_id, scheme.key, f"earn:{name}:{one.id}"[:120], "earn", amount, one.at,
                            one.name, rule=name, day=f"{one.at.astimezone(zone):%Y-%m-%d}",
                            per_day=rule.get("per_day"),
                        )
                    )  # fmt: skip
    points.book(session, workspace_id, lines, now)


def _worth(rule: Mapping[str, Any], properties: Mapping[str, Any]) -> int:
    """The points of one event: so many, or so many for each whole unit of a property."""
    if not rule.get("times"):
        return int(rule["points"])
    number = properties.get(rule["times"])
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 10**9:
        return 0
    return int(rule["points"] * number)


def _refer(
    session: Session, workspace_id: int, events: list[Happened], names: set[str], now: datetime
) -> None:
    query = select(ReferralProgram).where(
        ReferralProgram.workspace_id == workspace_id,
        ReferralProgram.state == "on",
        among(session, ReferralProgram.event, names),
    )
    for program in session.scalars(query.order_by(ReferralProgram.id)).all():
        for one in events:
            code = one.properties.get(program.property)
            if one.name == program.event and isinstance(code, str) and code.strip():
                referrals.count(session, program, code.strip(), one.contact_id, one.properties, one.at, now)
