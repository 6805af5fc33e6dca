"""How a value of the facts is compared with a value of a rule.

A value is *empty* (missing, null, "", an empty list or object), a *number*, a *text*, or neither (a list,
an object, a number beyond 2^53). A text that is written like a number is both, unless it begins with a zero
or a plus or has more than fifteen digits: such texts are codes, and 021 is not 21. True and false are the
texts "true" and "false".

The rule's side decides: against a number, numbers are compared, and a text that is no number is smaller
than nothing and greater than nothing; against a text, texts are compared by code point.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

#: Whole numbers up to here are exact in JSON readers, in SQLite and in PostgreSQL alike.
MAX_NUMBER = 2**53 - 1
#: A text that may stand for a number; at most fifteen digits, which every reader turns into the same number.
NUMBER_TEXT = r"\A(?:-?(?:0|[1-9][0-9]{0,8})(?:[.][0-9]{1,6})?|-?[1-9][0-9]{9,14})\Z"

_is_number = re.compile(NUMBER_TEXT).match


def number_of(value: Any) -> float | None:
    """The number that a value stands for; None if it stands for none."""
    kind = type(value)
    if kind is int or kind is float:
        return float(value) if -MAX_NUMBER <= value <= MAX_NUMBER else None
    if kind is str:
        return float(value) if _is_number(value) else None
    return None


def text_of(value: Any) -> str | None:
    """The text that a value is; None for numbers, lists, objects and nothing."""
    kind = type(value)
    if kind is str:
        return value or None
    if kind is bool:
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) or None if isinstance(value, str) else None


def searchable(value: Any) -> str | None:
    """The text in which `contains` and its like look: whole numbers have one, too."""
    if type(value) is str:
        return value or None
    if type(value) in (int, float) and -MAX_NUMBER <= value <= MAX_NUMBER and value == int(value):
        return str(int(value))
    return text_of(value)


def is_empty(value: Any) -> bool:
    """Whether there is nothing to compare."""
    return value is None or value == "" or (isinstance(value, list | tuple | dict) and not value)


def is_comparable(value: Any) -> bool:
    """Whether there is a number or a text to compare."""
    return text_of(value) is not None or number_of(value) is not None
