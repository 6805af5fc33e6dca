"""Comparisons as SQL conditions that are never NULL, for values of JSON documents and of columns alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_

from rules.condition_fields import DENIES
from rules.condition_tests import ORDER
from rules.condition_tree import Operand
from rules.sql_json import JsonEmpty, JsonNumber, JsonSearchable, JsonText, PartOf

Clause = ColumnElement[bool]


def value(document: ColumnElement[Any], name: str, how: str, values: tuple[Operand, ...]) -> Clause:
    """A comparison of a value inside a JSON document."""
    if how in ("null", "notNull"):
        empty = JsonEmpty(document, name)
        return empty if how == "null" else not_(empty)
    text, number = JsonText(document, name), JsonNumber(document, name)

    def compare(how: str, wanted: Operand) -> Clause:
        if how in ORDER:
            return compared(how, number if isinstance(wanted, float) else text, wanted)
        searched: ColumnElement[Any] = JsonSearchable(document, name)
        part = str(wanted)
        if how == "contains":
            return PartOf(searched, part)
        if how == "beginsWith":
            return func.substr(searched, 1, len(part)) == part
        return func.substr(searched, func.length(searched) - len(part) + 1, len(part)) == part

    return two_valued(how, values, compare, or_(text.is_not(None), number.is_not(None)))


def compared(how: str, found: ColumnElement[Any], wanted: Operand) -> Clause:
    """`found = wanted`, `found < wanted` and so on; NULL where there is nothing."""
    clause: Any = ORDER[how](found, wanted)
    return clause


def two_valued(
    how: str, values: tuple[Operand, ...], compare: Callable[[str, Operand], Clause], comparable: Clause
) -> Clause:
    """Any comparison, made of the five orders and three searches of `compare`; never NULL."""
    plain = DENIES.get(how, how)
    if how == "notBetween":
        return func.coalesce(or_(compare("<", values[0]), compare(">", values[1])), false())
    if plain == "between":
        clause = and_(compare(">=", values[0]), compare("<=", values[1]))
    elif plain == "in":
        clause = or_(false(), *(compare("=", one) for one in values))
    else:
        clause = compare(plain, values[0])
    sure = func.coalesce(clause, false())
    return and_(comparable, not_(sure)) if how in DENIES else sure
