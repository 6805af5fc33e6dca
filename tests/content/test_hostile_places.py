"""The hostile texts in every place where somebody may write one: subject, HTML, slots and what staff fill them with."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from content.bodies import body_problems, compose
from content.rendering import BadText, RenderError
from tests.content.test_hostile_texts import BOMBS, MOST_BYTES, MOST_SECONDS, SCENE
from tests.quickest import quickest

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
Filled = dict[str, str]
#: A body and what staff filled in, for a text.
PLACES: dict[str, Callable[[str], tuple[dict[str, str], Filled]]] = {
    "subject": lambda bomb: ({"subject": bomb, "text": "hi"}, {}),
    "text": lambda bomb: ({"subject": "s", "text": bomb}, {}),
    "html": lambda bomb: ({"subject": "s", "text": "t", "html": f"<p>{bomb}</p>"}, {}),
    "address in html": lambda bomb: (
        {"subject": "s", "text": "t", "html": f'<a href="https://a.example/{bomb}">x</a>'},
        {},
    ),
    "usual words of a slot": lambda bomb: (
        {"subject": "s", "text": f'{{% slot "a" %}}{bomb}{{% endslot %}}'},
        {},
    ),
    "filling": lambda bomb: ({"subject": "s", "text": '{% slot "a" %}x{% endslot %}'}, {"a": bomb}),
    "filling of html": lambda bomb: (
        {"subject": "s", "text": "t", "html": '<p>{% slot "a" %}x{% endslot %}</p>'},
        {"a": bomb},
    ),
}
#: Some of each kind of them; each alone is tried in tests/content/test_hostile_texts.py.
SOME = (
    *("range to join", "loop of a billion", "nested loops", "replace chain", "append chain", "times itself"),
    *("capture doubling", "deep blocks", "many filters", "filters in a loop", "big output in a loop"),
    *("open braces", "spaces and no end", "dashes", "too long"),
)
#: HTML that is no Liquid at all, but much work for who cleans it.
MARKUP = {
    "deep": "<div>" * 12_000,
    "deep and closed by others": "<div></b>" * 7_000,
    "deep and closed": "<b>" * 8_000 + "x" + "</b>" * 8_000,
    "many attributes": "<p " + " ".join(f'a{n}="x"' for n in range(6_000)) + ">x</p>",
    "many small": "<i>x</i>" * 7_000,
    "open comment": "<!--" * 15_000,
    "open quote": '<a href="' + "x" * 60_000,
    "tables in tables": "<table><tr><td>" * 4_000,
    "entities": "&lt;" * 15_000,
    "half open": "<" * 60_000,
}


def meet(body: dict[str, str], filled: Filled) -> None:
    """As who saves it, and as who sends it."""
    body_problems("email", body)
    try:
        done = compose("email", body, SCENE, SHANGHAI, NOW, filled)
    except (BadText, RenderError, ValueError) as error:
        assert str(error)
    else:
        assert len(str(done).encode()) <= 6 * 64 * 1024


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SOME)
def test_a_bomb_costs_little_wherever_it_lies(name: str, place: str) -> None:
    others = (PLACES[place](BOMBS[name] + " " * number) for number in count())  # none is remembered
    assert quickest(lambda: meet(*next(others)), MOST_SECONDS, clock=time.thread_time) < MOST_SECONDS
    tracemalloc.start()
    meet(*next(others))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_BYTES
    composed = compose("email", {"subject": "{{ contact.name }}", "text": "t"}, SCENE, SHANGHAI, NOW)
    assert composed["subject"] == "林", "the next contact is unaffected"


@pytest.mark.parametrize("name", MARKUP)
def test_markup_that_is_much_work_costs_little(name: str) -> None:
    others = ({"subject": "s", "text": "t", "html": MARKUP[name] + " " * number} for number in count())
    assert quickest(lambda: meet(next(others), {}), MOST_SECONDS, clock=time.thread_time) < MOST_SECONDS


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_what_staff_fill_in_is_never_run(name: str) -> None:
    body = {"subject": "s", "text": '{% slot "a" max: 60 %}usual{% endslot %}'}
    done = compose("email", body, SCENE, SHANGHAI, NOW, {"a": BOMBS[name]})
    assert done["text"] == (BOMBS[name] if len(BOMBS[name]) <= 60 else "usual")


def test_html_that_lies_too_deep_is_told_when_saved_and_when_sent() -> None:
    body = {"subject": "s", "text": "t", "html": "<DIV><p>x" * 999 + "</p></div>" * 999}
    assert not body_problems("email", body)
    assert compose("email", body, SCENE, SHANGHAI, NOW)["html"].count("<div>") == 999
    deeper = {**body, "html": "<section>" * 2 + body["html"]}
    [(path, said)] = body_problems("email", deeper)
    assert path == "body.html" and "1000" in said["zh"] and "1000" in said["en"]
    looped = {**body, "html": "{% for one in contact.many %}" + "<div>" * 101 + "{% endfor %}"}
    assert not body_problems("email", looped), "only when it is written it is seen"
    with pytest.raises(RenderError, match="html has more than 1000 elements"):
        compose("email", looped, {"contact": {"many": ["x"] * 10}}, SHANGHAI, NOW)
