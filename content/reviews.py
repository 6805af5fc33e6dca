"""Review: a version is put before a colleague, who answers three questions and lets it pass or sends it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import material_versions, policies
from content.checks import ERROR, look
from content.tables import Material
from content.tables_materials import MaterialReview, MaterialVersion
from store.database import begin_write

#: Is it allowed, does it fit these people at this moment, would one like to read it.
QUESTIONS = ("compliance", "fit", "appeal")


class ReviewRefused(ValueError):
    """The review cannot be given like that; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def submit(session: Session, material: Material, now: datetime) -> None:
    """Put the version at hand before a reviewer. Raises ReviewRefused if it is there or through already."""
    begin_write(session)
    session.refresh(material, with_for_update=True)
    if material.status not in ("draft", "sent_back"):
        raise ReviewRefused("not-a-draft")
    material.status = "review"
    session.flush()


def decide(
    session: Session,
    material: Material,
    version: int,
    answers: Mapping[str, Mapping[str, Any]],
    *,
    now: datetime,
    by: str,
) -> MaterialReview:
    """Answer the three questions about a version: it is approved if all are fine, else sent back.

    Raises ReviewRefused: `moved` if the material says something else by now, `author` where nobody approves his own
    words, `note-missing` if something is not fine and nothing says what, `forbidden` while the checks find an error,
    `approved` if it is through already.
    """
    begin_write(session)
    session.refresh(material, with_for_update=True)
    if material.version != version:
        raise ReviewRefused("moved")
    if material.status == "approved":
        raise ReviewRefused("approved")
    policy = policies.read(session, material.workspace_id)
    material_versions.keep(session, material)
    written = material_versions.one(session, material, version)
    fine = all(answers[question]["fine"] for question in QUESTIONS)
    if fine and policy.others_review and written.by == by:
        raise ReviewRefused("author")
    if any(not one["fine"] and not str(one.get("note") or "").strip() for one in answers.values()):
        raise ReviewRefused("note-missing")
    if fine and errors(material, policy):
        raise ReviewRefused("forbidden")
    verdict = "approved" if fine else "sent_back"
    row = MaterialReview(
        workspace_id=material.workspace_id,
        material_id=material.id,
        version=version,
        verdict=verdict,
        answers={question: dict(answers[question]) for question in QUESTIONS},
        at=now,
        by=by[:120],
    )
    session.add(row)
    material.status = verdict
    if fine:
        material.approved_version = version
    session.flush()
    return row


def errors(material: Material | MaterialVersion, policy: policies.Policy) -> bool:
    """True if the checks find something in any variant that nobody may approve."""
    bodies = [material.body, *(one["body"] for one in material.variants or ())]
    return any(
        finding.severity == ERROR
        for body in bodies
        for finding in look(material.carrier, body, forbidden=policy.forbidden())
    )


def listed(session: Session, material: Material) -> list[MaterialReview]:
    """All reviews of a material, the newest first."""
    query = select(MaterialReview).where(
        MaterialReview.workspace_id == material.workspace_id, MaterialReview.material_id == material.id
    )
    return list(session.scalars(query.order_by(MaterialReview.id.desc())))
