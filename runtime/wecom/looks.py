"""What WeCom called us about, read anew one by one: a customer, a group with its members, the tags.

Who came into a group and who left it is told as events, by the difference to what is known; of a group that is read
for the first time nobody is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from audience import contacts, following, group_members, groups, identities, transfers
from audience.tables_groups import CustomerGroup, GroupMember
from audience.tables_wecom import WecomChat, WecomFollow
from connectors.base import Broken, ConnectorError, Permanent, Retryable
from connectors.wecom.client import Client
from connectors.wecom.errors import Denied
from connectors.wecom.facts import value
from connectors.wecom.signals import CUSTOMERS, JOINED, LEFT
from journeys.acting import EXIT
from journeys.position import ENDED
from journeys.tables import Enrollment
from runtime import faults
from runtime.database import Transaction
from runtime.wecom.companies import Call, journeys_time
from runtime.wecom.rows import followed, tag_groups
from runtime.wecom.turns import AWAY, Turns
from store import clock
from store.inbox import NewSignal, put, wait_for_intake
from store.subjects import of_group
from store.tables import Inbox
from store.tables_connections import ON, Connection
from store.tables_wecom import WecomLook
from store.wecom_calls import OURS

log = logging.getLogger(__name__)

#: So many in a turn, and turns so far apart: far below what WeCom allows, for messages go first.
PORTION, EVERY_SECS = 10, 0.5
LEASE = timedelta(seconds=60)
#: Waits after failures; then the night's reading has to do.
WAITS = (timedelta(seconds=5), timedelta(seconds=60), timedelta(minutes=10), timedelta(hours=1))
#: With which result the journeys of a group end that is given up, where they do not end by themselves.
DISMISSED = "dismissed"


@dataclass(slots=True, frozen=True)
class Look(following.Company):
    """One thing to read."""

    what: str
    key: str
    tries: int
    #: Until when it is ours; if it is another time then, something has changed again meanwhile.
    until: datetime


class Looks(Turns[Look]):
    """Reads what is due."""

    every_secs = EVERY_SECS

    def _company(self, work: Look) -> tuple[int, int]:
        return work.workspace_id, work.connection_id

    def _wait(self, work: Look) -> None:
        self._later(work, AWAY)

    def _do(self, client: Client, work: Look) -> None:
        try:
            self._read(work, client.call)
        except ConnectorError as error:
            self._failed(work, error)

    def _claim(self) -> list[Look]:
        wall = clock.system()
        with self.companies.database.reading() as tx:
            if tx.session.scalars(_due(wall).limit(1)).first() is None:
                return []
        with self.companies.database.transaction() as tx:
            rows = tx.session.scalars(
                _due(wall).limit(PORTION).with_for_update(skip_locked=True, of=WecomLook)
            ).all()
            for row in rows:
                row.due_at = wall + LEASE
            tx.session.flush()
            return [
                Look(row.workspace_id, row.connection_id, row.what, row.key, row.tries, row.due_at)
                for row in rows
            ]

    def _read(self, look: Look, call: Call) -> None:
        if look.what == "dismissed":
            told: Mapping[str, Any] | None = None
        else:
            told = asked(look, call)
        with self.companies.database.transaction() as tx:
            if look.what == "chat":
                wait_for_intake(tx.session)  # which tells of members, too
            if not _is_ours(tx.session, look):
                return
            now = self.companies.now(tx.session)
            if not KEEPS[look.what](tx, look, told, now):
                self._put(tx.session, look, clock.system() + WAITS[0])
                return
            faults.hit("wecom.mid_look")
            tx.session.execute(delete(WecomLook).where(*_mine(look), WecomLook.due_at == look.until))

    def _failed(self, look: Look, error: ConnectorError) -> None:
        wait = WAITS[min(look.tries, len(WAITS) - 1)]
        if isinstance(error, Retryable) and error.after is not None:
            wait = max(wait, timedelta(seconds=error.after))
        for_good = isinstance(error, Permanent) and not isinstance(error, Broken)
        if for_good or look.tries >= len(WAITS):
            log.warning("connection %s: a %s cannot be read: %s", look.connection_id, look.what, error)
            with self.companies.database.transaction() as tx:
                tx.session.execute(delete(WecomLook).where(*_mine(look), WecomLook.due_at == look.until))
            return
        self._later(look, wait)

    def _later(self, look: Look, wait: timedelta) -> None:
        with self.companies.database.transaction() as tx:
            self._put(tx.session, look, clock.system() + wait)

    def _put(self, session: Session, look: Look, due: datetime) -> None:
        session.execute(
            update(WecomLook)
            .where(*_mine(look), WecomLook.due_at == look.until)
            .values(due_at=due, tries=look.tries + 1)
        )


def _due(wall: datetime) -> Any:
    on = select(Connection.id).where(Connection.connector == "wecom", Connection.state == ON)
    return (
        select(WecomLook)
        .where(WecomLook.due_at <= wall, WecomLook.connection_id.in_(on))
        .order_by(WecomLook.due_at)
    )


def _mine(look: Look) -> tuple[Any, ...]:
    return (
        WecomLook.connection_id == look.connection_id,
        WecomLook.what == look.what,
        WecomLook.key == look.key,
    )


def _is_ours(session: Session, look: Look) -> bool:
    """False if somebody else reads it meanwhile, or it has changed since: then it is read anew. It stays so from here on."""
    row = session.execute(select(WecomLook.due_at).where(*_mine(look)).with_for_update()).first()
    return row is not None and row.due_at == look.until


def asked(look: Look, call: Call) -> Mapping[str, Any] | None:
    """WeCom's answer; None if it has no such thing any more."""
    try:
        if look.what == "contact":
            return call("externalcontact/get", None, external_userid=look.key)
        if look.what == "chat":
            return call("externalcontact/groupchat/get", {"chat_id": look.key, "need_name": 1})
        return call("externalcontact/get_corp_tag_list", {})
    except Denied:
        return None
    except Broken:
        raise
    except Permanent as error:
        if look.what == "chat" and str(error).partition(" ")[0] == str(value("chat.unknown")):
            return None
        raise


# -- how each is kept; False if it has to wait until something else has been taken in -------------------------------


def _tags(tx: Transaction, look: Look, told: Mapping[str, Any] | None, now: datetime) -> bool:
    following.learn_tags(tx.session, look, tag_groups(told or {}), now)
    return True


def _contact(tx: Transaction, look: Look, told: Mapping[str, Any] | None, now: datetime) -> bool:
    rows = list(followed(told or {}, now))
    ids = following.keep(tx.session, look, rows, 0, now)
    known = identities.locate(tx.session, look.workspace_id, [(following.EXTERNAL_USERID, look.key)])
    contact_id = next((number for number, _ in known.values()), None) or ids.get(look.key)
    if contact_id is not None:
        query = select(WecomFollow.staff_key).where(
            WecomFollow.connection_id == look.connection_id, WecomFollow.contact_id == contact_id
        )
        gone = set(tx.session.scalars(query)) - {row.staff_key for row in rows}
        following.part(tx.session, look, [(contact_id, key) for key in gone], now)
        transfers.hasten(tx.session, look, contact_id)
    return True


def _chat(tx: Transaction, look: Look, told: Mapping[str, Any] | None, now: datetime) -> bool:
    if told is None:
        return _dismissed(tx, look, None, now)
    if _unread(tx.session, look):
        return False
    chat = told["group_chat"]
    row = tx.session.get(WecomChat, (look.connection_id, look.key))
    if row is None:
        row = WecomChat(
            connection_id=look.connection_id, chat_id=look.key, workspace_id=look.workspace_id, round=0
        )
        tx.session.add(row)
    first, row.read_at = row.read_at is None, now
    known = groups.ids_of(tx.session, look.workspace_id, [look.key])
    given = {
        "key": look.key, "owner": str(chat.get("owner") or "")[:120],
        "created_at": journeys_time(now, chat.get("create_time")).isoformat(),
    }  # fmt: skip
    for ours, theirs, longest in (("name", "name", 200), ("notice", "notice", 2000)):
        if chat.get(theirs):
            given[ours] = str(chat[theirs])[:longest]
    made = groups.upsert(tx.session, look.workspace_id, [given], now, quiet=first and not known)
    group_id = made.ids[0]
    if group_id is None:
        log.warning("connection %s: a group cannot be kept: %s", look.connection_id, made.errors)
        return True
    _members(tx.session, look, group_id, chat.get("member_list") or [], now, quiet=first)
    return True


def _members(
    session: Session,
    look: Look,
    group_id: int,
    listed: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    quiet: bool,
) -> None:
    there: dict[str, Mapping[str, Any]] = {
        str(one["userid"])[:255]: one
        for one in listed
        if one.get("type") == 2 and str(one.get("userid", "")).startswith(CUSTOMERS)
    }
    names = sorted(there)
    given = [{following.EXTERNAL_USERID: name} for name in names]
    found = contacts.resolve(session, look.workspace_id, given, now) if names else []
    ids = {number: name for name, number in zip(names, found, strict=True) if number is not None}
    inside: dict[int, datetime] = dict(
        session.execute(
            select(GroupMember.contact_id, GroupMember.joined_at).where(
                GroupMember.group_id == group_id, GroupMember.left_at.is_(None)
            )
        ).all()
    )
    steps = [_joined(look, number, there[ids[number]], now) for number in sorted(ids.keys() - inside.keys())]
    steps += [
        group_members.Step(look.key, number, LEFT, now, {"group": look.key})
        for number in sorted(inside.keys() - ids.keys())
    ]
    # What tells this stay in the group from another one of the same member.
    stays = {
        one.contact_id: inside[one.contact_id].timestamp()
        if one.name == LEFT
        else float(there[ids[one.contact_id]].get("join_time") or 0)
        for one in steps
    }
    if quiet:
        group_members.keep(session, look.workspace_id, steps, now)
        return
    signals = [
        NewSignal(
            look.workspace_id, "event", one.name, one.at, dict(one.data), contact_id=one.contact_id,
            event_id=f"{OURS}{look.connection_id}:chat:{look.key}:{one.name}:{one.contact_id}:{stays[one.contact_id]:.6f}",
        )
        for one in steps
    ]  # fmt: skip
    put(session, signals, now)


def _joined(look: Look, contact_id: int, member: Mapping[str, Any], now: datetime) -> group_members.Step:
    data: dict[str, Any] = {"group": look.key}
    invited = member.get("invitor")
    if isinstance(invited, Mapping) and invited.get("userid"):
        data["invited_by"] = str(invited["userid"])[:255]
    return group_members.Step(
        look.key, contact_id, JOINED, journeys_time(now, member.get("join_time") or now.timestamp()), data
    )


def _unread(session: Session, look: Look) -> bool:
    """True while steps that WeCom told of itself are not taken in yet: else they would be told twice."""
    query = select(Inbox.id).where(
        Inbox.state == "new",
        Inbox.workspace_id == look.workspace_id,
        Inbox.kind == "event",
        or_(Inbox.name == JOINED, Inbox.name == LEFT),
    )
    return session.scalars(query.limit(1)).first() is not None and look.tries < len(WAITS)


def _dismissed(tx: Transaction, look: Look, told: Mapping[str, Any] | None, now: datetime) -> bool:
    """Mark a group as given up; whatever it is still in hears of it, and then ends."""
    session = tx.session
    number = groups.ids_of(session, look.workspace_id, [look.key]).get(look.key)
    session.execute(
        delete(WecomChat).where(WecomChat.connection_id == look.connection_id, WecomChat.chat_id == look.key)
    )
    if number is None:
        return True
    row = session.get(CustomerGroup, number)
    if row is not None and row.dismissed_at is None:
        given = {"key": look.key, "dismissed_at": now.isoformat()}
        groups.upsert(session, look.workspace_id, [given], now)
    end_all(session, look.workspace_id, of_group(number), now)
    return True


def end_all(session: Session, workspace_id: int, subject: int, now: datetime) -> int:
    """Let a subject leave whatever it is in, after it has heard what was told before. Does not commit."""
    inside = session.scalars(
        select(Enrollment.id).where(
            Enrollment.workspace_id == workspace_id,
            Enrollment.subject_id == subject,
            Enrollment.status != ENDED,
        )
    )
    signals = [
        NewSignal(
            workspace_id, "hand", EXIT, now, {"act": EXIT, "result": DISMISSED, "by": "wecom"},
            contact_id=subject, enrollment_id=number,
        )
        for number in inside
    ]  # fmt: skip
    return put(session, signals, now)


KEEPS: Mapping[str, Callable[[Transaction, Look, Mapping[str, Any] | None, datetime], bool]] = {
    "tags": _tags,
    "contact": _contact,
    "chat": _chat,
    "dismissed": _dismissed,
}
