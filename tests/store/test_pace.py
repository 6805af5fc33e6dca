"""Portions become as large as time allows, and smaller at once where it does not."""

from __future__ import annotations

import pytest

from store.pace import LONG_SECS, SHORT_SECS, Pace


class Machine:
    """A clock that work moves: so many seconds an item."""

    def __init__(self) -> None:
        self.now, self.each, self.always, self.longest = 0.0, 0.0001, 0.0, 0.0

    def __call__(self) -> float:
        return self.now

    def work(self, pace: Pace, key: object = None, there: int = 10**9) -> int:
        with pace.portion(key) as portion:
            portion.done = min(portion.size, there)
            took = self.always + portion.done * self.each
            self.now += took
            self.longest = max(self.longest, took)
        return portion.done


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_quiet_machine_is_soon_given_the_most(machine: Machine) -> None:
    pace = Pace(1000, clock=machine)
    sizes = [machine.work(pace) for _ in range(5)]
    assert sizes[0] == 250 and sizes[-1] == 1000 and sizes == sorted(sizes)


def test_a_slow_one_is_given_what_it_can_do_in_time(machine: Machine) -> None:
    pace = Pace(1000, clock=machine)
    machine.each = 0.004  # a second for the first portion
    first = machine.work(pace)
    machine.longest = 0.0
    for _ in range(20):
        machine.work(pace)
    assert first == 250 and SHORT_SECS <= machine.longest <= LONG_SECS
    machine.each = 10.0
    for _ in range(5):
        machine.work(pace)
    assert machine.work(pace) == 100, "never so few that they get nowhere"


def test_a_cost_that_every_portion_has_makes_them_no_smaller_and_smaller(machine: Machine) -> None:
    pace = Pace(1000, clock=machine)
    machine.always = 0.3
    assert [machine.work(pace) for _ in range(10)] == [250] * 10


def test_what_was_little_or_failed_teaches_nothing(machine: Machine) -> None:
    pace = Pace(1000, clock=machine)
    for there in (0, 3, 249):
        assert machine.work(pace, there=there) == there
    with pytest.raises(OSError), pace.portion() as portion:
        portion.done, machine.now = portion.size, machine.now + 60
        raise OSError
    assert machine.work(pace) == 250


def test_kinds_of_work_are_learned_apart(machine: Machine) -> None:
    pace = Pace(1000, clock=machine)
    for _ in range(5):
        machine.each = 0.0001
        machine.work(pace, "light")
        machine.each = 0.01
        machine.work(pace, "heavy")
    assert machine.work(pace, "heavy") == 100
    machine.each = 0.0001
    assert machine.work(pace, "light") == 1000


def test_the_most_may_be_few(machine: Machine) -> None:
    pace = Pace(5, clock=machine)
    assert [machine.work(pace) for _ in range(4)] == [1, 2, 5, 5]
