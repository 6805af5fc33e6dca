"""A played course as the API tells it: lines in words, messages as the contact would read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audience import staff
from audience.tables import Contact
from content import said
from content.bodies import compose
from content.rendering import BadText, RenderError, scene
from journeys.foreseeing import Course
from journeys.naming import Drawing
from journeys.plan import Plan
from journeys.position import ENDED, Crumb, Position, SendMessage
from journeys.trail_words import Line, Teller
from journeys.what_if import Answer
from rules.contact_policy import REASONS
from rules.zones import zone_of
from store.database import db
from store.tables import Workspace
from web.access import here

#: Why a touch was left out that nobody refused.
LATE = ("已经错过了时间", "its time had passed")


def told(answer: Answer, drawing: Drawing, plan: Plan, contact: Contact) -> dict[str, Any]:
    entry = answer.entry.id if answer.entry is not None else None
    found: dict[str, Any] = {
        "entered": {"entry": entry, "at": answer.entered} if answer.entered is not None else None,
        "kept_out": None,
        "trail": [],
        "messages": [],
        "goals": [],
        "ends": None,
        "place": None,
    }
    course = answer.course
    if course is None:
        why = answer.why.json() if answer.why is not None else {"zh": "", "en": ""}
        saw = [reason.json() for reason in answer.reasons]
        return found | {"kept_out": {"entry": entry, "words": why, "saw": saw}}
    teller = Teller(drawing, plan.zone)
    ended, position = course.position.status == ENDED, course.position
    return found | {
        "trail": [_line(crumb, teller) for crumb in course.trail],
        "messages": _messages(course, drawing, contact),
        "goals": [{"goal": goal, "name": drawing.name(goal), "at": at} for goal, at in course.goals],
        "ends": {"result": position.result, "at": position.ended_at} if ended else None,
        "place": None if ended else _place(position),
    }


def _place(position: Position) -> dict[str, Any]:
    return {
        "status": position.status,
        "stage": position.stage,
        "step": position.step,
        "next_at": position.due_at,
    }


def _line(crumb: Crumb, teller: Teller) -> dict[str, Any]:
    line = Line(crumb.op, crumb.stage, crumb.step, crumb.exit, crumb.arrow, crumb.detail or {})
    name = teller.drawing.name
    return {
        "at": crumb.at,
        "op": crumb.op,
        "stage": crumb.stage,
        "stage_name": name(crumb.stage) if crumb.stage else None,
        "step": crumb.step,
        "step_name": name(crumb.step) if crumb.step else None,
        "exit": crumb.exit,
        "arrow": crumb.arrow,
        "words": teller.words(line).json(),
        "saw": [reason.json() for reason in teller.reasons(line)],
    }


def _messages(course: Course, drawing: Drawing, contact: Contact) -> list[dict[str, Any]]:
    """What would be sent, held and left out, in the order of time."""
    sends = {id_: step for id_, step in drawing.parts["steps"].items() if step.get("kind") == "send"}
    write = _Writer(contact, {str(step["config"].get("content")) for step in sends.values()})
    lines = [
        _message(m.at, m.step, drawing, "sent", text=write.text(m), carrier=m.carrier, content=m.content)
        for m in course.messages
    ]
    for crumb in course.trail:
        detail = crumb.detail or {}
        if crumb.op == "hold":
            until = datetime.fromisoformat(detail["until"])
            lines.append(
                _message(crumb.at, crumb.step, drawing, "held", because=detail.get("because"), until=until)
            )
        elif crumb.op == "step" and crumb.step in sends and crumb.exit == "skipped":
            lines.append(_message(crumb.at, crumb.step, drawing, "skipped", because=detail.get("because")))
    return sorted(lines, key=lambda line: line["at"])


def _message(
    at: datetime,
    step: str | None,
    drawing: Drawing,
    state: str,
    *,
    text: str | None = None,
    because: str | None = None,
    until: datetime | None = None,
    carrier: str | None = None,
    content: str | None = None,
) -> dict[str, Any]:
    config = (drawing.parts["steps"].get(step or "") or {}).get("config") or {}
    if state == "skipped" and because is None:
        because = "late"
    said = REASONS.get(because or "", LATE if because == "late" else (because, because))
    return {
        "at": at,
        "step": step or "",
        "step_name": drawing.name(step or ""),
        "carrier": carrier or str(config.get("carrier") or ""),
        "content": content or str(config.get("content") or ""),
        "text": text,
        "state": state,
        "until": until,
        "because": {"zh": said[0], "en": said[1]} if because else None,
    }


class _Writer:
    """Writes texts as this contact would read them."""

    def __init__(self, contact: Contact, keys: set[str]) -> None:
        session = db.session()
        self.contact, self.workspace = contact, session.get_one(Workspace, here())
        self.said = said.of(session, here(), keys)
        self.staff = staff.friends(session, here(), [contact.id]).get(contact.id)
        self.zone = zone_of(contact.timezone or self.workspace.timezone)

    def text(self, message: SendMessage) -> str | None:
        """The text, or None if the material is gone or cannot be written for him."""
        if message.content not in self.said:
            return None
        day = message.at.astimezone(self.zone).date().isoformat()
        words = self.said[message.content].words(self.contact.id, self.staff, day)
        told = scene(
            name=self.contact.name,
            attributes=self.contact.attributes,
            tags=self.contact.tags,
            told=message.scene,
            workspace=self.workspace.name,
        )
        try:
            written = compose(words.carrier, words.body, told, self.zone, message.at, words.filled)
        except (BadText, RenderError):
            return None
        text = written.get("text") or written.get("title")
        return None if text is None else str(text)
