"""Reading the values that a rule compares with: their number, their type, their size."""

from __future__ import annotations

import re
from typing import Any

from rules.condition_fields import DENIES, JOURNEY_STATES, KEY, SEARCHES, VALUE_SHAPE, Field
from rules.condition_tree import Operand
from rules.condition_values import MAX_NUMBER, number_of, searchable
from rules.dates import read_time
from rules.errors import Words, join, words

MAX_TEXT_BYTES = 4096
MAX_VALUES = 500
#: Days since or until a date are looked for within a century.
MAX_DAYS = 36_600
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")

NOT_TEXT = words("这里应该是文字。", "This should be text.")
TOO_LONG = words(
    f"文字最长 {MAX_TEXT_BYTES} 字节（约 {MAX_TEXT_BYTES // 3} 个汉字）。",
    f"Text is at most {MAX_TEXT_BYTES} bytes long.",
)
NOT_STORABLE = words(
    "文字里有不能保存的字符（NUL 或残缺的表情）；请重新输入。",
    "The text has characters that cannot be stored (NUL or half an emoji); type it again.",
)
NO_VALUE = words(
    "还没有填写比较的值；要找空值，请用“为空”。", "The value is missing; to look for nothing, use `null`."
)
NOT_A_VALUE = words("这里应该是文字、数字或 true/false。", "This should be text, a number, or true or false.")
NOT_FINITE = words(
    "这个数字太大，无法准确比较；长编号请作为文字（加引号）。",
    "This number is too large to compare exactly; write long codes as text.",
)
NOT_A_NUMBER = words("这里应该是数字。", "This should be a number.")
NOT_DAYS = words(
    f"这里应该是整数天数，最多 {MAX_DAYS} 天。", f"This should be a whole number of days, at most {MAX_DAYS}."
)
NOT_A_FLAG = words("这里应该是“是”（true）或“否”（false）。", "This should be true or false.")
NOT_A_CLOCK = words("时刻要写成 HH:MM，例如 08:30。", "Write the time as HH:MM, such as 08:30.")
NOT_A_DATE = words(
    "日期要写成 YYYY-MM-DD，例如 2026-03-08。", "Write the date as YYYY-MM-DD, such as 2026-03-08."
)
NOT_A_TIME = words(
    "时间要写成 2026-03-08 或 2026-03-08T10:00。", "Write the time as 2026-03-08 or 2026-03-08T10:00."
)
NOT_A_KEY = words(
    "请从列表里选择；编号由小写字母、数字和 _ 组成，以字母开头。",
    "Choose one from the list; a key has small letters, digits and _, and begins with a letter.",
)
NOT_A_STATE = words(
    "应该是 inside（在旅程中）、ended（已离开）或 never（没进过）。",
    "This should be inside, ended or never.",
)
NOT_A_PAIR = words("这里应该有两个值：从多少到多少。", "This should be two values: from and to.")
TOO_MANY = words(f"最多 {MAX_VALUES} 个值。", f"At most {MAX_VALUES} values.")


class Unfit(Exception):
    """This value does not fit its field."""

    def __init__(self, path: str, said: Words):
        super().__init__(said["en"])
        self.path, self.words = path, said


def text_problem(value: Any) -> Words | None:
    """What is wrong with a text; None if nothing is."""
    if not isinstance(value, str):
        return NOT_TEXT
    try:
        length = len(value.encode())
    except UnicodeEncodeError:
        return NOT_STORABLE
    if "\0" in value:
        return NOT_STORABLE
    return TOO_LONG if length > MAX_TEXT_BYTES else None


def read_operands(field: Field, operator: str, value: Any, path: str) -> tuple[Operand, ...]:
    """The operands of one comparison; raises Unfit. Lists may come as one text with commas."""
    shape = VALUE_SHAPE[operator]
    if shape == "none":
        return ()
    if shape == "one":
        return (_operand(field, operator, value, path),)
    listed = _listed(value)
    if listed is None:
        raise Unfit(path, NOT_A_PAIR if shape == "pair" else NO_VALUE)
    if shape == "pair" and len(listed) != 2:
        raise Unfit(path, NOT_A_PAIR)
    if len(listed) > MAX_VALUES:
        raise Unfit(path, TOO_MANY)
    return tuple(_operand(field, operator, one, join(path, place)) for place, one in enumerate(listed))


def _listed(value: Any) -> list[Any] | None:
    """A list, or what stands between the commas of a text, Chinese commas among them."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str):
        return [part.strip() for part in re.split("[,，]", value) if part.strip()]
    return None if value is None else [value]


def _operand(field: Field, operator: str, value: Any, path: str) -> Operand:
    if value is None or value == "":
        raise Unfit(path, NO_VALUE)
    if not isinstance(value, str | int | float):
        raise Unfit(path, NOT_A_VALUE)
    if isinstance(value, str) and (problem := text_problem(value)):
        raise Unfit(path, problem)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise Unfit(path, NOT_FINITE)
    match field.type:
        case "number":
            return _number(value, path, NOT_A_NUMBER)
        case "days":
            days = _number(value, path, NOT_DAYS)
            if days != int(days) or abs(days) > MAX_DAYS:
                raise Unfit(path, NOT_DAYS)
            return days
        case "flag":
            flag = str(value).lower()
            if flag not in ("true", "false"):
                raise Unfit(path, NOT_A_FLAG)
            return flag
        case "clock":
            return _matching(value, isinstance(value, str) and CLOCK.fullmatch(value), path, NOT_A_CLOCK)
        case "date":
            is_date = isinstance(value, str) and len(value) == 10 and read_time(value)
            return _matching(value, is_date, path, NOT_A_DATE)
        case "time":
            return _matching(read_time(value), read_time(value), path, NOT_A_TIME)
        case "tags":
            return _matching(value, isinstance(value, str), path, NOT_TEXT)
        case "segments" | "level":
            return _matching(value, isinstance(value, str) and KEY.fullmatch(value), path, NOT_A_KEY)
        case "choice":
            return str(value)
        case "state":
            return _matching(value, value in JOURNEY_STATES, path, NOT_A_STATE)
        case _:
            return _anything(operator, value, path)


def _number(value: Any, path: str, said: Words) -> float:
    number = number_of(value)
    if number is None:
        raise Unfit(path, said)
    return number


def _matching(operand: Any, fits: Any, path: str, said: Words) -> Operand:
    if not fits:
        raise Unfit(path, said)
    found: Operand = operand
    return found


def _anything(operator: str, value: Any, path: str) -> Operand:
    """A number where the value can be one, else its text; a part of a text is always a text."""
    if DENIES.get(operator, operator) in SEARCHES:
        return searchable(value) or str(value)
    number = number_of(value)
    if number is not None:
        return number
    return str(value).lower() if isinstance(value, bool) else str(value)
