"""The companies that are connected, and how far each has been read: a place is held by one worker at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from audience.following import Company
from connectors import brake
from connectors.base import Broken, ConnectorError, Retryable
from connectors.registry import Registry
from connectors.wecom.client import Client
from runtime.connections import Connections, trouble
from runtime.database import Database
from runtime.holding import Holding
from store import clock
from store.secrets import Vault
from store.tables_connections import ON, Connection
from store.tables_wecom import WecomCursor

CARRIER = "wecom_direct"
#: Companies of one turn, where each costs little.
PORTION = 20
#: Whoever holds a place and is not heard of for so long has died: another goes on where it was.
LEASE = timedelta(seconds=60)
#: After a failure that may pass, and after one that somebody must look at.
AGAIN, LOOKED_AT = timedelta(minutes=1), timedelta(hours=1)

Call = Callable[..., dict[str, Any]]


@dataclass(slots=True, frozen=True)
class Held(Company):
    """A company of which one thing is read now."""

    call: Call
    settings: Mapping[str, Any]
    what: str
    place: dict[str, Any]


class Companies:
    """Opens connections with WeCom, and lends their places out."""

    def __init__(
        self,
        database: Database,
        now: Callable[[Session], datetime],
        registry: Registry,
        vault: Vault | None,
    ) -> None:
        self.database, self.now, self.registry = database, now, registry
        self.connections = Connections(registry, vault, now) if vault else None
        #: Set when the worker is to end: what was begun is finished, and nothing more is begun.
        self.stopping = threading.Event()
        self._holding = Holding(database)

    @contextmanager
    def reaching(self, workspace_id: int) -> Iterator[None]:
        """Calls made inside reach somebody: none begins while the workspace is stopped, and Halted is raised instead."""
        with brake.obeying(partial(self._holding.is_stopped, workspace_id)):
            brake.heed()
            yield

    def any(self) -> bool:
        """True if anybody is connected."""
        if self.connections is None:
            return False
        with self.database.reading() as tx:
            if tx.session.scalars(_CONNECTED.limit(1)).first() is None:
                return False
            self.connections.refresh(tx)
        return True

    def client_of(self, workspace_id: int, connection_id: int) -> Client | None:
        """What calls a connection's WeCom; None if it cannot be called, or if another one serves the workspace."""
        serving = self.connections.serving if self.connections is not None else {}
        if serving.get((workspace_id, CARRIER)) != connection_id:
            return None
        client = getattr(self.registry.connector(workspace_id, CARRIER), "client", None)
        return client if isinstance(client, Client) else None

    def take(self, what: str) -> Held | None:
        """Hold the place of the company whose turn it is; None if it is nobody's."""
        wall = clock.system()
        with self.database.reading() as tx:
            due = tx.session.execute(_due(what, wall)).first()
        if due is None:
            return None
        connection_id, workspace_id = due
        client = self.client_of(workspace_id, connection_id)
        with self.database.transaction() as tx:
            row = tx.session.get(Connection, connection_id)
            cursor = tx.session.get(WecomCursor, (connection_id, what), with_for_update=True)
            if cursor is None:
                cursor = WecomCursor(
                    connection_id=connection_id, what=what, workspace_id=workspace_id, place={}, next_at=wall
                )
                tx.session.add(cursor)
            elif cursor.next_at > wall:
                return None
            cursor.next_at = wall + (LEASE if client is not None else LOOKED_AT)
            tx.session.flush()
            place, settings = dict(cursor.place), dict(row.settings) if row else {}
        if client is None:
            return None
        return Held(workspace_id, connection_id, client.call, settings, what, place)

    def taken(self, what: str) -> Iterator[Held]:
        """Hold the places of companies whose turn it is, one after the other; some of them in one turn."""
        for _ in range(PORTION):
            held = None if self.stopping.is_set() else self.take(what)
            if held is None:
                return
            yield held

    def each(self, what: str, turn: Callable[[Held], bool]) -> bool:
        """Give every company whose turn it is its `turn`; True if one of them had anything to do."""
        return any(turn(held) for held in self.taken(what))

    def put_back(
        self,
        session: Session,
        held: Held,
        place: Mapping[str, Any],
        wait: timedelta = timedelta(0),
        *,
        over: bool = False,
    ) -> None:
        """Keep how far it was read, in the transaction that keeps what was read. Does not commit."""
        wall = clock.system()
        values: dict[str, Any] = {"place": dict(place), "next_at": wall + wait}
        if over:
            values["finished_at"] = wall
        session.execute(
            update(WecomCursor)
            .where(WecomCursor.connection_id == held.connection_id, WecomCursor.what == held.what)
            .values(**values)
        )

    def failed(self, held: Held, error: ConnectorError) -> None:
        """Leave a place alone for a while, and let somebody know where that is needed."""
        wait = AGAIN
        if isinstance(error, Retryable) and error.after is not None:
            wait = max(AGAIN, timedelta(seconds=error.after))
        elif not isinstance(error, Retryable):
            wait = LOOKED_AT
        with self.database.transaction() as tx:
            self.put_back(tx.session, held, held.place, wait)
            broken = isinstance(error, Broken)
            trouble(
                tx.session, held.connection_id, "broken" if broken else "retry", f"{held.what}: {error}",
                str(error).partition(" ")[0][:32] or None,
            )  # fmt: skip


_CONNECTED = select(Connection.id).where(Connection.connector == "wecom", Connection.state == ON)


def _due(what: str, wall: datetime) -> Any:
    return (
        select(Connection.id, Connection.workspace_id)
        .outerjoin(WecomCursor, (WecomCursor.connection_id == Connection.id) & (WecomCursor.what == what))
        .where(
            Connection.connector == "wecom",
            Connection.state == ON,
            or_(WecomCursor.next_at.is_(None), WecomCursor.next_at <= wall),
        )
        .order_by(WecomCursor.next_at, Connection.id)
        .limit(1)
    )


def journeys_time(now: datetime, stamp: Any) -> datetime:
    """A time of WeCom's (seconds) as the journeys' clock has it, never after now."""
    seconds = float(stamp or 0)
    return min(datetime.fromtimestamp(seconds, now.tzinfo) + (now - clock.system()), now)
