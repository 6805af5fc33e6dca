"""The decision of a guard, by numbers alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.guards import ACTIONS, MEASURES, OFFERED, PERS, Rule, Seen, gap_secs, judge, read, written

RULE = Rule("deletion", "step", 24, 72, 3.0, 50, "slow", 0.25)
rules = st.builds(
    Rule,
    st.sampled_from(MEASURES), st.sampled_from(PERS), st.integers(1, 168), st.integers(1, 168),
    st.floats(0.1, 100), st.integers(1, 10_000), st.sampled_from(ACTIONS), st.floats(0.05, 0.9),
)  # fmt: skip
seens = st.builds(Seen, st.integers(0, 100_000), st.integers(0, 1_000))


@pytest.mark.parametrize(
    ("touches", "hits", "tripped", "verdict"),
    [
        (49, 49, False, "stay"),  # too few to say anything
        (50, 1, False, "stay"),  # 2 %
        (100, 3, False, "trip"),  # 3 %
        (100, 0, False, "stay"),
        (100, 2, True, "stay"),  # under the limit, not under half of it
        (100, 1, True, "release"),
        (49, 0, True, "stay"),
    ],
)
def test_what_is_decided(touches: int, hits: int, tripped: bool, verdict: str) -> None:
    assert judge(RULE, Seen(touches, hits), tripped=tripped) == verdict


def test_what_is_paused_stays_so_until_a_person_comes() -> None:
    assert judge(replace(RULE, action="pause"), Seen(1000, 0), tripped=True) == "stay"


@given(rules, seens)
def test_it_never_flutters(rule: Rule, seen: Seen) -> None:
    """What trips by some numbers is not let go by the same, nor the other way round."""
    if judge(rule, seen, tripped=False) == "trip":
        assert judge(rule, seen, tripped=True) == "stay"


@given(rules, seens, st.integers(0, 1000))
def test_more_deletions_never_calm_it(rule: Rule, seen: Seen, more: int) -> None:
    worse = Seen(seen.touches, seen.hits + more)
    if judge(rule, seen, tripped=False) == "trip":
        assert judge(rule, worse, tripped=False) == "trip"
    if judge(rule, worse, tripped=True) == "release":
        assert judge(rule, seen, tripped=True) == "release"


@given(rules)
def test_without_hits_nothing_trips(rule: Rule) -> None:
    assert judge(rule, Seen(100_000, 0), tripped=False) == "stay"


@given(rules, st.integers(0, 100_000))
def test_a_slowed_step_goes_at_its_part_of_what_it_did(rule: Rule, touches: int) -> None:
    gap = gap_secs(rule, touches)
    assert 0 <= gap <= 600 and (gap == 0) == (rule.action != "slow")
    if 0 < gap < 600:
        assert rule.over_hours * 3600 / gap == pytest.approx(touches * rule.factor)


@given(rules)
def test_a_rule_is_read_as_it_was_written(rule: Rule) -> None:
    assert read(written(rule)) == rule


def test_what_is_offered_is_in_order() -> None:
    assert len({key for key, _ in OFFERED}) == len(OFFERED) >= 4
    assert {rule.action for _, rule in OFFERED if rule.per == "staff"} == {"tell", "pause"}
