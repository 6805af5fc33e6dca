"""Schema fields of the API that more than one resource speaks in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validate

from journeys.schema import MOST
from journeys.words import Text, Whole, Words, messages

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
NAME = re.compile(r"[^\s.\[\]\"'<>{}\\][^.\[\]\"'<>{}\\\n\r\t]{0,127}")
MOST_KEYS = 200
DEEPEST = 6


def between(least: float, most: float) -> validate.Range:
    """A number from `least` to `most`, said in both languages."""
    return validate.Range(
        least, most, error=Words(f"在 {least} 到 {most} 之间。", f"From {least} to {most}.")
    )


def several(most: int) -> validate.Length:
    """A list of 1 to `most` members, said in both languages."""
    return validate.Length(1, most, error=Words(f"要有 1 到 {most} 项。", f"Give 1 to {most} of them."))


class At(fields.AwareDateTime):
    """A moment: ISO 8601 with its offset, between 1900 and 2200; kept and given in UTC."""

    default_error_messages = messages(
        "这里应该是带时区的时间，例如 2026-03-01T10:00:00+08:00。",
        "This should be a time with its offset, such as 2026-03-01T10:00:00+08:00.",
    ) | {
        "awareness": Words(
            "时间要带时区，例如 2026-03-01T10:00:00+08:00。",
            "Give the time with its offset, such as 2026-03-01T10:00:00+08:00.",
        )
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            moment = super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid") from None
        if not EARLIEST <= moment <= LATEST:
            raise ValidationError(
                Words("时间要在 1900 年到 2200 年之间。", "The time must lie between 1900 and 2200.")
            )
        return moment


class Zone(Text):
    """The name of a time zone, such as Asia/Shanghai."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValidationError(
                Words(
                    "不认识这个时区；请用 Asia/Shanghai 这样的名字。",
                    "Unknown time zone; use a name such as Asia/Shanghai.",
                )
            ) from None
        return str(name)


class Filled(Text):
    """Text that is not empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not text:
            raise ValidationError(Words("这里不能为空。", "This must not be empty."))
        return str(text)


class OneOf(Text):
    """One word of a closed list."""

    def __init__(self, choices: tuple[str, ...], **kwargs: Any):
        super().__init__(**kwargs)
        self.choices = choices
        self.metadata["enum"] = list(choices)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.choices:
            listed = ", ".join(self.choices)
            raise ValidationError(Words(f"只能是其中之一：{listed}。", f"Must be one of: {listed}."))
        return str(text)


class Bag(fields.Field[Any]):
    """An object of the visitor's own keys (attributes, properties) with plain values."""

    default_error_messages = messages("这里应该是一个对象 {…}。", "This should be an object {…}.")

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.metadata.setdefault("type", "object")
        self.metadata.setdefault("additionalProperties", True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        if len(value) > MOST_KEYS:
            raise ValidationError(Words(f"最多 {MOST_KEYS} 个字段。", f"At most {MOST_KEYS} fields."))
        wrong: dict[Any, Any] = {}
        for key, held in value.items():
            if not NAME.fullmatch(key):
                wrong[key] = [
                    Words(
                        "名字最多 128 个字符，不含 . [ ] 引号、尖括号和换行。",
                        "A name has at most 128 characters and no . [ ] quotes, angle brackets or line ends.",
                    )
                ]
            elif not _shallow(held):
                wrong[key] = [Words(f"嵌套最多 {DEEPEST} 层。", f"Nested at most {DEEPEST} levels.")]
            elif isinstance(held, str) and len(held) > 8000:
                wrong[key] = [Words("最多 8000 个字符。", "At most 8000 characters.")]
        if wrong:
            raise ValidationError(wrong)
        return value


class Definition(fields.Field[Any]):
    """A journey's definition; what is in it is judged by the journeys themselves."""

    default_error_messages = messages("旅程定义应该是一个对象 {…}。", "A definition should be an object {…}.")

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.metadata.setdefault("type", "object")
        self.metadata.setdefault("additionalProperties", True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        large = {
            part: [
                Words(f"最多 {most} 个，请拆成几个旅程。", f"At most {most}; split it into several journeys.")
            ]
            for part, most in MOST.items()
            if isinstance(value.get(part), list) and len(value[part]) > most
        }
        if large:
            raise ValidationError(large)
        return value


def _shallow(value: Any, depth: int = 1) -> bool:
    if depth > DEEPEST:
        return False
    if isinstance(value, dict):
        return all(_shallow(v, depth + 1) for v in value.values())
    if isinstance(value, list):
        return all(_shallow(v, depth + 1) for v in value)
    return True


class Whatever(fields.Nested):
    """An object of a described shape that a room below judges itself, with problems of its own."""

    default_error_messages = messages("这里应该是一个对象 {…}。", "This should be an object {…}.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return value


class RowNumber(Whole):
    """A row's id or another whole number that the databases can hold."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.metadata.setdefault("minimum", 0)
        self.metadata.setdefault("maximum", 2**63 - 1)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number: int = super()._deserialize(value, attr, data, **kwargs)
        if not 0 <= number < 2**63:
            raise self.make_error("too_large")
        return number


class QueryNumber(RowNumber):
    """The same in an address, where every number is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 20:
            raise self.make_error("invalid")
        return super()._deserialize(int(value), attr, data, **kwargs)
