"""A rule has the same truth in Python, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from sqlalchemy import Engine, create_engine, select

from rules.conditions import Rule, parse
from rules.sql import NotForContacts, where
from rules.zones import SHANGHAI
from store.database import engine_options
from tests.rules.people import CONTACT, EVENTS, NOW, SOUND, ZONES, Tables, fill, rules, scenes

BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module", params=BOTH)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    maker = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    url = request.getfixturevalue(maker).bare()
    engine = create_engine(url, **engine_options(url))
    fill(engine)
    yield engine
    engine.dispose()


def chosen(engine: Engine, rule: Rule, *, together: bool) -> set[int]:
    """Whom the database finds in both workspaces, asked one by one or all together."""
    zones = [zone for zone in ZONES if zone]
    found: set[int] = set()
    with engine.connect() as connection:
        for workspace in (1, 2):
            everybody = workspace if together else None
            condition = where(rule, Tables(), NOW, SHANGHAI, zones=zones, everybody_of=everybody)
            query = select(CONTACT.c.id).where(CONTACT.c.workspace_id == workspace, condition)
            found |= set(connection.scalars(query))
    return found


def held(rule: Rule) -> set[int]:
    return {number for number, scene in scenes().items() if rule.holds(scene)}


def agree(engine: Engine, tree: Any) -> None:
    rule = parse(tree)
    by_python = held(rule)
    for together in (False, True):
        by_database = chosen(engine, rule, together=together)
        differing = {n: scenes()[n] for n in sorted(by_database ^ by_python)[:2]}
        assert by_database == by_python, (
            f"{tree}: database {by_database - by_python}, Python {by_python - by_database}: {differing}"
        )


@settings(max_examples=max(settings().max_examples, 200))
@given(tree=rules())
@example(tree={"field": "attribute.a", "operator": "contains", "value": "%"})
@example(tree={"field": "attribute.a", "operator": "contains", "value": "_"})
@example(tree={"not": True, "rules": [{"field": "attribute.none", "operator": "=", "value": 1}]})
@example(tree={"field": "tags", "operator": "hasNone", "value": []})
def test_rules_choose_the_same_contacts(engine: Engine, tree: Any) -> None:
    agree(engine, tree)


OPERATORS = [
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "contains",
    "beginsWith",
    "endsWith",
    "doesNotContain",
    "doesNotBeginWith",
    "doesNotEndWith",
]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_value_compares_the_same(engine: Engine, operator: str) -> None:
    for value in SOUND:
        agree(engine, {"field": "attribute.a", "operator": operator, "value": value})


@pytest.mark.parametrize("field", [f"{side}.{name}" for side in ("since", "until") for name in ("born", "a")])
@pytest.mark.parametrize("days", [-1, 0, 1, 2])
def test_days_are_local_days_in_the_database_too(engine: Engine, field: str, days: int) -> None:
    for operator in ("=", "!=", "<", "<=", ">", ">="):
        agree(engine, {"field": field, "operator": operator, "value": days})


@pytest.mark.parametrize("after", ["PT1H", "P1D", "P7D", "P40D"])
@pytest.mark.parametrize("pair", ["viewed.without.order_paid", "order_paid.without.order_paid"])
def test_what_did_not_follow_is_counted_the_same(engine: Engine, pair: str, after: str) -> None:
    for within in (None, "P30D", "PT168H"):
        for operator, number in ((">=", 1), ("=", 0), ("<", 2), (">", 1)):
            leaf = {"field": f"history.{pair}", "operator": operator, "value": number, "after": after}
            agree(engine, leaf | ({"within": within} if within else {}))


def test_the_last_of_equal_times_is_the_last_stored(engine: Engine) -> None:
    for event in EVENTS:
        agree(engine, {"field": f"history.{event}.last.sku", "operator": "null"})
        agree(engine, {"field": f"history.{event}.last.sku", "operator": "=", "value": "会员"})


def test_the_largest_rules_still_run(engine: Engine) -> None:
    other = {"field": "attribute.a", "operator": "notBetween", "value": ["abc", "会员"]}
    agree(engine, {"combinator": "or", "rules": [other] * 500})
    days = {"field": "since.born", "operator": "in", "value": list(range(-50, 50))}
    agree(engine, {"not": True, "rules": [days]})
    agree(
        engine,
        {"field": "attribute.a", "operator": "notIn", "value": [f"v{n}" for n in range(499)] + ["abc"]},
    )
    agree(engine, {"field": "tags", "operator": "hasNone", "value": [f"t{n}" for n in range(499)] + ["vip"]})


def test_a_crowd_is_not_all_or_nothing() -> None:
    tree = {"field": "since.born", "operator": ">=", "value": 0}
    assert 10 < len(held(parse(tree))) < 190


def test_what_only_a_journey_knows_is_refused() -> None:
    tree = {
        "rules": [
            {"field": "stage", "operator": "=", "value": "w1"},
            {"field": "event.a", "operator": "null"},
        ]
    }
    with pytest.raises(NotForContacts) as refused:
        where(parse(tree), Tables(), NOW, SHANGHAI)
    assert [said["en"].split('"')[1] for _, said in refused.value.problems] == ["event.a", "stage"]
