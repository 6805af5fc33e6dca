"""Texts say what they should, plain and otherwise, and tell what was missing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.language import LANGUAGE, Template
from content.rendering import BadText, RenderError, problems, render, scene, variables

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
SCENE = scene(
    name="林",
    attributes={
        "points": 1234.5,
        "whole": 3.0,
        "likes": ["口红", "眼影"],
        "born": "1990-05-03",
        "due": "2026-03-01T17:30:00+00:00",
        "vip": True,
        "zero": 0,
        "clear": "",
    },
    tags=["新客"],
    told={
        "event": {"name": "order_paid", "amount": 99.0, "items": [{"t": "a", "n": 1}, {"t": "b", "n": 2}]},
        "entry": {"source": "门店"},
        "variables": {"coupon": "C-9", "none": None},
        "stage": "first_order",
    },
    workspace="花间",
)


def said(source: str, **given: Any) -> str:
    return render(source, given.get("scene", SCENE), SHANGHAI, NOW).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("没有变量", "没有变量"),
        ("", ""),
        ("{{contact.name}}，{{ event.amount }} 元，{{entry.source}}", "林，99 元，门店"),
        ("{{ workspace.name }} {{ stage }} {{ variables.coupon }}", "花间 first_order C-9"),
        ("{{ contact.nick | default: '朋友' }}", "朋友"),
        ('{{ contact.clear | default: "朋友" }}{{ contact.zero | default: 5 }}', "朋友0"),
        ("{{ contact.whole }} {{ contact.vip }}", "3 true"),
        ("{{ contact.points | money }} {{ contact.points | number }} {{ 7 | number: 2 }}", "¥1,234.50 1,234.5 7.00"),
        ("{{ 0.256 | percent }} {{ 2.345 | round: 2 }} {{ 10 | divided_by: 4 }}", "26% 2.35 2.5"),
        ("{{ contact.points | plus: 0.5 | times: 2 | minus: 1 }}", "2469"),
        ("{{ contact.likes | join }} {{ contact.likes | join: '/' }}", "口红、眼影 口红/眼影"),
        ("{{ contact.likes | first }}{{ contact.likes[1] }}{{ contact.likes.size }}", "口红眼影2"),
        ("{{ contact.born | date: '%-m月%-d日' }} {{ contact.born | date: '%A%a%j' }}", "5月3日 星期四周四123"),
        ("{{ contact.due | date: '%F %R' }}", "2026-03-02 01:30"),
        ("{{ 'now' | date: '%Y/%m/%d %H:%M:%S %p' }}", "2026/03/01 10:00:00 上午"),
        ("{{ contact.nick | date: '%F' }}{{ '不是日期' | date }}", "不是日期"),
        ("{{ stage | upcase }} {{ 'Ab' | downcase }} {{ 'ab' | capitalize }} {{ ' x ' | strip }}", "FIRST_ORDER ab Ab x"),
        ("{{ '一二三四五六' | truncate: 4 }} {{ '一二' | truncate: 4 }}", "一二三… 一二"),
        ("{% for i in event.items %}{{ i.t }}×{{ i.n }}{% unless forloop.last %}，{% endunless %}{% endfor %}", "a×1，b×2"),
        ("{% if contact.points > 1000 %}贵宾{% elsif stage %}x{% else %}新客{% endif %}", "贵宾"),
        ("{% if contact.age > 18 %}大{% else %}小{% endif %}", "小"),
        ("{% if contact.tags contains '新客' %}新{% endif %}", "新"),
        ("{% case stage %}{% when 'trust' %}t{% when 'first_order' %}f{% endcase %}", "f"),
        ("{% assign n = event.amount | plus: 1 %}{{ n }}{% comment %}不写{% endcomment %}", "100"),
    ],
)  # fmt: skip
def test_a_text_is_written(source: str, text: str) -> None:
    assert problems(source) == []
    assert said(source) == text


def test_what_is_missing_is_left_out_and_told() -> None:
    done = render("{{ contact.nick }}{{ variables.none }}{{ event.deep.er }}！", SCENE)
    assert (done.text, done.missing) == ("！", ("contact.nick", "event.deep.er", "variables.none"))
    slow = render(
        "{{ contact.nick | upcase }}{{ contact.nick | default: 'x' }}{% if contact.a %}{% endif %}", SCENE
    )
    assert slow.text == "x"
    assert render("{{ contact.nick }}{% if stage %}!{% endif %}", SCENE).missing == ("contact.nick",)


def test_a_text_tells_what_it_reads() -> None:
    source = (
        "{% for i in event.items %}{{ i.t }}{% endfor %}{{ contact.name }}{% assign x = contact.points %}{{ x }}"
        "{% if stage == 'a' and entry.source %}{% endif %}{{ contact.likes.size }}"
    )
    assert variables(source) == [
        "contact.likes",
        "contact.name",
        "contact.points",
        "entry.source",
        "event.items",
        "stage",
    ]
    assert variables("{{ contact.name }} {{contact.a|default:'x'}}{{ stage }}") == [
        "contact.a",
        "contact.name",
        "stage",
    ]


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("{{ name }}", "没有“name”这个变量", "There is no “name”"),
        ("{{ contact }}", "contact 的哪一项", "which part of contact"),
        ("{{ contact.a | shuffle }}", "没有“shuffle”这个过滤器", "no filter “shuffle”"),
        ("\n{% if stage %}", "第 2 行|endif|标签", "endif|line"),
        ("\n\n{{ contact.a ", "第 3 行的 {{ 缺少 }}", "Line 3: {{ is not closed"),
        ("{% include 'x' %}", "不能使用标签“include”", "no tag “include”"),
        ("{% raw %}{% endraw %}", "不能使用标签“raw”", "no tag “raw”"),
        ("{{ (1..9) | join }}", "(1..n)", "(1..n)"),
        ("{% for i in (1..9) %}{% endfor %}", "(1..n)", "(1..n)"),
        ("{{ contact.a if contact.b else 'c' }}", "请用 {% if %}", "ternary"),
        ("好" * 30_000, "64 KiB", "64 KiB"),
        (5, "须是文字", "Give a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_both_languages(source: Any, zh: str, en: str) -> None:
    found = problems(source, "body.text")
    assert found and all(one.path == "body.text" for one in found)
    assert any(part in one.words["zh"] for one in found for part in zh.split("|"))
    assert any(part in one.words["en"] for one in found for part in en.split("|"))
    if isinstance(source, str):
        with pytest.raises(BadText):
            render(source, SCENE)


def test_every_problem_is_named_at_once() -> None:
    found = problems("{{ name }}{{ contact.a | foo }}{{ age | upcase }}")
    assert len(found) >= 1
    wrong = problems("{{ name | upcase }}{{ age | upcase }}{{ contact | upcase }}")
    assert len(wrong) == 3


def test_a_failure_for_one_contact_names_the_line() -> None:
    with pytest.raises(RenderError, match="Line 2"):
        render("好\n{{ contact.points | divided_by: contact.zero }}", SCENE)
    with pytest.raises(RenderError, match="%Q"):
        render("{{ contact.born | date: '%Q' }}", SCENE)
    with pytest.raises(RenderError):
        render("{% if contact.name > 5 %}{% endif %}", SCENE)


NAMES = st.sampled_from(["name", "city", "age", "likes", "flag", "none", "nested", "unheard"])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=4),
)
OTHER = st.text(st.characters(exclude_characters="'\"{}\\\x00", exclude_categories=["Cs"]), max_size=8)


@given(
    values=st.dictionaries(NAMES, VALUES),
    pieces=st.lists(
        st.tuples(st.text(st.sampled_from("好 a\n}%'\"|"), max_size=5), NAMES, st.none() | OTHER), max_size=6
    ),
)
def test_the_quick_way_and_the_language_write_the_same(
    values: dict[str, Any], pieces: list[tuple[str, str, str | None]]
) -> None:
    source = ""
    for fixed, name, other in pieces:
        source += fixed + (
            "{{ contact." + name + (f" | default: '{other}'" if other is not None else "") + " }}"
        )
    told = scene(attributes=values)
    quick = render(source, told)
    template = LANGUAGE.from_string(source)
    assert isinstance(template, Template)
    text, missing = template.write(told, SHANGHAI, NOW)
    assert quick.text == text
    assert set(quick.missing) == missing
