"""The filters a text may use: all of them our own, each bounded in what it takes and gives."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from liquid.exceptions import FilterArgumentError
from liquid.filter import with_context
from liquid.undefined import is_undefined

LONGEST = 20_000
MOST_ITEMS = 200
LARGEST = Decimal(10) ** 15
WEEKDAYS = "一二三四五六日"
_CODE = re.compile(r"%(-?)([A-Za-z%])")
FORMATS = "%Y %y %m %d %e %H %I %M %S %p %A %a %B %b %j %u %F %R %T %%"


def refuse(sentence: str) -> FilterArgumentError:
    """Return the error by which a filter says that it cannot do this."""
    return FilterArgumentError(sentence, token=None)


def words(value: Any) -> str:
    """Return a value as a text writes it; nothing for what is missing."""
    if value is None or is_undefined(value):
        return ""
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, list | tuple):
        text = "".join(words(item) for item in value[:MOST_ITEMS])
    else:
        text = str(value)
    if len(text) > LONGEST:
        raise refuse(f"a text of more than {LONGEST} characters cannot be worked on")
    return text


def is_missing(value: Any) -> bool:
    """True for what `default` replaces: nothing, false, an empty text or an empty list."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return False
    return (
        is_undefined(value)
        or value is None
        or value is False
        or (hasattr(value, "__len__") and not len(value))
    )


def default(value: Any, other: Any = "") -> Any:
    return other if is_missing(value) else value


def upcase(value: Any) -> str:
    return words(value).upper()


def downcase(value: Any) -> str:
    return words(value).lower()


def capitalize(value: Any) -> str:
    return words(value).capitalize()


def strip(value: Any) -> str:
    return words(value).strip()


def truncate(value: Any, length: Any = 50, end: Any = "…") -> str:
    """Cut to `length` characters, the ending counted."""
    text, ending = words(value), words(end)[:10]
    most = max(0, min(_whole(length), LONGEST))
    return text if len(text) <= most else text[: max(0, most - len(ending))] + ending


def join(value: Any, between: Any = "、") -> str:
    if not isinstance(value, list | tuple):
        return words(value)
    separator = words(between)[:20]
    joined = separator.join(words(item) for item in value[:MOST_ITEMS])
    return words(joined)


def size(value: Any) -> int:
    return len(value) if hasattr(value, "__len__") else 0


def first(value: Any) -> Any:
    return value[0] if isinstance(value, list | tuple) and value else None


def last(value: Any) -> Any:
    return value[-1] if isinstance(value, list | tuple) and value else None


def number(value: Any, digits: Any = None) -> str:
    """Write a number with thousands: 1234.5 gives 1,234.5, with `digits` 2 gives 1,234.50."""
    given = _decimal(value)
    if given is None:
        return words(value)
    if digits is not None:
        return f"{_rounded(given, digits):,f}"
    text = f"{given:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Any, sign: Any = "¥") -> str:
    """Write an amount: 1234.5 gives ¥1,234.50."""
    given = _decimal(value)
    return words(value) if given is None else words(sign)[:5] + f"{_rounded(given, 2):,f}"


def percent(value: Any, digits: Any = 0) -> str:
    """Write a share: 0.256 gives 26%."""
    given = _decimal(value)
    return words(value) if given is None else f"{_rounded(given * 100, digits):f}%"


def round_(value: Any, digits: Any = 0) -> int | float:
    rounded = _rounded(_decimal(value) or Decimal(0), digits)
    return _plain(rounded)


def plus(value: Any, other: Any) -> int | float:
    return _count(value, other, lambda a, b: a + b)


def minus(value: Any, other: Any) -> int | float:
    return _count(value, other, lambda a, b: a - b)


def times(value: Any, other: Any) -> int | float:
    return _count(value, other, lambda a, b: a * b)


def divided_by(value: Any, other: Any) -> int | float:
    if not _decimal(other):
        raise refuse("nothing can be divided by zero")
    return _count(value, other, lambda a, b: a / b)


@with_context
def date_(value: Any, form: Any = "%Y-%m-%d", *, context: Any) -> str:
    """Write an ISO date or time (also `now` and `today`) in the contact's zone, for example %-m月%-d日."""
    if is_missing(value):
        return ""
    moment = _moment(value, context.zone, context.now)
    if moment is None:
        return words(value)
    pattern = words(form)
    if len(pattern) > 100:
        raise refuse("a date's format has 100 characters at most")
    return _CODE.sub(lambda found: _part(moment, found[2], bare=bool(found[1])), pattern)


def _part(at: datetime, code: str, *, bare: bool) -> str:
    if code == "F":
        return f"{at:%Y-%m-%d}"
    if code in "RT":
        return at.strftime("%H:%M" if code == "R" else "%H:%M:%S")
    parts: Mapping[str, tuple[Any, int]] = {
        "Y": (at.year, 4),
        "y": (at.year % 100, 2),
        "m": (at.month, 2),
        "d": (at.day, 2),
        "e": (at.day, 1),
        "H": (at.hour, 2),
        "I": (at.hour % 12 or 12, 2),
        "M": (at.minute, 2),
        "S": (at.second, 2),
        "p": ("上午" if at.hour < 12 else "下午", 0),
        "A": (f"星期{WEEKDAYS[at.weekday()]}", 0),
        "a": (f"周{WEEKDAYS[at.weekday()]}", 0),
        "B": (f"{at.month}月", 0),
        "b": (f"{at.month}月", 0),
        "j": (at.timetuple().tm_yday, 3),
        "u": (at.isoweekday(), 1),
        "%": ("%", 0),
    }
    if code not in parts:
        raise refuse(f"%{code} is no part of a date here; use one of {FORMATS}")
    value, width = parts[code]
    return str(value) if bare or not width else str(value).zfill(width)


def _moment(value: Any, zone: ZoneInfo, now: datetime) -> datetime | None:
    if value in ("now", "today"):
        return now.astimezone(zone)
    if isinstance(value, datetime):
        return value.astimezone(zone) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(zone) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None or is_undefined(value):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, int | float | str | Decimal) or len(str(value)) > 40:
        return None
    try:
        given = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return given if given.is_finite() and abs(given) <= LARGEST and given.adjusted() > -20 else None


def _count(value: Any, other: Any, work: Callable[[Decimal, Decimal], Decimal]) -> int | float:
    a, b = _decimal(value) or Decimal(0), _decimal(other) or Decimal(0)
    result = work(a, b)
    if abs(result) > LARGEST:
        raise refuse("the result is too large a number")
    return _plain(result)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _rounded(value: Decimal, digits: Any) -> Decimal:
    places = max(0, min(_whole(digits), 8))
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _whole(value: Any) -> int:
    given = _decimal(value)
    if given is None:
        raise refuse("a whole number is needed here")
    return int(given)


FILTERS: dict[str, Callable[..., Any]] = {
    "default": default,
    "upcase": upcase,
    "downcase": downcase,
    "capitalize": capitalize,
    "strip": strip,
    "truncate": truncate,
    "join": join,
    "size": size,
    "first": first,
    "last": last,
    "date": date_,
    "number": number,
    "money": money,
    "percent": percent,
    "round": round_,
    "plus": plus,
    "minus": minus,
    "times": times,
    "divided_by": divided_by,
}

#: What `now` means where nobody says: only a preview without a clock sees it.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
