"""Texts made to run code or to eat the machine are refused or cut short, quickly and in little memory."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime
from itertools import count

import pytest

from content.rendering import BadText, Rendered, RenderError, problems, render, scene
from tests.quickest import quickest

SCENE = scene(
    name="林",
    attributes={"city": "杭州", "long": "好" * 1300, "likes": ["口红"] * 100, "age": 30},
    told={
        "event": {"items": [{"title": "x" * 50, "n": n} for n in range(100)], "big": "x" * 30_000},
        "entry": {},
        "variables": {},
        "stage": "trust",
    },
    workspace="花间",
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MOST_SECONDS = 0.25
MOST_BYTES = 64 * 2**20

BOMBS = {
    "range to join": "{% assign x=(1..100000000) | join: ',' %}{{x}}",
    "range to sort": "{{ (1..50000000) | sort | size }}",
    "range to size": "{{ (1..100000000) | size }}",
    "range to last": "{{ (1..100000000) | last }}",
    "range in a variable": "{% assign r = (1..100000000) %}{% for i in r %}x{% endfor %}",
    "range by an attribute": "{% for i in (1..contact.age) %}x{% endfor %}",
    "loop of a billion": "{% for i in (1..1000000000) %}x{% endfor %}",
    "nested loops": "{% for a in event.items %}{% for b in event.items %}{% for c in event.items %}x"
    "{% endfor %}{% endfor %}{% endfor %}",
    "replace chain": "{{ 'xxxxxxxxxxxxxxxxxxxx'" + " | replace: 'x', 'xxxxxxxxxx'" * 12 + " }}",
    "append chain": "{% assign s = 'aaaaaaaaaa' %}" + "{% assign s = s | append: s %}" * 40 + "{{ s }}",
    "prepend chain": "{{ 'a'" + " | prepend: 'aaaaaaaaaa'" * 2000 + " }}",
    "times chain": "{{ 9" + " | times: 999999999999" * 500 + " }}",
    "times itself": "{% assign n = 99999999 %}" + "{% assign n = n | times: n %}" * 60 + "{{ n }}",
    "split and join": "{{ contact.long | split: '' | join: 'xxxxxxxxxxxxxxxxxxxxxxx' }}",
    "capture doubling": "{% capture a %}xxxxxxxxxx{% endcapture %}"
    + "{% capture a %}{{a}}{{a}}{% endcapture %}" * 30,
    "cycle": "{% for i in event.items %}{% cycle 'a','b' %}{% endfor %}",
    "tablerow": "{% tablerow i in event.items cols:2 %}x{% endtablerow %}",
    "include itself": "{% include 'x' %}",
    "render itself": "{% render 'x' %}",
    "increment": "{% increment n %}" * 3000,
    "deep blocks": "{% if stage %}" * 3000 + "{% endif %}" * 3000,
    "deep brackets": "{{ contact" + "[contact" * 3000 + "]" * 3000 + " }}",
    "long condition": "{% if stage" + " and stage" * 6000 + " %}x{% endif %}",
    "many outputs": "{{ stage }}" * 5800,
    "many filters": "{{ contact.long" + " | upcase" * 6000 + " }}",
    "filters in a loop": "{% for i in event.items %}{{ event.big"
    + " | upcase | downcase" * 700
    + " }}{% endfor %}",
    "empty words in a loop": "{% for i in event.items %}" + "{{''}}" * 9000 + "{% endfor %}",
    "assigns in a loop": "{% for i in event.items %}" + "{% assign a=1 %}" * 3900 + "{% endfor %}",
    "big output in a loop": "{% for i in event.items %}{{ event.big }}{% endfor %}",
    "truncate without end": "{{ 'a' | truncate: 100000000000, contact.long }}",
    "wide date": "{{ 'now' | date: '%1000000000d' }}",
    "long date": "{{ 'now' | date: event.big }}",
    "huge digits": "{{ 1 | number: 100000000 }}",
    "exponent": "{{ '1e999999999' | plus: 1 }}{{ '1e-999999999' | number: 2 }}{{ '1e999999999' | round }}",
    "open braces": "{{" * 30_000,
    "open tags": "{%" * 30_000,
    "open comment": "{% comment %}" * 4000,
    "quotes": "{{ '" * 15_000,
    "pipes": "{{ stage " + "|" * 60_000 + " }}",
    "spaces": "{{" + " " * 60_000 + "stage" + " " * 4000,
    "spaces and no end": "{{ contact.name | default: '" + " " * 60_000,
    "dots": "{{ contact" + ".a" * 30_000 + " }}",
    "unclosed raw": "{% raw %}" * 7000,
    "unclosed doc": "{% doc %}" * 7000,
    "dashes": "{{-" * 20_000 + "-}}",
    "many spaces in many": ("{{" + " " * 490 + "stage}}") * 120,
    "many lines": "{{ contact.name }}\n" * 3400,
    "too long": "好" * 22_000,
}

CODE = {
    "class": "{{ contact.__class__.__mro__ }}",
    "class by bracket": "{{ contact['__class__']['__subclasses__'] }}",
    "globals": "{{ stage.__init__.__globals__ }}",
    "jinja": "{{ config.items() }}",
    "jinja call": "{{ ''.__class__.__base__.__subclasses__() }}",
    "jinja lipsum": "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "jinja block": "{% import 'os' as os %}{{ os.popen('id') }}",
    "twig": "{{ _self.env.registerUndefinedFilterCallback('exec') }}{{ _self.env.getFilter('id') }}",
    "format": "{{ contact.name.format.__globals__ }}",
    "percent": "%(name)s {0.__class__} ${7*7} #{7*7} <%= 7*7 %>",
    "method": "{{ contact.name.upper }}{{ event.items.append }}{{ event.keys }}{{ contact.items }}",
    "n8n": "{{ $json.constructor.constructor('return process')() }}",
    "env": "{{ env }}{{ environment }}{{ template }}{{ self }}",
    "forloop": "{% for i in event.items %}{{ forloop.__class__ }}{{ forloop.it }}{% endfor %}",
}


def meet(source: str) -> None:
    try:
        assert len(render(source, SCENE, now=NOW).text.encode()) <= 2 * 64 * 1024
    except (BadText, RenderError) as error:
        assert str(error)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little(name: str) -> None:
    others = (
        BOMBS[name] + " " * number for number in count()
    )  # each another text, so that nothing is remembered
    assert quickest(lambda: meet(next(others)), MOST_SECONDS, clock=time.thread_time) < MOST_SECONDS
    tracemalloc.start()
    meet(next(others))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_BYTES
    assert render("你好 {{ contact.name }}", SCENE) == Rendered("你好 林"), "the next contact is unaffected"


@pytest.mark.parametrize("name", CODE)
def test_code_is_text_or_an_error(name: str) -> None:
    try:
        written = render(CODE[name], SCENE, now=NOW).text
    except (BadText, RenderError):
        return
    for trace in ("class", "function", "object at", "49", "uid=", "<bound", "dict_", "mro", "built-in"):
        assert trace not in written.replace("__class__", "") or trace in CODE[name]
    assert "object at 0x" not in written


@pytest.mark.parametrize(
    "name", [name for name in BOMBS if name.startswith("range") or name == "loop of a billion"]
)
def test_ranges_are_refused_before_they_run(name: str) -> None:
    assert any("(1..n)" in wrong.words["zh"] for wrong in problems(BOMBS[name])) or problems(BOMBS[name])


def test_values_are_never_read_as_markup() -> None:
    evil = scene(name="{{ contact.secret }}{% include 'x' %}", attributes={"secret": "s3"})
    assert render("{{ contact.name }}", evil).text == "{{ contact.secret }}{% include 'x' %}"
    assert render("{{ contact.name | strip }}", evil).text == "{{ contact.secret }}{% include 'x' %}"
