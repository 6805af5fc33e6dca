"""Which message was written from which variant: noted as it goes out, so that variants can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from content.tables_materials import VariantMessage
from runtime.rows import Parcel
from store.bulk import among


def note(session: Session, settled: Sequence[tuple[Parcel, Mapping[str, Any]]]) -> None:
    """Note those of the settled messages that went out as one of several variants. Nothing is committed."""
    rows: dict[int, dict[str, Any]] = {}
    for parcel, result in settled:
        told = (result.get("rendered") or {}).get("material") or {}
        if result["state"] in ("sent", "delivered") and told.get("variant"):
            rows[parcel.id] = {
                "outbox_id": parcel.id,
                "workspace_id": parcel.workspace_id,
                "material_id": told["id"],
                "version": told["version"],
                "variant": told["variant"],
            }
    if not rows:
        return
    query = select(VariantMessage.outbox_id).where(among(session, VariantMessage.outbox_id, list(rows)))
    for known in session.scalars(query):
        rows.pop(known)
    if rows:
        session.execute(insert(VariantMessage), list(rows.values()))
