"""The peers' technique: one object, one step, one commit. The same journey and the same rows, by the object mapper.

What the engine writes besides (counters, signals of tags) is left out in the peers' favour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from audience.tables import Contact
from journeys.tables import Enrollment, Trail
from store.tables import Outbox

#: After which step comes which; `which` asks the contact.
NEXT = {"hello": "first", "first": "which", "offer": "second", "mark": "second"}
#: How long a step makes people wait.
WAITS = {"first": timedelta(hours=24), "second": timedelta(hours=48)}


def step(session: Session, enrollment_id: int) -> bool:
    """Take one person one step further and commit; True if there is another step."""
    who = session.get_one(Enrollment, enrollment_id)
    now = who.due_at or who.taken_at
    left = who.step
    if left is None:
        who.status, who.stage, who.visit, who.entered_stage = "waiting", "care", 1, now
        _tell(session, who, now, "open", None)
        _tell(session, who, now, "stage", None)
        entered: str | None = "hello"
    else:
        entered = _leave(session, who, left, now)
    who.step, who.step_begun, who.taken_at = entered, now, now
    who.seq += 1
    who.epoch += 1
    who.due_at = who.step_due = now + WAITS.get(entered, timedelta(0)) if entered else None
    if entered is None:
        who.status, who.stage, who.result, who.ended_at = "ended", None, "completed", now
        _tell(session, who, now, "end", None)
    session.commit()
    return entered is not None


def _leave(session: Session, who: Enrollment, left: str, now: datetime) -> str | None:
    done, entered = "next", NEXT.get(left)
    if left == "which":
        contact = session.get_one(Contact, who.subject_id)
        done = "dry" if contact.attributes.get("skin") == "dry" else "else"
        entered = "offer" if done == "dry" else "mark"
    elif left == "mark":
        contact = session.get_one(Contact, who.subject_id)
        contact.tags, contact.updated_at = sorted({*contact.tags, "seen"}), now
    elif left in ("hello", "offer"):
        done = "sent"
        session.add(_message(who, left, now))
    _tell(session, who, now, "step", done)
    return entered


def _message(who: Enrollment, step: str, now: datetime) -> Outbox:
    return Outbox(
        workspace_id=who.workspace_id,
        key=f"{who.id}:{who.seq}:0",
        journey_id=who.journey_id,
        version_id=who.version_id,
        enrollment_id=who.id,
        contact_id=who.subject_id,
        step=step,
        visit=who.visit,
        seq=who.seq,
        carrier="sandbox",
        content=step,
        scene={},
        due_at=now,
        not_before=now,
        answer=False,
        state="pending",
        tries=0,
    )


def _tell(session: Session, who: Enrollment, now: datetime, op: str, done: str | None) -> None:
    session.add(
        Trail(
            workspace_id=who.workspace_id,
            enrollment_id=who.id,
            version_id=who.version_id,
            at=now,
            op=op,
            stage=who.stage,
            step=who.step,
            exit=done,
            visit=who.visit,
            seq=who.seq,
        )
    )
