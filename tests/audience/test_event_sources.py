"""What other systems tell, as our events: each type of each source, who it is, when, and told twice taken once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from audience import event_titles
from audience.event_sources import BY_KEY, SOURCES, Source, read
from audience.values import name_problem

MINI, LIVE = BY_KEY["mini_program"], BY_KEY["live"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.key)
def test_the_example_of_each_source_can_be_read(source: Source) -> None:
    told, problems = read(source, source.example, "e")
    assert told is not None and not problems
    assert told["name"] in source.events.values() and (told.get("identity") or told.get("external_id"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.key)
def test_every_event_has_a_name_that_may_be_and_words(source: Source) -> None:
    for event in source.events.values():
        assert name_problem(event, "e") is None
        assert event in event_titles.EVENTS


def test_an_order_of_a_mini_program_is_an_order_here() -> None:
    told, _ = read(MINI, MINI.example, "e")
    assert told == {
        "name": "order_paid",
        "identity": {"mini_openid": "oMINI1", "unionid": "oU1"},
        "event_id": "mini_program:pay-2026-1",
        "occurred_at": datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
        "properties": {"order_id": "A-1", "amount": 199.0, "product": "serum"},
    }


def test_thousandths_of_seconds_are_understood_and_texts_are_left_to_others() -> None:
    told, _ = read(LIVE, LIVE.example, "e")
    assert told is not None and told["occurred_at"] == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    assert told["properties"] == {"room": "r-38", "seconds": 540}
    told, _ = read(LIVE, {"type": "like", "phone": "1", "time": "2026-03-02T10:00:00+08:00"}, "e")
    assert told is not None and told["occurred_at"] == "2026-03-02T10:00:00+08:00"


def test_the_same_thing_has_the_same_id_and_another_has_another() -> None:
    first = {"type": "like", "who": {"unionid": "u"}, "time": 1772416800}
    ids = {read(LIVE, given, "e")[0]["event_id"] for given in (first, dict(first))}  # type: ignore[index]
    other = read(LIVE, {**first, "time": 1772416801}, "e")[0]
    assert len(ids) == 1 and other is not None and other["event_id"] not in ids


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ("text", "e"),
        ({"type": "sing", "who": {"unionid": "u"}}, "e.type"),
        ({"who": {"unionid": "u"}}, "e.type"),
        ({"type": "like"}, "e.who"),
        ({"type": "like", "who": {"openid": 3}}, "e.who"),
        ({"type": "like", "who": {"unionid": "u"}, "time": -1}, "e.time"),
        ({"type": "like", "who": {"unionid": "u"}, "time": 1e300}, "e.time"),
        ({"type": "like", "who": {"unionid": "u"}, "time": True}, "e.time"),
        ({"type": "like", "who": {"unionid": "u"}, "time": [1]}, "e.time"),
    ],
)
def test_what_cannot_be_read_is_told(given: Any, where: str) -> None:
    told, [wrong] = read(LIVE, given, "e")
    assert told is None and wrong.path == where and wrong.words["zh"] and wrong.words["en"]
