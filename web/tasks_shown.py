"""Tasks of the staff as they are shown: whom they are for, why now, and the words that are suggested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from audience import tasks
from audience.identities import of_contacts
from audience.masking import masked
from audience.tables import Contact
from audience.tables_groups import CustomerGroup
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from content import said, slots
from content.rendering import BadText, RenderError, render, scene
from journeys.naming import Drawing
from journeys.tables import Journey, Version
from journeys.words import Words
from rules.zones import zone_of
from store import clock
from store.database import db
from store.tables import Workspace
from web.access import here

BY_HAND = Words("手动安排", "Asked for by hand")


def shown(rows: Sequence[StaffTask]) -> list[dict[str, Any]]:
    """These tasks with everything that is said of them; people are masked for everybody alike."""
    desk = Desk(rows)
    return [desk.show(row) for row in rows]


class Desk:
    """What showing some tasks reads, read at once."""

    def __init__(self, rows: Sequence[StaffTask]) -> None:
        session = db.session()
        self.now = clock.now(session)
        self.room = session.get_one(Workspace, here())
        self.staff = {row.id: row for row in session.scalars(_mine(Staff, {r.staff_id for r in rows}))}
        self.contacts = {row.id: row for row in session.scalars(_mine(Contact, {r.contact_id for r in rows}))}
        self.groups = {
            row.id: row for row in session.scalars(_mine(CustomerGroup, {r.group_id for r in rows}))
        }
        self.journeys = {
            row.id: row.name for row in session.scalars(_mine(Journey, {r.journey_id for r in rows}))
        }
        versions = session.scalars(_mine(Version, {r.version_id for r in rows}))
        self.drawings = {row.id: Drawing(row.definition) for row in versions}
        self.said = said.of(session, here(), {r.content for r in rows if r.content})
        self.names = of_contacts(session, here(), set(self.contacts))

    def show(self, row: StaffTask) -> dict[str, Any]:
        """One task."""
        person = self.staff.get(row.staff_id or 0)
        told = self._scene(row)
        same = (
            "id", "state", "results", "due_at", "given_at", "team", "staff_id", "escalated", "reminded", "journey_id",
            "contact_id", "group_id", "result", "note", "reason", "history", "closed_at",
        )  # fmt: skip
        contact, group = self.contacts.get(row.contact_id or 0), self.groups.get(row.group_id or 0)
        return {name: getattr(row, name) for name in same} | {
            "title": self._write(row.title, told),
            "instructions": self._write(row.instructions, told),
            "words": self._words(row, told),
            "why": self._why(row).json(),
            "journey_name": self.journeys.get(row.journey_id or 0, ""),
            "staff_name": person.name if person else "",
            "contact_name": contact.name if contact else "",
            "group_name": group.name if group else "",
            "phone": self._phone(row.contact_id),
            "overdue": tasks.is_open(row) and row.due_at is not None and row.due_at < self.now,
            "open": tasks.is_open(row),
        }

    def write(self, text: str, row: StaffTask) -> str:
        """A text of the staff with the values of the customer whom a task is about."""
        return self._write(text, self._scene(row))

    def _phone(self, contact_id: int | None) -> str:
        phones = self.names.get(contact_id or 0, {}).get("phone") or [""]
        return masked("phone", phones[0]) if phones[0] else ""

    def _why(self, row: StaffTask) -> Words:
        drawing = self.drawings.get(row.version_id or 0)
        if drawing is None:
            return BY_HAND
        name, stage = self.journeys.get(row.journey_id or 0, ""), drawing.label(row.stage)
        return Words(f"旅程「{name}」，阶段{stage}", f'journey "{name}", stage {stage.en}')

    def _scene(self, row: StaffTask) -> dict[str, Any]:
        contact, group = self.contacts.get(row.contact_id or 0), self.groups.get(row.group_id or 0)
        about = contact or group
        return scene(
            name=about.name if about else "",
            attributes=about.attributes if about else {},
            tags=about.tags if about else [],
            told=row.scene,
            workspace=self.room.name,
        )

    def _write(self, text: str, told: Mapping[str, Any]) -> str:
        try:
            return render(text, told, zone_of(self.room.timezone), self.now).text
        except (BadText, RenderError):
            # The drawing is somebody's own; the staff rather read it as it stands than nothing.
            return text

    def _words(self, row: StaffTask, told: Mapping[str, Any]) -> list[dict[str, Any]]:
        material = self.said.get(row.content)
        if material is None:
            return []
        zone = zone_of(self.room.timezone)
        day = self.now.astimezone(zone).date().isoformat()
        spoken = material.words(row.contact_id or 0, row.staff_id, day)
        source = _text(spoken.body)
        pieces, _wrong = slots.parse(source)
        try:
            return [
                {"text": render(p, told, zone, self.now).text, "slot": "", "longest": 0}
                if isinstance(p, str)
                else {
                    "text": spoken.filled.get(p.name) or render(p.default, told, zone, self.now).text,
                    "slot": p.name,
                    "longest": p.longest,
                }
                for p in pieces
            ]
        except (BadText, RenderError):
            return [{"text": self._write(source, told), "slot": "", "longest": 0}]


def value_of(contact: Contact | None, ranks: Mapping[str, Mapping[str, float]], amount: float) -> float:
    """How much it matters to do this first: the contact's levels, the best counting, then what it is about."""
    tiers = (contact.tiers or {}) if contact is not None else {}
    best = max((ranks.get(name, {}).get(level, 0.0) for name, level in tiers.items()), default=0.0)
    return round(best * 1000 + min(amount, 99_999) / 100, 2)


def amount_of(row: StaffTask) -> float:
    """The money that a task is about: the amount of the event that led to it, or of the one by which it began."""
    for part in ("event", "entry"):
        found = (row.scene.get(part) or {}).get("amount")
        if isinstance(found, int | float) and not isinstance(found, bool):
            return float(found)
    return 0.0


def at_once(rows: Iterable[StaffTask], now: datetime) -> datetime:
    """The earliest due moment of these; far away if none is due."""
    return min(
        (row.due_at for row in rows if row.due_at is not None), default=now.replace(year=now.year + 50)
    )


def _text(body: Mapping[str, Any]) -> str:
    if isinstance(body.get("text"), str):
        return str(body["text"])
    return "\n".join(str(value) for value in body.values() if isinstance(value, str))


def _mine(model: Any, ids: Iterable[int | None]) -> Any:
    wanted = sorted({number for number in ids if number is not None})
    return select(model).where(model.workspace_id == here(), model.id.in_(wanted))
