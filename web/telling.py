"""Lines of trails told in words, with the names that this workspace and each version's author have given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, fields

from journeys.naming import Drawing
from journeys.tables import Trail
from journeys.trail_words import Line, Teller
from rules.zones import zone_of
from store.database import db
from store.tables import Workspace
from web import names
from web.access import here
from web.api.catalogue import WordsOut
from web.titles import titles


class SawOut(Schema):
    """One comparison that decided a line."""

    field = fields.Str(required=True)
    name = fields.Nested(WordsOut, required=True, metadata={"description": "What the field is called"})
    operator = fields.Str(required=True)
    value = fields.Raw(required=True, allow_none=True, metadata={"description": "What it was compared with"})
    saw = fields.Raw(required=True, allow_none=True, metadata={"description": "What it was at that moment"})
    held = fields.Bool(
        required=True,
        allow_none=True,
        metadata={"description": "null if only the beginning of a long value was kept"},
    )


def tellers(version_ids: Iterable[int]) -> dict[int, Teller]:
    """A teller for each of these versions."""
    drawn = names.drawn(version_ids)
    if not drawn:
        return {}
    known = titles(materials=False)
    home = db.session.get_one(Workspace, here()).timezone
    return {
        number: Teller(
            Drawing(one.definition, known),
            zone_of((one.definition.get("settings") or {}).get("timezone") or home),
        )
        for number, one in drawn.items()
    }


def told(row: Trail, teller: Teller | None) -> dict[str, Any]:
    """A line in words, and what its rules saw."""
    if teller is None:
        return {"words": {"zh": row.op, "en": row.op}, "saw": []}
    line = Line(row.op, row.stage, row.step, row.exit, row.arrow, row.detail or {})
    return {
        "words": teller.words(line).json(),
        "saw": [reason.json() for reason in teller.reasons(line)],
    }
