"""Who hands on to whom, and at which company: what handing customers and groups on have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from audience.following import Company
from audience.tables_people import Staff
from journeys.words import Words
from store.bulk import among
from store.database import db
from store.tables_connections import ON, Connection
from web.access import found, here
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


def names(keys: Iterable[str]) -> dict[str, str]:
    """What members of staff are called, by their keys."""
    query = select(Staff.key, Staff.name).where(
        Staff.workspace_id == here(), among(db.session(), Staff.key, sorted(set(keys)))
    )
    return dict(db.session.execute(query).all())
