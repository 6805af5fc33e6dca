"""Lucky draws: weighted prizes with exact stocks, drawn by a seed that was settled and sealed before the first draw.

Draw number n of a key falls at HMAC-SHA256(seed, "n:key") modulo the sum of the weights that are open then. The
seed's SHA-256 is told from the beginning, the seed when the draw is closed: anybody can reckon every draw again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import coupons, points
from audience.changes import lock
from audience.points import Line
from audience.referrals import give
from audience.tables_referrals import Draw, DrawEntry, DrawPrize
from store.database import begin_write
from store.inbox import NewSignal, put

BLANK = ""


class NoDraw(ValueError):
    """Nothing is drawn; `code` is closed, limit, points or nobody."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def new_seed() -> tuple[str, str]:
    """A fresh seed and its seal, both in hex."""
    seed = secrets.token_hex(32)
    return seed, seal_of(seed)


def seal_of(seed: str) -> str:
    """SHA-256 of a seed."""
    return hashlib.sha256(seed.encode()).hexdigest()


def roll(seed: str, number: int, key: str, total: int) -> int:
    """Where draw `number` falls, from 0 to below `total`."""
    mac = hmac.new(seed.encode(), f"{number}:{key}".encode(), hashlib.sha256).digest()
    return int.from_bytes(mac, "big") % total


def where(place: int, weights: Sequence[Sequence[Any]]) -> str:
    """The prize at this place of the wheel; "" for a blank."""
    for prize, weight in weights:
        if place < weight:
            return str(prize)
        place -= weight
    return BLANK


def draw(session: Session, found: Draw, contact_id: int, key: str, now: datetime) -> tuple[DrawEntry, bool]:
    """Draw once for a contact; the same key gives the same draw again, and False. Raises NoDraw. Commits nothing."""
    begin_write(session)
    if contact_id not in lock(session, {contact_id}):
        raise NoDraw("nobody")
    # One draw after the other: so numbers have no gaps and stocks are exact.
    session.execute(select(Draw.id).where(Draw.id == found.id).with_for_update()).all()
    session.refresh(found)
    again = session.scalar(select(DrawEntry).where(DrawEntry.draw_id == found.id, DrawEntry.key == key))
    if again is not None:
        return again, False
    _check(session, found, contact_id)
    name = f"draw:{found.id}:{key}"
    if found.cost:
        line = Line(contact_id, found.scheme, f"{name}:cost"[:120], points.SPEND, found.cost, now, found.name)
        (paid,) = points.book(session, found.workspace_id, [line], now)
        if paid is None or not paid.done:
            raise NoDraw("points")
    prizes = {prize.key: prize for prize in prizes_of(session, found)}
    open_ = _open(session, found, list(prizes.values()), now)
    weights: list[list[Any]] = [[prize.key, prize.weight] for prize in open_]
    total = sum(weight for _, weight in weights) + found.blank
    found.drawn += 1
    place = roll(found.seed, found.drawn, key, total) if total else 0
    won = where(place, weights)
    given: dict[str, Any] = {}
    if won:
        prize = prizes[won]
        prize.taken += 1
        given = give(
            session, found.workspace_id, contact_id, name[:120], "prize", f"{found.name}：{prize.name}",
            prize.pool or None, prize.scheme or None, prize.points or None, now,
        )  # fmt: skip
    entry = DrawEntry(
        workspace_id=found.workspace_id,
        draw_id=found.id,
        contact_id=contact_id,
        key=key,
        number=found.drawn,
        roll=place,
        weights=[*weights, [BLANK, found.blank]],
        prize=won,
        given=given,
        at=now,
    )
    session.add(entry)
    session.flush()
    _tell(session, found, entry, now)
    return entry, True


def _check(session: Session, found: Draw, contact_id: int) -> None:
    if found.state != "open":
        raise NoDraw("closed")
    if found.per_person is not None:
        query = select(func.count()).where(DrawEntry.draw_id == found.id, DrawEntry.contact_id == contact_id)
        if session.execute(query).scalar_one() >= found.per_person:
            raise NoDraw("limit")


def _open(session: Session, found: Draw, prizes: Sequence[DrawPrize], now: datetime) -> list[DrawPrize]:
    """The prizes that there still are, also in their pools."""
    stock = coupons.left(session, found.workspace_id, {one.pool for one in prizes if one.pool}, now)
    return [
        one
        for one in prizes
        if (one.stock is None or one.taken < one.stock) and (not one.pool or stock.get(one.pool, 1) > 0)
    ]


def _tell(session: Session, found: Draw, entry: DrawEntry, now: datetime) -> None:
    if entry.prize:
        told = {"draw": found.key, "prize": entry.prize, **entry.given}
        name = f"draw_won:{found.id}:{entry.number}"
        put(
            session,
            [NewSignal(found.workspace_id, "event", "draw_won", now, told, entry.contact_id, event_id=name)],
            now,
        )


def prizes_of(session: Session, found: Draw) -> list[DrawPrize]:
    """The prizes of a draw in their order."""
    return list(
        session.scalars(select(DrawPrize).where(DrawPrize.draw_id == found.id).order_by(DrawPrize.id))
    )


def is_fair(found: Draw, entry: DrawEntry) -> bool:
    """True if a draw fell where its seed says."""
    total = sum(weight for _, weight in entry.weights)
    place = roll(found.seed, entry.number, entry.key, total) if total else 0
    return place == entry.roll and where(place, entry.weights) == entry.prize
