"""Telling staff something by a message of the company's own app: that work is waiting for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.wecom.client import Client
from connectors.wecom.facts import value

#: WeCom takes so many names in one call.
MOST = 1000


class StaffMessages:
    """Messages of one app; the same text to the same people is told once in half an hour."""

    def __init__(self, client: Client, agent_id: int | str) -> None:
        self.client, self.agent_id = client, int(agent_id)

    def tell(self, userids: Sequence[str], text: str) -> list[str]:
        """Tell staff something and return those who cannot be told; raises as Client.call.

        More than thirty a minute to one person vanish without a word, so tell each person everything at once.
        """
        missed: list[str] = []
        for begin in range(0, len(userids), MOST):
            body = {
                "touser": "|".join(userids[begin : begin + MOST]),
                "msgtype": "text",
                "agentid": self.agent_id,
                "text": {"content": text},
                "enable_duplicate_check": 1,
                "duplicate_check_interval": value("app.duplicate_seconds"),
            }
            told = self.client.call("message/send", body)
            missed += [one for one in str(told.get("invaliduser") or "").split("|") if one]
        return missed


def calm(at: datetime) -> datetime:
    """The same moment, or the minute after it where everybody sends: at the full and the half hour."""
    if at.minute not in value("app.busy_minutes"):
        return at
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)
