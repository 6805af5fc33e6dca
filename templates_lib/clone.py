"""Clone a template into a workspace: a draft of its own, with its materials."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.tables import Material
from journeys import drafts
from journeys.tables import Journey
from templates_lib.shelf import Template, take


def clone(
    session: Session,
    workspace_id: int,
    slug: str,
    name: str | None = None,
    *,
    lang: str = "zh",
    now: datetime,
    actor: str,
) -> Journey:
    """Make a journey from a template; raises NoSuchTemplate.

    A material that the workspace has under the same key is used if it still says what the template says; one that
    was edited stays as it is, and the clone gets its own copy under a new key.
    """
    template = take(slug)
    keys = _materials(session, workspace_id, template, now, actor)
    definition = copy.deepcopy(template.definition)
    for step in definition["steps"]:
        content = step["config"].get("content")
        if content is not None:
            step["config"]["content"] = keys.get(content, content)
    return drafts.create(
        session,
        workspace_id,
        name or template.name[lang],
        definition,
        now=now,
        actor=actor,
        key=drafts.free_key(session, workspace_id, slug),
        template=slug,
    )


def _materials(
    session: Session, workspace_id: int, template: Template, now: datetime, actor: str
) -> dict[str, str]:
    """Put the template's materials into the workspace; the template's key -> the key to be used."""
    rows = session.scalars(select(Material).where(Material.workspace_id == workspace_id))
    has = {row.key: row for row in rows}
    keys: dict[str, str] = {}
    for material in template.materials:
        key = material["key"]
        number = 1
        while key in has and not _same(has[key], material):
            number += 1
            key = f"{material['key']}-{number}"
        keys[material["key"]] = key
        if key in has:
            continue
        has[key] = Material(
            workspace_id=workspace_id,
            key=key,
            name=material["name"],
            carrier=material["carrier"],
            body=material["body"],
            revision=1,
            updated_at=now,
            updated_by=actor,
        )
        session.add(has[key])
    session.flush()
    return keys


def _same(row: Material, material: Mapping[str, Any]) -> bool:
    return row.carrier == material["carrier"] and row.body == material["body"]
