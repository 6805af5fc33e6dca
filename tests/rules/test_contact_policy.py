"""The contact policy: who may be touched, from when, and why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.contact_policy import (
    CARRIERS,
    DEFAULT_POLICY,
    GO,
    READS,
    REASONS,
    SPREAD,
    Go,
    Hold,
    Refuse,
    Touch,
    ask,
)
from rules.moment import Moment
from rules.zones import SHANGHAI, to_utc

NIGHT = ("22:00", "08:00")
NOON = to_utc(datetime(2026, 3, 2, 12), SHANGHAI)


def touch(attributes: dict[str, Any] | None = None, **more: Any) -> Touch:
    return Touch(**({"carrier": "sms", "attributes": attributes or {}, "tags": (), "zone": SHANGHAI} | more))


def at(text: str) -> datetime:
    return to_utc(datetime.fromisoformat(text), SHANGHAI)


@pytest.mark.parametrize(
    ("attributes", "carrier", "because"),
    [
        ({"no_marketing": True}, "sms", "no-marketing"),
        ({"no_marketing": "true"}, "wecom_direct", "no-marketing"),
        ({"no_marketing": "是"}, "email", "no-marketing"),
        ({"no_marketing": 1}, "email", "no-marketing"),
        ({"no_marketing": False}, "sms", None),
        ({"no_marketing": "false"}, "sms", None),
        ({"no_marketing": None}, "sms", None),
        ({"no_sms": True}, "sms", "no-consent"),
        ({"no_sms": True}, "email", None),
        ({"consent": {"sms": False}}, "sms", "no-consent"),
        ({"consent": {"sms": False}}, "email", None),
        ({"consent": {"sms": True}}, "sms", None),
        ({"consent": "sms"}, "sms", None),
        ({"blocked": True}, "sms", "blocked"),
        ({"blocked_carriers": ["email", "sms"]}, "sms", "blocked"),
        ({"blocked_carriers": "email, sms"}, "sms", "blocked"),
        ({"blocked_carriers": ["email"]}, "sms", None),
        ({"blocked_carriers": 5}, "sms", None),
        ({"friend_deleted": True}, "wecom_direct", "friend-deleted"),
        ({"friend_deleted": True}, "sms", None),
        ({"no_marketing": True, "blocked": True}, "sms", "no-marketing"),  # the first answer decides
    ],
)
def test_who_may_be_touched(attributes: dict[str, Any], carrier: str, because: str | None) -> None:
    answer = ask(touch(attributes, carrier=carrier), NOON)
    assert answer == (Refuse(because) if because else GO)
    assert set(attributes) <= READS


def test_refusal_comes_before_any_hold() -> None:
    answer = ask(touch({"no_marketing": True}, quiet_hours=NIGHT), at("2026-03-02 23:00"))
    assert answer == Refuse("no-marketing")


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-02 21:59:59", None),
        ("2026-03-02 22:00", "2026-03-03 08:00"),
        ("2026-03-03 00:00", "2026-03-03 08:00"),
        ("2026-03-03 07:59:59.999999", "2026-03-03 08:00"),
        ("2026-03-03 08:00", None),
    ],
)
def test_quiet_hours_hold_to_their_end(now: str, end: str | None) -> None:
    answer = ask(touch(quiet_hours=NIGHT, spread_key="7:welcome"), at(now))
    if end is None:
        assert answer == GO
    else:
        assert isinstance(answer, Hold) and answer.because == "quiet-hours"
        assert at(end) <= answer.until < at(end) + SPREAD


def test_quiet_hours_are_those_of_the_subject() -> None:
    from zoneinfo import ZoneInfo

    assert isinstance(ask(touch(quiet_hours=NIGHT, zone=ZoneInfo("America/New_York")), NOON), Hold)
    assert ask(touch(quiet_hours=NIGHT), NOON) == GO


def test_a_hold_is_the_same_however_often_it_is_asked_and_its_end_is_a_go() -> None:
    held = touch(quiet_hours=NIGHT, spread_key="contact 9")
    answers = {ask(held, at("2026-03-02 22:00") + timedelta(minutes=7 * n)) for n in range(85)}
    assert len(answers) == 1
    (answer,) = answers
    assert isinstance(answer, Hold)
    for later in (timedelta(0), timedelta(seconds=1), SPREAD, timedelta(hours=2)):
        assert ask(held, answer.until + later) == GO


def test_a_crowd_is_spread_over_the_minutes() -> None:
    ends = [
        ask(touch(quiet_hours=NIGHT, spread_key=f"{n}:welcome"), at("2026-03-03 03:00")) for n in range(1000)
    ]
    minutes = [
        int((end.until - at("2026-03-03 08:00")).total_seconds() // 60)
        for end in ends
        if isinstance(end, Hold)
    ]
    assert len(minutes) == 1000 and set(minutes) == set(range(10))
    assert max(map(minutes.count, range(10))) < 150


@pytest.mark.parametrize(
    ("window", "now", "opens"),
    [
        ({"from": "09:00", "to": "21:00"}, "2026-03-02 12:00", None),
        ({"from": "09:00", "to": "21:00"}, "2026-03-02 21:00", "2026-03-03 09:00"),
        ({"from": "09:00", "to": "21:00", "weekdays": [1]}, "2026-03-03 12:00", "2026-03-09 09:00"),
        ({"workdays": True}, "2026-10-01 12:00", "2026-10-08 00:00"),
        ({"at": "20:00"}, "2026-03-02 12:00", "2026-03-02 20:00"),
        ({"at": "20:00"}, "2026-03-02 20:00", None),
        ({"at": "20:00"}, "2026-03-02 20:10", None),
        ({"at": "20:00"}, "2026-03-02 20:11", "2026-03-03 20:00"),
    ],
)
def test_a_closed_window_holds_until_it_opens(window: dict[str, Any], now: str, opens: str | None) -> None:
    sent = touch(window=Moment.parse_window(window), spread_key="k")
    answer = ask(sent, at(now))
    if opens is None:
        assert answer == GO
    else:
        assert isinstance(answer, Hold) and answer.because == "window-closed"
        assert at(opens) <= answer.until < at(opens) + SPREAD
        assert ask(sent, answer.until) == GO


def test_a_hold_ends_when_nothing_holds_any_more() -> None:
    sent = touch(
        quiet_hours=NIGHT, window=Moment.parse_window({"from": "10:00", "to": "12:00", "weekdays": [5]})
    )
    answer = ask(sent, at("2026-03-02 23:00"))
    assert isinstance(answer, Hold) and answer.because == "quiet-hours"
    assert at("2026-03-06 10:00") <= answer.until < at("2026-03-06 10:10") and ask(sent, answer.until) == GO


def test_a_short_window_is_not_missed_by_spreading() -> None:
    window = Moment.parse_window({"from": "10:00", "to": "10:02"})
    for n in range(50):
        answer = ask(touch(window=window, spread_key=str(n)), at("2026-03-02 09:00"))
        assert isinstance(answer, Hold) and at("2026-03-02 10:00") <= answer.until < at("2026-03-02 10:02")


@pytest.mark.parametrize(
    ("quiet", "window"),
    [
        (NIGHT, {"from": "22:30", "to": "23:00"}),
        (("00:00", "24:00"), None),
        (None, {"months": [2], "monthdays": [1], "weekdays": [7], "workdays": True}),
    ],
)
def test_what_can_never_be_sent_is_refused_and_not_held_for_ever(quiet: Any, window: Any) -> None:
    sent = touch(quiet_hours=quiet, window=Moment.parse_window(window) if window else None)
    assert ask(sent, at("2026-03-02 12:00")) == Refuse("never-open")


def test_policies_are_a_visible_list() -> None:
    class Never:
        def ask(self, touch: Touch, now: datetime) -> Refuse:
            return Refuse("blocked")

    assert ask(touch(), NOON, [*DEFAULT_POLICY, Never()]) == Refuse("blocked")
    assert [type(policy).__name__ for policy in DEFAULT_POLICY] == [
        "Consent",
        "Blocked",
        "QuietHours",
        "Window",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_answer_can_be_said(lang: str) -> None:
    for code in REASONS:
        assert Refuse(code).say(lang) and Hold(NOON, code).say(lang, SHANGHAI)
    assert Go().say(lang)
    assert Hold(NOON, "quiet-hours").say("zh", SHANGHAI) == "客户当地正是免打扰时段，03-02 12:00 发送"
    assert "04:00" in Hold(NOON.astimezone(UTC), "quiet-hours").say("en")


@pytest.mark.parametrize("carrier", CARRIERS)
def test_everybody_else_may_be_touched(carrier: str) -> None:
    assert ask(touch(carrier=carrier), NOON) == GO
