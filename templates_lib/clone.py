"""Clone a template into a workspace: a draft of its own, with its materials and what else it needs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import catalogue
from content import materials
from content.tables import Material
from journeys import drafts
from journeys.tables import Journey
from store.database import begin_write
from templates_lib.needs import Made, Making, make
from templates_lib.shelf import Template, take

#: What a template says of a material beside its words.
ABOUT = ("category", "topic")


@dataclass(frozen=True, slots=True)
class Cloned:
    """The journey, and what was made beside it because it was not there."""

    journey: Journey
    made: tuple[Made, ...]


def clone(
    session: Session,
    workspace_id: int,
    slug: str,
    name: str | None = None,
    *,
    lang: str = "zh",
    now: datetime,
    actor: str,
) -> Cloned:
    """Make a journey from a template; raises NoSuchTemplate. Commits nothing.

    A material that the workspace has under the same key is used if it still says what the template says; one that
    was edited stays as it is, and the clone gets its own copy under a new key. Pools, tiers and the like that are
    there under the same key are used as they are.
    """
    begin_write(session)
    template = take(slug)
    making = Making(session, workspace_id, now, actor, slug)
    catalogue.declare(session, workspace_id, now, events={name: {} for name in template.events})
    make(making, template.needs)
    keys = _materials(making, template)
    definition = copy.deepcopy(template.definition)
    for step in definition["steps"]:
        for field in ("content", "fallback_content"):
            content = step["config"].get(field)
            if content is not None:
                step["config"][field] = keys.get(content, content)
    journey = drafts.create(
        session,
        workspace_id,
        name or template.name[lang],
        _renamed(definition, making.tiers),
        now=now,
        actor=actor,
        key=drafts.free_key(session, workspace_id, slug),
        template=slug,
    )
    return Cloned(journey, tuple(making.made))


def _renamed(part: Any, tiers: Mapping[str, str]) -> Any:
    """The drawing with dimensions of tiers under the keys that they have here."""
    if isinstance(part, dict):
        done = {name: _renamed(value, tiers) for name, value in part.items()}
        if isinstance(done.get("dimension"), str):
            done["dimension"] = tiers.get(done["dimension"], done["dimension"])
        if isinstance(done.get("field"), str) and done["field"].startswith("tier."):
            old = done["field"].removeprefix("tier.")
            done["field"] = f"tier.{tiers.get(old, old)}"
        return done
    return [_renamed(one, tiers) for one in part] if isinstance(part, list) else part


def _materials(making: Making, template: Template) -> dict[str, str]:
    """Put the template's materials into the workspace; the template's key -> the key to be used."""
    session, workspace_id = making.session, making.workspace_id
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
        words = {name: material[name] for name in ("name", "carrier", "body")}
        about = {name: material[name] for name in ABOUT if name in material}
        variants = material.get("variants")
        has[key] = materials.create(
            session,
            workspace_id,
            key=key,
            now=making.now,
            by=making.by,
            about=about,
            variants=variants,
            **words,
        )
        making.told("material", key, material["name"])
    return keys


def _same(row: Material, material: Mapping[str, Any]) -> bool:
    said = (row.carrier, row.body, row.variants or None)
    return said == (material["carrier"], material["body"], material.get("variants") or None)
