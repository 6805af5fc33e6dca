"""Caps, quotas, hours and priority: never too many whatever comes in which order, and a hold ends when there is room."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import reach
from rules.contact_policy import GO, REASONS, Go, Hold, Refuse, Touch, ask
from rules.reach_caps import Calendar, Cap, Priority, Quota, Rolling
from rules.zones import SHANGHAI, local, to_utc

ZONES = [SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return to_utc(datetime.fromisoformat(text), zone)


def touch(touches: list[tuple[datetime, str]] | tuple[()] = (), **more: Any) -> Touch:
    given = {"carrier": "sms", "attributes": {}, "tags": (), "zone": SHANGHAI, "touches": touches}
    return Touch(**(given | more))


def answer(setting: dict[str, Any], when: str, **more: Any) -> Any:
    return ask(touch(**more), at(when), reach.read(setting).policies)


# -- never over a cap ---------------------------------------------------------------------------------------------

PERIODS = st.one_of(
    st.sampled_from([Calendar("day"), Calendar("week"), Calendar("month")]),
    st.integers(1, 240).map(lambda hours: Rolling(timedelta(hours=hours))),
)
#: Whole hours make times meet exactly at the ends of periods; a step back is what an overdue journey does.
STEPS = st.lists(st.tuples(st.integers(-90, 60), st.sampled_from(["sms", "email"])), max_size=40)


@given(STEPS, PERIODS, st.integers(1, 4), st.sampled_from(ZONES), st.booleans())
def test_no_order_of_asking_brings_more_than_a_cap(
    steps: list[tuple[int, str]], period: Any, most: int, zone: ZoneInfo, for_all: bool
) -> None:
    cap = Cap(most, period, frozenset() if for_all else frozenset({"sms"}))
    let_go: list[tuple[datetime, str]] = []
    now = BEGIN
    for hours, carrier in steps:
        now += hours * HOUR
        if isinstance(ask(touch(list(let_go), carrier=carrier, zone=zone), now, [cap]), Go):
            let_go.append((now, carrier))
    counted = sorted(when for when, carrier in let_go if for_all or carrier == "sms")
    if isinstance(period, Rolling):
        assert all(
            later - first >= period.length for first, later in zip(counted, counted[most:], strict=False)
        )
    else:
        assert max(Counter(_named(period.unit, when, zone) for when in counted).values(), default=0) <= most


def _named(unit: str, when: datetime, zone: ZoneInfo) -> Any:
    day = local(when, zone).date()
    return {"day": day, "week": day.isocalendar()[:2], "month": (day.year, day.month)}[unit]


@given(STEPS, PERIODS, st.integers(1, 4), st.sampled_from(ZONES), st.integers(-200, 200))
def test_a_hold_ends_when_there_is_room_and_not_before(
    steps: list[tuple[int, str]], period: Any, most: int, zone: ZoneInfo, when: int
) -> None:
    cap = Cap(most, period)
    let_go: list[tuple[datetime, str]] = []
    now = BEGIN
    for hours, carrier in steps:
        now += hours * HOUR
        if isinstance(ask(touch(list(let_go), zone=zone), now, [cap]), Go):
            let_go.append((now, carrier))
    now = BEGIN + when * HOUR
    held = ask(touch(let_go, zone=zone), now, [cap])
    if isinstance(held, Hold):
        assert held.until > now
        assert ask(touch(let_go, zone=zone), held.until, [cap]) is GO
        if isinstance(period, Rolling):
            assert ask(touch(let_go, zone=zone), held.until - timedelta(microseconds=1), [cap]) is not GO


# -- what each one says -------------------------------------------------------------------------------------------

TIERED = {
    "caps": [
        {"most": 3, "per": "P7D", "who": {"tier": "value", "level": "high"}},
        {"most": 1, "per": "P7D", "who": {"tier": "value", "level": "low"}, "when_full": "refuse"},
        {"most": 0, "per": "week", "carriers": ["sms"], "who": {"tag": "老客"}},
    ]
}


def test_high_may_get_more_and_low_gets_less() -> None:
    once = [(at("2026-03-02 10:00"), "email")]
    assert answer(TIERED, "2026-03-03 10:00", touches=once, tiers={"value": "high"}) is GO
    assert answer(TIERED, "2026-03-03 10:00", touches=once, tiers={"value": "low"}) == Refuse("cap-full")
    assert answer(TIERED, "2026-03-03 10:00", touches=once) is GO
    assert answer(TIERED, "2026-03-03 10:00", tags=["老客"]) == Refuse("cap-full")
    thrice = [(at(f"2026-03-0{day} 10:00"), "email") for day in (1, 2, 3)]
    held = answer(TIERED, "2026-03-04 10:00", touches=thrice, tiers={"value": "high"})
    assert held == Hold(at("2026-03-08 10:00"), "cap-full")


def test_a_day_is_one_of_the_subject_s_own_calendar() -> None:
    setting = {"caps": [{"most": 1, "per": "day"}]}
    evening = [(at("2026-03-02 23:30"), "sms")]
    assert answer(setting, "2026-03-03 00:30", touches=evening) is GO
    new_york = ZoneInfo("America/New_York")
    held = answer(setting, "2026-03-03 00:30", touches=evening, zone=new_york)
    assert isinstance(held, Hold) and local(held.until, new_york).date().isoformat() == "2026-03-03"


def test_a_cap_and_quiet_hours_end_at_a_time_that_pleases_both() -> None:
    setting = {"caps": [{"most": 1, "per": "PT12H"}]}
    held = answer(
        setting,
        "2026-03-02 12:00",
        touches=[(at("2026-03-02 11:00"), "sms")],
        quiet_hours=("22:00", "08:00"),
    )
    assert isinstance(held, Hold) and held.because == "cap-full"
    assert at("2026-03-03 08:00") <= held.until < at("2026-03-03 08:10")


def test_one_message_a_minute_by_each_carrier() -> None:
    now = [(at("2026-03-02 10:00"), "sms")]
    setting = {"one_a_minute": True}
    assert answer(setting, "2026-03-02 10:00", touches=now) == Hold(at("2026-03-02 10:01"), "one-a-minute")
    assert answer(setting, "2026-03-02 10:00", touches=now, carrier="email") is GO
    assert answer({}, "2026-03-02 10:00", touches=now) is GO


def test_the_quota_of_broadcasts_is_a_budget_of_days_weeks_and_dates() -> None:
    setting = {"quotas": [{"carriers": ["wecom_direct"], "day": 1, "week": 2, "monthdays": [2, 3, 4, 20]}]}
    sent = [(at("2026-03-02 10:00"), "wecom_direct"), (at("2026-03-03 10:00"), "wecom_direct")]
    held = answer(setting, "2026-03-04 10:00", touches=sent, carrier="wecom_direct")
    assert isinstance(held, Hold) and held.because == "quota-full"
    assert local(held.until, SHANGHAI).date().isoformat() == "2026-03-20"
    other = answer(setting, "2026-03-05 10:00", carrier="wecom_direct")
    assert isinstance(other, Hold) and other.because == "quota-days"
    assert answer(setting, "2026-03-05 10:00", carrier="sms") is GO


def test_some_carriers_work_on_work_days_only() -> None:
    setting = {"hours": [{"carriers": ["sms"], "window": {"from": "09:00", "to": "18:00", "workdays": True}}]}
    # 2026-02-14 is a Saturday on which China works, the 15th begins the holidays of Spring Festival.
    assert answer(setting, "2026-02-14 10:00") is GO
    held = answer(setting, "2026-02-15 10:00")
    assert isinstance(held, Hold) and held.because == "carrier-hours"
    assert local(held.until, SHANGHAI).date().isoformat() == "2026-02-24"
    assert answer(setting, "2026-02-15 10:00", carrier="email") is GO


def test_a_journey_of_lower_priority_lets_the_higher_one_go_first() -> None:
    setting = {"priority": {"hours": 4, "journeys": ["vip", "daily"]}}
    coming = [(at("2026-03-02 12:00"), "vip")]
    held = answer(setting, "2026-03-02 10:00", journey="daily", coming=coming)
    assert held == Hold(at("2026-03-02 12:01"), "priority")
    assert answer(setting, "2026-03-02 10:00", journey="other", coming=coming) == held
    assert answer(setting, "2026-03-02 07:59", journey="daily", coming=coming) is GO
    assert answer(setting, "2026-03-02 10:00", journey="vip", coming=coming) is GO
    assert answer(setting, "2026-03-02 10:00", journey="x", coming=[(at("2026-03-02 12:00"), "other")]) is GO
    assert Priority(HOUR, ("a", "b")).above("b") == ("a",)


def test_policies_are_asked_in_their_order_and_consent_comes_first() -> None:
    everything = {
        "hours": [{"carriers": [], "window": {"from": "09:00", "to": "18:00"}}],
        "one_a_minute": True,
        "quotas": [{"carriers": [], "day": 1}],
        "caps": [{"most": 1, "per": "day"}],
        "priority": {"hours": 1, "journeys": ["a"]},
    }
    names = [type(policy).__name__ for policy in reach.read(everything).policies]
    assert names == [
        *("Consent", "Blocked", "QuietHours", "Window", "CarrierHours"),
        *("OneAMinute", "Quota", "Cap", "Priority"),
    ]
    sent = [(at("2026-03-02 10:00"), "sms")]
    refused = answer(everything, "2026-03-02 10:00", touches=sent, attributes={"no_marketing": True})
    assert refused == Refuse("no-marketing")
    assert answer(everything, "2026-03-02 10:00", touches=sent).because == "one-a-minute"


def test_what_must_be_known_is_said_by_the_setting() -> None:
    assert reach.read(None) is reach.OPEN and not reach.OPEN.reserves
    assert reach.read({"hours": [{"carriers": [], "window": {"workdays": True}}]}).memory is None
    assert reach.read(TIERED).memory == timedelta(days=8) and reach.read(TIERED).tiers == {"value"}
    assert reach.read({"one_a_minute": True}).memory == timedelta(minutes=1)


@pytest.mark.parametrize("because", ["cap-full", "quota-full", "one-a-minute", "priority", "carrier-hours"])
def test_each_reason_is_said_in_both_languages(because: str) -> None:
    assert all(REASONS[because])
    assert "03-02 10:00" in Hold(at("2026-03-02 10:00"), because).say("zh", SHANGHAI)


def test_quota_without_budget_lets_go() -> None:
    assert Quota(()).ask(touch(), BEGIN) is GO
