"""What tables of people, products and moments have for one contact, for looking ahead and for trying out."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from audience import facts, scene_asking
from audience.facts import Everything
from audience.tables import Contact
from rules.scene import Scene
from store.database import db
from web.access import here


def scene_for(contact: Contact, keys: Set[str], zone: ZoneInfo, now: datetime) -> Scene:
    """What the tables with these keys see of a contact."""
    wanted = Everything(scenes=frozenset(keys))
    known = facts.load(db.session(), here(), [contact.id], wanted)[contact.id]
    return scene_asking.scene_of(known, zone, now)


def scenes_for(contact: Contact, keys: Set[str], zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """What a text may say of them."""
    if not keys:
        return {}
    scene = scene_for(contact, keys, zone, now)
    return scene_asking.spoken(scene.matchings, scene)
