"""Issuing coupons: exactly one code for each issue, however many workers and journeys ask at the same time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audience import coupon_codes
from audience.tables import Contact
from audience.tables_rewards import EXPIRED, ISSUED, REDEEMED, RUNS_OUT, SHARED, VOID, CouponIssue, CouponPool
from store.bulk import among, insert_rows
from store.clock import has_come
from store.database import begin_write
from store.inbox import NewSignal, put

#: Coupons whose time is over that are marked in one transaction.
PORTION = 2000


@dataclass(slots=True, frozen=True)
class Want:
    """A coupon that somebody is to have; `key` makes a repeated try the same issue."""

    contact_id: int
    pool: str
    key: str
    at: datetime
    source_id: int | None = None
    seq: int | None = None


@dataclass(slots=True, frozen=True)
class Given:
    """What came of it: the code and how long it is good; `fresh` is False for a repeated try."""

    code: str
    expires_at: datetime | None
    fresh: bool = True


def issue(session: Session, workspace_id: int, wants: Sequence[Want], now: datetime) -> list[Given | None]:
    """Issue coupons, each once; None where the pool has none for this contact. Commits nothing.

    Pools are asked in the order of their ids and contacts in that of theirs, so that nobody waits in a circle.
    """
    if not wants:
        return []
    begin_write(session)
    found: list[Given | None] = _known(session, workspace_id, wants)
    places: dict[str, list[int]] = defaultdict(list)
    for place, want in enumerate(wants):
        if found[place] is None:
            places[want.pool].append(place)
    rows: list[dict[str, Any]] = []
    for pool in pools_by_key(session, workspace_id, places):
        mine = [place for place in places[pool.key] if is_open(pool, wants[place].at)]
        mine = _within_limit(session, pool, mine, wants)
        for place, code in zip(mine, _codes(session, pool, len(mine)), strict=False):
            want = wants[place]
            expires = expiry(pool, want.at)
            found[place] = Given(code, expires)
            rows.append(_row(pool, want, code, expires))
    insert_rows(session, CouponIssue.__table__, rows)
    return found


def pools_by_key(session: Session, workspace_id: int, keys: Iterable[str]) -> list[CouponPool]:
    """The pools of these keys, by id."""
    query = select(CouponPool).where(
        CouponPool.workspace_id == workspace_id, among(session, CouponPool.key, keys)
    )
    return list(session.scalars(query.order_by(CouponPool.id)))


def is_open(pool: CouponPool, at: datetime) -> bool:
    """True if a pool may give at this time."""
    begun = pool.valid_from is None or pool.valid_from <= at
    return pool.state == "on" and begun and (pool.valid_until is None or at < pool.valid_until)


def expiry(pool: CouponPool, at: datetime) -> datetime | None:
    """Until when a coupon that is issued at `at` is good."""
    ends = [pool.valid_until] if pool.valid_until is not None else []
    if pool.valid_days is not None:
        ends.append(at + timedelta(days=pool.valid_days))
    return min(ends, default=None)


def left(session: Session, workspace_id: int, keys: Iterable[str], now: datetime) -> dict[str, int]:
    """How many coupons these pools can still give; one that is not there has none, one without limit is left out."""
    keys = set(keys)
    if not keys:
        return {}
    pools = pools_by_key(session, workspace_id, keys)
    free = coupon_codes.free(session, [pool.id for pool in pools])
    found = dict.fromkeys(keys, 0)
    for pool in pools:
        if not is_open(pool, now):
            continue
        if pool.kind != SHARED:
            found[pool.key] = free.get(pool.id, 0)
        elif pool.total is None:
            del found[pool.key]
        else:
            found[pool.key] = max(pool.total - pool.taken, 0)
    return found


def allowed(
    session: Session, workspace_id: int, contact_ids: Sequence[int], keys: Iterable[str], now: datetime
) -> dict[int, Mapping[str, int]]:
    """By contact, how many coupons of these pools he may still be given."""
    stock = left(session, workspace_id, keys, now)
    found: dict[int, dict[str, int]] = {number: dict(stock) for number in contact_ids}
    for pool in pools_by_key(session, workspace_id, keys):
        if pool.per_person is not None:
            had = _had(session, pool, contact_ids)
            for number in contact_ids:
                mine = max(pool.per_person - had[number], 0)
                found[number][pool.key] = min(stock.get(pool.key, mine), mine)
    return dict(found)


def _known(session: Session, workspace_id: int, wants: Sequence[Want]) -> list[Given | None]:
    query = select(CouponIssue.key, CouponIssue.code, CouponIssue.expires_at).where(
        CouponIssue.workspace_id == workspace_id,
        among(session, CouponIssue.key, [want.key for want in wants]),
    )
    known = {key: Given(code, expires, False) for key, code, expires in session.execute(query)}
    return [known.get(want.key) for want in wants]


def _within_limit(session: Session, pool: CouponPool, mine: list[int], wants: Sequence[Want]) -> list[int]:
    """Those of `mine` whose contacts have not had enough; they are locked, so that it stays so."""
    if pool.per_person is None or not mine:
        return mine
    ids = sorted({wants[place].contact_id for place in mine})
    session.execute(
        select(Contact.id)
        .where(among(session, Contact.id, ids))
        .order_by(Contact.id)
        .with_for_update(key_share=True)
    ).all()
    had = _had(session, pool, ids)
    within = []
    for place in mine:
        number = wants[place].contact_id
        if had[number] < pool.per_person:
            had[number] += 1
            within.append(place)
    return within


def _had(session: Session, pool: CouponPool, ids: Sequence[int]) -> Counter[int]:
    query = (
        select(CouponIssue.contact_id, func.count())
        .where(
            among(session, CouponIssue.contact_id, ids),
            CouponIssue.pool_id == pool.id,
            CouponIssue.state != VOID,
        )
        .group_by(CouponIssue.contact_id)
    )
    return Counter(dict(session.execute(query).all()))


def _codes(session: Session, pool: CouponPool, many: int) -> list[str]:
    if not many:
        return []
    if pool.kind != SHARED:
        return coupon_codes.take(session, pool.id, many)
    if pool.total is not None:
        # Whoever gives from a shared code that is counted waits for the others who do.
        taken = session.scalars(
            select(CouponPool.taken).where(CouponPool.id == pool.id).with_for_update()
        ).one()
        many = max(min(many, pool.total - taken), 0)
        session.execute(
            update(CouponPool).where(CouponPool.id == pool.id).values(taken=CouponPool.taken + many)
        )
    return [pool.code] * many


def _row(pool: CouponPool, want: Want, code: str, expires: datetime | None) -> dict[str, Any]:
    return {
        "workspace_id": pool.workspace_id,
        "pool_id": pool.id,
        "contact_id": want.contact_id,
        "code": code,
        "key": want.key,
        "source_id": want.source_id,
        "seq": want.seq,
        "issued_at": want.at,
        "expires_at": expires,
        "state": ISSUED,
        "redeemed_by": "",
    }


# -- what becomes of them -------------------------------------------------------------------------------------


def redeem(
    session: Session,
    pool: CouponPool,
    code: str,
    at: datetime,
    now: datetime,
    by: str,
    contact_id: int | None = None,
) -> CouponIssue | None:
    """Mark a coupon as used, once; None if there is none of this code that can be. Commits nothing.

    Of a code that many bear, the oldest one of this contact. The owner's journeys hear `coupon_redeemed`.
    """
    begin_write(session)
    query = select(CouponIssue).where(
        CouponIssue.pool_id == pool.id,
        CouponIssue.code == code,
        CouponIssue.state.in_((ISSUED, EXPIRED)),
    )
    if pool.kind == SHARED:
        query = query.where(CouponIssue.contact_id == contact_id)
    found = session.scalars(query.order_by(CouponIssue.id).limit(1).with_for_update()).one_or_none()
    if found is None or (found.expires_at is not None and at >= found.expires_at):
        return None
    found.state, found.redeemed_at, found.redeemed_by = REDEEMED, at, by[:120]
    session.flush()
    told = {"pool": pool.key, "code": code, "redeemed_by": by}
    put(session, [_event("coupon_redeemed", pool, found, at, told)], now)
    return found


#: True if some coupon's time is over and nobody has said so yet.
DUE = has_come(CouponIssue.expires_at, RUNS_OUT)


def run_out(session: Session, now: datetime) -> bool:
    """Mark a portion of the coupons whose time is over; their owners' journeys hear `coupon_expired`."""
    query = _run_out(now).order_by(CouponIssue.expires_at).limit(PORTION).with_for_update(skip_locked=True)
    ids = list(session.scalars(query))
    if not ids:
        return False
    rows = session.execute(
        select(CouponIssue, CouponPool)
        .join(CouponPool, CouponPool.id == CouponIssue.pool_id)
        .where(among(session, CouponIssue.id, ids))
        .order_by(CouponIssue.id)
    ).all()
    signals = [
        _event("coupon_expired", pool, row, row.expires_at or now, {"pool": pool.key, "code": row.code})
        for row, pool in rows
    ]
    session.execute(
        update(CouponIssue)
        .where(among(session, CouponIssue.id, ids))
        .values(state=EXPIRED)
        .execution_options(synchronize_session=False)
    )
    put(session, signals, now)
    return True


def _run_out(now: datetime) -> Any:
    return select(CouponIssue.id).where(CouponIssue.state == ISSUED, CouponIssue.expires_at <= now)


def _event(name: str, pool: CouponPool, row: CouponIssue, at: datetime, told: dict[str, Any]) -> NewSignal:
    return NewSignal(
        pool.workspace_id,
        "event",
        name,
        at,
        told,
        contact_id=row.contact_id,
        event_id=f"{name}:{row.key}"[:128],
    )


# -- in texts -------------------------------------------------------------------------------------------------


def of_contacts(
    session: Session, workspace_id: int, contact_ids: Iterable[int]
) -> dict[int, list[tuple[str, CouponIssue, str]]]:
    """By contact, the (pool's key, issue, pool's value) of all coupons, oldest first."""
    query = (
        select(CouponPool.key, CouponIssue, CouponPool.value)
        .join(CouponPool, CouponPool.id == CouponIssue.pool_id)
        .where(CouponIssue.workspace_id == workspace_id, among(session, CouponIssue.contact_id, contact_ids))
        .order_by(CouponIssue.id)
    )
    found: dict[int, list[tuple[str, CouponIssue, str]]] = defaultdict(list)
    for key, row, value in session.execute(query):
        found[row.contact_id].append((key, row, value))
    return found


def spoken(row: CouponIssue, value: str, zone: ZoneInfo) -> dict[str, str]:
    """What a text may say of a coupon; the day until which it is good as the contact reads it, "" if for ever."""
    until = row.expires_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if row.expires_at else ""
    return {"code": row.code, "expires": until, "value": value}
