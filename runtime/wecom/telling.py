"""Staff are told of their tasks by a message of the company's app: of a new one, a reminder, and one that is late.

The words are written down as deeds in the workspace's language, each once by its key; whoever is told several things is
told them together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, cast, literal, or_, select
from sqlalchemy.orm import Session

from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomDeed
from rules.zones import zone_of
from runtime.wecom import deeds
from runtime.wecom.companies import Companies, Held
from store import clock
from store.bulk import insert_rows
from store.tables import Workspace
from store.workspaces import language_in

WHAT = "tasks_out"
EVERY = timedelta(seconds=5)
#: A task is written a moment before it is committed: so much is looked back.
BACK = timedelta(minutes=2)
BATCH = 500
WORDS = {
    "zh": {
        "new": "新任务：{title}",
        "remind": "提醒：{title}",
        "late": "已逾期：{title}",
        "due": "（{due} 前完成）",
    },
    "en": {
        "new": "New task: {title}",
        "remind": "Reminder: {title}",
        "late": "Overdue: {title}",
        "due": " (due {due})",
    },
}


class Telling:
    """Looks through the tasks of one company's staff for something to tell."""

    def __init__(self, companies: Companies) -> None:
        self.companies = companies

    def run(self) -> bool:
        """Write down what is to be told; True if there was anything."""
        return self.companies.each(WHAT, self._one)

    def _one(self, held: Held) -> bool:
        with self.companies.database.transaction() as tx:
            now = self.companies.now(tx.session)
            told = held.place.get("since")
            since = datetime.fromisoformat(told) if told else now
            rows: list[dict[str, Any]] = []
            if held.settings.get("agent_id"):
                rows = _rows(tx.session, held, since - BACK, now)
            new = insert_rows(tx.session, WecomDeed.__table__, rows, skip_known=True, key="key")
            self.companies.put_back(tx.session, held, {"since": now.isoformat()}, EVERY)
        return new > 0


def _rows(session: Session, held: Held, since: datetime, now: datetime) -> list[dict[str, Any]]:
    reminder = (
        literal(deeds.TASK) + cast(StaffTask.id, String) + ":remind:" + cast(StaffTask.reminded, String)
    )
    known = (
        select(WecomDeed.id)
        .where(WecomDeed.workspace_id == held.workspace_id, WecomDeed.key == reminder)
        .exists()
    )
    query = (
        select(StaffTask, Staff.key)
        .join(Staff, Staff.id == StaffTask.staff_id)
        .where(
            StaffTask.workspace_id == held.workspace_id,
            StaffTask.closed_at.is_(None),
            Staff.active.is_(True),
            or_(
                StaffTask.assigned_at > since,
                and_(StaffTask.due_at > since, StaffTask.due_at <= now),
                and_(StaffTask.reminded > 0, ~known),
            ),
        )
        .order_by(StaffTask.id)
        .limit(BATCH)
    )
    workspace = session.get_one(Workspace, held.workspace_id)
    zone, words = zone_of(workspace.timezone), WORDS[language_in(workspace.settings or {})]
    wall, rows = clock.system(), []
    for task, staff_key in session.execute(query):
        due = words["due"].format(due=f"{task.due_at.astimezone(zone):%m-%d %H:%M}") if task.due_at else ""
        late = task.due_at if task.due_at is not None and task.due_at <= now else None
        given: list[tuple[str, str]] = []
        if task.assigned_at is not None and task.assigned_at > since and late is None:
            given.append((f"new:{staff_key}:{task.assigned_at.timestamp():.0f}", "new"))
        if task.reminded > 0 and late is None:
            given.append((f"remind:{task.reminded}", "remind"))
        if late is not None and late > since:
            given.append((f"late:{late.timestamp():.0f}", "late"))
        for key, word in given:
            text = words[word].format(title=task.title) + ("" if word == "late" else due)
            rows.append(
                deeds.row(
                    held.workspace_id, held.connection_id, deeds.TELL, f"{deeds.TASK}{task.id}:{key}"[:160], staff_key,
                    {"text": text}, wall, task.contact_id,
                )
            )  # fmt: skip
    return rows
