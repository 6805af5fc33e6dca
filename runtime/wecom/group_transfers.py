"""Transfers of customer groups: asked for a hundred at a time. WeCom answers at once; what it did not answer is read."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from sqlalchemy import ColumnElement

from audience import group_transfers
from audience.group_transfers import ASKING, DONE, FAILED, WAITING
from audience.tables_wecom import WecomGroupTransfer
from connectors.wecom.facts import value
from runtime import faults
from runtime.wecom.companies import Call
from runtime.wecom.handing_on import HandingOn
from store import clock, stops


class GroupTransfers(HandingOn[WecomGroupTransfer]):
    """Goes on with transfers of groups, those of one pair of staff together."""

    table = WecomGroupTransfer
    end = staticmethod(group_transfers.end)

    def _may_go(self) -> ColumnElement[bool]:
        # The members see who owns their group: while everything is stopped, nobody new is shown to them.
        return WecomGroupTransfer.workspace_id.not_in(stops.HELD)

    def _most(self) -> int:
        return int(value("chat.transfer"))

    def _together(self, row: WecomGroupTransfer) -> Hashable:
        return row.connection_id, row.from_key, row.to_key, row.resigned, row.state

    def _ask(self, call: Call, rows: Sequence[WecomGroupTransfer]) -> None:
        """Ask for transfers; those of which nobody knows whether WeCom heard are read before they are repeated."""
        self._state(rows, ASKING)
        first = rows[0]
        path = f"externalcontact/groupchat/{'transfer' if first.resigned else 'onjob_transfer'}"
        body: dict[str, Any] = {"chat_id_list": [row.chat_id for row in rows], "new_owner": first.to_key}
        with self.companies.reaching(first.workspace_id):
            told = call(path, body, sends=True)
        faults.hit("wecom.transferred")
        failed = {
            str(one["chat_id"]): f"{one.get('errcode')} {one.get('errmsg') or ''}".strip()
            for one in told.get("failed_chat_list") or []
        }
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            for row in self._again(tx.session, rows):
                why = failed.get(row.chat_id)
                group_transfers.end(tx.session, row, FAILED if why else DONE, why and why[:500], now)

    def _ask_after(self, call: Call, rows: Sequence[WecomGroupTransfer]) -> None:
        """Read whose the groups are now: what is still the old owner's has not been heard of, and is asked for again."""
        owners: dict[str, str] = {}
        for row in rows:
            told = call("externalcontact/groupchat/get", {"chat_id": row.chat_id})
            owners[row.chat_id] = str((told.get("group_chat") or {}).get("owner") or "")
        with self.companies.database.transaction() as tx:
            now, wall = self.companies.now(tx.session), clock.system()
            for row in self._again(tx.session, rows):
                owner = owners[row.chat_id]
                if owner == row.to_key:
                    group_transfers.end(tx.session, row, DONE, None, now)
                elif owner == row.from_key:
                    row.state, row.next_at = WAITING, wall
                else:
                    group_transfers.end(tx.session, row, FAILED, "it is somebody else's now", now)
            tx.session.flush()
