"""The definition's schema: what is refused, where, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from journeys.definition import digest, read
from journeys.errors import BadDefinition
from journeys.schema import load
from tests.journeys.drawing import chart, rule, wait
from tests.journeys.example import example


def problems(raw: Any, **kwargs: Any) -> dict[str, str]:
    """What `load` complains of: path -> English sentence."""
    with pytest.raises(BadDefinition) as bad:
        load(raw, **kwargs)
    return {path: words.en for path, words in bad.value.problems}


def test_the_documented_example_is_taken_as_it_is():
    raw = example()
    assert load(raw) == example()
    assert read(raw).stages[2].anchor == {"event": ["order_paid"]}


def test_layout_and_notes_do_not_change_the_digest():
    moved = example()
    moved["layout"]["trust"]["x"] = 99
    moved["notes"] = []
    assert digest(moved) == digest(example())
    moved["stages"][0]["name"] = "other"
    assert digest(moved) != digest(example())


def put(path: list[Any], value: Any) -> dict[str, Any]:
    """The example with one thing changed."""
    raw: Any = example()
    at = raw
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["format"], 2, "format"),
        (["stages", 0, "id"], "Trust", "stages[0].id"),
        (["stages", 0, "colour"], "red", "stages[0].colour"),
        (["stages", 0, "initial"], "groupbuy", "stages[0].initial"),
        (["steps", 0, "stage"], "nowhere", "steps[0].stage"),
        (["steps", 0, "kind"], "teleport", "steps[0].kind"),
        (["steps", 0, "config", "carrier"], "pigeon", "steps[0].config.carrier"),
        (["steps", 0, "config", "colour"], "red", "steps[0].config.colour"),
        (["steps", 2, "config", "until"], {"offset": "7 days"}, "steps[2].config.until.offset"),
        (["steps", 2, "config", "until"], {"at": "25:00"}, "steps[2].config.until.at"),
        (["arrows", 0, "on", "duration"], "soon", "arrows[0].on.duration"),
        (["arrows", 0, "on", "type"], "sometimes", "arrows[0].on.type"),
        (["arrows", 0, "to"], "nowhere", "arrows[0].to"),
        (["arrows", 2, "from"], "trust", "arrows[2].from"),
        (["arrows", 2, "on"], {"type": "done"}, "arrows[2].on"),
        (["arrows", 1, "where"], {"combinator": "xor", "rules": []}, "arrows[1].where.combinator"),
        (["entries", 0, "to"], "lost", "entries[0].to"),
        (["entries", 0, "on"], {"type": "event", "name": "no spaces"}, "entries[0].on.name"),
        (["goals", 0, "within"], "PT0S", "goals[0].within"),
        (["settings", "timezone"], "Mars/Olympus", "settings.timezone"),
        (["settings", "holdout_percent"], 180, "settings.holdout_percent"),
        (["settings", "quiet_hours"], ["22:00"], "settings.quiet_hours"),
        (["ends", 0, "id"], "trust", "ends[0].id"),
        (["stages", 0, "name"], "a\0b", "stages[0].name"),
        (["stages", 0, "name"], "half \ud83d", "stages[0].name"),
        (["layout", "trust", "x"], float("inf"), "layout.trust.x"),
        (["stages"], "none", "stages"),
        (["steps", 0], 5, "steps[0]"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(path, value, where):
    told = problems(put(path, value))
    assert where in told, told
    assert all(sentence and len(sentence) > 8 for sentence in told.values())


def test_all_problems_are_told_at_once_in_both_languages():
    raw = example()
    raw["stages"][0]["id"] = "!"
    raw["steps"][2]["config"]["until"] = {"offset": "x", "at": "y"}
    raw["arrows"][0]["on"] = {"type": "after"}
    with pytest.raises(BadDefinition) as bad:
        load(raw)
    assert {p for p, _ in bad.value.problems} >= {"stages[0].id", "arrows[0].on.duration"}
    assert all(words != words.en for _, words in bad.value.problems)


def test_a_draft_may_lack_what_is_required_but_not_hold_what_is_wrong():
    raw = put(["steps", 0, "config"], {})
    assert load(raw, draft=True)
    assert problems(raw) == {
        "steps[0].config.carrier": "This is required.",
        "steps[0].config.content": "This is required.",
    }
    assert "steps[0].config.carrier" in problems(put(["steps", 0, "config"], {"carrier": 5}), draft=True)


def test_ten_thousand_steps_are_refused_by_their_number_and_not_read():
    raw = example()
    raw["steps"] = [{"id": f"s{n}"} for n in range(10_000)]
    assert problems(raw) == {"steps": "At most 3000."}


@pytest.mark.parametrize("raw", [None, [], "x", 7, {}, {"format": 1, "stages": [[[]]]}, {"format": True}])
def test_nonsense_is_refused(raw):
    if raw == {}:
        assert problems(raw) == {"format": "This is required."}
    else:
        assert problems(raw)


def test_split_shares_must_sum_to_hundred():
    variants = {"variants": [{"exit": "a", "percent": 50}, {"exit": "b", "percent": 40}]}
    raw = chart({"a": "s"}, {"s": ("a", "split", variants)}, [])
    assert "sum to 90" in next(iter(problems(raw).values()))


def test_update_gives_one_of_value_from_and_add():
    sets = {"set": [{"target": "variable", "name": "n", "value": 1, "add": 2}]}
    raw = chart({"a": "s"}, {"s": ("a", "update", sets)}, [])
    assert list(problems(raw)) == ["steps[0].config.set[0].value"]


def test_rules_in_branches_are_read_with_their_path():
    ways = {"rules": [{"exit": "x", "rule": rule("attribute.a", "resembles", 1)}]}
    raw = chart({"a": "s"}, {"s": ("a", "branch", ways)}, [])
    assert list(problems(raw)) == ["steps[0].config.rules[0].rule.rules[0].operator"]


def test_waits_are_drawn_by_the_short_form():
    assert load(chart({"a": "w"}, {"w": ("a", "wait", wait(at="20:00"))}, []))
