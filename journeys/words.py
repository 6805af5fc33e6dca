"""A sentence in Chinese and in English, and schema fields that complain in both."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


class Words(str):
    """A Chinese sentence that carries its English twin; as a string it is the Chinese one."""

    en: str

    def __new__(cls, zh: str, en: str) -> Words:
        self = super().__new__(cls, zh)
        self.en = en
        return self

    def format(self, *_: object, **__: object) -> Words:
        """The sentence itself: marshmallow formats messages, and ours write braces that are meant."""
        return self

    def json(self) -> dict[str, str]:
        """{"zh": …, "en": …}"""
        return {"zh": str(self), "en": self.en}


def both(text: str) -> dict[str, str]:
    """Any sentence as {"zh", "en"}; one without a twin stands for both."""
    return text.json() if isinstance(text, Words) else {"zh": text, "en": text}


REQUIRED = Words("这里必须填写。", "This is required.")
NULL = Words("这里不能是空值。", "This may not be null.")


def messages(zh: str, en: str) -> dict[str, Any]:
    """The error messages of a field of one type."""
    return {"required": REQUIRED, "null": NULL, "invalid": Words(zh, en), "invalid_utf8": Words(zh, en)}


class Shape(Schema):
    """A schema that refuses unknown keys and says so in both languages."""

    class Meta:
        unknown = RAISE

    error_messages = {
        "unknown": Words(
            "不认识这个字段；请删掉它或检查拼写。", "Unknown field; remove it or check its spelling."
        ),
        "type": Words("这里应该是一个对象 {…}。", "This should be an object {…}."),
    }


class Text(fields.Str):
    """A string without NUL and lone surrogates, of at most `longest` characters."""

    default_error_messages = messages("这里应该是文字。", "This should be text.")

    def __init__(self, *, longest: int = 500, **kwargs: Any):
        super().__init__(**kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > self.longest:
            raise self.make_error_words(
                f"最多 {self.longest} 个字符，这里有 {len(text)} 个。",
                f"At most {self.longest} characters; this has {len(text)}.",
            )
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            raise self.make_error_words(
                "文字里有不能保存的字符（NUL 或残缺的表情）。",
                "The text has characters that cannot be stored (NUL or half an emoji).",
            )
        return text

    @staticmethod
    def make_error_words(zh: str, en: str) -> Exception:
        from marshmallow import ValidationError

        return ValidationError(Words(zh, en))


class Flag(fields.Bool):
    """True or false, and nothing that only looks like it."""

    truthy = {True}
    falsy = {False}
    default_error_messages = messages("这里应该是 true 或 false。", "This should be true or false.")


class Whole(fields.Int):
    """A whole number."""

    default_error_messages = messages("这里应该是整数。", "This should be a whole number.") | {
        "too_large": Words("这个数太大了。", "This number is too large.")
    }

    def __init__(self, **kwargs: Any):
        super().__init__(strict=True, **kwargs)


class Number(fields.Float):
    """A finite number."""

    default_error_messages = messages("这里应该是数字。", "This should be a number.") | {
        "too_large": Words("这个数太大了。", "This number is too large."),
        "special": Words("这里应该是有限的数字。", "This should be a finite number."),
    }


class Many(fields.List):
    """A list."""

    default_error_messages = messages("这里应该是一个列表 […]。", "This should be a list […].")


class Part(fields.Nested):
    """An object of a schema of its own."""

    default_error_messages = messages("这里应该是一个对象 {…}。", "This should be an object {…}.") | {
        "type": Words("这里应该是一个对象 {…}。", "This should be an object {…}.")
    }
