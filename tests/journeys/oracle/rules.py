"""The oracle's own small reading of rules: the fields and operators of the generated charts, no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fields_of(rule: Mapping[str, Any] | None) -> set[str]:
    """Every field that a rule reads."""
    if not rule:
        return set()
    if "rules" in rule:
        return set().union(*map(fields_of, rule["rules"]))
    return {rule["field"]}


def holds(rule: Mapping[str, Any] | None, scene: Mapping[str, Any]) -> bool:
    """Whether a rule holds in a scene {attribute, variable, event, entry: mappings; tags; history; stage}."""
    if not rule:
        return True
    if "rules" in rule:
        answers = [holds(each, scene) for each in rule["rules"]]
        if not answers:
            answer = True
        else:
            answer = all(answers) if rule.get("combinator", "and") == "and" else any(answers)
        return answer != bool(rule.get("not"))
    return _compares(_value(rule["field"], scene), rule["operator"], rule.get("value"))


def _value(field: str, scene: Mapping[str, Any]) -> Any:
    if field in ("tags", "stage"):
        return scene[field]
    room, name = field.split(".", 1)
    if room == "history":
        event, what = name.split(".")
        assert what == "count"
        return len(scene["history"].get(event, ()))
    return (scene[room] or {}).get(name)


def _compares(value: Any, operator: str, wanted: Any) -> bool:
    if operator in ("has", "hasNot"):
        return (wanted in value) == (operator == "has")
    empty = value is None or value == ""
    if operator == "null":
        return empty
    if empty:
        return False
    if operator == "notNull":
        return True
    return {
        "=": lambda: value == wanted, "!=": lambda: value != wanted,
        "<": lambda: value < wanted, ">": lambda: value > wanted,
        "<=": lambda: value <= wanted, ">=": lambda: value >= wanted,
    }[operator]()  # fmt: skip
