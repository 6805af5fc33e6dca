"""Versions of materials: kept at each save, so that a message can say for ever what it was written from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from content.tables import Material
from content.tables_materials import MaterialVersion


class NoVersion(LookupError):
    """The material has no version with this number."""


def keep(session: Session, material: Material) -> None:
    """Keep what the material says now, unless that version is kept already."""
    session.flush()
    if session.get(MaterialVersion, (material.id, material.version)) is not None:
        return
    session.add(_at_hand(material))
    session.flush()


def _at_hand(material: Material) -> MaterialVersion:
    return MaterialVersion(
        material_id=material.id,
        number=material.version,
        workspace_id=material.workspace_id,
        name=material.name,
        carrier=material.carrier,
        body=material.body,
        variants=material.variants,
        at=material.updated_at,
        by=material.updated_by,
    )


def listed(session: Session, material: Material) -> list[MaterialVersion]:
    """All versions of a material, the newest first."""
    query = select(MaterialVersion).where(
        MaterialVersion.workspace_id == material.workspace_id, MaterialVersion.material_id == material.id
    )
    kept = list(session.scalars(query.order_by(MaterialVersion.number.desc())))
    return kept if kept and kept[0].number == material.version else [_at_hand(material), *kept]


def one(session: Session, material: Material, number: int) -> MaterialVersion:
    """One version; raises NoVersion."""
    found = session.get(MaterialVersion, (material.id, number))
    if found is None and number == material.version:
        return _at_hand(material)
    if found is None or found.workspace_id != material.workspace_id:
        raise NoVersion(NoVersion.__doc__)
    return found


def some(
    session: Session, workspace_id: int, wanted: Iterable[tuple[int, int]]
) -> dict[int, MaterialVersion]:
    """{material id: version} for pairs of material id and number."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    query = select(MaterialVersion).where(
        MaterialVersion.workspace_id == workspace_id,
        tuple_(MaterialVersion.material_id, MaterialVersion.number).in_(pairs),
    )
    return {row.material_id: row for row in session.scalars(query)}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What changed from one body to another: [{"path", "pieces": [{"how": same | out | in, "text"}]}]."""
    old, new = dict(_texts(before)), dict(_texts(after))
    changed = []
    for path in [*new, *(path for path in old if path not in new)]:
        if old.get(path, "") != new.get(path, ""):
            changed.append({"path": path, "pieces": pieces(old.get(path, ""), new.get(path, ""))})
    return changed


def pieces(before: str, after: str) -> list[dict[str, str]]:
    """One text turned into another: what stayed, what went out and what came in, in the order of reading."""
    told: list[dict[str, str]] = []
    if len(before) + len(after) > 20_000:
        return [{"how": "out", "text": before}, {"how": "in", "text": after}]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for how, from_, to, begin, end in matcher.get_opcodes():
        if how == "equal":
            told.append({"how": "same", "text": before[from_:to]})
            continue
        if to > from_:
            told.append({"how": "out", "text": before[from_:to]})
        if end > begin:
            told.append({"how": "in", "text": after[begin:end]})
    return told


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{number}]")
    elif value is not None:
        yield path, str(value)
