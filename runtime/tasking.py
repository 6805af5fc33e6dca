"""What journeys want of the staff, written in the move's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from audience import tasks
from audience.tables_tasks import StaffTask
from journeys.kinds.task import ESCALATED, RESULTS
from journeys.position import ChangeTask, GiveTask, Withdraw
from rules.duration import Duration
from rules.zones import SHANGHAI
from runtime import faults
from runtime.database import Transaction
from runtime.rows import Standing
from store.subjects import is_group, row_id


class Tasks:
    """The deeds about tasks of a batch, gathered."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []
        self.escalated: list[tuple[int, ChangeTask]] = []
        self.over: list[tuple[int, int]] = []
        self.withdrawn: list[tuple[int, int]] = []
        self.at: datetime | None = None

    def take(self, members: Sequence[Standing], deed: GiveTask | ChangeTask | Withdraw) -> None:
        """Note one deed of these."""
        self.at = max(self.at, deed.at) if self.at else deed.at
        for standing in members:
            if isinstance(deed, GiveTask):
                self.given.append(_row(standing, deed))
            elif isinstance(deed, Withdraw):
                self.withdrawn.append((standing.id, deed.visit))
            elif deed.act == ESCALATED:
                self.escalated.append((standing.id, deed))
            else:
                self.over.append((standing.id, deed.seq))

    def write(self, tx: Transaction) -> None:
        """Do them all, what is given before what may take it back."""
        if self.at is None:
            return
        session, at = tx.session, self.at
        tasks.given(session, self.given)
        for enrollment, deed in self.escalated:
            tasks.escalate(session, enrollment, deed.seq, deed.to or "", deed.due, deed.at)
        if self.over:
            tasks.time_out(session, self.over, at)
        if self.withdrawn:
            tasks.withdraw(session, tasks.of_visits(self.withdrawn), at)
        faults.hit("task.before_commit")


def withdraw_all(tx: Transaction, enrollments: Sequence[int], at: datetime) -> None:
    """Take back every open task of these enrollments."""
    tasks.withdraw(tx.session, StaffTask.enrollment_id.in_(sorted(enrollments)), at)


def _row(standing: Standing, deed: GiveTask) -> dict[str, Any]:
    config = deed.config
    every = Duration.parse(config["remind"]) if config.get("remind") else None
    first = every.add(deed.at, SHANGHAI) if every else None
    times = int(config.get("reminds", 1)) if first else 0
    about_group = is_group(standing.subject_id)
    return {
        "workspace_id": standing.workspace_id,
        "key": f"{standing.id}:{deed.seq}",
        "journey_id": standing.journey_id,
        "version_id": standing.version_id,
        "enrollment_id": standing.id,
        "step": deed.step,
        "stage": str(deed.scene.get("stage") or ""),
        "visit": deed.visit,
        "seq": deed.seq,
        "contact_id": None if about_group else standing.subject_id,
        "group_id": row_id(standing.subject_id) if about_group else None,
        "title": config["title"],
        "instructions": config.get("instructions") or "",
        "content": config.get("content") or "",
        "scene": dict(deed.scene),
        "results": [dict(one) for one in config.get("results") or RESULTS],
        "assign": config.get("assign") or "relationship",
        "person": config.get("person") or "",
        "team": config.get("team") or "",
        "given_at": deed.at,
        "due_at": deed.due,
        "reminds": times,
        "remind_secs": int((first - deed.at).total_seconds()) if first else 0,
        "remind_at": first if times else None,
    }
