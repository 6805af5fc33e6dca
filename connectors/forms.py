"""Forms of connectors: what an account must say, and reading what somebody has filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: One field of a form: name, type, title, required, and what else the studio draws it from.
Field = dict[str, Any]
Words = dict[str, str]
#: text | lines | secret | number | select | boolean
TYPES = ("text", "lines", "secret", "number", "select", "boolean")
LONGEST = 2000
#: What may stand in no setting: it could begin another line of a header. `lines` may have line breaks.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class BadForm(ValueError):
    """The form is not filled in properly; `problems` are (field, {zh, en})."""

    def __init__(self, problems: Sequence[tuple[str, Words]]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{name}: {said['en']}" for name, said in problems))


def words(zh: str, en: str) -> Words:
    """Say it in both languages."""
    return {"zh": zh, "en": en}


def field(
    name: str, type_: str, zh: str, en: str, *, help: Words | None = None, required: bool = False, **more: Any
) -> Field:
    """One field; `more` may be default, min, max, show_if {field: value} and options [(value, words)]."""
    shape: Field = {"name": name, "type": type_, "title": words(zh, en), "required": required, **more}
    if help:
        shape["help"] = help
    if "options" in more:
        shape["options"] = [{"value": value, "title": title} for value, title in more["options"]]
    return shape


#: A field that every limited carrier has.
PER_SECOND = field(
    "per_second",
    "number",
    "每秒最多发送",
    "Messages a second",
    help=words(
        "按和服务商的约定填写；留空用默认值。", "As agreed with the provider; the default if left out."
    ),
    min=0.1,
    max=10_000,
)


def read(
    form: Sequence[Field],
    settings: Mapping[str, Any],
    secrets: Mapping[str, Any],
    kept: Sequence[str] = (),
) -> tuple[dict[str, Any], dict[str, str]]:
    """Check what was filled in and return (settings with their defaults, secrets); raises BadForm.

    `kept` are the names of secrets that are there already: they need not be given again.
    """
    wrong: list[tuple[str, Words]] = []
    known = {one["name"]: one for one in form}
    for place, given in (("settings", settings), ("secrets", secrets)):
        for name in given:
            if name not in known or (known[name]["type"] == "secret") != (place == "secrets"):
                wrong.append((f"{place}.{name}", words("没有这一项。", "There is no such field.")))
    told: dict[str, Any] = {}
    hidden: dict[str, str] = {}
    for name, one in known.items():
        place = "secrets" if one["type"] == "secret" else "settings"
        value = (secrets if place == "secrets" else settings).get(name)
        if not _shown(one, {**_defaults(form), **settings}):
            continue
        if value is None or value == "":
            value = one.get("default")
        if value is None or value == "":
            if one["required"] and name not in kept:
                wrong.append((f"{place}.{name}", words("请填写。", "Fill this in.")))
            continue
        said = _problem(one, value)
        if said is not None:
            wrong.append((f"{place}.{name}", said))
        elif place == "secrets":
            hidden[name] = value
        else:
            told[name] = value
    if wrong:
        raise BadForm(wrong)
    return told, hidden


def _defaults(form: Sequence[Field]) -> dict[str, Any]:
    return {one["name"]: one["default"] for one in form if "default" in one}


def _shown(one: Field, settings: Mapping[str, Any]) -> bool:
    wanted: Mapping[str, Any] = one.get("show_if") or {}
    return all(settings.get(name) == value for name, value in wanted.items())


def _problem(one: Field, value: Any) -> Words | None:
    kind = one["type"]
    if kind == "boolean":
        return None if isinstance(value, bool) else words("须是 true 或 false。", "Give true or false.")
    if kind == "number":
        return _number_problem(one, value)
    if not isinstance(value, str):
        return words("须是文字。", "Give a text.")
    if len(value) > one.get("longest", LONGEST):
        return words("太长了。", "It is too long.")
    if CONTROL.search(value) or (kind != "lines" and not one.get("many_lines") and "\n" in value):
        return words("不能有换行或控制字符。", "It may hold no line breaks and no control characters.")
    if kind == "select" and value not in [option["value"] for option in one["options"]]:
        usable = ", ".join(str(option["value"]) for option in one["options"])
        return words(f"请从 {usable} 中选择。", f"Choose one of {usable}.")
    if one.get("pattern") and not re.fullmatch(one["pattern"], value):
        return words("格式不对，请看说明。", "It does not have the form that is asked for.")
    if one.get("url") and not re.match(r"https?://[^\s/]+", value):
        return words(
            "地址须以 http:// 或 https:// 开头。", "Give an address that begins with http:// or https://."
        )
    return None


def _number_problem(one: Field, value: Any) -> Words | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return words("须是数字。", "Give a number.")
    least, most = one.get("min"), one.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        return words(f"须在 {least} 到 {most} 之间。", f"Give a number from {least} to {most}.")
    return None
