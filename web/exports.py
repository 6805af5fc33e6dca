"""A definition as a file: JSON, Mermaid or SCXML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from journeys import picture
from journeys.errors import BadDefinition
from journeys.schema import load
from journeys.words import Words
from web.errors import Problem

TYPES = {"json": "application/json", "mermaid": "text/plain", "scxml": "application/xml"}
ENDINGS = {"json": "json", "mermaid": "mmd", "scxml": "scxml"}
UNFINISHED = Words(
    "这张图还没画完，只能导出为 JSON。", "The drawing is not finished; it can be exported as JSON only."
)


def written(form: str, definition: Mapping[str, Any]) -> str:
    """The definition in the form asked for: json, mermaid or scxml; raises BadDefinition if it is unfinished."""
    if form == "json":
        return orjson.dumps(definition, option=orjson.OPT_INDENT_2).decode() + "\n"
    load(dict(definition))
    return picture.to_mermaid(definition) if form == "mermaid" else picture.to_scxml(definition)


def export_as(form: str, definition: Mapping[str, Any], name: str) -> Response:
    """The file for a browser to keep."""
    try:
        text = written(form, definition)
    except BadDefinition as bad:
        raise Problem(422, "unfinished", UNFINISHED, bad.problems) from None
    file = f'attachment; filename="{name}.{ENDINGS[form]}"'
    return Response(text, content_type=f"{TYPES[form]}; charset=utf-8", headers={"Content-Disposition": file})
