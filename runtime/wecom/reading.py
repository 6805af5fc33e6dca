"""Reading a company whole: its tags, staff, customers and groups, page by page; begun each night anew.

A page is one call and one short transaction, which also keeps where to go on: a killed worker costs at most a page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audience import following, friends
from audience.tables_people import Staff
from audience.tables_wecom import WecomChat, WecomFollow
from connectors.base import Broken, ConnectorError, Permanent
from connectors.wecom.facts import value
from rules.zones import zone_of
from runtime import faults
from runtime.connections import went_well
from runtime.database import Transaction
from runtime.wecom.companies import Companies, Held
from runtime.wecom.rows import followed, tag_groups
from store import clock
from store.bulk import among, insert_rows
from store.wecom_calls import look_at

log = logging.getLogger(__name__)

WHAT = "people"
STAGES = ("tags", "staff", "contacts", "chats", "")
#: Customers of one call.
PAGE = int(value("contact.page"))
#: By these WeCom may mean that a member has no customers, or that there is no such member: of whole lists it is written
#: nowhere, so each customer of his is asked for by himself, by so many at a time.
DOUBTFUL = frozenset(map(str, (*value("error.relation"), *value("member.unknown"))))
LOOKED_AT = 500
#: A page that says nobody, in a way that may mean something else.
DOUBT: tuple[list[dict[str, Any]], str] = ([], "")
#: When the nightly round begins, by China's time.
HOUR = 3
CHINA = zone_of("Asia/Shanghai")


class Reading:
    """Goes on with one company by one page at a time."""

    def __init__(self, companies: Companies) -> None:
        self.companies = companies

    def run(self) -> bool:
        """Read a page; True if there was one to read."""
        held = self.companies.take(WHAT)
        if held is None:
            return False
        place = held.place if "stage" in held.place else begun(int(held.place.get("last", 0)))
        try:
            PARTS[place["stage"]](self, held, place)
        except ConnectorError as error:
            self.companies.failed(held, error)
        return True

    # -- each reads a page, without a transaction, and then keeps it ------------------------------------------------

    def tags(self, held: Held, place: dict[str, Any]) -> None:
        told = held.call("externalcontact/get_corp_tag_list", {})
        with self.companies.database.transaction() as tx:
            following.learn_tags(tx.session, held, tag_groups(told), self.companies.now(tx.session))
            self._next(tx.session, held, place)

    def staff(self, held: Held, place: dict[str, Any]) -> None:
        people, teams = self._listed(held)
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            keep_staff(tx.session, held.workspace_id, people, teams, now)
            query = select(Staff.key).where(Staff.workspace_id == held.workspace_id, Staff.active.is_(True))
            place["staff"] = [one["userid"] for one in people] or sorted(tx.session.scalars(query))
            self._next(tx.session, held, place)
            faults.hit("wecom.mid_staff")

    def _listed(self, held: Held) -> tuple[list[dict[str, Any]], dict[int, str]]:
        """The members that the app sees and their departments; none where the app may not list them."""
        try:
            told = held.call("user/simplelist", None, department_id="1", fetch_child="1")
            teams = held.call("department/list", None)
        except Permanent:
            return [], {}
        return list(told.get("userlist") or []), {
            int(one["id"]): str(one.get("name") or "") for one in teams.get("department") or []
        }

    def contacts(self, held: Held, place: dict[str, Any]) -> None:
        """A page of one member's customers; after the last, who was not among them is his customer no more."""
        if place["at"] >= len(place["staff"]):
            with self.companies.database.transaction() as tx:
                self._next(tx.session, held, place)
            return
        key = place["staff"][place["at"]]
        page = self._page(held, key, place["cursor"])
        rows, cursor = page or ([], "")
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            if page is DOUBT:
                _look_after_each(tx.session, held, key, clock.system())
            ids = following.keep(
                tx.session, held, [one for row in rows for one in followed(row, now)], place["round"], now
            )
            place["done"] += len(ids)
            place["cursor"] = cursor
            if not cursor:
                if page is not None and page is not DOUBT:
                    _part(tx, held, key, place["round"], now)
                place["at"] += 1
            self.companies.put_back(tx.session, held, place)
            faults.hit("wecom.mid_page")

    def _page(self, held: Held, key: str, cursor: str) -> tuple[list[dict[str, Any]], str] | None:
        """A page and where the next begins; None if WeCom tells nothing of this member, and so nobody is said to be gone."""
        body = {"userid_list": [key], "limit": PAGE, **({"cursor": cursor} if cursor else {})}
        try:
            told = held.call("externalcontact/batch/get_by_user", body)
        except Broken:
            raise
        except Permanent as error:
            if str(error).partition(" ")[0] in DOUBTFUL:
                return DOUBT
            log.warning(
                "connection %s: the customers of a member cannot be read: %s", held.connection_id, error
            )
            return None
        return list(told.get("external_contact_list") or []), str(told.get("next_cursor") or "")

    def chats(self, held: Held, place: dict[str, Any]) -> None:
        """A page of the groups of some owners; each group is then read by itself."""
        most = int(value("chat.owners"))
        owners = place["staff"][place["at"] : place["at"] + most]
        told: Mapping[str, Any] = {}
        if owners:
            body: dict[str, Any] = {"limit": value("chat.page"), "owner_filter": {"userid_list": owners}}
            if place["cursor"]:
                body["cursor"] = place["cursor"]
            told = held.call("externalcontact/groupchat/list", body)
        with self.companies.database.transaction() as tx:
            wall = clock.system()
            chats = [str(one["chat_id"])[:128] for one in told.get("group_chat_list") or []]
            _seen(tx.session, held, chats, place["round"])
            look_at(tx.session, held.workspace_id, held.connection_id, [("chat", one) for one in chats], wall)
            place["cursor"] = str(told.get("next_cursor") or "")
            if not place["cursor"]:
                place["at"] += most
            if place["at"] < len(place["staff"]):
                self.companies.put_back(tx.session, held, place)
            else:
                _look_after_missing(tx.session, held, place["round"], wall)
                self._next(tx.session, held, place)
            faults.hit("wecom.mid_chats")

    def _next(self, session: Session, held: Held, place: dict[str, Any]) -> None:
        """Go on with the next stage, or rest until the night."""
        stage = STAGES[STAGES.index(place["stage"]) + 1]
        if stage:
            self.companies.put_back(session, held, {**place, "stage": stage, "at": 0, "cursor": ""})
            return
        went_well(session, held.connection_id)
        rest = tonight(clock.system(), held.connection_id) - clock.system()
        self.companies.put_back(session, held, {"last": place["done"]}, rest, over=True)


PARTS: Mapping[str, Callable[[Reading, Held, dict[str, Any]], None]] = {
    "tags": Reading.tags,
    "staff": Reading.staff,
    "contacts": Reading.contacts,
    "chats": Reading.chats,
}


def begun(last: int = 0) -> dict[str, Any]:
    """Where a round begins."""
    wall = clock.system()
    return {
        "stage": STAGES[0], "round": int(wall.timestamp() * 1000), "began": wall.isoformat(), "staff": [], "at": 0,
        "cursor": "", "done": 0, "last": last,
    }  # fmt: skip


def tonight(wall: datetime, connection_id: int) -> datetime:
    """When the next round begins: at night, and not for all companies at once."""
    local = wall.astimezone(CHINA)
    begin = local.replace(hour=HOUR, minute=connection_id % 60, second=0, microsecond=0)
    return (begin if begin > local else begin + timedelta(days=1)).astimezone(UTC)


def keep_staff(
    session: Session,
    workspace_id: int,
    people: list[dict[str, Any]],
    teams: Mapping[int, str],
    now: datetime,
) -> None:
    """Keep names and departments of staff; what a person here has written is left as it is. Does not commit."""
    listed = {str(one["userid"])[:64]: one for one in people if one.get("userid")}
    friends.known_staff(session, workspace_id, listed, now)
    query = select(Staff).where(Staff.workspace_id == workspace_id, among(session, Staff.key, sorted(listed)))
    for row in session.scalars(query):
        one = listed[row.key]
        if row.name in ("", row.key) and one.get("name"):
            row.name = str(one["name"])[:200]
        theirs = [teams[number] for number in one.get("department") or [] if teams.get(number)]
        if not row.team and theirs:
            row.team = theirs[-1][:200]
    session.flush()


def _look_after_each(session: Session, held: Held, key: str, wall: datetime) -> None:
    """Let every customer of this member whom we know be asked for by himself."""
    query = select(WecomFollow.external_userid).where(
        WecomFollow.connection_id == held.connection_id, WecomFollow.staff_key == key
    )
    known = session.scalars(query.order_by(WecomFollow.external_userid)).all()
    for begin in range(0, len(known), LOOKED_AT):
        some = [("contact", one) for one in known[begin : begin + LOOKED_AT]]
        look_at(session, held.workspace_id, held.connection_id, some, wall)


def _part(tx: Transaction, held: Held, key: str, round_: int, now: datetime) -> None:
    gone = tx.session.execute(
        select(WecomFollow.contact_id, WecomFollow.staff_key).where(
            WecomFollow.connection_id == held.connection_id,
            WecomFollow.staff_key == key,
            WecomFollow.round < round_,
        )
    ).all()
    following.part(tx.session, held, [(row.contact_id, row.staff_key) for row in gone], now)


def _seen(session: Session, held: Held, chats: list[str], round_: int) -> None:
    rows = [
        {
            "connection_id": held.connection_id, "chat_id": one, "workspace_id": held.workspace_id,
            "round": round_, "read_at": None,
        }
        for one in chats
    ]  # fmt: skip
    insert_rows(session, WecomChat.__table__, rows, skip_known=True)
    session.execute(
        update(WecomChat)
        .where(WecomChat.connection_id == held.connection_id, among(session, WecomChat.chat_id, chats))
        .values(round=round_)
        .execution_options(synchronize_session=False)
    )


def _look_after_missing(session: Session, held: Held, round_: int, wall: datetime) -> None:
    """Groups that the list does not name any more are looked at: they are given up, or somebody else's."""
    missing = session.scalars(
        select(WecomChat.chat_id).where(
            WecomChat.connection_id == held.connection_id, WecomChat.round < round_
        )
    )
    look_at(session, held.workspace_id, held.connection_id, [("chat", one) for one in missing], wall)
