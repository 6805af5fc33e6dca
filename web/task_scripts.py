"""Scripts beside a task: what customers ask at this point, and answers with the customer's own values in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from audience.tables_tasks import StaffTask
from content import scripts
from content.tables import Material
from content.tables_materials import Script
from journeys.tables import Journey
from store.database import db
from web import task_rights
from web.access import STAFF, actor, here
from web.errors import not_found
from web.tasks_shown import Desk

#: So many are laid beside a task, and so many are looked at for choosing them.
MOST, LOOKED_AT = 6, 500


def beside(task: StaffTask) -> list[dict[str, Any]]:
    """The scripts that fit a task: of its stage and its journey first, then those about what the customer is known for."""
    session, desk = db.session(), Desk([task])
    journey = session.get(Journey, task.journey_id) if task.journey_id else None
    # Scripts that came with a template are for all its clones.
    of = {"", journey.key, journey.template or ""} if journey and journey.workspace_id == here() else {""}
    query = scripts.query(here()).where(
        Script.journey.in_(sorted(of)), Script.stage.in_(("", task.stage or ""))
    )
    rows = session.scalars(query.order_by(Script.id.desc()).limit(LOOKED_AT)).all()
    about = desk.contacts.get(task.contact_id or 0) or desk.groups.get(task.group_id or 0)
    known = {*(about.tags if about else ()), task.step, task.title}
    fitting = sorted(rows, key=lambda row: (-_fit(row, known), -sum(row.copies), row.id))
    return [
        {
            "id": row.id,
            "question": row.question,
            "answers": [desk.write(one, task) for one in row.answers],
            "tags": row.tags,
            "copies": row.copies,
        }
        for row in fitting[:MOST]
    ]


def _fit(row: Script, known: set[str]) -> int:
    """How closely a script is about this: its stage counts most, then its journey, then each tag."""
    return 4 * bool(row.stage) + 2 * bool(row.journey) + min(sum(tag in known for tag in row.tags), 3)


def only_for_own_tasks(material: Material, contact_id: int | None) -> int | None:
    """The id of the member of staff who may read these words; 404 if none of his tasks says them.

    None for whoever is no staff by role: he may read them anyway.
    """
    if actor().role != STAFF:
        return None
    query = select(StaffTask.id).where(
        StaffTask.workspace_id == here(), task_rights.seen(), StaffTask.content == material.key
    )
    if contact_id is not None:
        query = query.where(StaffTask.contact_id == contact_id)
    person = task_rights.me()
    if person is None or db.session.scalar(query.limit(1)) is None:
        raise not_found()
    return person.id
