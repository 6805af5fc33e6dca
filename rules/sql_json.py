"""Values inside JSON columns as SQL, on SQLite and on PostgreSQL, by the rules of `condition_values.py`.

On SQLite the JSON text must hold names as they are, not as \\u escapes, and the connection must know
REGEXP, which SQLAlchemy gives to each of its connections.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, Integer, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from rules.condition_values import MAX_NUMBER, NUMBER_TEXT

#: Where an instant is read from text to milliseconds.
SQLITE_INSTANT = "strftime('%Y-%m-%d %H:%M:%f', {})"


class _OfJson(FunctionElement[Any]):
    """A value inside a JSON document, by its name."""

    inherit_cache = True

    def __init__(self, document: ColumnElement[Any], name: str):
        super().__init__(document, literal(name, String), literal(f'$."{name}"', String))

    def parts(self, compiler: Any, **kw: Any) -> tuple[str, str, str]:
        """The document, the name and the SQLite path, rendered."""
        document, name, path = (compiler.process(clause, **kw) for clause in self.clauses)
        return document, name, path


class JsonText(_OfJson):
    """The text that a value is; NULL for "", numbers, lists, objects and nothing. Ordered by code point."""

    inherit_cache = True
    type = String()
    name = "json_text"


class JsonNumber(_OfJson):
    """The number that a value stands for, else NULL."""

    inherit_cache = True
    type = Float()
    name = "json_number"


class JsonSearchable(_OfJson):
    """The text in which parts are looked for: that of a text or of a whole number, else NULL."""

    inherit_cache = True
    type = String()
    name = "json_searchable"


class JsonEmpty(_OfJson):
    """Whether there is nothing to compare; never NULL."""

    inherit_cache = True
    type = Boolean()
    name = "json_empty"


@compiles(JsonText, "sqlite")
def _sqlite_text(element: JsonText, compiler: Any, **kw: Any) -> str:
    document, _, path = element.parts(compiler, **kw)
    value, kind = f"json_extract({document}, {path})", f"json_type({document}, {path})"
    return f"NULLIF(CASE {kind} WHEN 'text' THEN {value} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' END, '')"


@compiles(JsonText, "postgresql")
def _postgres_text(element: JsonText, compiler: Any, **kw: Any) -> str:
    document, name, _ = element.parts(compiler, **kw)
    kinds = "('string', 'boolean')"
    text = f"CASE WHEN jsonb_typeof({document} -> {name}) IN {kinds} THEN {document} ->> {name} END"
    return f"(NULLIF({text}, '') COLLATE \"C\")"


@compiles(JsonNumber, "sqlite")
def _sqlite_number(element: JsonNumber, compiler: Any, **kw: Any) -> str:
    document, _, path = element.parts(compiler, **kw)
    value, kind = f"json_extract({document}, {path})", f"json_type({document}, {path})"
    return (
        f"CASE WHEN {kind} IN ('integer', 'real') AND {value} BETWEEN -{MAX_NUMBER} AND {MAX_NUMBER} THEN {value}"
        f" WHEN {kind} = 'text' AND {value} REGEXP '{NUMBER_TEXT}' THEN CAST({value} AS REAL) END"
    )


@compiles(JsonNumber, "postgresql")
def _postgres_number(element: JsonNumber, compiler: Any, **kw: Any) -> str:
    document, name, _ = element.parts(compiler, **kw)
    value, text = f"({document} -> {name})", f"({document} ->> {name})"
    return (
        f"CASE jsonb_typeof({value})"
        f" WHEN 'number' THEN CASE WHEN abs({value}::numeric) <= {MAX_NUMBER} THEN {value}::numeric END"
        f" WHEN 'string' THEN CASE WHEN {text} ~ '{NUMBER_TEXT}' THEN {text}::numeric END END"
    )


@compiles(JsonSearchable, "sqlite")
def _sqlite_searchable(element: JsonSearchable, compiler: Any, **kw: Any) -> str:
    document, _, path = element.parts(compiler, **kw)
    value, kind = f"json_extract({document}, {path})", f"json_type({document}, {path})"
    whole = f"{value} BETWEEN -{MAX_NUMBER} AND {MAX_NUMBER} AND {value} = CAST({value} AS INTEGER)"
    return (
        f"CASE WHEN {kind} IN ('integer', 'real') AND {whole} THEN CAST(CAST({value} AS INTEGER) AS TEXT)"
        f" ELSE {_sqlite_text(element, compiler, **kw)} END"  # type: ignore[arg-type]
    )


@compiles(JsonSearchable, "postgresql")
def _postgres_searchable(element: JsonSearchable, compiler: Any, **kw: Any) -> str:
    document, name, _ = element.parts(compiler, **kw)
    value = f"({document} -> {name})"
    number = f"CASE WHEN jsonb_typeof({value}) = 'number' THEN {value}::numeric END"
    return (
        f"CASE WHEN abs({number}) <= {MAX_NUMBER} AND {number} = trunc({number}) THEN trunc({number})::bigint::text"
        f" ELSE {_postgres_text(element, compiler, **kw)} END"  # type: ignore[arg-type]
    )


@compiles(JsonEmpty, "sqlite")
def _sqlite_empty(element: JsonEmpty, compiler: Any, **kw: Any) -> str:
    document, _, path = element.parts(compiler, **kw)
    value, kind = f"json_extract({document}, {path})", f"json_type({document}, {path})"
    return (
        f"(CASE coalesce({kind}, 'null') WHEN 'null' THEN 1 WHEN 'text' THEN {value} = '' WHEN 'object' THEN"
        f" {value} = '{{}}' WHEN 'array' THEN {value} = '[]' ELSE 0 END)"
    )


@compiles(JsonEmpty, "postgresql")
def _postgres_empty(element: JsonEmpty, compiler: Any, **kw: Any) -> str:
    document, name, _ = element.parts(compiler, **kw)
    return f"coalesce({document} -> {name} IN ('null', '\"\"', '{{}}', '[]'), true)"


class HasTag(FunctionElement[bool]):
    """Whether a JSON list of texts has one of them."""

    inherit_cache = True
    type = Boolean()
    name = "has_tag"

    def __init__(self, tags: ColumnElement[Any], tag: str):
        listed = json.dumps([tag], ensure_ascii=False)
        super().__init__(tags, literal(tag, String), literal(listed, String))


@compiles(HasTag, "sqlite")
def _sqlite_has_tag(element: HasTag, compiler: Any, **kw: Any) -> str:
    tags, tag, _ = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(EXISTS (SELECT 1 FROM json_each({tags}) AS worn WHERE worn.value = {tag}))"


@compiles(HasTag, "postgresql")
def _postgres_has_tag(element: HasTag, compiler: Any, **kw: Any) -> str:
    tags, _, listed = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"coalesce({tags} @> CAST({listed} AS JSONB), false)"


class NoTags(FunctionElement[bool]):
    """Whether a JSON list is empty, or is none; never NULL."""

    inherit_cache = True
    type = Boolean()
    name = "no_tags"

    def __init__(self, tags: ColumnElement[Any]):
        super().__init__(tags)


@compiles(NoTags, "sqlite")
def _sqlite_no_tags(element: NoTags, compiler: Any, **kw: Any) -> str:
    (tags,) = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(coalesce(json_array_length({tags}), 0) = 0)"


@compiles(NoTags, "postgresql")
def _postgres_no_tags(element: NoTags, compiler: Any, **kw: Any) -> str:
    (tags,) = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"coalesce({tags} IN ('[]', 'null'), true)"


class Before(FunctionElement[bool]):
    """Whether the instant that a text names (ISO 8601 with an offset, already checked) is before another."""

    inherit_cache = True
    type = Boolean()
    name = "before"

    def __init__(self, text: ColumnElement[Any], bound: str):
        super().__init__(text, literal(bound, String))


@compiles(Before, "sqlite")
def _sqlite_before(element: Before, compiler: Any, **kw: Any) -> str:
    text, bound = (SQLITE_INSTANT.format(compiler.process(clause, **kw)) for clause in element.clauses)
    return f"({text} < {bound})"


@compiles(Before, "postgresql")
def _postgres_before(element: Before, compiler: Any, **kw: Any) -> str:
    text, bound = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST({text} AS TIMESTAMPTZ) < CAST({bound} AS TIMESTAMPTZ))"


class PartOf(FunctionElement[bool]):
    """Whether a part stands somewhere in a text, letter for letter."""

    inherit_cache = True
    type = Boolean()
    name = "part_of"

    def __init__(self, text: ColumnElement[Any], part: str):
        super().__init__(text, literal(part, String))


@compiles(PartOf, "sqlite")
def _sqlite_part_of(element: PartOf, compiler: Any, **kw: Any) -> str:
    text, part = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(instr({text}, {part}) > 0)"


@compiles(PartOf, "postgresql")
def _postgres_part_of(element: PartOf, compiler: Any, **kw: Any) -> str:
    text, part = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(strpos({text}, {part}) > 0)"


class Later(FunctionElement[datetime]):
    """The moment so many whole seconds after that of a column."""

    inherit_cache = True
    name = "later"

    def __init__(self, at: ColumnElement[Any], seconds: int):
        self.type = at.type
        super().__init__(at, literal(seconds, Integer))


@compiles(Later, "sqlite")
def _sqlite_later(element: Later, compiler: Any, **kw: Any) -> str:
    at, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    moved = f"strftime('%Y-%m-%d %H:%M:%S', substr({at}, 1, 19), {seconds} || ' seconds')"
    return f"({moved} || substr({at}, 20))"


@compiles(Later, "postgresql")
def _postgres_later(element: Later, compiler: Any, **kw: Any) -> str:
    at, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({at} + make_interval(secs => {seconds}))"
