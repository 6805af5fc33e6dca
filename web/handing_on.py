"""Who hands on to whom, and at which company: what handing customers and groups on have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from audience.following import Company
from audience.tables_people import Staff
from journeys.words import Words
from store import audit
from store.bulk import among
from store.database import db
from store.tables_connections import ON, Connection
from web.access import actor, found, here
from web.errors import Problem, invalid

NOT_CONNECTED = Words(
    "还没有启用的企业微信连接；请先在 设置 → 渠道 连接。",
    "No WeCom is connected: connect one under Settings, Channels.",
)
SAME = Words("移交人和接手人不能是同一个人。", "Choose somebody else to take them.")
LEFT = Words("这位员工已离职，不能接手。", "This member of staff has left and cannot take anybody.")


def both(args: dict[str, Any]) -> tuple[Staff, Staff]:
    """Who gives and who takes; raises a problem if they cannot."""
    gives, takes = found(Staff, args["from_staff_id"]), found(Staff, args["to_staff_id"])
    if gives.id == takes.id:
        raise invalid(("to_staff_id", SAME))
    if not takes.active:
        raise invalid(("to_staff_id", LEFT))
    return gives, takes


def company() -> Company:
    """The company that the workspace is connected with; raises a problem if there is none."""
    number = db.session.scalar(
        select(func.min(Connection.id)).where(
            Connection.workspace_id == here(), Connection.connector == "wecom", Connection.state == ON
        )
    )
    if number is None:
        raise Problem(409, "not-connected", NOT_CONNECTED)
    return Company(here(), number)


def answer(
    what: str, asked: Sequence[int], refused: Mapping[int, str], gives: Staff, takes: Staff
) -> dict[str, Any]:
    """Say how many `what` (`contact`, `group`) were asked for and which were not, and keep it in the audit log."""
    many = {"contact": "customers", "group": "groups"}[what]
    note = {"from": gives.id, "to": takes.id, many: len(asked)}
    wall = datetime.now(UTC)
    audit.record(db.session(), here(), actor().name, f"{many}.handed_on", f"staff:{gives.id}", note, wall)
    return {
        "asked": len(asked),
        "refused": [{f"{what}_id": one, "reason": reason} for one, reason in refused.items()],
    }


SHOWN = ("id", "from_key", "to_key", "resigned", "state", "reason", "created_at", "ended_at")


def shown(rows: Sequence[Any], what: str, table: Any, *more: str) -> list[dict[str, Any]]:
    """Transfers as the API shows them: with the names of both members of staff, and of the `what` in `table`."""
    session = db.session()
    one = f"{what}_id"
    named = select(table.id, table.name).where(
        table.workspace_id == here(), among(session, table.id, sorted({getattr(row, one) for row in rows}))
    )
    things: dict[int, str] = dict(session.execute(named).all())
    staff = _names(key for row in rows for key in (row.from_key, row.to_key))
    return [
        {name: getattr(row, name) for name in (*SHOWN, one, *more)}
        | {
            f"{what}_name": things.get(getattr(row, one), ""),
            "from_name": staff.get(row.from_key, row.from_key),
            "to_name": staff.get(row.to_key, row.to_key),
        }
        for row in rows
    ]


def _names(keys: Iterable[str]) -> dict[str, str]:
    query = select(Staff.key, Staff.name).where(
        Staff.workspace_id == here(), among(db.session(), Staff.key, sorted(set(keys)))
    )
    return dict(db.session.execute(query).all())
