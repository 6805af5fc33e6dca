"""What WeCom counts of each member of staff a day: new friends, and customers who deleted or blocked him."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_people import Staff
from connectors.base import ConnectorError
from connectors.registry import Registry
from rules.zones import zone_of
from runtime.connections import Connections
from runtime.database import Database
from store import clock
from store.tables_connections import ON, Connection
from store.tables_wecom import StaffDay, WecomCursor

log = logging.getLogger(__name__)

EVERY_SECS = 5.0
WHAT, CARRIER = "behaviour", "wecom_direct"
#: A round over everybody begins so often; each asks for the last days anew, for WeCom counts late.
ROUND = timedelta(hours=6)
BACK_DAYS = 3
#: Members of staff asked about in one turn: one call each.
PORTION = 20
AGAIN = timedelta(minutes=10)
#: WeCom's days are China's.
CHINA = zone_of("Asia/Shanghai")
COUNTS: Mapping[str, str] = {
    "asked": "new_apply_cnt",
    "befriended": "new_contact_cnt",
    "deleted": "negative_feedback_cnt",
    "chats": "chat_cnt",
    "messages": "message_cnt",
}


class Behaviour:
    """Reads the numbers little by little, by whichever worker comes first."""

    def __init__(self, database: Database, registry: Registry, connections: Connections | None) -> None:
        self.database, self.registry, self.connections = database, registry, connections
        self._looked = -EVERY_SECS

    def run(self) -> bool:
        """Ask about a portion of one company's staff; True if there was anything to ask."""
        if self.connections is None or time.monotonic() - self._looked < EVERY_SECS:
            return False
        self._looked = time.monotonic()
        with self.database.reading() as tx:
            due = self._due(tx.session)
            if due is None:
                return False
            self.connections.refresh(tx)
        connection_id, workspace_id, after = due
        client = getattr(self.registry.connector(workspace_id, CARRIER), "client", None)
        with self.database.reading() as tx:
            query = select(Staff.id, Staff.key).where(Staff.workspace_id == workspace_id, Staff.id > after)
            portion = tx.session.execute(
                query.where(Staff.active.is_(True)).order_by(Staff.id).limit(PORTION)
            ).all()
        rows: list[StaffDay] = []
        failed = client is None
        call = getattr(client, "call", None)
        for _, key in portion if call is not None else ():
            try:
                rows += self._ask(call, workspace_id, key)
            except ConnectorError as error:
                log.warning("the numbers of connection %s cannot be read: %s", connection_id, error)
                failed = True
                break
        self._keep(
            connection_id, workspace_id, rows, portion[-1][0] if len(portion) == PORTION else 0, failed
        )
        return True

    def _due(self, session: Session) -> tuple[int, int, int] | None:
        """The connection whose turn it is, its workspace, and after whom of its staff to go on."""
        query = (
            select(Connection.id, Connection.workspace_id, WecomCursor.next_at, WecomCursor.place)
            .outerjoin(WecomCursor, (WecomCursor.connection_id == Connection.id) & (WecomCursor.what == WHAT))
            .where(Connection.connector == "wecom", Connection.state == ON)
            .order_by(Connection.id)
        )
        for number, workspace_id, next_at, place in session.execute(query):
            if next_at is None or next_at <= clock.system():
                return number, workspace_id, int((place or {}).get("after", 0))
        return None

    def _ask(self, call: Any, workspace_id: int, key: str) -> list[StaffDay]:
        today = datetime.now(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=BACK_DAYS)
        body = {
            "userid": [key],
            "start_time": int(first.timestamp()),
            "end_time": int(today.timestamp()),
        }
        told = call("externalcontact/get_user_behavior_data", body)
        return [
            StaffDay(
                workspace_id=workspace_id,
                staff_key=key,
                day=_day(int(one["stat_time"])),
                **{ours: int(one.get(theirs) or 0) for ours, theirs in COUNTS.items()},
            )
            for one in told.get("behavior_data") or []
        ]

    def _keep(
        self, connection_id: int, workspace_id: int, rows: list[StaffDay], after: int, failed: bool
    ) -> None:
        wall = clock.system()
        with self.database.transaction() as tx:
            for row in rows:
                tx.session.merge(row)
            cursor = tx.session.get(WecomCursor, (connection_id, WHAT))
            if cursor is None:
                cursor = WecomCursor(
                    connection_id=connection_id, what=WHAT, workspace_id=workspace_id, place={}, next_at=wall
                )
                tx.session.add(cursor)
            if failed:
                cursor.next_at = wall + AGAIN
            else:
                cursor.place = {"after": after} if after else {}
                cursor.next_at = wall if after else wall + ROUND
                cursor.finished_at = None if after else wall
            tx.session.flush()


def _day(stamp: int) -> date:
    return datetime.fromtimestamp(stamp, UTC).astimezone(CHINA).date()
