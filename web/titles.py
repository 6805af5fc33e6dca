"""What the workspace calls its materials, fields and events, for sentences about drawings."""

from __future__ import annotations

from sqlalchemy import select

from audience import catalogue as people
from content.tables import Material
from journeys.value_words import Titles
from store.database import db
from web.access import here


def titles(*, materials: bool = True) -> Titles:
    """The display names that this workspace has given; without `materials` those of fields and events only."""
    session = db.session()
    query = select(Material.key, Material.name).where(Material.workspace_id == here())
    contents = session.execute(query).all() if materials else ()
    known = people.load(session, here()).titles
    fields = {
        f"attribute.{name}" if kind == "attribute" else name: title
        for (kind, name), title in known.items()
        if kind in ("attribute", "event") and title
    }
    return Titles({key: name for key, name in contents if name}, fields)
