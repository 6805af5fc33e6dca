"""What customers are told: of each material the version that counts, the contact's variant, and filled slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content import fills, material_versions, materials, policies, slots, variants
from content.bodies import scenes_of
from content.fills import Filled
from content.tables import Material


@dataclass(slots=True, frozen=True)
class Words:
    """What one contact is told by a material: a body to be composed, and where it comes from."""

    carrier: str
    body: Mapping[str, Any]
    version: int
    #: Null where there is nothing to choose from.
    variant: str | None
    filled: Mapping[str, str]

    def note(self, material_id: int) -> dict[str, Any]:
        """What is kept with the message."""
        told: dict[str, Any] = {"id": material_id, "version": self.version}
        if self.variant is not None:
            told["variant"] = self.variant
        if self.filled:
            told["slots"] = dict(self.filled)
        return {"material": told}


@dataclass(slots=True)
class Said:
    """A material as it is said now."""

    id: int
    key: str
    name: str
    carrier: str
    body: Mapping[str, Any]
    version: int
    expires_at: datetime | None = None
    variants: list[dict[str, Any]] | None = None
    winner: str = ""
    filled: list[Filled] = field(default_factory=list)

    @property
    def bodies(self) -> list[Mapping[str, Any]]:
        """Its body and those of its variants."""
        return [self.body, *(one["body"] for one in self.variants or ())]

    @property
    def scenes(self) -> frozenset[str]:
        """Keys of the tables of people, products and moments that its texts ask."""
        return frozenset().union(*(scenes_of(self.carrier, body) for body in self.bodies))

    @property
    def open(self) -> bool:
        """True if a member of staff may have something to say in it."""
        return bool(self.filled)

    def over(self, now: datetime) -> bool:
        """True if nobody is told this any more."""
        return self.expires_at is not None and self.expires_at <= now

    def words(self, contact_id: int, staff: int | None = None, day: str = "") -> Words:
        """What this contact is told, by this member of staff, on this local day (2026-03-01)."""
        variant = variants.chosen(self.id, contact_id, self.variants, self.winner) if self.variants else None
        body = variants.body_of(self.body, self.variants, variant) if variant else self.body
        filled = fills.best(self.filled, staff, day) if self.filled else {}
        usable = {
            slot.name: filled[slot.name]
            for slot in (slots.of_body(body) if filled else ())
            if slot.name in filled and len(filled[slot.name]) <= slot.longest
        }
        return Words(self.carrier, body, self.version, variant, usable)


def of(session: Session, workspace_id: int, keys: Iterable[str]) -> dict[str, Said]:
    """The named materials as they are said: the approved version where the workspace reviews and there is one."""
    found = materials.many(session, workspace_id, keys)
    behind = {
        row.id: row.approved_version
        for row in found.values()
        if row.approved_version is not None and row.approved_version != row.version
    }
    older = {}
    if behind and policies.read(session, workspace_id).review != "off":
        older = material_versions.some(session, workspace_id, behind.items())
    told = {key: _said(row, older.get(row.id) or row) for key, row in found.items()}
    open_ = {one.id: one for one in told.values() if _has_slots(one)}
    for material_id, rows in fills.of(session, workspace_id, open_).items():
        open_[material_id].filled = rows
    return told


def _said(row: Material, version: Any) -> Said:
    number = row.version if version is row else version.number
    winner = row.winner if version is row else ""
    return Said(
        *(row.id, row.key, row.name, version.carrier, version.body, number),
        *(row.expires_at, version.variants, winner),
    )


def _has_slots(said: Said) -> bool:
    return bool(slots.of_body(said.body)) or any(slots.of_body(one["body"]) for one in said.variants or ())
