"""Transfers of customers: asked for a hundred at a time, and asked after until WeCom says how they ended."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from audience import transfers
from audience.tables_wecom import WecomTransfer
from audience.transfers import ASKED, ASKING, DONE, FAILED, LIMIT, REFUSED, WAITING
from connectors.base import Broken, ConnectorError, Halted, Permanent, Retryable, Unknown
from connectors.wecom.facts import value
from runtime import faults
from runtime.connections import trouble
from runtime.wecom.companies import Call, Companies
from store import clock, stops
from store.bulk import among

EVERY_SECS = 2.0
LEASE = timedelta(seconds=60)
#: How often WeCom is asked how one that it knows of is going.
ASK_EVERY, SOON = timedelta(hours=1), timedelta(minutes=1)
#: WeCom's numbers of how it went.
FINISHED, GOING, NONE = 1, 2, 5
#: With which error it says that a customer was handed on too often.
TOO_OFTEN = 40128
RESULTS = {3: (REFUSED, "customer_refused"), 4: (LIMIT, "customer_limit_exceed")}

#: Who gives to whom, at which company.
Pair = tuple[int, int, str, str, bool, str]


class Transfers:
    """Goes on with transfers, those of one pair of staff together."""

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
                self._later(rows, ASK_EVERY, None)
                continue
            new = [row for row in rows if row.state == WAITING]
            known = [row for row in rows if row.state != WAITING]
            for part, act in ((new, self._ask), (known, self._ask_after)):
                if not part:
                    continue
                try:
                    act(client.call, pair, part)
                except ConnectorError as error:
                    self._failed(part, error)
        return bool(found)

    def _claim(self) -> dict[Pair, list[WecomTransfer]]:
        wall, most = clock.system(), int(value("transfer.customers"))
        due = (
            select(WecomTransfer)
            .where(WecomTransfer.ended_at.is_(None), WecomTransfer.next_at <= wall, _MAY_GO)
            .order_by(WecomTransfer.next_at, WecomTransfer.id)
        )
        with self.companies.database.reading() as tx:
            if tx.session.scalars(due.limit(1)).first() is None:
                return {}
        found: dict[Pair, list[WecomTransfer]] = defaultdict(list)
        with self.companies.database.transaction() as tx:
            for row in tx.session.scalars(due.limit(most).with_for_update(skip_locked=True)):
                row.next_at = wall + LEASE
                found[_pair(row)].append(row)
            tx.session.flush()
            tx.session.expunge_all()
        return found

    def _ask(self, call: Call, pair: Pair, rows: Sequence[WecomTransfer]) -> None:
        """Ask for transfers; those of which nobody knows whether WeCom heard are asked after before they are repeated."""
        self._state(rows, ASKING)
        _, _, gives, takes, resigned, words = pair
        path = (
            "externalcontact/resigned/transfer_customer" if resigned else "externalcontact/transfer_customer"
        )
        body: dict[str, Any] = {
            "handover_userid": gives, "takeover_userid": takes,
            "external_userid": [row.external_userid for row in rows],
        }  # fmt: skip
        if words and not resigned:
            body["transfer_success_msg"] = words
        with self.companies.reaching(pair[0]):
            told = call(path, body, sends=True)
        faults.hit("wecom.transferred")
        codes = {
            str(one["external_userid"]): int(one.get("errcode") or 0) for one in told.get("customer") or []
        }
        most = int(value("transfer.most"))
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            for row in _again(tx.session, rows):
                code = codes.get(row.external_userid, 0)
                if code == 0:
                    row.state, row.asked_at, row.next_at = ASKED, clock.system(), clock.system() + ASK_EVERY
                elif code == TOO_OFTEN:
                    said = f"{code} handed on {most} times within {value('transfer.days')} days"
                    transfers.end(tx.session, row, LIMIT, said, now)
                else:
                    transfers.end(tx.session, row, FAILED, str(code), now)
            tx.session.flush()

    def _ask_after(self, call: Call, pair: Pair, rows: Sequence[WecomTransfer]) -> None:
        _, _, gives, takes, resigned, _ = pair
        path = "externalcontact/resigned/transfer_result" if resigned else "externalcontact/transfer_result"
        statuses = _statuses(call, path, gives, takes)
        with self.companies.database.transaction() as tx:
            now, wall = self.companies.now(tx.session), clock.system()
            for row in _again(tx.session, rows):
                status = statuses.get(row.external_userid, NONE)
                if status == FINISHED:
                    transfers.end(tx.session, row, DONE, None, now)
                elif status in RESULTS:
                    transfers.end(tx.session, row, *RESULTS[status], now)
                elif status == GOING:
                    row.state, row.asked_at, row.next_at = ASKED, row.asked_at or wall, wall + ASK_EVERY
                elif row.state == ASKING:
                    row.state, row.next_at = WAITING, wall  # WeCom has not heard of it
                else:
                    transfers.end(tx.session, row, FAILED, "WeCom does not know of it any more", now)
            tx.session.flush()

    def _state(self, rows: Sequence[WecomTransfer], state: str) -> None:
        with self.companies.database.transaction() as tx:
            for row in _again(tx.session, rows):
                row.state = state
            tx.session.flush()

    def _failed(self, rows: Sequence[WecomTransfer], error: ConnectorError) -> None:
        if isinstance(error, Halted):
            self._later(rows, timedelta(0), None, back=True)
        elif isinstance(error, Unknown):
            self._later(rows, SOON, str(error))  # asked after, since WeCom may have heard
        elif isinstance(error, Permanent) and not isinstance(error, Broken):
            with self.companies.database.transaction() as tx:
                now = self.companies.now(tx.session)
                for row in _again(tx.session, rows):
                    transfers.end(tx.session, row, FAILED, str(error)[:500], now)
                tx.session.flush()
        else:
            after = error.after if isinstance(error, Retryable) else None
            self._later(rows, max(SOON, timedelta(seconds=after or 0)), str(error), back=True)
            if isinstance(error, Broken):
                with self.companies.database.transaction() as tx:
                    code = str(error).partition(" ")[0][:32]
                    trouble(tx.session, rows[0].connection_id, "broken", str(error), code)

    def _later(
        self, rows: Sequence[WecomTransfer], wait: timedelta, reason: str | None, *, back: bool = False
    ) -> None:
        with self.companies.database.transaction() as tx:
            for row in _again(tx.session, rows):
                row.next_at, row.reason = clock.system() + wait, (reason or "")[:500] or None
                if back and row.state == ASKING:
                    row.state = WAITING
            tx.session.flush()


#: Customers hear of being handed on, so that a stopped workspace asks for none; after those it has asked for it may ask.
_MAY_GO = or_(WecomTransfer.state != WAITING, WecomTransfer.workspace_id.not_in(stops.HELD))


def _pair(row: WecomTransfer) -> Pair:
    words = row.words if row.state == WAITING else ""
    return row.workspace_id, row.connection_id, row.from_key, row.to_key, row.resigned, words


def _again(session: Any, rows: Sequence[WecomTransfer]) -> Sequence[WecomTransfer]:
    """The same rows in this transaction, those that ended meanwhile left out."""
    query = (
        select(WecomTransfer)
        .where(among(session, WecomTransfer.id, [row.id for row in rows]), WecomTransfer.ended_at.is_(None))
        .order_by(WecomTransfer.id)
        .with_for_update()
    )
    found: Sequence[WecomTransfer] = session.scalars(query).all()
    return found


def _statuses(call: Callable[..., dict[str, Any]], path: str, gives: str, takes: str) -> dict[str, int]:
    found: dict[str, int] = {}
    cursor = ""
    for _ in range(1000):
        body = {"handover_userid": gives, "takeover_userid": takes, **({"cursor": cursor} if cursor else {})}
        told = call(path, body)
        for one in told.get("customer") or []:
            found[str(one["external_userid"])] = int(one.get("status") or 0)
        cursor = str(told.get("next_cursor") or "")
        if not cursor:
            break
    return found
