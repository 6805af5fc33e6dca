"""A task of the staff, and an unusual case, for a furnished workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from audience import tasks
from audience.tables_tasks import StaffTask, UnusualCase
from journeys.tables import Enrollment
from store.database import db


def furnish_tasks(here: int, enrollment: Enrollment, now: datetime) -> dict[str, Any]:
    """One open task of the enrollment, which the team has, and one case to be reviewed."""
    session = db.session()
    key = f"{enrollment.id}:1"
    row = {
        "workspace_id": here, "key": key, "journey_id": enrollment.journey_id, "version_id": enrollment.version_id,
        "enrollment_id": enrollment.id, "contact_id": enrollment.subject_id, "step": "pause", "stage": "trust",
        "visit": 1, "seq": 1, "title": "请致电 {{ contact.name }}", "content": "hello", "assign": "team",
        "team": "顾问", "given_at": now, "results": [{"exit": "sent", "name": "已发送"}],
    }  # fmt: skip
    tasks.given(session, [row])
    task = session.scalars(select(StaffTask).where(StaffTask.key == key)).one()
    tasks.hand_to(task, None, now)
    case = UnusualCase(
        workspace_id=here, task_id=task.id, journey_id=task.journey_id, step="pause", contact_id=task.contact_id,
        title="请致电", reason="刚投诉过", at=now, by="account:1", state="open", verdict="", answer="",
        reviewed_by="",
    )  # fmt: skip
    session.add(case)
    session.flush()
    return {"task_id": task.id, "case_id": case.id}
