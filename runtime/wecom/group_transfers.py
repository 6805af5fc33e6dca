"""Transfers of customer groups: asked for a hundred at a time. WeCom answers at once; what it did not answer is read."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from audience import group_transfers
from audience.group_transfers import ASKING, DONE, FAILED, WAITING
from audience.tables_wecom import WecomGroupTransfer
from connectors.base import Broken, ConnectorError, Halted, Permanent, Retryable, Unknown
from connectors.wecom.facts import value
from runtime import faults
from runtime.connections import trouble
from runtime.wecom.companies import Call, Companies
from store import clock, stops
from store.bulk import among

EVERY_SECS = 2.0
LEASE, SOON, LATER = timedelta(seconds=60), timedelta(minutes=1), timedelta(hours=1)

#: Who gives to whom, at which company.
Pair = tuple[int, int, str, str, bool, str]
Rows = Sequence[WecomGroupTransfer]


class GroupTransfers:
    """Goes on with transfers of groups, those of one pair of staff together."""

    def __init__(self, companies: Companies) -> None:
        self.companies = companies
        self._looked = -EVERY_SECS

    def run(self) -> bool:
        """Ask for some, and after some; True if there were any."""
        if time.monotonic() - self._looked < EVERY_SECS:
            return False
        self._looked = time.monotonic()
        found = self._claim()
        for pair, rows in found.items():
            if self.companies.stopping.is_set():
                break
            client = self.companies.client_of(pair[0], pair[1])
            if client is None:
                self._later(rows, LATER, None)
                continue
            act = self._ask if rows[0].state == WAITING else self._ask_after
            try:
                act(client.call, pair, rows)
            except ConnectorError as error:
                self._failed(rows, error)
        return bool(found)

    def _claim(self) -> Mapping[Pair, list[WecomGroupTransfer]]:
        wall, most = clock.system(), int(value("chat.transfer"))
        due = (
            select(WecomGroupTransfer)
            .where(
                WecomGroupTransfer.ended_at.is_(None),
                WecomGroupTransfer.next_at <= wall,
                # The members see who owns their group: while everything is stopped, nobody new is shown to them.
                WecomGroupTransfer.workspace_id.not_in(stops.HELD),
            )
            .order_by(WecomGroupTransfer.next_at, WecomGroupTransfer.id)
        )
        with self.companies.database.reading() as tx:
            if tx.session.scalars(due.limit(1)).first() is None:
                return {}
        found: dict[Pair, list[WecomGroupTransfer]] = defaultdict(list)
        with self.companies.database.transaction() as tx:
            for row in tx.session.scalars(due.limit(most).with_for_update(skip_locked=True)):
                row.next_at = wall + LEASE
                pair = (
                    row.workspace_id,
                    row.connection_id,
                    row.from_key,
                    row.to_key,
                    row.resigned,
                    row.state,
                )
                found[pair].append(row)
            tx.session.flush()
            tx.session.expunge_all()
        return found

    def _ask(self, call: Call, pair: Pair, rows: Rows) -> None:
        """Ask for transfers; those of which nobody knows whether WeCom heard are read before they are repeated."""
        with self.companies.database.transaction() as tx:
            for row in _again(tx.session, rows):
                row.state = ASKING
            tx.session.flush()
        _, _, _, takes, resigned, _ = pair
        path = f"externalcontact/groupchat/{'transfer' if resigned else 'onjob_transfer'}"
        body: dict[str, Any] = {"chat_id_list": [row.chat_id for row in rows], "new_owner": takes}
        with self.companies.reaching(pair[0]):
            told = call(path, body, sends=True)
        faults.hit("wecom.transferred")
        failed = {
            str(one["chat_id"]): f"{one.get('errcode')} {one.get('errmsg') or ''}".strip()
            for one in told.get("failed_chat_list") or []
        }
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            for row in _again(tx.session, rows):
                why = failed.get(row.chat_id)
                group_transfers.end(tx.session, row, FAILED if why else DONE, why and why[:500], now)

    def _ask_after(self, call: Call, pair: Pair, rows: Rows) -> None:
        """Read whose the groups are now: what is still the old owner's has not been heard of, and is asked for again."""
        owners: dict[str, str] = {}
        for row in rows:
            told = call("externalcontact/groupchat/get", {"chat_id": row.chat_id})
            owners[row.chat_id] = str((told.get("group_chat") or {}).get("owner") or "")
        _, _, gives, takes, _, _ = pair
        with self.companies.database.transaction() as tx:
            now, wall = self.companies.now(tx.session), clock.system()
            for row in _again(tx.session, rows):
                owner = owners[row.chat_id]
                if owner == takes:
                    group_transfers.end(tx.session, row, DONE, None, now)
                elif owner == gives:
                    row.state, row.next_at = WAITING, wall
                else:
                    group_transfers.end(tx.session, row, FAILED, "it is somebody else's now", now)
            tx.session.flush()

    def _failed(self, rows: Rows, error: ConnectorError) -> None:
        if isinstance(error, Halted):
            self._later(rows, timedelta(0), None, back=True)
        elif isinstance(error, Unknown):
            self._later(rows, SOON, str(error))  # read before it is repeated, since WeCom may have heard
        elif isinstance(error, Permanent) and not isinstance(error, Broken):
            with self.companies.database.transaction() as tx:
                now = self.companies.now(tx.session)
                for row in _again(tx.session, rows):
                    group_transfers.end(tx.session, row, FAILED, str(error)[:500], now)
        else:
            after = error.after if isinstance(error, Retryable) else None
            self._later(rows, max(SOON, timedelta(seconds=after or 0)), str(error), back=True)
            if isinstance(error, Broken):
                with self.companies.database.transaction() as tx:
                    code = str(error).partition(" ")[0][:32]
                    trouble(tx.session, rows[0].connection_id, "broken", str(error), code)

    def _later(self, rows: Rows, wait: timedelta, reason: str | None, *, back: bool = False) -> None:
        asked = rows[0].state
        with self.companies.database.transaction() as tx:
            for row in _again(tx.session, rows):
                row.next_at, row.reason = clock.system() + wait, (reason or "")[:500] or None
                if back and asked == WAITING:
                    row.state = WAITING
            tx.session.flush()


def _again(session: Any, rows: Rows) -> Rows:
    """The same rows in this transaction, those that ended meanwhile left out."""
    query = (
        select(WecomGroupTransfer)
        .where(
            among(session, WecomGroupTransfer.id, [row.id for row in rows]),
            WecomGroupTransfer.ended_at.is_(None),
        )
        .order_by(WecomGroupTransfer.id)
        .with_for_update()
    )
    found: Rows = session.scalars(query).all()
    return found
