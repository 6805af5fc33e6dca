"""Local time on the days on which clocks jump: nothing is skipped, nothing happens twice, time always goes on.

What is expected is found by looking at the clock minute by minute, not by the functions under test.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from rules.contact_policy import SPREAD, Go, Hold, Touch, ask
from rules.moment import Moment
from rules.zones import local, to_utc, zone_of

DAY, QUARTER, MINUTE = timedelta(days=1), timedelta(minutes=15), timedelta(minutes=1)
SLOTS = [(datetime.min + n * QUARTER).time() for n in range(96)]
#: Zone, and a day with a jump: an hour, half an hour, a whole day; 1990 is the summer time of Shanghai.
JUMPS = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Apia", date(2012, 4, 1)),
    ("Pacific/Kiritimati", date(1994, 12, 31)),
    ("Pacific/Kiritimati", date(2026, 3, 8)),
    ("Asia/Shanghai", date(1990, 4, 15)),
    ("Asia/Shanghai", date(1990, 9, 16)),
]
each_jump = pytest.mark.parametrize(("name", "day"), JUMPS, ids=lambda value: str(value))


@cache
def first_shown(name: str, day: date) -> dict[datetime, datetime]:
    """Every clock reading of the days around, with the instant at which it is first shown."""
    zone, seen = ZoneInfo(name), {}
    at = datetime.combine(day, time(), UTC) - 4 * DAY
    for _ in range(8 * 1440):
        seen.setdefault(at.astimezone(zone).replace(tzinfo=None, fold=0), at)
        at += MINUTE
    return seen


def expected(name: str, around: date, day: date, slot: time) -> datetime:
    """When a reading happens: first shown, or if it is never shown, one gap later."""
    shown, reading = first_shown(name, around), datetime.combine(day, slot)
    before = reading
    while before not in shown:
        before -= MINUTE
    return shown[before] + (reading - before)


def rings(moment: Moment, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    found, at = [], start
    while (following := moment.next_after(at, zone)) is not None and following < end:
        assert following > at, "time must go on"
        found.append(following)
        at = following
    return found


@each_jump
def test_a_clock_time_rings_once_a_day(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    for slot in SLOTS:
        due = sorted({expected(name, day, day + n * DAY, slot) for n in range(-2, 3)})
        moment = Moment.parse({"at": f"{slot:%H:%M}"})
        assert rings(moment, zone, due[0] - MINUTE, due[-1] + MINUTE) == due


@each_jump
def test_days_later_keeps_the_clock_and_hours_later_elapse(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    for slot in SLOTS:
        for days in (1, 2):
            begin = expected(name, day, day - days * DAY, slot)
            due = expected(name, day, day, slot)
            if local(begin, zone) == datetime.combine(day - days * DAY, slot):
                assert Moment.parse({"for": f"P{days}D"}).resolve(begin, None, zone) == due
                assert Moment.parse({"offset": f"P{days}D"}).resolve(begin, begin, zone) == due
            assert Moment.parse({"for": f"P{days}D", "at": f"{slot:%H:%M}"}).resolve(begin, None, zone) == due
            elapsed = Moment.parse({"for": f"PT{24 * days}H"}).resolve(begin, None, zone)
            assert elapsed == begin + days * DAY


@each_jump
def test_a_weekday_rings_once_a_week(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    for slot in SLOTS:
        moment = Moment.parse({"at": f"{slot:%H:%M}", "weekdays": [day.isoweekday()]})
        due = expected(name, day, day, slot)
        found = rings(moment, zone, due - 8 * DAY, due + 8 * DAY)
        weeks = [to_utc(datetime.combine(day + n * DAY, slot), zone) for n in (-7, 0, 7)]
        assert due in found and found == [at for at in weeks if due - 8 * DAY < at < due + 8 * DAY]


@each_jump
@pytest.mark.parametrize("period", ["PT15M", "PT45M", "PT6H"])
def test_short_periods_are_elapsed_time(name: str, day: date, period: str) -> None:
    zone, moment = ZoneInfo(name), Moment.parse({"every": period})
    origin = at = expected(name, day, day, time(0)) - 6 * timedelta(hours=1)
    step = moment.every.elapsed if moment.every else DAY
    for n in range(1, 49):
        following = moment.resolve(at, origin, zone)
        assert following == origin + n * step
        at = following


@each_jump
def test_quiet_hours_end_once_and_never_early(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    noon = datetime.combine(day, time(12), UTC)
    instants = [noon + n * 2 * QUARTER for n in range(-72, 72)]
    for start in SLOTS:
        end = (datetime.combine(day, start) + timedelta(hours=6)).time()
        touch = Touch("sms", {}, (), zone, (f"{start:%H:%M}", f"{end:%H:%M}"), spread_key="s")
        until = instants[0]
        for at in instants:
            shown = local(at, zone).time()
            quiet = start <= shown < end if start < end else shown >= start or shown < end
            answer = ask(touch, at)
            assert isinstance(answer, Hold) == quiet, (at, shown)
            if isinstance(answer, Hold):
                assert at < until - SPREAD or isinstance(ask(touch, answer.until), Go)
                assert at >= until - SPREAD or answer.until == until, "one night has one end"
                until = answer.until
            else:
                assert at >= until - SPREAD, "never before the end"


@pytest.mark.parametrize(
    ("reading", "utc"),
    [
        (datetime(2026, 3, 8, 2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        (datetime(2026, 3, 8, 3, 0), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (datetime(2026, 11, 1, 1, 30, fold=1), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_missing_time_moves_on_and_a_doubled_one_is_the_first(reading: datetime, utc: datetime) -> None:
    assert to_utc(reading, ZoneInfo("America/New_York")) == utc


def test_shanghai_had_summer_time() -> None:
    assert to_utc(datetime(1990, 7, 1, 12), zone_of("Asia/Shanghai")) == datetime(1990, 7, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["Mars/Olympus", "", None, "../etc/passwd", "America", "Asia/Shanghai ", "\0", "x" * 5000, "zh\ud800"],
)
def test_an_unknown_zone_is_the_default(name: str | None) -> None:
    assert zone_of(name, ZoneInfo("Europe/London")).key == "Europe/London"


def test_an_unknown_zone_is_told_once_and_without_what_may_be_a_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(2):
        zone_of("林小姐 13800001111")
        zone_of("Europe/Atlantis")
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2 and "138" not in told[0] and "Europe/Atlantis" in told[1]
