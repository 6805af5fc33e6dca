"""RFM: scores and groups against numbers worked out by hand here, month by month, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import rfm
from audience.rfm_groups import GROUPS
from audience.tables import Contact, Event
from audience.tables_rfm import RfmRun, RfmScore
from store.bulk import insert_rows
from store.inbox import NewSignal
from tests.audience.tier_desk import TierDesk

SAMPLE = Path(__file__).parents[2] / "runtime/samples/cdnow/CDNOW_sample.txt"
Order = tuple[int, datetime, float]


@pytest.fixture
def desk(session: Session, workspace: int) -> TierDesk:
    return TierDesk(session, workspace)


def plan(desk: TierDesk, days: int = 365, monthly: bool = True, amount: str = "amount") -> None:
    rfm.save_plan(
        desk.session, desk.workspace, event="order_paid", amount=amount, window_days=days, monthly=monthly,
        now=desk.now, by="林",
    )  # fmt: skip
    desk.session.commit()


def people(desk: TierDesk, number: int) -> list[int]:
    rows = [
        {
            "workspace_id": desk.workspace, "external_id": f"c{n}", "name": "", "attributes": {}, "tags": [],
            "tiers": {}, "created_at": desk.now, "updated_at": desk.now,
        }
        for n in range(number)
    ]  # fmt: skip
    insert_rows(desk.session, Contact.__table__, rows)
    desk.session.commit()
    return list(desk.session.scalars(sa.select(Contact.id).order_by(Contact.id)))


def orders(desk: TierDesk, given: list[Order]) -> None:
    first = (desk.session.scalar(sa.select(sa.func.max(Event.id))) or 0) + 1
    rows = [
        {
            "id": first + n, "workspace_id": desk.workspace, "contact_id": who, "name": "order_paid",
            "event_id": None, "occurred_at": at, "stored_at": at, "properties": {"amount": amount},
        }
        for n, (who, at, amount) in enumerate(given)
    ]  # fmt: skip
    insert_rows(desk.session, Event.__table__, rows)
    desk.session.commit()


def scores(desk: TierDesk, label: str) -> dict[int, tuple[int, int, int, str]]:
    query = sa.select(RfmScore).join(RfmRun, RfmRun.id == RfmScore.run_id).where(RfmRun.label == label)
    return {row.contact_id: (row.r, row.f, row.m, row.group) for row in desk.session.scalars(query)}


def by_hand(given: list[Order], end: datetime, days: int) -> dict[int, tuple[int, int, int, str]]:
    """The same, one customer after the other, from the definition."""
    mine: dict[int, list[tuple[datetime, float]]] = {}
    for who, at, amount in given:
        if end - timedelta(days=days) <= at < end:
            mine.setdefault(who, []).append((at, amount))
    measured = {
        who: (-int((end - max(at for at, _ in own)).total_seconds() // 86400), len(own), round(sum(a for _, a in own), 2))
        for who, own in mine.items()
    }  # fmt: skip
    found = {}
    for who, own in measured.items():
        found[who] = [
            1 + 5 * sum(other[k] < own[k] for other in measured.values()) // len(measured) for k in range(3)
        ]
    means = [sum(one[k] for one in found.values()) / len(found) for k in range(3)] if found else []
    groups = {group.high: group.key for group in GROUPS}
    return {
        who: (*s, groups[s[0] > means[0], s[1] > means[1], s[2] > means[2]])  # type: ignore[misc]
        for who, s in found.items()
    }


def test_the_real_customers_of_cdnow_come_out_as_by_hand(desk: TierDesk) -> None:
    lines = [line.split() for line in SAMPLE.read_text().splitlines() if line.strip()]
    customers = sorted({int(line[1]) for line in lines})
    ids = dict(zip(customers, people(desk, len(customers)), strict=True))
    given = [
        (ids[int(who)], datetime.strptime(day, "%Y%m%d").replace(hour=4, tzinfo=UTC), float(amount))
        for _, who, day, _, amount in lines
    ]
    orders(desk, given)
    desk.now = datetime(1998, 6, 15, tzinfo=UTC)
    plan(desk, days=600)
    desk.now = datetime(1998, 7, 1, 3, tzinfo=UTC)
    desk.work()
    run = desk.session.scalars(sa.select(RfmRun)).one()
    assert (run.label, run.state, run.as_of) == ("1998-06", "done", datetime(1998, 6, 30, 16, tzinfo=UTC))
    expected = by_hand(given, run.as_of, 600)
    assert scores(desk, "1998-06") == expected
    assert run.customers == len(expected) == 2357
    worn = {row.id: row.tiers for row in desk.session.execute(sa.select(Contact.id, Contact.tiers))}
    for who, (r, f, m, group) in expected.items():
        assert worn[who] == {"rfm": group, "rfm_r": f"r{r}", "rfm_f": f"f{f}", "rfm_m": f"m{m}"}
    # Known of this data set: half of its customers bought once, so nobody can score 2 in frequency.
    once = Counter(len([1 for w, *_ in given if w == who]) for who in expected)[1]
    assert 0.5 < once / len(expected) < 0.6
    assert {f for _, f, _, _ in expected.values()} == {1, 3, 4, 5}


ORDERS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 90 * 24), st.integers(0, 40).map(lambda n: n / 4)),
    max_size=40,
)


@given(ORDERS, st.sampled_from([30, 60]))
@settings(max_examples=15)
def test_any_orders_come_out_as_by_hand(
    session: Session, workspace: int, drawn: list[tuple[int, int, float]], days: int
) -> None:
    desk = TierDesk(session, workspace)
    for table in (RfmScore, RfmRun, Event):
        session.execute(sa.delete(table))
    ids = list(session.scalars(sa.select(Contact.id).order_by(Contact.id))) or people(desk, 8)
    given_orders = [(ids[n], desk.now - timedelta(hours=hours), amount) for n, hours, amount in drawn]
    orders(desk, given_orders)
    plan(desk, days=days, monthly=False)
    row = session.get(rfm.RfmPlan, workspace)
    run = rfm.start(session, row, desk.now, "林")
    session.commit()
    desk.work()
    assert scores(desk, "now") == by_hand(given_orders, run.as_of, days)


@pytest.fixture
def months(desk: TierDesk) -> Iterator[tuple[TierDesk, list[int]]]:
    ids = people(desk, 5)
    at = desk.now
    orders(desk, [(ids[n], at - timedelta(days=5 * n + 1), 10.0 * (n + 1)) for n in range(4)])
    plan(desk)
    yield desk, ids


def test_each_month_is_worked_out_once_also_after_an_outage(months: tuple[TierDesk, list[int]]) -> None:
    desk, ids = months
    desk.after(100)
    labels = [run.label for run in desk.session.scalars(sa.select(RfmRun).order_by(RfmRun.id))]
    assert labels == ["2026-03", "2026-04", "2026-05"]
    desk.after(0)
    assert desk.count(RfmRun) == 3
    assert desk.level(ids[4], "rfm") is None, "who bought nothing is in no group"


def test_the_first_run_tells_nobody_and_the_next_whom_it_moves(months: tuple[TierDesk, list[int]]) -> None:
    desk, ids = months
    desk.after(31)
    assert desk.told("rfm") == []
    before = desk.level(ids[3], "rfm")
    orders(desk, [(ids[3], desk.now, 500.0), (ids[3], desk.now, 500.0)])
    desk.after(31)
    after = desk.level(ids[3], "rfm")
    assert after == "important_value" != before
    assert (before, after) in desk.told("rfm")
    assert desk.history(ids[3])[-1][:3] == (before, after, "rfm")


def test_who_has_not_bought_in_the_window_is_in_no_group_any_more(months: tuple[TierDesk, list[int]]) -> None:
    desk, ids = months
    desk.after(31)
    assert desk.level(ids[0], "rfm") is not None
    plan(desk, days=30)
    desk.after(60)
    assert desk.level(ids[0], "rfm") is None
    desk.session.expire_all()
    assert desk.session.get_one(Contact, ids[0]).tiers == {}


def test_a_run_waits_for_what_was_told_before_the_month_ended(months: tuple[TierDesk, list[int]]) -> None:
    desk, _ = months
    from store.inbox import put

    put(desk.session, [NewSignal(desk.workspace, "event", "x", desk.now)], desk.now)
    desk.session.commit()
    desk.now += timedelta(days=31)
    assert desk.session.scalar(select(rfm.DUE), {"now": desk.now}) and not rfm.run_some(
        desk.session, desk.now
    )
    desk.session.commit()
    desk.hear()
    assert rfm.run_some(desk.session, desk.now)


def test_an_order_without_amount_counts_as_one_where_none_is_named(desk: TierDesk) -> None:
    ids = people(desk, 2)
    orders(
        desk,
        [(ids[0], desk.now - timedelta(days=1), 0.0)] * 2 + [(ids[1], desk.now - timedelta(days=1), 9.0)],
    )
    plan(desk, monthly=False, amount="")
    rfm.start(desk.session, desk.session.get_one(rfm.RfmPlan, desk.workspace), desk.now, "")
    desk.session.commit()
    desk.work()
    assert sorted(desk.session.scalars(sa.select(RfmScore.money))) == [1, 2]


def test_who_does_not_want_to_be_profiled_has_no_score(desk: TierDesk) -> None:
    shy, open_ = people(desk, 2)
    desk.session.execute(
        sa.update(Contact).where(Contact.id == shy).values(attributes={"no_profiling": True})
    )
    orders(desk, [(shy, desk.now - timedelta(days=3), 50.0), (open_, desk.now - timedelta(days=3), 50.0)])
    plan(desk, monthly=False)
    rfm.start(desk.session, desk.session.get_one(rfm.RfmPlan, desk.workspace), desk.now, "")
    desk.session.commit()
    desk.work()
    assert set(desk.session.scalars(sa.select(RfmScore.contact_id))) == {open_}
