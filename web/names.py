"""Names of stages, steps and ends in published versions; a version never changes, so they are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from journeys.tables import Journey, Version
from store.database import db
from web.access import here

MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a version's parts are called, and what they are."""

    number: int
    journey_id: int
    #: Node id -> name; the id itself where the author gave none.
    names: Mapping[str, str]
    #: Node id -> stage | step | arrow | entry | end | goal.
    parts: Mapping[str, str]
    definition: Mapping[str, Any]

    def name(self, node: str | None) -> str | None:
        """What the author calls a node."""
        return None if node is None else self.names.get(node, node)


_kept: OrderedDict[tuple[str, int], Drawn] = OrderedDict()


def drawn(version_ids: Iterable[int]) -> dict[int, Drawn]:
    """The versions of this workspace with these ids."""
    url = str(db.engine.url)
    wanted = set(version_ids)
    found = {number: _kept[url, number] for number in wanted if (url, number) in _kept}
    missing = wanted - found.keys()
    if missing:
        rows = db.session.scalars(
            select(Version).where(Version.workspace_id == here(), Version.id.in_(missing))
        )
        for row in rows:
            found[row.id] = _kept[url, row.id] = _read(row)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return found


def journeys(journey_ids: Iterable[int]) -> dict[int, str]:
    """Names of journeys of this workspace."""
    wanted = set(journey_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Journey.id, Journey.name).where(Journey.workspace_id == here(), Journey.id.in_(wanted))
    )
    return dict(rows.all())


def _read(version: Version) -> Drawn:
    names: dict[str, str] = {}
    parts: dict[str, str] = {}
    for key, part in (
        ("stages", "stage"),
        ("steps", "step"),
        ("arrows", "arrow"),
        ("entries", "entry"),
        ("ends", "end"),
        ("goals", "goal"),
    ):
        for node in version.definition.get(key, ()):
            parts[node["id"]] = part
            if node.get("name"):
                names[node["id"]] = node["name"]
    return Drawn(version.number, version.journey_id, names, parts, version.definition)
