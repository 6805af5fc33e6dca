"""The numbers of customer groups, as far as their events and members tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Float, case, cast, distinct, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from audience.group_events import MEMBER
from audience.group_members import JOINED, LEFT, SPOKE
from audience.tables import Event
from audience.tables_groups import CustomerGroup, GroupMember
from store.bulk import among
from store.subjects import of_group, row_id

FILLED_IN = ("form_submitted", "survey_answered")
TOOK_PART = ("checked_in", "activity_joined", "live_watched", "lucky_draw_joined")
OPENED = ("link_clicked", "message_opened", "opened", "page_viewed", "product_viewed")
PAID = "order_paid"
COUPON_OUT, COUPON_USED = "coupon_issued", "coupon_used"
ACTIVE = (SPOKE, *TOOK_PART, *OPENED, *FILLED_IN, PAID)
#: Whoever was to be in it, for the join rate.
EXPECTED = "expected_members"
WEEK, MONTH, QUARTER = timedelta(days=7), timedelta(days=30), timedelta(days=90)

Values = dict[str, float | None]


def measured(session: Session, groups: Sequence[CustomerGroup], now: datetime) -> dict[int, Values]:
    """Every measure of these groups of one workspace by the group's id; null where nothing tells it."""
    if not groups:
        return {}
    members = _members(session, groups)
    heads = {
        "filled": _heads(session, groups, FILLED_IN, None, now),
        "spoke": _heads(session, groups, (SPOKE,), WEEK, now),
        "took_part": _heads(session, groups, TOOK_PART, WEEK, now),
        "opened": _heads(session, groups, OPENED, WEEK, now),
        "bought": _heads(session, groups, (PAID,), MONTH, now),
        "active": _heads(session, groups, ACTIVE, WEEK, now),
    }
    orders, again = _orders(session, groups, now), _bought_again(session, groups, now)
    coupons = _coupons(session, groups, now)
    left = _left(session, groups, now)
    found: dict[int, Values] = {}
    for group in groups:
        n, count = group.id, group.member_count
        first, stayed, ever = members.get(n, (0, 0, 0))
        expected = group.attributes.get(EXPECTED)
        buyers, twice = again.get(n, (0, 0))
        number, total = orders.get(n, (0, 0.0))
        out, used = coupons.get(n, (0, 0))
        found[n] = {
            "join_rate": _share(ever, expected if isinstance(expected, int | float) else 0),
            "profile_completion": _share(heads["filled"].get(n, 0), count),
            "first_week_retention": _share(stayed, first),
            "speaking": _share(heads["spoke"].get(n, 0), count),
            "participation": _share(heads["took_part"].get(n, 0), count),
            "opening": _share(heads["opened"].get(n, 0), count),
            "conversion": _share(heads["bought"].get(n, 0), count),
            "order_value": round(total / number, 2) if number else None,
            "coupon_use": _share(used, out),
            "weekly_activity": _share(heads["active"].get(n, 0), count),
            "repurchase": _share(twice, buyers),
            "churn": _share(left.get(n, 0), count + left.get(n, 0)),
        }
    return found


def by_day(
    session: Session, group: CustomerGroup, days: int, zone: ZoneInfo, now: datetime
) -> list[dict[str, Any]]:
    """For each of the last `days` local days: who joined and left, who spoke, how many messages, and the members then."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, datetime.min.time(), zone)
    day = _local_day(session, zone)
    query = (
        select(day, Event.name, func.count(), func.count(distinct(_member())))
        .where(
            Event.workspace_id == group.workspace_id,
            Event.contact_id == of_group(group.id),
            Event.name.in_((JOINED, LEFT, SPOKE)),
            Event.occurred_at >= since,
            Event.occurred_at <= now,
        )
        .group_by(day, Event.name)
    )
    counted: dict[tuple[str, str], tuple[int, int]] = {
        (str(on)[:10], name): (count, people) for on, name, count, people in session.execute(query)
    }
    rows: list[dict[str, Any]] = []
    there = group.member_count
    for back in range(days):
        on: date = today - timedelta(days=back)
        joined, left, said = (counted.get((on.isoformat(), name), (0, 0)) for name in (JOINED, LEFT, SPOKE))
        row = {"joined": joined[0], "left": left[0], "messages": said[0], "speaking": said[1]}
        rows.append({"day": on, **row, "members": max(there, 0)})
        there -= joined[0] - left[0]
    return rows[::-1]


def _member() -> ColumnElement[Any]:
    return Event.properties[MEMBER].as_string()


def _local_day(session: Session, zone: ZoneInfo) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone(zone.key, Event.occurred_at), "YYYY-MM-DD")
    # SQLite knows no zones: today's distance from UTC is taken for all days, so a changed clock may shift an hour.
    shift = datetime.now(zone).utcoffset() or timedelta()
    return func.date(Event.occurred_at, f"{shift.total_seconds():+.0f} seconds")


def _of(session: Session, groups: Sequence[CustomerGroup]) -> list[ColumnElement[bool]]:
    subjects = [of_group(group.id) for group in groups]
    return [Event.workspace_id == groups[0].workspace_id, among(session, Event.contact_id, subjects)]


def _heads(
    session: Session,
    groups: Sequence[CustomerGroup],
    names: Sequence[str],
    within: timedelta | None,
    now: datetime,
) -> dict[int, int]:
    """How many different members did any of these things."""
    query = select(Event.contact_id, func.count(distinct(_member()))).where(
        *_of(session, groups), Event.name.in_(names), Event.occurred_at <= now
    )
    if within is not None:
        query = query.where(Event.occurred_at > now - within)
    return {row_id(subject): count for subject, count in session.execute(query.group_by(Event.contact_id))}


def _orders(session: Session, groups: Sequence[CustomerGroup], now: datetime) -> dict[int, tuple[int, float]]:
    amount = cast(Event.properties["amount"].as_string(), Float)
    plain = (
        Event.properties["amount"]
        .as_string()
        .op("~" if _is_postgresql(session) else "GLOB")(
            r"^-?[0-9]+(\.[0-9]+)?$" if _is_postgresql(session) else "[0-9]*"
        )
    )
    query = (
        select(Event.contact_id, func.count(), func.sum(case((plain, amount), else_=0.0)))
        .where(*_of(session, groups), Event.name == PAID, Event.occurred_at > now - MONTH)
        .group_by(Event.contact_id)
    )
    return {row_id(subject): (count, float(total or 0)) for subject, count, total in session.execute(query)}


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _bought_again(
    session: Session, groups: Sequence[CustomerGroup], now: datetime
) -> dict[int, tuple[int, int]]:
    """(members who bought, those of them who did it more than once) in 90 days."""
    each = (
        select(Event.contact_id.label("whose"), func.count().label("times"))
        .where(*_of(session, groups), Event.name == PAID, Event.occurred_at > now - QUARTER)
        .group_by(Event.contact_id, _member())
        .subquery()
    )
    twice = func.sum(case((each.c.times > 1, 1), else_=0))
    rows = session.execute(select(each.c.whose, func.count(), twice).group_by(each.c.whose))
    return {row_id(subject): (buyers, int(again)) for subject, buyers, again in rows}


def _coupons(session: Session, groups: Sequence[CustomerGroup], now: datetime) -> dict[int, tuple[int, int]]:
    out, used = (func.sum(case((Event.name == name, 1), else_=0)) for name in (COUPON_OUT, COUPON_USED))
    names = Event.name.in_((COUPON_OUT, COUPON_USED))
    query = select(Event.contact_id, out, used).where(
        *_of(session, groups), names, Event.occurred_at > now - MONTH
    )
    return {
        row_id(subject): (int(given), int(taken))
        for subject, given, taken in session.execute(query.group_by(Event.contact_id))
    }


def _members(session: Session, groups: Sequence[CustomerGroup]) -> dict[int, tuple[int, int, int]]:
    """(joined in the first week, of these still there, joined ever)."""
    found: dict[int, tuple[int, int, int]] = {}
    opened = {group.id: group.created_at for group in groups}
    query = select(GroupMember.group_id, GroupMember.joined_at, GroupMember.left_at).where(
        GroupMember.workspace_id == groups[0].workspace_id, among(session, GroupMember.group_id, opened)
    )
    for number, joined, left in session.execute(query):
        first, stayed, ever = found.get(number, (0, 0, 0))
        early = joined <= opened[number] + WEEK
        found[number] = first + early, stayed + (early and left is None), ever + 1
    return found


def _left(session: Session, groups: Sequence[CustomerGroup], now: datetime) -> dict[int, int]:
    query = (
        select(GroupMember.group_id, func.count())
        .where(
            GroupMember.workspace_id == groups[0].workspace_id,
            among(session, GroupMember.group_id, [group.id for group in groups]),
            GroupMember.left_at > now - MONTH,
        )
        .group_by(GroupMember.group_id)
    )
    return dict(session.execute(query).all())


def _share(part: float, whole: float) -> float | None:
    return round(min(part / whole, 1.0), 4) if whole else None
