"""Tiers: up at once, down when a level has not been met for long, and exactly one level at any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from audience import tier_dimensions
from audience.tables import Contact
from audience.tables_tiers import TierDimension, TierStanding
from audience.tier_dimensions import BadDimension, DimensionMoved, Wanted
from audience.tier_law import judge, top_of
from tests.audience.conftest import NOW
from tests.audience.tier_desk import LEVELS, TierDesk, level, one_rule


@pytest.fixture
def desk(session: Session, workspace: int) -> TierDesk:
    return TierDesk(session, workspace)


def test_everybody_who_is_there_is_sorted_and_nobody_told(desk: TierDesk) -> None:
    high, low = desk.person("a", replies=9), desk.person("b")
    desk.dimension()
    assert (desk.level(high), desk.level(low)) == ("high", "low")
    assert desk.told() == [] and desk.history(high) == []


def test_a_level_that_is_met_is_reached_at_once(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=1)
    assert desk.level(number) == "low"
    desk.person("a", replies=5)
    assert desk.level(number) == "high"
    assert desk.told() == [(None, "low"), ("low", "high")]
    assert [line[:3] for line in desk.history(number)] == [
        (None, "low", "entered"),
        ("low", "high", "promoted"),
    ]


def test_a_level_is_lost_only_after_thirty_days_and_at_that_very_moment(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=7)
    desk.after(3)
    lost_at = desk.now
    desk.person("a", replies=3)
    desk.after(29.9)
    assert desk.level(number) == "high"
    desk.after(5)
    assert desk.level(number) == "mid"
    assert desk.history(number)[-1] == ("high", "mid", "demoted", lost_at + timedelta(days=30))


def test_meeting_it_again_in_time_keeps_the_level(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=7)
    desk.person("a", replies=0)
    desk.after(29)
    desk.person("a", replies=6)
    desk.person("a", replies=0)
    desk.after(29)
    assert desk.level(number) == "high"
    desk.after(1)
    assert desk.level(number) == "low", "nobody falls twice for one silence"


def test_the_level_below_counts_from_when_it_was_last_met_itself(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=7)
    desk.person("a", replies=3)
    desk.after(20)
    desk.person("a", replies=0)
    desk.after(10)
    assert desk.level(number) == "mid"
    desk.after(19.9)
    assert desk.level(number) == "mid"
    desk.after(0.1)
    assert desk.level(number) == "low"


def test_somebody_who_meets_nothing_may_be_nowhere(desk: TierDesk) -> None:
    desk.dimension(otherwise="none", levels=[level("high", ">=", 5), level("mid", ">=", 2)])
    number = desk.person("a", replies=1)
    assert desk.level(number) is None and desk.count(TierStanding) == 0
    desk.person("a", replies=2)
    assert desk.level(number) == "mid"
    desk.person("a", replies=0)
    desk.after(30)
    assert desk.level(number) is None
    assert desk.told()[-1] == ("mid", None)


def test_changed_criteria_lift_quietly_and_drop_nobody_before_the_time(desk: TierDesk) -> None:
    row = desk.dimension()
    up, down = desk.person("a", replies=4), desk.person("b", replies=5)
    told = desk.told()
    desk.change(row, levels=[level("high", "=", 4), level("mid", ">=", 2), level("low", None, None)])
    assert (desk.level(up), desk.level(down)) == ("high", "high")
    assert desk.told() == told
    assert desk.history(up)[-1][:3] == ("mid", "high", "criteria")
    desk.after(30)
    assert (desk.level(up), desk.level(down)) == ("high", "mid")


def test_a_level_taken_away_leaves_nobody_in_it(desk: TierDesk) -> None:
    row = desk.dimension()
    number = desk.person("a", replies=9)
    desk.change(row, levels=[level("mid", ">=", 2), level("low", None, None)])
    assert desk.level(number) == "mid"


def test_a_deleted_dimension_leaves_nothing_behind(desk: TierDesk) -> None:
    row = desk.dimension()
    number = desk.person("a", replies=9)
    desk.override(number, "low", 5)
    tier_dimensions.remove(desk.session, row, desk.now)
    desk.session.commit()
    desk.work()
    assert desk.level(number) is None
    assert desk.count(TierStanding) == desk.count(TierDimension) == 0


def test_other_workspaces_are_none_of_its_business(desk: TierDesk, other: int) -> None:
    desk.dimension()
    theirs = TierDesk(desk.session, other)
    number = theirs.person("a", replies=9)
    assert desk.session.get_one(Contact, number).tiers == {}


def test_what_cannot_be_kept_is_refused_with_its_place(desk: TierDesk) -> None:
    levels = [
        level("high", None, None),
        level("high", ">=", 2),
        level("own", "=", "x", "tier.touch"),
        level("bad", "~", 1),
    ]
    with pytest.raises(BadDimension) as bad:
        tier_dimensions.create(
            desk.session, desk.workspace, Wanted("x", levels, "touch", demote_after_days=-1), NOW, ""
        )
    paths = {one.path for one in bad.value.problems}
    assert {"levels.0.rule", "levels.1.key", "demote_after_days", "levels"} <= paths
    assert any(path.startswith("levels.3.rule") for path in paths)


def test_dimensions_may_not_go_round_in_a_circle(desk: TierDesk) -> None:
    row = desk.dimension("a")
    desk.dimension("b", levels=[level("up", "=", "high", "tier.a"), level("down", None, None)])
    with pytest.raises(BadDimension, match="depend on this very dimension"):
        desk.change(row, levels=[level("up", "=", "up", "tier.b"), level("down", None, None)])


def test_a_change_from_an_old_page_is_refused(desk: TierDesk) -> None:
    row = desk.dimension()
    desk.change(row, name="互动")
    with pytest.raises(DimensionMoved) as moved:
        tier_dimensions.change(desk.session, row, Wanted("x", row.levels), 1, NOW, "")
    assert moved.value.revision == 2


def test_a_level_of_one_dimension_can_be_the_criterion_of_another(desk: TierDesk) -> None:
    desk.dimension("a")
    desk.dimension("b", levels=[level("vip", "=", "high", "tier.a"), level("usual", None, None)])
    number = desk.person("p", replies=1)
    assert desk.level(number, "b") == "usual"
    desk.person("p", replies=8)
    assert desk.level(number, "b") == "vip"


KEYS = [key for key, _, _ in LEVELS]
AFTER = timedelta(days=30)
MOMENTS = st.lists(
    st.tuples(st.integers(0, 40 * 24), st.frozensets(st.sampled_from(KEYS))), min_size=1, max_size=12
)


def by_definition(
    past: Sequence[tuple[datetime, frozenset[str]]], at: datetime, floor: str | None
) -> str | None:
    """The law in one sentence: the highest level met now or within the set time before, by looking at all of it."""
    best = len(KEYS)
    for place, (since, met) in enumerate(past):
        until = past[place + 1][0] if place + 1 < len(past) else at
        top = top_of(KEYS, floor, met)
        held = until > at - AFTER or place == len(past) - 1
        if top is not None and until > since and held:
            best = min(best, KEYS.index(top))
        if top is not None and place == len(past) - 1:
            best = min(best, KEYS.index(top))
    return KEYS[best] if best < len(KEYS) else None


@given(MOMENTS, st.sampled_from([None, "low"]), st.integers(0, 60 * 24))
@settings(max_examples=200)
def test_the_law_is_what_it_says_at_every_moment(
    steps: list[tuple[int, frozenset[str]]], floor: str | None, rest: int
) -> None:
    at, past = datetime(2026, 1, 1, tzinfo=UTC), []
    before: frozenset[str] | None = None
    lost: dict[str, datetime] = {}
    for hours, met in [*steps, (rest + 1, None)]:
        at += timedelta(hours=hours + 1)
        found = judge(KEYS, floor, before or (), met if met is not None else before or (), lost, AFTER, at)
        if met is not None:
            past.append((at, met))
        if before is None:
            assert found.level == top_of(KEYS, floor, met or ())
        assert found.level == by_definition(past, at, floor)
        assert found.due_at is None or found.due_at > at
        top = top_of(KEYS, floor, past[-1][1])
        assert (found.level == top) == (found.due_at is None)
        before, lost = past[-1][1], found.lost


@given(st.data())
@settings(max_examples=8)
def test_one_level_each_and_none_lost_before_its_time(
    session: Session, workspace: int, data: st.DataObject
) -> None:
    desk = TierDesk(session, workspace)
    key = f"t{data.draw(st.integers(0, 10**9))}_{desk.count(TierDimension)}"
    desk.dimension(key)
    who = f"p{key}"
    number = desk.person(who, replies=0)
    last_met = {}
    for _ in range(data.draw(st.integers(1, 6))):
        replies = data.draw(st.integers(0, 7))
        desk.person(who, replies=replies)
        top = "high" if replies >= 5 else "mid" if replies >= 2 else "low"
        desk.after(0)
        assert KEYS.index(desk.level(number, key) or "") <= KEYS.index(top)
        desk.after(data.draw(st.integers(0, 45)))
        for one in KEYS[KEYS.index(top) :]:
            last_met[one] = desk.now
        kept = [one for one in KEYS if one in last_met and last_met[one] + AFTER > desk.now]
        assert desk.level(number, key) == kept[0]
    rows = session.scalars(sa.select(TierStanding).where(TierStanding.contact_id == number)).all()
    assert len({row.dimension_id for row in rows}) == len(rows)
    for row in session.scalars(sa.select(TierDimension)).all():
        tier_dimensions.remove(session, row, desk.now)
    session.commit()
    desk.work()


def test_the_first_level_with_criteria_is_asked_first(desk: TierDesk) -> None:
    number = desk.person("a", replies=9)
    desk.dimension(
        levels=[level("high", ">=", 5), {**level("low", None, None), "rule": one_rule("tags", "has", "x")}]
    )
    assert desk.level(number) == "high"
