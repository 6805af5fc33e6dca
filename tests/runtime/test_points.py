"""Points through the whole engine: earned by events, capped, spent, run out, and always the sum of the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from audience import points
from audience.points import Line
from audience.tables import Contact
from audience.tables_rewards import PointsAccount, PointsEntry, PointsScheme
from journeys.tables import Enrollment
from store import clock
from tests.runtime.charts import journey
from tests.runtime.world import World, at
from web import merging


def scheme(world: World, **given: Any) -> None:
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        rules = [{"key": "talk", "event": "group_message", "points": 10, "times": None, "per_day": 30}]
        tx.session.add(
            PointsScheme(
                **{
                    "workspace_id": world.workspace, "key": "member", "name": "会员积分", "earn": rules, "exchange": [],
                    "created_at": now, "updated_at": now, **given,
                }
            )
        )  # fmt: skip


def balance(world: World, who: int) -> int:
    """What the account, the attribute and the sum of the ledger all say."""
    found = {
        world.rows(select(func.coalesce(func.sum(PointsAccount.balance), 0)).where(PointsAccount.contact_id == who))[0][0],
        world.rows(select(func.coalesce(func.sum(PointsEntry.amount), 0)).where(PointsEntry.contact_id == who))[0][0],
        world.rows(select(Contact.attributes).where(Contact.id == who))[0][0].get("points_member", 0),
    }  # fmt: skip
    assert len({int(one) for one in found}) == 1, found
    return int(found.pop())


def test_speaking_earns_up_to_the_days_cap(world: World) -> None:
    scheme(world)
    number = world.person("lin")
    for n in range(5):
        world.event("group_message", id=f"m{n}")
    world.event("group_message", id="m0")
    world.run()
    assert balance(world, number) == 30
    world.go("2026-03-03 09:00")
    world.event("group_message", id="m9")
    world.run()
    assert balance(world, number) == 40


def spends(amount: int) -> dict[str, Any]:
    short = {
        "combinator": "and",
        "rules": [{"field": "variable.points_short", "operator": "=", "value": True}],
    }
    return journey(
        stages=[{"id": "s", "initial": "pay"}],
        entries=[{"id": "in", "on": {"type": "hand"}, "to": "s"}],
        steps=[
            {"id": "pay", "stage": "s", "kind": "points", "config": {"scheme": "member", "act": "spend", "amount": amount}},
            {"id": "b", "stage": "s", "kind": "branch", "config": {"rules": [{"exit": "short", "rule": short}]}},
        ],
        arrows=[
            {"id": "a1", "from": "pay", "exit": "next", "to": "b"},
            {"id": "a2", "from": "b", "exit": "short", "to": "poor"},
            {"id": "a3", "from": "b", "exit": "else", "to": "paid"},
        ],
        ends=[{"id": "poor", "result": "lost"}, {"id": "paid", "result": "converted"}],
        reentry={"mode": "after_exit"},
    )  # fmt: skip


def test_a_step_spends_what_is_there_and_says_when_it_is_not(world: World) -> None:
    scheme(world)
    number = world.person("lin")
    world.publish(spends(20))
    for n in range(3):
        world.event("group_message", id=f"m{n}")
    world.run()
    results = []
    for n in range(2):
        world.go(f"2026-03-02 1{n + 1}:00")
        world.signal("enroll", "main")
        world.run()
        results.append(world.rows(select(Enrollment.result).order_by(Enrollment.id.desc()))[0][0])
    assert results == ["converted", "lost"] and balance(world, number) == 10


def test_another_journey_hears_that_there_are_enough(world: World) -> None:
    scheme(world)
    world.person("lin")
    rule = {
        "combinator": "and",
        "rules": [{"field": "attribute.points_member", "operator": ">=", "value": 30}],
    }
    world.publish(
        journey(
            stages=[{"id": "s", "stay": True}],
            entries=[{"id": "in", "on": {"type": "hand"}, "to": "s"}],
            arrows=[{"id": "a", "from": "s", "on": {"type": "when", "rule": rule}, "to": "won"}],
        )
    )
    world.signal("enroll", "main")
    world.run()
    for n in range(3):
        world.event("group_message", id=f"m{n}")
    world.run()
    assert world.rows(select(Enrollment.result))[0][0] == "converted"


def test_points_run_out_oldest_first_and_what_was_spent_does_not(world: World) -> None:
    scheme(world, expires_days=10)
    number = world.person("lin")
    with world.database.transaction() as tx:
        for n, (act, amount) in enumerate((("add", 100), ("spend", 30))):
            line = Line(number, "member", f"l{n}", act, amount, clock.now(tx.session))
            points.book(tx.session, world.workspace, [line], clock.now(tx.session))
    world.go("2026-03-07 10:00")
    with world.database.transaction() as tx:
        line = Line(number, "member", "later", "add", 50, clock.now(tx.session))
        points.book(tx.session, world.workspace, [line], clock.now(tx.session))
    world.go("2026-03-12 10:00")
    assert balance(world, number) == 50
    world.go("2026-03-20 10:00")
    assert balance(world, number) == 0


def test_two_who_are_one_have_the_points_of_both(world: World) -> None:
    scheme(world)
    keep, drop = world.person("lin"), world.person("wang")
    for who in ("lin", "wang"):
        for n in range(2):
            world.event("group_message", who, id=f"{who}{n}")
    world.run()
    with world.database.transaction() as tx:
        from audience.merging import take_turn

        take_turn(tx.session, world.workspace)
        assert merging.merge(tx.session, world.workspace, keep, drop, "test", clock.now(tx.session))
    assert balance(world, keep) == 40


LINES = st.lists(
    st.tuples(st.sampled_from(["add", "spend", "set"]), st.integers(0, 60), st.integers(0, 5), st.booleans()),
    max_size=25,
)


@given(lines=LINES)
def test_the_balance_is_the_sum_and_never_below_nothing(databases: Any, lines: list[Any]) -> None:
    world = _shared(databases)
    number = world.person(f"p{len(world.rows(select(Contact.id)))}")
    booked = 0
    for place, (act, amount, key, together) in enumerate(lines):
        with world.database.transaction() as tx:
            now = at("2026-03-02 10:00") + timedelta(minutes=place)
            same = [Line(number, "member", f"{number}:{key}", act, amount, now)] * (2 if together else 1)
            done = points.book(tx.session, world.workspace, same, now)
        assert all(one is not None for one in done)
        booked += sum(one.amount for one in done if one and one.fresh)
        assert booked >= 0 and balance(world, number) == booked


_WORLDS: dict[int, World] = {}


def _shared(databases: Any) -> World:
    """One world for all examples: a database is too much for each."""
    if id(databases) not in _WORLDS:
        _WORLDS[id(databases)] = World(databases.fresh())
        scheme(_WORLDS[id(databases)])
    clock.configure(True)
    return _WORLDS[id(databases)]


def test_what_runs_out_is_what_was_not_spent() -> None:
    now = at("2026-03-10 10:00")
    day = timedelta(days=1)
    lots = [(100, now - day), (50, now + day)]
    assert points.over([*lots, (-30, None)], now) == (70, now + day)
    assert points.over([*lots, (-120, None)], now) == (0, now + day)
    assert points.over([*lots, (-150, None)], now) == (0, None)
