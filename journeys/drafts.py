"""Drafts: a journey being drawn. They may be unfinished; what is saved can always be drawn again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from journeys import schema
from journeys.errors import DraftMoved, JourneyError
from journeys.tables import Draft, Journey
from journeys.words import Words
from store import audit

LONGEST_KEY = 64
EMPTY: Mapping[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [],
    "stages": [],
    "steps": [],
    "arrows": [],
    "ends": [],
    "goals": [],
    "settings": {},
}


class NotADraft(JourneyError):
    """Only a journey that was never published can be deleted; archive this one instead."""

    code = "not-a-draft"
    words = Words(
        "只有从未发布过的旅程可以删除；这个旅程请归档。",
        "Only a journey that was never published can be deleted; archive this one instead.",
    )


def create(
    session: Session,
    workspace_id: int,
    name: str,
    definition: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    actor: str,
    key: str | None = None,
    template: str | None = None,
) -> Journey:
    """Make a journey with its first draft (revision 1); raises BadDefinition."""
    drawn = schema.load(dict(EMPTY if definition is None else definition), draft=True)
    journey = Journey(
        workspace_id=workspace_id,
        key=key or free_key(session, workspace_id, name),
        name=name,
        status="draft",
        on_resume="skip",
        template=template,
        created_at=now,
        updated_at=now,
    )
    session.add(journey)
    session.flush()
    session.add(
        Draft(
            journey_id=journey.id,
            workspace_id=workspace_id,
            revision=1,
            definition=drawn,
            updated_at=now,
            updated_by=actor,
        )
    )
    note(session, journey, "journey.created", now, actor, {"name": name, "template": template})
    session.flush()
    return journey


def opened(session: Session, journey: Journey) -> Draft:
    """The draft of a journey, as it was saved last."""
    return session.scalars(
        select(Draft).where(Draft.journey_id == journey.id, Draft.workspace_id == journey.workspace_id)
    ).one()


def save(
    session: Session,
    journey: Journey,
    definition: Mapping[str, Any],
    revision: int,
    *,
    now: datetime,
    actor: str,
) -> int:
    """Keep a drawing made from `revision` and give the new revision; raises BadDefinition or DraftMoved.

    The comparison and the write are one statement, so of two savers with the same revision one is told.
    """
    schema.load(dict(definition), draft=True)
    mine = (Draft.journey_id == journey.id, Draft.workspace_id == journey.workspace_id)
    saved = session.execute(
        update(Draft)
        .where(*mine, Draft.revision == revision)
        .values(definition=dict(definition), revision=revision + 1, updated_at=now, updated_by=actor)
        .execution_options(synchronize_session=False)
    )
    if saved.rowcount == 0:  # type: ignore[attr-defined]
        raise DraftMoved(theirs=session.scalars(select(Draft.revision).where(*mine)).one(), yours=revision)
    session.expire_all()  # the row was changed behind the session's back
    journey.updated_at = now
    note(session, journey, "draft.saved", now, actor, {"revision": revision + 1})
    session.flush()
    return revision + 1


def rename(session: Session, journey: Journey, name: str, *, now: datetime, actor: str) -> None:
    """Call a journey something else; its key stays, so that other journeys still find it."""
    note(session, journey, "journey.renamed", now, actor, {"from": journey.name, "to": name})
    journey.name = name
    journey.updated_at = now
    session.flush()


def clone(session: Session, journey: Journey, name: str, *, now: datetime, actor: str) -> Journey:
    """A new journey that begins with a copy of this one's draft and owes it nothing."""
    draft = opened(session, journey)
    return create(
        session, journey.workspace_id, name, draft.definition, now=now, actor=actor, template=journey.template
    )


def discard(session: Session, journey: Journey, *, now: datetime, actor: str) -> None:
    """Delete a journey that was never published; raises NotADraft."""
    if journey.status != "draft" or journey.live_version_id is not None:
        raise NotADraft
    note(session, journey, "journey.deleted", now, actor, {"name": journey.name})
    session.execute(delete(Draft).where(Draft.journey_id == journey.id))
    session.delete(journey)
    session.flush()


def free_key(session: Session, workspace_id: int, name: str) -> str:
    """A key that no journey of the workspace has: the name's Latin letters, or "journey", made unique."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[: LONGEST_KEY - 6] or "journey"
    taken = session.scalar(
        select(func.count()).where(Journey.workspace_id == workspace_id, Journey.key == stem)
    )
    return f"{stem}-{secrets.token_hex(2)}" if taken else stem


def note(
    session: Session, journey: Journey, action: str, at: datetime, actor: str, detail: Mapping[str, Any]
) -> None:
    """Write into the audit what happened to a journey, in the transaction in which it happens."""
    audit.record(session, journey.workspace_id, actor, action, f"journey:{journey.id}", detail, at)
