"""Whoever answers otherwise at a later moment, though nothing happened to him, is among those who are looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, select

from rules.conditions import Rule, parse
from rules.drift import drifting, next_drift, turns
from rules.scene import Scene
from rules.zones import SHANGHAI, zone_of
from store.database import engine_options
from tests.rules.people import CONTACT, NOW, ZONES, Tables, fill, rules, scenes

BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]
NAMES = [zone for zone in ZONES if zone]
KNOWN = sorted({zone_of(name) for name in ZONES}, key=str)
#: Events of the crowd that lie ahead are seen by everybody from here on.
FIRST = NOW + timedelta(hours=11)
STRETCHES = [
    timedelta(seconds=59), timedelta(minutes=7), timedelta(hours=1), timedelta(hours=9), timedelta(days=1),
    timedelta(days=1, minutes=1), timedelta(days=7), timedelta(days=31), timedelta(days=200),
]  # fmt: skip
WEEKEND = {"field": "now.weekday", "operator": "in", "value": [6, 7]}
EVENING = {"field": "now.time", "operator": "between", "value": ["18:00", "22:00"]}
BORN = {"field": "since.born", "operator": ">", "value": 7}


@pytest.fixture(scope="module", params=BOTH)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    maker = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    url = request.getfixturevalue(maker).bare()
    engine = create_engine(url, **engine_options(url))
    fill(engine)
    yield engine
    engine.dispose()


def found(engine: Engine, rule: Rule, since: datetime, until: datetime) -> set[int]:
    clause = drifting(rule, Tables(), since, until, SHANGHAI, zones=NAMES, known=KNOWN)
    with engine.connect() as connection:
        return set(connection.scalars(select(CONTACT.c.id).where(clause)))


def held(rule: Rule, at: datetime) -> set[int]:
    return {number for number, scene in scenes().items() if rule.holds(_at(scene, at))}


def _at(scene: Scene, at: datetime) -> Scene:
    return replace(scene, now=at)


@settings(max_examples=max(settings().max_examples, 150))
@given(
    tree=rules(),
    ahead=st.integers(0, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes)),
    stretch=st.sampled_from(STRETCHES),
)
@example(tree=WEEKEND, ahead=timedelta(0), stretch=timedelta(days=1))
@example(tree=EVENING, ahead=timedelta(hours=3), stretch=timedelta(hours=9))
@example(tree=BORN, ahead=timedelta(days=3), stretch=timedelta(hours=9))
def test_nobody_who_answers_otherwise_is_overlooked(
    engine: Engine, tree: Any, ahead: timedelta, stretch: timedelta
) -> None:
    rule, since = parse(tree), FIRST + ahead
    until = since + stretch
    looked_at = found(engine, rule, since, until)
    moved = held(rule, since) ^ held(rule, until)
    assert moved <= looked_at, f"{tree} from {since} to {until}: {sorted(moved - looked_at)} overlooked"


@settings(max_examples=max(settings().max_examples, 150), deadline=None)
@given(tree=rules(), ahead=st.integers(0, 60 * 24 * 40))
def test_nobody_moves_before_the_next_look(tree: Any, ahead: int) -> None:
    """Between two looks nobody answers otherwise by the clock; what falls out of windows has a minute."""
    rule, now = parse(tree), FIRST + timedelta(minutes=ahead)
    following = next_drift(rule, now, SHANGHAI, KNOWN)
    before = held(rule, now)
    if following is None:
        assert held(rule, now + timedelta(days=400)) == before
    else:
        assert following > now
        just_before = following - timedelta(microseconds=1)
        if following - now > timedelta(minutes=1):
            assert held(rule, just_before) == before


def test_who_nothing_moved_is_left_alone(engine: Engine) -> None:
    """A minute of a window concerns those with an event at its edge, not everybody."""
    rule = parse({"field": "history.viewed.count", "operator": ">=", "value": 1, "within": "P7D"})
    assert len(found(engine, rule, FIRST, FIRST + timedelta(minutes=1))) <= 2
    assert found(engine, parse(WEEKEND), FIRST, FIRST + timedelta(minutes=1)) == set()
    assert (
        found(engine, parse({"field": "attribute.a", "operator": "null"}), FIRST, FIRST + timedelta(days=99))
        == set()
    )


def test_the_clock_is_foreseen() -> None:
    noon = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    assert next_drift(parse(EVENING), noon, SHANGHAI) == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert list(turns(parse(EVENING), noon, noon + timedelta(days=1), SHANGHAI)) == [
        datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        datetime(2026, 11, 20, 14, 1, tzinfo=UTC),
    ]
    assert next_drift(parse(WEEKEND), noon, SHANGHAI) == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert next_drift(parse(BORN), noon, SHANGHAI) == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert next_drift(parse({"field": "tags", "operator": "notNull"}), noon, SHANGHAI) is None
