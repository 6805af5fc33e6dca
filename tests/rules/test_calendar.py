"""The calendar has one door."""

from __future__ import annotations

from rules import calendar


def test_everything_it_names_is_there() -> None:
    assert all(getattr(calendar, name) is not None for name in calendar.__all__)
