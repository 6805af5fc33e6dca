"""The kernel's moments, anchors and alarms against a reference that walks on minute by minute.

The reference never works out when something is due: it looks at each minute and asks whether it is allowed. The
lives lie around days on which the clocks of New York, London and Lord Howe jump, and around a short month's end.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings

from tests.journeys.charts import START, Life, life, lives
from tests.journeys.comparison import disagreement, report, walked
from tests.journeys.drawing import chart, wait

#: So many seeded lives are walked minute by minute, and so many by jumping to the minute looked up.
TICKED, JUMPED = (100, 200) if settings().max_examples < 2000 else (1000, 2000)


@pytest.mark.parametrize(
    "seeds", [range(n, n + 50) for n in range(0, TICKED, 50)], ids=lambda s: f"{s.start}-"
)
def test_the_kernel_rings_in_the_minute_in_which_the_reference_does(seeds):
    for seed in seeds:
        lived = life(Random(seed), timed=True)
        assert not disagreement(lived, clock="tick"), f"seed {seed}\n{report(lived, clock='tick')}"


@pytest.mark.parametrize(
    "seeds", [range(n, n + 50) for n in range(0, JUMPED, 50)], ids=lambda s: f"{s.start}-"
)
def test_the_kernel_rings_when_a_search_over_minutes_says(seeds):
    for seed in seeds:
        lived = life(Random(10_000 + seed), timed=True)
        assert not disagreement(lived), f"seed {10_000 + seed}\n{report(lived)}"


@given(lives(timed=True))
def test_the_kernel_keeps_time_on_what_hypothesis_finds(lived):
    assert not disagreement(lived), report(lived)


@pytest.mark.parametrize("seed", range(20_000, 20_020))
def test_both_clocks_of_the_reference_tell_the_same_story(seed):
    lived = life(Random(seed), timed=True)
    jumped, ticked = walked(lived), walked(lived, "tick")
    assert (jumped.path, jumped.place) == (ticked.path, ticked.place)


@pytest.mark.parametrize(
    ("zone", "opened", "moment", "rings"),
    [
        # 02:30 does not exist on the day New York goes to summer time: shifted by the gap, 03:30 there.
        ("America/New_York", "2026-03-07T17:00", {"at": "02:30"}, "2026-03-08T07:30"),
        # 01:30 comes twice on the day it goes back: the first counts.
        ("America/New_York", "2026-10-31T17:00", {"at": "01:30"}, "2026-11-01T05:30"),
        # A day keeps the clock time over the jump, 24 hours do not.
        ("America/New_York", "2026-03-07T17:00", {"for": "P1D"}, "2026-03-08T16:00"),
        ("America/New_York", "2026-03-07T17:00", {"for": "PT24H"}, "2026-03-08T17:00"),
        # T+7 at 20:00 is on day 7, also when it began at 21:00.
        ("Asia/Shanghai", "2026-03-02T13:00", {"offset": "P7D", "at": "20:00"}, "2026-03-09T12:00"),
        # 31 January and a month is the last of February; month day 31 is the last day of a shorter month.
        ("Asia/Shanghai", "2026-01-31T02:00", {"for": "P1M"}, "2026-02-28T02:00"),
        ("Asia/Shanghai", "2026-02-10T02:00", {"monthdays": [31], "at": "09:00"}, "2026-02-28T01:00"),
        # Next is strictly after: a wait for 08:30 that begins at 08:30 rings tomorrow.
        ("Asia/Shanghai", "2026-03-02T00:30", {"at": "08:30"}, "2026-03-03T00:30"),
        # A window moves on to its opening, and not at all what lies within it.
        ("Asia/Shanghai", "2026-03-02T13:00", {"for": "PT1H", "window": ["09:00", "18:00"]}, "2026-03-03T01:00"),
        ("Asia/Shanghai", "2026-03-02T03:00", {"for": "PT1H", "window": ["09:00", "18:00"]}, "2026-03-02T04:00"),
        # A series rings at its first time strictly after the begin.
        ("Asia/Shanghai", "2026-03-02T00:00", {"offset": "-PT30H", "every": "PT8H"}, "2026-03-02T02:00"),
    ],
)  # fmt: skip
def test_worked_examples(zone, opened, moment, rings):
    at, due = (type(START).fromisoformat(f"{t}:00+00:00") for t in (opened, rings))
    drawn = chart({"a": "w"}, {"w": ("a", "wait", wait(**moment))}, [("w", "next", "x")], {"x": "completed"})
    drawn["settings"]["timezone"] = zone
    lived = Life(drawn, [], due, at, zone)
    assert [line.at for line in walked(lived, "tick").path if line.op == "end"] == [due]
    assert not disagreement(lived, clock="tick")
