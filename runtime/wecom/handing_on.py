"""Customers and groups handed on from one of the staff to another: what both kinds of transfers have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from audience.tables_wecom import WecomGroupTransfer, WecomTransfer
from audience.transfers import FAILED, WAITING
from connectors.base import Broken, ConnectorError, Halted, Permanent, Retryable, Unknown
from connectors.wecom.client import Client
from runtime.wecom.companies import Call
from runtime.wecom.turns import AWAY, Turns
from store import clock
from store.bulk import among

LEASE, SOON = timedelta(seconds=60), timedelta(minutes=1)

Row = TypeVar("Row", WecomTransfer, WecomGroupTransfer)


class HandingOn(Turns[Sequence[Row]], Generic[Row]):
    """Goes on with transfers, those that are asked for together at once."""

    table: ClassVar[Any]
    #: Ends one for good: the row, how, why, and when.
    end: Callable[[Session, Any, str, str | None, datetime], None]

    @abstractmethod
    def _may_go(self) -> ColumnElement[bool]:
        """Which of those that are due may go on now."""

    @abstractmethod
    def _most(self) -> int:
        """Rows of one turn."""

    @abstractmethod
    def _together(self, row: Row) -> Hashable:
        """What the rows of one call have in common; those that wait go by themselves."""

    @abstractmethod
    def _ask(self, call: Call, rows: Sequence[Row]) -> None:
        """Ask for transfers that wait."""

    @abstractmethod
    def _ask_after(self, call: Call, rows: Sequence[Row]) -> None:
        """Ask how those go on that were asked for."""

    def _do(self, client: Client, work: Sequence[Row]) -> None:
        act = self._ask if work[0].state == WAITING else self._ask_after
        try:
            act(client.call, work)
        except ConnectorError as error:
            self._failed(work, error)

    def _claim(self) -> list[Sequence[Row]]:
        table, wall = self.table, clock.system()
        due = (
            select(table)
            .where(table.ended_at.is_(None), table.next_at <= wall, self._may_go())
            .order_by(table.next_at, table.id)
        )
        with self.companies.database.reading() as tx:
            if tx.session.scalars(due.limit(1)).first() is None:
                return []
        found: dict[Hashable, list[Row]] = defaultdict(list)
        with self.companies.database.transaction() as tx:
            for row in tx.session.scalars(due.limit(self._most()).with_for_update(skip_locked=True)):
                row.next_at = wall + LEASE
                found[self._together(row)].append(row)
            tx.session.flush()
            tx.session.expunge_all()
        return list(found.values())

    def _company(self, work: Sequence[Row]) -> tuple[int, int]:
        return work[0].workspace_id, work[0].connection_id

    def _wait(self, work: Sequence[Row]) -> None:
        self._later(work, AWAY, None)

    def _state(self, rows: Sequence[Row], state: str) -> None:
        with self.companies.database.transaction() as tx:
            for row in self._again(tx.session, rows):
                row.state = state
            tx.session.flush()

    def _failed(self, rows: Sequence[Row], error: ConnectorError) -> None:
        if isinstance(error, Halted):
            self._later(rows, timedelta(0), None, back=True)
        elif isinstance(error, Unknown):
            self._later(
                rows, SOON, str(error)
            )  # asked after before it is repeated, since WeCom may have heard
        elif isinstance(error, Permanent) and not isinstance(error, Broken):
            with self.companies.database.transaction() as tx:
                now = self.companies.now(tx.session)
                for row in self._again(tx.session, rows):
                    self.end(tx.session, row, FAILED, str(error)[:500], now)
                tx.session.flush()
        else:
            after = error.after if isinstance(error, Retryable) else None
            self._later(rows, max(SOON, timedelta(seconds=after or 0)), str(error), back=True)
            self._break(rows[0].connection_id, error)

    def _later(self, rows: Sequence[Row], wait: timedelta, reason: str | None, *, back: bool = False) -> None:
        """Look again after a while; `back` to where they stood before, since WeCom has heard nothing this time."""
        before = rows[0].state
        with self.companies.database.transaction() as tx:
            for row in self._again(tx.session, rows):
                row.next_at, row.reason = clock.system() + wait, (reason or "")[:500] or None
                if back and before == WAITING:
                    row.state = WAITING
            tx.session.flush()

    def _again(self, session: Session, rows: Sequence[Row]) -> Sequence[Row]:
        """The same rows in this transaction, those that ended meanwhile left out."""
        table = self.table
        query = (
            select(table)
            .where(among(session, table.id, [row.id for row in rows]), table.ended_at.is_(None))
            .order_by(table.id)
            .with_for_update()
        )
        found: Sequence[Row] = session.scalars(query).all()
        return found
