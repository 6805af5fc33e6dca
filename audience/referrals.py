"""Referrals: who brought whom, counted once, and the steps of the ladder that are given once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audience import coupons, points
from audience.changes import lock
from audience.coupon_codes import CLEAR
from audience.coupons import Want
from audience.points import Line
from audience.tables_referrals import Referral, ReferralCode, ReferralProgram, ReferralReward
from store.bulk import among, insert_rows
from store.database import begin_write
from store.inbox import NewSignal, put

CODE_LENGTH: Final = 8
COUNTED, REFUSED = "counted", "refused"
SELF, LOOP, SAME = "self", "loop", "same_person"
#: Longer chains of who brought whom are not followed up.
DEEPEST: Final = 1000


def code_of(session: Session, workspace_id: int, contact_id: int, now: datetime) -> str:
    """The contact's code for inviting others; made at the first asking. Commits nothing."""
    begin_write(session)
    query = (
        select(ReferralCode.code)
        .where(ReferralCode.workspace_id == workspace_id, ReferralCode.contact_id == contact_id)
        .order_by(ReferralCode.id)
    )
    lock(session, {contact_id})
    found = session.scalar(query)
    while found is None:
        code = "".join(secrets.choice(CLEAR) for _ in range(CODE_LENGTH))
        row = {"workspace_id": workspace_id, "contact_id": contact_id, "code": code, "created_at": now}
        insert_rows(session, ReferralCode.__table__, [row], skip_known=True)
        found = session.scalar(query)
    return found


def count(
    session: Session,
    program: ReferralProgram,
    code: str,
    invitee: int,
    properties: Mapping[str, Any],
    at: datetime,
    now: datetime,
) -> Referral | None:
    """Take in that somebody came by a code; None if nobody has the code or he was counted before.

    Nobody brings himself, nor whoever brought him, over however many others.
    """
    inviter = session.scalar(
        select(ReferralCode.contact_id).where(
            ReferralCode.workspace_id == program.workspace_id, ReferralCode.code == code.upper()
        )
    )
    if inviter is None:
        return None
    # Two of one circle are counted one after the other: the campaign's row is their turn.
    session.execute(
        select(ReferralProgram.id).where(ReferralProgram.id == program.id).with_for_update()
    ).all()
    before = session.scalar(
        select(Referral).where(Referral.program_id == program.id, Referral.contact_id == invitee)
    )
    if before is not None and before.state == COUNTED:
        return None
    reason = _objection(session, program.id, inviter, invitee)
    if before is not None:
        if reason:
            return None
        session.delete(before)
        session.flush()
    hints = {name: str(properties[name])[:100] for name in program.hints if properties.get(name) is not None}
    row = Referral(
        workspace_id=program.workspace_id,
        program_id=program.id,
        contact_id=invitee,
        inviter_id=inviter,
        state=REFUSED if reason else COUNTED,
        reason=reason,
        hints=hints,
        at=at,
    )
    session.add(row)
    session.flush()
    if not reason:
        climb(session, program, inviter, now)
    return row


def _objection(session: Session, program_id: int, inviter: int, invitee: int) -> str:
    if inviter == invitee:
        return SELF
    above: int | None = inviter
    for _ in range(DEEPEST):
        above = session.scalar(
            select(Referral.inviter_id).where(
                Referral.program_id == program_id, Referral.contact_id == above, Referral.state == COUNTED
            )
        )
        if above is None:
            return ""
        if above == invitee:
            return LOOP
    return LOOP


def brought(session: Session, program_id: int, inviter: int) -> int:
    """How many people count as brought by somebody."""
    query = select(func.count()).where(
        Referral.program_id == program_id, Referral.inviter_id == inviter, Referral.state == COUNTED
    )
    return session.execute(query).scalar_one()


def climb(session: Session, program: ReferralProgram, inviter: int, now: datetime) -> list[ReferralReward]:
    """Give what is due on the ladder, each step once; journeys hear `referral_step`. Commits nothing."""
    reached = brought(session, program.id, inviter)
    made = []
    for step in program.ladder:
        if step["at"] > reached:
            break
        row = {
            "workspace_id": program.workspace_id,
            "program_id": program.id,
            "contact_id": inviter,
            "step": step["at"],
            "given": {},
            "at": now,
        }
        if insert_rows(session, ReferralReward.__table__, [row], skip_known=True):
            made.append(_reward(session, program, inviter, step, reached, now))
    return made


def _reward(
    session: Session,
    program: ReferralProgram,
    inviter: int,
    step: Mapping[str, Any],
    reached: int,
    now: datetime,
) -> ReferralReward:
    key = f"referral:{program.id}:{inviter}:{step['at']}"
    given = give(
        session, program.workspace_id, inviter, key, "referral", program.name, step.get("pool"),
        step.get("scheme"), step.get("points"), now,
    )  # fmt: skip
    query = select(ReferralReward).where(
        ReferralReward.program_id == program.id,
        ReferralReward.contact_id == inviter,
        ReferralReward.step == step["at"],
    )
    row = session.scalars(query).one()
    row.given = given
    session.flush()
    told = {"program": program.key, "step": step["at"], "count": reached, **given}
    signal = NewSignal(
        program.workspace_id, "event", "referral_step", now, told, contact_id=inviter, event_id=f"{key}:step"
    )
    put(session, [signal], now)
    return row


def give(
    session: Session,
    workspace_id: int,
    contact_id: int,
    key: str,
    act: str,
    reason: str,
    pool: str | None,
    scheme: str | None,
    amount: int | None,
    now: datetime,
) -> dict[str, Any]:
    """Give a coupon, points or both under one key; tells {coupon, pool, points}, null for what there was none of."""
    given: dict[str, Any] = {}
    if pool:
        (one,) = coupons.issue(session, workspace_id, [Want(contact_id, pool, key, now)], now)
        given |= {"pool": pool, "coupon": one.code if one else None}
    if scheme and amount:
        line = Line(contact_id, scheme, key, act, amount, now, reason)
        (booked,) = points.book(session, workspace_id, [line], now)
        given |= {"scheme": scheme, "points": amount if booked and booked.done else None}
    return given


def merged(session: Session, workspace_id: int, keep: int, drop: int, now: datetime) -> None:
    """Two contacts became one: what one brought counts for the other, and nobody has brought himself.

    Nothing that was given is taken back. Called when rows of `contact_id` have been moved. Commits nothing.
    """
    session.execute(
        update(Referral)
        .where(Referral.workspace_id == workspace_id, Referral.inviter_id == drop)
        .values(inviter_id=keep)
    )
    session.execute(
        update(Referral)
        .where(
            Referral.workspace_id == workspace_id,
            Referral.inviter_id == keep,
            Referral.contact_id == keep,
            Referral.state == COUNTED,
        )
        .values(state=REFUSED, reason=SAME)
    )
    _untie(session, workspace_id, keep)
    query = select(ReferralProgram).where(
        ReferralProgram.workspace_id == workspace_id, ReferralProgram.state == "on"
    )
    for program in session.scalars(query.order_by(ReferralProgram.id)).all():
        climb(session, program, keep, now)


def _untie(session: Session, workspace_id: int, keep: int) -> None:
    """Refuse how somebody came, if he is now above the one who brought him."""
    query = select(Referral).where(
        Referral.workspace_id == workspace_id, Referral.contact_id == keep, Referral.state == COUNTED
    )
    for row in session.scalars(query).all():
        row.state = REFUSED
        session.flush()
        reason = _objection(session, row.program_id, row.inviter_id, keep)
        row.state, row.reason = (REFUSED, reason) if reason else (COUNTED, "")
        session.flush()


def suspicious(session: Session, program: ReferralProgram) -> list[dict[str, Any]]:
    """Values of hinting properties that more referrals of one inviter share than the campaign allows."""
    found: dict[tuple[int, str, str], int] = {}
    query = select(Referral.inviter_id, Referral.hints).where(
        Referral.program_id == program.id, Referral.state == COUNTED
    )
    for inviter, hints in session.execute(query):
        for name, value in hints.items():
            found[inviter, name, value] = found.get((inviter, name, value), 0) + 1
    told = [
        {"contact_id": inviter, "property": name, "value": value, "count": times}
        for (inviter, name, value), times in found.items()
        if times > program.hint_over
    ]
    return sorted(told, key=lambda one: int(str(one["count"])), reverse=True)[:100]


def leaders(session: Session, program_id: int, most: int = 50) -> list[tuple[int, int, datetime]]:
    """Who brought most people: (contact, how many, when the last of them came)."""
    times = func.count()
    query = (
        select(Referral.inviter_id, times, func.max(Referral.at))
        .where(Referral.program_id == program_id, Referral.state == COUNTED)
        .group_by(Referral.inviter_id)
        .order_by(times.desc(), func.max(Referral.at))
        .limit(most)
    )
    return [(number, many, last) for number, many, last in session.execute(query)]


def rewards_of(session: Session, program_id: int, ids: Iterable[int]) -> dict[int, list[int]]:
    """By contact, the steps of the ladder that he reached."""
    query = select(ReferralReward.contact_id, ReferralReward.step).where(
        ReferralReward.program_id == program_id, among(session, ReferralReward.contact_id, ids)
    )
    found: dict[int, list[int]] = {}
    for number, step in session.execute(query.order_by(ReferralReward.step)):
        found.setdefault(number, []).append(step)
    return found
