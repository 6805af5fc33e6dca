"""Whatever is filled into open slots, the core of a text stays word for word as its author wrote it."""

from __future__ import annotations

import time
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import slots
from content.bodies import body_problems, compose
from content.fills import Filled, best
from content.rendering import scene
from tests.quickest import quickest

NAMES = st.text("abc场景节日", min_size=1, max_size=5)
#: Plain words, and every piece of markup there is.
ANY = st.lists(
    st.sampled_from(
        [
            "周末",
            "{{",
            "}}",
            "{%",
            "%}",
            "{{ contact.name }}",
            '{% slot "x" %}',
            "{% endslot %}",
            "{% if %}",
            "<b>",
            "'",
        ]
    ),
    max_size=6,
).map("".join)
CORE = st.text("甲乙丙丁 ,。\n", max_size=20)


@st.composite
def opened(draw: st.DrawFn) -> tuple[str, list[str], list[slots.Slot]]:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    cores = [draw(CORE) for _ in range(len(names) + 1)]
    made = [slots.Slot(name, draw(CORE), 60) for name in names]
    source = cores[0]
    for slot, core in zip(made, cores[1:], strict=True):
        source += f'{{% slot "{slot.name}" max: 60 %}}{slot.default}{{% endslot %}}{core}'
    return source, cores, made


@settings(max_examples=300)
@given(opened(), st.data())
def test_the_core_never_changes(text: tuple[str, list[str], list[slots.Slot]], data: st.DataObject) -> None:
    source, cores, made = text
    if not source.strip():
        return
    assert body_problems("sandbox", {"text": source}) == []
    assert slots.core(source) == cores
    filled = {slot.name: words for slot in made if (words := data.draw(ANY))}
    written = compose("sandbox", {"text": source}, scene(name="林"), filled=filled)["text"]
    said = [
        filled[slot.name] if len(filled.get(slot.name, "")) in range(1, 61) else slot.default for slot in made
    ]
    expected = cores[0] + "".join(words + core for words, core in zip(said, cores[1:], strict=True))
    assert written == expected
    assert compose("sandbox", {"text": source}, scene())["text"] == cores[0] + "".join(
        slot.default + core for slot, core in zip(made, cores[1:], strict=True)
    )


@pytest.mark.parametrize(
    "source",
    [
        '{% slot "a" %}x',
        "x{% endslot %}",
        '{% slot "a" %}{% slot "b" %}{% endslot %}{% endslot %}',
        '{% slot "a" %}{% endslot %}{% slot "a" %}{% endslot %}',
        '{% slot "a" max: 0 %}{% endslot %}',
        '{% slot "a" max: 3 %}longer{% endslot %}',
        '{% slot "a" %}{% if stage %}x{% endif %}{% endslot %}',
        "{% slot a %}{% endslot %}",
        '{%- slot "a" -%}{% endslot %}',
    ],
)
def test_what_is_no_slot_is_refused_with_a_sentence(source: str) -> None:
    found = body_problems("sandbox", {"text": source})
    assert found and all(one.words["zh"] and one.words["en"] for one in found)


@pytest.mark.parametrize(
    "source",
    [
        '{% slot "a" %}' * 4000,
        "{% endslot %}" * 4900,
        '{% slot "' * 7000,
        "{% slot " + " " * 60_000,
        "".join(f'{{% slot "s{n}" %}}x{{% endslot %}}' for n in range(1800)),
    ],
)
def test_texts_made_to_be_slow_are_not(source: str) -> None:
    # A few milliseconds; the best of some, since the collector of garbage counts as ours when it runs.
    checked = partial(body_problems, "sandbox", {"text": source})
    assert checked() and quickest(checked, 0.25, clock=time.thread_time) < 0.25


def test_ones_own_words_come_before_the_brand_s_and_the_day_s_before_all_days() -> None:
    rows = [
        Filled("a", 0, "", "brand"),
        Filled("a", 0, "2026-03-01", "brand today"),
        Filled("a", 7, "", "mei"),
        Filled("a", 7, "2026-03-01", "mei today"),
        Filled("a", 8, "2026-03-01", "other"),
    ]
    assert best(rows, 7, "2026-03-01") == {"a": "mei today"}
    assert best(rows, 7, "2026-03-02") == {"a": "mei"}
    assert best(rows, None, "2026-03-01") == {"a": "brand today"}
    assert best(rows, 9, "2026-03-02") == {"a": "brand"}


def test_values_in_html_are_text_and_nothing_in_it_runs() -> None:
    body = {
        "subject": "s",
        "text": "t",
        "html": '<p onclick="x()">{{ contact.name }}</p><script>1</script><a href="javascript:1">a</a>'
        '{% slot "scene" %}<b>usual</b>{% endslot %}',
    }
    assert body_problems("email", body) == []
    evil = scene(name="<img src=x onerror=alert(1)>")
    html = compose("email", body, evil, filled={"scene": "<script>2</script>"})["html"]
    assert (
        "<script" not in html and "onclick" not in html and "javascript:" not in html and "<img" not in html
    )
    assert "&lt;img" in html and "&lt;script&gt;2" in html
    assert "<b>usual</b>" in compose("email", body, evil)["html"]
