"""Schema fields with a meaning of their own: durations, moments, rules, ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields

from journeys.words import Text, Words, messages
from rules.condition_fields import KEY
from rules.conditions import parse
from rules.duration import Duration
from rules.errors import BadDuration, BadMoment, BadRule, NotUnderstood
from rules.moment import Moment

#: What can be asked of contacts from outside, and not of somebody who is in a journey.
ONLY_FOR_CONTACTS = Words(
    "“是否在某个旅程中”只能用来圈选客户，不能用在旅程里；请先把它建成人群，再用“人群”条件。",
    "Whether somebody is in a journey can be asked of contacts only, not inside journeys; make a segment of it and"
    " ask for the segment.",
)
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
EVENT = re.compile(r"[A-Za-z0-9_:-]{1,128}")


class Id(Text):
    """An id: small letters, digits, - and _, at most 64, beginning with a letter or digit."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not ID.fullmatch(text):
            raise ValidationError(
                Words(
                    "编号只能用小写字母、数字、- 和 _，以字母或数字开头，最多 64 个字符。",
                    "An id has small letters, digits, - and _, begins with a letter or digit, and has at most 64 characters.",
                )
            )
        return text


class Key(Text):
    """The key of a segment."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not KEY.fullmatch(text):
            raise ValidationError(Words("请从列表里选择人群。", "Choose a segment from the list."))
        return text


class EventName(Text):
    """The name of an event: letters, digits, _ : and -."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not EVENT.fullmatch(text):
            raise ValidationError(
                Words(
                    "事件名只能用字母、数字、_、: 和 -。",
                    "An event's name has letters, digits, _, : and - only.",
                )
            )
        return text


class EventNames(fields.Field[Any]):
    """One event name, or a list of them."""

    default_error_messages = messages(
        "这里应该是事件名，或事件名的列表。", "This should be an event's name or a list of names."
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        one = EventName()
        if isinstance(value, str):
            return one.deserialize(value)
        if isinstance(value, list) and len(value) <= 100:
            return [one.deserialize(v) for v in value]
        raise self.make_error("invalid")


class DurationField(fields.Field[Any]):
    """An ISO 8601 duration such as P7D, PT1H or -P3D."""

    default_error_messages = messages(
        "这里应该是时长，例如 P7D 或 PT1H。", "This should be a duration such as P7D or PT1H."
    )

    def __init__(self, *, positive: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.positive = positive

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            duration = Duration.parse(value)
        except BadDuration as bad:
            raise self.make_error("invalid") from bad
        if self.positive and (duration.months, duration.days, duration.seconds) <= (0, 0, 0):
            raise ValidationError(Words("这个时长必须大于零。", "This duration must be more than nothing."))
        return value


class MomentField(fields.Field[Any]):
    """A moment as `statechart` writes it: after a time, at an anchor with an offset, or the next allowed time."""

    default_error_messages = messages("这里应该是一个时间点 {…}。", "This should be a moment {…}.")
    read: Callable[[Any], Moment] = staticmethod(Moment.parse)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        try:
            self.read(value)
        except BadMoment as bad:
            raise ValidationError(tree_of(bad)) from bad
        anchor = value.get("anchor")
        if anchor is not None:
            from journeys.anchors import BadAnchor, read_anchor

            try:
                read_anchor(anchor)
            except BadAnchor as bad:
                raise ValidationError({"anchor": [bad.words]}) from bad
        return value


class WindowField(MomentField):
    """When sending is open: {"from", "to"} and days."""

    read = staticmethod(Moment.parse_window)


class RuleField(fields.Field[Any]):
    """A condition as the rule editor writes it; null holds always."""

    default_error_messages = messages("这里应该是一个条件 {…}。", "This should be a condition {…}.")

    def __init__(self, **kwargs: Any):
        super().__init__(allow_none=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        try:
            rule = parse(value)
        except BadRule as bad:
            raise ValidationError(tree_of(bad)) from bad
        if rule.reads.journeys:
            raise ValidationError(ONLY_FOR_CONTACTS)
        return value


def tree_of(bad: NotUnderstood) -> dict[Any, Any]:
    """Every problem of a rule, moment or duration as the nested dict that marshmallow reports."""
    tree: dict[Any, Any] = {}
    for path, words in bad.problems:
        merge(tree, nest(path, Words(words["zh"], words["en"])))
    return tree


def nest(path: str, words: Words) -> Any:
    """`a[0].b` and a sentence as the nested dict that marshmallow reports."""
    keys: list[Any] = [int(k) if k.isdigit() else k for k in re.findall(r"[^.\[\]]+", path)]
    if not keys:
        return {"_schema": [words]}
    tree: Any = [words]
    for key in reversed(keys):
        tree = {key: tree}
    return tree


def merge(into: dict[Any, Any], tree: dict[Any, Any]) -> None:
    """Lay one tree of messages over another, keeping both."""
    for key, value in tree.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        elif isinstance(value, list) and isinstance(into.get(key), list):
            into[key] = into[key] + value
        else:
            into[key] = value
