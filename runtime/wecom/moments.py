"""Who likes our Moments and writes under them, asked of WeCom for a while after staff have published them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from audience.tables_wecom import WecomMoment
from connectors.base import Broken, ConnectorError, Permanent
from connectors.wecom.facts import value
from runtime.wecom.companies import Call, Companies, journeys_time
from store import clock
from store.bulk import insert_rows
from store.inbox import NewSignal, put
from store.tables import Outbox
from store.wecom_calls import OURS

EVERY_SECS, READ_SECS = 5.0, 60.0
LIKED, COMMENTED = "moments_liked", "moments_commented"
#: Asked after for so long, at first often and then less so.
FOR, LEASE = timedelta(days=14), timedelta(seconds=60)
EARLY, OFTEN, SELDOM = timedelta(hours=24), timedelta(minutes=10), timedelta(hours=6)


@dataclass(slots=True, frozen=True)
class Reaction:
    """A customer liked a Moment of a member of staff, or wrote under it."""

    name: str
    external_userid: str
    staff_key: str
    at: float


class Moments:
    """Asks after one Moment at a time."""

    def __init__(self, companies: Companies) -> None:
        self.companies = companies
        self._looked, self._read = -EVERY_SECS, -READ_SECS

    def run(self) -> bool:
        """Ask after a Moment whose turn it is; True if there was one."""
        if time.monotonic() - self._looked < EVERY_SECS:
            return False
        self._looked = time.monotonic()
        if time.monotonic() - self._read >= READ_SECS:
            self._read = time.monotonic()
            self._find()
        row = self._claim()
        if row is None:
            return False
        client = self.companies.client_of(row.workspace_id, row.connection_id)
        if client is None:
            return False
        try:
            moment = row.moment or _moment_of(client.call, row.job)
            found = list(_reactions(client.call, moment)) if moment else []
        except ConnectorError as error:
            over = isinstance(error, Permanent) and not isinstance(error, Broken)
            self._later(row, None if over else SELDOM)
            return True
        self._keep(row, moment, found)
        return True

    def _find(self) -> None:
        """Moments that have gone out since, by the references of their messages."""
        with self.companies.database.reading() as tx:
            now = self.companies.now(tx.session)
            query = (
                select(
                    Outbox.workspace_id, Outbox.reference, func.min(Outbox.content).label("content"),
                    func.min(Outbox.journey_id).label("journey_id"),
                )
                .where(
                    Outbox.carrier == "moments", Outbox.reference.is_not(None), Outbox.sent_at > now - FOR,
                    Outbox.workspace_id.in_({place[0] for place in self._serving()}),
                    ~select(WecomMoment.job).where(WecomMoment.job == Outbox.reference).exists(),
                )
                .group_by(Outbox.workspace_id, Outbox.reference)
            )  # fmt: skip
            found = tx.session.execute(query).all()
        if not found:
            return
        connections = {place[0]: number for place, number in self._serving().items()}
        wall = clock.system()
        rows = [
            {
                "connection_id": connections[one.workspace_id], "job": one.reference, "workspace_id": one.workspace_id,
                "moment": "", "content": one.content, "journey_id": one.journey_id, "likes": 0, "comments": 0,
                "next_at": wall, "until": wall + FOR,
            }
            for one in found
        ]  # fmt: skip
        with self.companies.database.transaction() as tx:
            insert_rows(tx.session, WecomMoment.__table__, rows, skip_known=True)

    def _serving(self) -> Mapping[tuple[int, str], int]:
        known = self.companies.connections
        serving = known.serving if known is not None else {}
        return {place: number for place, number in serving.items() if place[1] == "wecom_direct"}

    def _claim(self) -> WecomMoment | None:
        wall = clock.system()
        due = (
            select(WecomMoment)
            .where(WecomMoment.next_at <= wall, WecomMoment.until > wall)
            .order_by(WecomMoment.next_at)
            .limit(1)
        )
        with self.companies.database.reading() as tx:
            if tx.session.scalars(due).first() is None:
                return None
        with self.companies.database.transaction() as tx:
            row = tx.session.scalars(due.with_for_update(skip_locked=True)).first()
            if row is not None:
                row.next_at = wall + LEASE
                tx.session.flush()
                tx.session.expunge(row)
            return row

    def _keep(self, row: WecomMoment, moment: str, found: list[Reaction]) -> None:
        wall = clock.system()
        often = wall < row.until - FOR + EARLY
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            signals = [
                NewSignal(
                    row.workspace_id, "event", one.name, journeys_time(now, one.at),
                    {
                        "moment": moment, "staff": one.staff_key, "content": row.content, "journey": row.journey_id,
                    },
                    identity={"external_userid": one.external_userid},
                    event_id=_event_id(row.connection_id, moment, one),
                )
                for one in found
            ]  # fmt: skip
            put(tx.session, signals, now)
            tx.session.execute(
                update(WecomMoment)
                .where(WecomMoment.connection_id == row.connection_id, WecomMoment.job == row.job)
                .values(
                    moment=moment,
                    likes=sum(one.name == LIKED for one in found),
                    comments=sum(one.name == COMMENTED for one in found),
                    next_at=wall + (OFTEN if often else SELDOM),
                )
            )

    def _later(self, row: WecomMoment, wait: timedelta | None) -> None:
        """Ask another time; None if WeCom knows no such Moment any more."""
        wall = clock.system()
        values = {"next_at": wall + wait} if wait is not None else {"until": wall}
        with self.companies.database.transaction() as tx:
            tx.session.execute(
                update(WecomMoment)
                .where(WecomMoment.connection_id == row.connection_id, WecomMoment.job == row.job)
                .values(**values)
            )


def _event_id(connection_id: int, moment: str, one: Reaction) -> str:
    which = "like" if one.name == LIKED else f"comment:{one.at:.0f}"
    return f"{OURS}{connection_id}:moment:{moment}:{one.staff_key}:{one.external_userid}:{which}"[:255]


def _moment_of(call: Call, job: str) -> str:
    told = call("externalcontact/get_moment_task_result", None, jobid=job)
    return str((told.get("result") or {}).get("moment_id") or "") if told.get("status") == 3 else ""


def _reactions(call: Call, moment: str) -> Iterator[Reaction]:
    """What customers have done under the Moments of those who published; a like twice is one."""
    for staff_key in _published(call, moment):
        try:
            told = call("externalcontact/get_moment_comments", {"moment_id": moment, "userid": staff_key})
        except Broken:
            raise
        except Permanent as error:
            if str(error).partition(" ")[0] == str(value("moment.published_by_staff")):
                continue
            raise
        for name, listed in ((LIKED, "like_list"), (COMMENTED, "comment_list")):
            for one in told.get(listed) or []:
                if one.get("external_userid"):  # else it is a colleague
                    at = float(one.get("create_time") or 0)
                    yield Reaction(name, str(one["external_userid"])[:255], staff_key, at)


def _published(call: Call, moment: str) -> list[str]:
    found: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(1000):
        told = call("externalcontact/get_moment_task", {"moment_id": moment, "limit": 500, **cursor})
        found += [str(one["userid"]) for one in told.get("task_list") or [] if one.get("publish_status") == 1]
        if not told.get("next_cursor"):
            break
        cursor = {"cursor": told["next_cursor"]}
    return found
