"""Transfers of customers: asked for a hundred at a time, and asked after until WeCom says how they ended."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from audience import transfers
from audience.tables_wecom import WecomTransfer
from audience.transfers import ASKED, ASKING, DONE, FAILED, LIMIT, REFUSED, WAITING
from connectors.wecom.facts import value
from runtime import faults
from runtime.wecom.companies import Call
from runtime.wecom.handing_on import HandingOn
from store import clock, stops

#: How often WeCom is asked how one that it knows of is going.
ASK_EVERY = timedelta(hours=1)
#: WeCom's numbers of how it went.
FINISHED, GOING, NONE = 1, 2, 5
#: With which error it says that a customer was handed on too often.
TOO_OFTEN = 40128
RESULTS = {3: (REFUSED, "customer_refused"), 4: (LIMIT, "customer_limit_exceed")}


class Transfers(HandingOn[WecomTransfer]):
    """Goes on with transfers, those of one pair of staff together."""

    table = WecomTransfer
    end = staticmethod(transfers.end)

    def _may_go(self) -> ColumnElement[bool]:
        # Customers hear of being handed on, so that a stopped workspace asks for none; after those it has asked for it may ask.
        return or_(WecomTransfer.state != WAITING, WecomTransfer.workspace_id.not_in(stops.HELD))

    def _most(self) -> int:
        return int(value("transfer.customers"))

    def _together(self, row: WecomTransfer) -> Hashable:
        new = row.state == WAITING
        return row.connection_id, row.from_key, row.to_key, row.resigned, new, row.words if new else ""

    def _ask(self, call: Call, rows: Sequence[WecomTransfer]) -> None:
        """Ask for transfers; those of which nobody knows whether WeCom heard are asked after before they are repeated."""
        self._state(rows, ASKING)
        first = rows[0]
        path = f"externalcontact/{'resigned/' if first.resigned else ''}transfer_customer"
        body: dict[str, Any] = {
            "handover_userid": first.from_key, "takeover_userid": first.to_key,
            "external_userid": [row.external_userid for row in rows],
        }  # fmt: skip
        if first.words and not first.resigned:
            body["transfer_success_msg"] = first.words
        with self.companies.reaching(first.workspace_id):
            told = call(path, body, sends=True)
        faults.hit("wecom.transferred")
        codes = {
            str(one["external_userid"]): int(one.get("errcode") or 0) for one in told.get("customer") or []
        }
        most = int(value("transfer.most"))
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            for row in self._again(tx.session, rows):
                code = codes.get(row.external_userid, 0)
                if code == 0:
                    row.state, row.asked_at, row.next_at = ASKED, clock.system(), clock.system() + ASK_EVERY
                elif code == TOO_OFTEN:
                    said = f"{code} handed on {most} times within {value('transfer.days')} days"
                    transfers.end(tx.session, row, LIMIT, said, now)
                else:
                    transfers.end(tx.session, row, FAILED, str(code), now)
            tx.session.flush()

    def _ask_after(self, call: Call, rows: Sequence[WecomTransfer]) -> None:
        first = rows[0]
        path = f"externalcontact/{'resigned/' if first.resigned else ''}transfer_result"
        statuses = _statuses(call, path, first.from_key, first.to_key)
        with self.companies.database.transaction() as tx:
            now, wall = self.companies.now(tx.session), clock.system()
            for row in self._again(tx.session, rows):
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
