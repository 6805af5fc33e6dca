"""Between the rows of a file and contacts: cells into fields, and problems back into rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audience.columns import parts, value_of
from store.problem import Problem

#: What a mapping calls the parts of a contact.
_TARGETS = {"attributes": "attribute", "identities": "identity"}


def contact_of(
    columns: Sequence[str], mapping: Mapping[str, str], row: Sequence[str]
) -> tuple[dict[str, Any], list[tuple[str, dict[str, str]]]]:
    """Turn a row into a contact for upsert, and say as (column, words) which cells do not fit."""
    contact: dict[str, Any] = {"identities": {}, "attributes": {}, "tags": []}
    wrong: list[tuple[str, dict[str, str]]] = []
    if any(row[len(columns) :]):
        said = {"zh": "这一行的单元格比表头多。", "en": "The row has more cells than the header."}
        return contact, [("", said)]
    for column, cell in zip(columns, row, strict=False):
        kind, _, rest = mapping.get(column, "").partition(":")
        if not cell or not kind:
            continue
        if kind == "identity":
            contact["identities"][rest] = cell
        elif kind == "tags":
            contact["tags"] += parts(cell)
        elif kind == "attribute":
            name, _, type_ = rest.partition(":")
            value = value_of(cell, type_ or "text")
            if value is None:
                wrong.append((column, misfit(type_)))
            contact["attributes"][name] = value
        else:
            contact[kind] = cell
    return contact, wrong


def misfit(type_: str) -> dict[str, str]:
    """Say what a cell of this type should hold."""
    wanted = {
        "number": ("须是数字。", "Give a number."),
        "date": ("须是日期，例如 2026-03-01。", "Give a date such as 2026-03-01."),
        "time": ("须是日期和时间，例如 2026-03-01 10:00。", "Give a date and time such as 2026-03-01 10:00."),
        "boolean": ("须是 是 或 否。", "Give yes or no."),
    }
    zh, en = wanted[type_]
    return {"zh": zh, "en": en}


def problems_of(
    mapping: Mapping[str, str], errors: Sequence[Problem], numbers: Sequence[int]
) -> list[tuple[int, str, dict[str, str]]]:
    """Translate the problems of a batch of contacts into (row, column, words); `numbers` are the items' rows."""
    column_of = {":".join(target.split(":")[:2]): column for column, target in mapping.items()}
    found = []
    for path, said in errors:
        _, index, *rest = path.split(".")
        field = rest[0] if rest else ""
        if field in _TARGETS and len(rest) > 1:
            field = f"{_TARGETS[field]}:{rest[1]}"
        found.append((numbers[int(index)], column_of.get(field, ""), said))
    return found
