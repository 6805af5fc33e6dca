"""The choice of a table of people, products and moments: the first fitting row, explained truly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.conditions import BadRule, Scene, parse
from rules.matching import BEHIND, CHOSEN, LATER, NEVER, OVER, WHO, Matching, read, who_of
from rules.sql import NotForContacts, where
from rules.zones import SHANGHAI, local
from tests.rules.people import Tables

MOMENTS = [
    {"key": "noon", "name": "午休", "from": "12:00", "to": "13:30", "weekdays": [1, 2, 3, 4, 5]},
    {"key": "evening", "name": "晚间", "from": "19:00", "to": "22:00"},
    {"key": "night", "name": "深夜", "from": "22:00", "to": "02:00"},
    {"key": "workday", "name": "工作日", "workdays": True},
]
#: A Monday at noon in Shanghai.
NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


def row(key: str, tags: tuple[str, ...] = (), moments: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    product = {
        "key": key,
        "name": key.upper(),
        "url": f"https://shop.example/{key}",
        "price": 10,
        "material": "",
    }
    return {"key": key, "tags": list(tags), "who": None, "product": product, "moments": list(moments)} | more


def table(*rows: dict[str, Any]) -> Matching:
    return read("daily", "日常", MOMENTS, rows)


def person(*tags: str, now: datetime = NOON, **attributes: Any) -> Scene:
    return Scene(attributes, frozenset(tags), now, zone=SHANGHAI)


def test_the_first_row_that_fits_is_chosen_and_says_so() -> None:
    found = table(row("mask", ("敏感肌",)), row("cream"), row("soap")).choose(person())
    assert found.row is not None and found.row.key == "cream"
    assert [reason.because for reason in found.reasons] == [WHO, CHOSEN, BEHIND]
    assert found.send_at == NOON and found.window is None


def test_a_higher_priority_goes_before_the_order_of_the_sheet() -> None:
    found = table(row("cream"), row("gold", ("VIP",), priority=5)).choose(person("VIP"))
    assert [(reason.row.key, reason.because) for reason in found.reasons] == [
        ("gold", CHOSEN),
        ("cream", BEHIND),
    ]


def test_the_moment_decides_too() -> None:
    made = table(row("tea", moments=("evening",)), row("lunch", moments=("noon",)))
    at_noon = made.choose(person())
    assert at_noon.row is not None and at_noon.row.key == "lunch"
    assert [reason.because for reason in at_noon.reasons] == [LATER, CHOSEN]
    assert at_noon.window is not None and at_noon.window.key == "noon"
    after = made.choose(person(now=NOON + timedelta(hours=3)))
    assert after.row is not None and after.row.key == "tea"
    assert after.send_at == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def test_a_weekday_window_is_closed_at_the_weekend() -> None:
    saturday = datetime(2026, 3, 7, 4, 30, tzinfo=UTC)
    found = table(row("lunch", moments=("noon",))).choose(person(now=saturday))
    assert found.send_at == datetime(2026, 3, 9, 4, 0, tzinfo=UTC)


def test_a_row_is_over_after_its_last_day() -> None:
    last = row("tea", moments=("evening",), until="2026-03-02")
    late = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert table(last).choose(person()).row is not None
    found = table(last).choose(person(now=late))
    assert found.row is None and [reason.because for reason in found.reasons] == [OVER]


def test_nobody_fits_an_empty_table() -> None:
    found = table().choose(person())
    assert (found.row, found.send_at, list(found.reasons)) == (None, None, [])


def test_branches_ask_for_the_product_and_for_the_moment() -> None:
    scene = person()
    scene.matchings = {"daily": table(row("lunch", moments=("noon",)))}
    assert parse({"field": "scene.daily", "operator": "=", "value": "lunch"}).holds(scene)
    assert parse({"field": "scene.daily.moment", "operator": "in", "value": ["noon"]}).holds(scene)
    assert not parse({"field": "scene.daily", "operator": "!=", "value": "lunch"}).holds(scene)
    assert parse({"field": "scene.other", "operator": "null"}).holds(scene)
    assert parse({"field": "scene.daily", "operator": "=", "value": "lunch"}).reads.scenes == {"daily"}


def test_what_was_seen_and_the_words_name_the_choice() -> None:
    scene, seen = person(), {}
    scene.matchings = {"daily": table(row("lunch"))}
    rule = parse({"field": "scene.daily", "operator": "=", "value": "lunch"})
    rule.see(scene, seen)
    assert list(seen.values()) == ["lunch"]
    titles = {"scene.daily": "日常", "scene.daily.lunch": "午餐券"}
    assert "午餐券" in rule.say("zh", titles) and "日常" in rule.say("zh", titles)
    assert "daily" in parse({"field": "scene.daily.moment", "operator": "notNull"}).say("en")


@pytest.mark.parametrize(
    "field", ["scene", "scene.", "scene.Daily", "scene.daily.price", "scene.daily.moment.x"]
)
def test_there_are_no_other_fields_of_scenes(field: str) -> None:
    with pytest.raises(BadRule):
        parse({"field": field, "operator": "notNull"})


def test_people_cannot_be_counted_by_a_scene() -> None:
    rule = parse({"field": "scene.daily", "operator": "=", "value": "lunch"})
    with pytest.raises(NotForContacts, match="chosen for one person"):
        where(rule, Tables, NOON, SHANGHAI)


tags = st.sampled_from(["VIP", "敏感肌", "油皮"])
rows = st.builds(
    lambda n, worn, moments, priority, until: row(
        f"p{n}", worn, moments, priority=priority, until=until.isoformat() if until else None
    ),
    st.integers(0, 10**6),
    st.lists(tags, max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from([one["key"] for one in MOMENTS]), max_size=3, unique=True).map(tuple),
    st.integers(-2, 2),
    st.none() | st.dates(date(2026, 2, 25), date(2026, 3, 12)),
)
times = st.datetimes(datetime(2026, 2, 27), datetime(2026, 3, 10), timezones=st.just(UTC))


@given(st.lists(rows, max_size=8, unique_by=lambda one: one["key"]), st.frozensets(tags), times)
def test_the_explanation_agrees_with_the_choice(
    written: list[dict[str, Any]], worn: frozenset[str], now: datetime
) -> None:
    made, scene = table(*written), person(*worn, now=now)
    found = made.choose(scene)
    assert [reason.row for reason in found.reasons] == list(made.rows)
    assert [row.priority for row in made.rows] == sorted((row.priority for row in made.rows), reverse=True)
    because = {reason.row.key: reason for reason in found.reasons}
    assert [key for key, reason in because.items() if reason.because == CHOSEN] == (
        [found.row.key] if found.row else []
    )
    for one in made.rows:
        reason = because[one.key]
        fits = set(one_tags(written, one.key)) <= worn
        assert (reason.because == WHO) == (not fits)
        if reason.because in (CHOSEN, BEHIND):
            assert reason.opens == found.send_at
        if reason.because == LATER:
            assert found.send_at is not None and reason.opens is not None and reason.opens > found.send_at
        if reason.because == OVER:
            assert one.until is not None and reason.opens is not None
            assert local(reason.opens, SHANGHAI).date() > one.until
        assert reason.because != NEVER
    if found.row is not None:
        # Nothing that could be sent then stands above it.
        above = list(made.rows)[: list(made.rows).index(found.row)]
        assert all(because[one.key].because in (WHO, OVER, LATER) for one in above)
        # Asked again when it is time, the answer is the same.
        assert found.send_at is not None and found.send_at >= now
        again = made.choose(person(*worn, now=found.send_at))
        assert again.row == found.row and again.send_at == found.send_at
    else:
        assert {reason.because for reason in found.reasons} <= {WHO, OVER}


def one_tags(written: list[dict[str, Any]], key: str) -> list[str]:
    return next(one["tags"] for one in written if one["key"] == key)


def test_the_rule_of_a_row_asks_for_each_of_its_tags() -> None:
    asked = who_of(row("a", ("VIP", "油皮"), who={"field": "attribute.age", "operator": ">", "value": 30}))
    assert parse(asked).holds(person("VIP", "油皮", age=31))
    assert not parse(asked).holds(person("VIP", age=31))
    assert not parse(asked).holds(person("VIP", "油皮", age=30))
