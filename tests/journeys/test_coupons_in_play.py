"""Coupons and points in the simulator: a pool runs dry as it would, and points add up."""

from __future__ import annotations

from datetime import UTC, datetime

from journeys import played
from journeys.plan import compile_plan
from journeys.simulate import Life
from tests.runtime.charts import journey

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DRAWN = journey(
    stages=[{"id": "s", "initial": "earn"}],
    steps=[
        {"id": "earn", "stage": "s", "kind": "points", "config": {"scheme": "member", "amount": 10}},
        {"id": "pay", "stage": "s", "kind": "points", "config": {"scheme": "member", "act": "spend", "amount": 50}},
        {"id": "coupon", "stage": "s", "kind": "coupon", "config": {"pool": "welcome"}},
    ],
    arrows=[
        {"id": "a", "from": "earn", "exit": "next", "to": "pay"},
        {"id": "b", "from": "pay", "exit": "next", "to": "coupon"},
        {"id": "c", "from": "coupon", "exit": "issued", "to": "won"},
        {"id": "d", "from": "coupon", "exit": "empty", "to": "lost"},
    ],
)  # fmt: skip


def lives() -> list[Life]:
    return [Life(str(n), [(START, "joined", {})], {"points_member": 10 * n}) for n in range(10)]


def test_a_pool_runs_dry_and_the_report_says_so() -> None:
    plan = compile_plan(DRAWN)
    told = played.report(plan, lives(), START, 2, stock={"welcome": 4})
    assert told["coupons"] == {"welcome": {"issued": 4, "empty": 6, "left": 0}}
    assert told["ended"] == {"converted": 4, "lost": 6}


def test_a_pool_without_limit_never_does() -> None:
    told = played.report(compile_plan(DRAWN), lives(), START, 2)
    assert told["coupons"] == {"welcome": {"issued": 10, "empty": 0, "left": None}}


def test_points_added_and_taken_are_told_by_scheme() -> None:
    told = played.report(compile_plan(DRAWN), lives(), START, 2)
    # Ten get ten each; six of them then have fifty to spend.
    assert told["points"] == {"member": {"added": 100, "taken": 300}}


def test_words_where_points_should_be_count_as_none() -> None:
    people = [Life(name, [(START, "joined", {})], {"points_member": name}) for name in ("许多", "")]
    told = played.report(compile_plan(DRAWN), people, START, 2)
    assert told["points"]["member"] == {"added": 20, "taken": 0}
