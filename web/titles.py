"""What the workspace calls its materials, fields and everything that rules may name, for sentences about them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from audience import attributes, event_titles
from audience import catalogue as people
from audience.tables_matching import SceneTable
from audience.tables_rewards import PointsScheme
from audience.tables_segments import Segment
from audience.tables_tiers import TierDimension
from content.tables import Material
from journeys.tables import Journey
from journeys.value_words import Titles
from store.database import db
from web.access import here
from web.language import language


def titles(*, materials: bool = True) -> Titles:
    """The display names that this workspace has given; without `materials` those that rules name only.

    Fields are named as rules write them ("attribute.level", "segment.vip", "tier.value.high", "journey.welcome",
    "scene.autumn"), events by their names.
    """
    session = db.session()
    query = select(Material.key, Material.name).where(Material.workspace_id == here())
    contents = session.execute(query).all() if materials else ()
    known = people.load(session, here()).titles
    fields = {
        f"attribute.{name}" if kind == "attribute" else name: title
        for (kind, name), title in known.items()
        if kind in ("attribute", "event") and title
    }
    return Titles({key: name for key, name in contents if name}, fields | _own())


def rule_titles() -> Mapping[str, str]:
    """As `titles` for rules said in the language of whoever asks: with what everybody calls events and attributes."""
    lang = language()
    usual = {name: words[0] if lang == "zh" else words[1] for name, words in event_titles.EVENTS.items()}
    usual |= {f"attribute.{name}": title for name, title in usual_attributes(lang).items()}
    return usual | dict(titles(materials=False).fields)


def usual_attributes(lang: str) -> dict[str, str]:
    """What attributes are called where nobody has given them a title; those of points bear their scheme's name."""
    place = 0 if lang == "zh" else 1
    found = {name: words[place] for name, words in attributes.USUAL_TITLES.items()}
    found |= {name: one.title[lang] for name, one in attributes.BUILT_IN.items()}
    schemes = select(PointsScheme.key, PointsScheme.name).where(PointsScheme.workspace_id == here())
    return found | {f"points_{key}": name for key, name in db.session.execute(schemes)}


def _own() -> dict[str, str]:
    """Segments, tiers with their levels, journeys and scenes."""
    found: dict[str, str] = {}
    models = (("segment", Segment), ("journey", Journey), ("scene", SceneTable))
    for family, model in models:
        query = select(model.key, model.name).where(model.workspace_id == here())
        found |= {f"{family}.{key}": name for key, name in db.session.execute(query) if name}
    dimensions = select(TierDimension.key, TierDimension.name, TierDimension.levels).where(
        TierDimension.workspace_id == here()
    )
    for key, name, levels in db.session.execute(dimensions):
        found[f"tier.{key}"] = name
        found |= {f"tier.{key}.{level['key']}": level["name"] for level in levels if level.get("name")}
    return found
