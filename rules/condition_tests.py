"""Rules as closures: what `Rule.holds` calls. Made once, then only called."""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import fsum
from operator import itemgetter
from typing import Any, Final

from rules.condition_fields import DENIES, Field
from rules.condition_tree import Leaf, Node, Operand
from rules.condition_values import MAX_NUMBER, is_comparable, is_empty, number_of, searchable, text_of
from rules.dates import read_day, span
from rules.scene import Past, Scene
from rules.zones import local

Test = Callable[[Scene], bool]
ValueTest = Callable[[Any], bool]
ORDER: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: Sums are compared after this many decimals, so that 0.1 + 0.2 is 0.3 in Python and in every database.
SUM_DECIMALS = 6
_time_of = itemgetter(0)


def compile_node(node: Node) -> Test:
    """The closure of a rule's tree."""
    if isinstance(node, Leaf):
        return _leaf(node)
    tests = tuple(compile_node(part) for part in node.parts)
    test = _all(tests) if node.combinator == "and" or not tests else _any(tests)
    return _not(test) if node.negated else test


def _all(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def all_hold(scene: Scene) -> bool:
        for test in tests:  # noqa: SIM110, for `all` with a generator takes twice as long
            if not test(scene):
                return False
        return True

    return all_hold


def _any(tests: tuple[Test, ...]) -> Test:
    def one_holds(scene: Scene) -> bool:
        for test in tests:  # noqa: SIM110
            if test(scene):
                return True
        return False

    return one_holds


def _not(test: Test) -> Test:
    return lambda scene: not test(scene)


def _leaf(leaf: Leaf) -> Test:
    family, name = leaf.field.family, leaf.field.name
    if family == "history":
        return _history(leaf)
    if family in ("since", "until"):
        return _days(leaf)
    if family in ("tags", "segments"):
        return _tags(leaf)
    test = value_test(leaf.field, leaf.operator, leaf.values)
    match family:
        case "attribute":
            return lambda scene: test(scene.attributes.get(name))
        case "variable":
            return lambda scene: test(scene.variables.get(name))
        case "event":
            return lambda scene: test(scene.event.get(name) if scene.event else None)
        case "entry":
            return lambda scene: test(scene.entry.get(name) if scene.entry else None)
        case "stage":
            return lambda scene: test(scene.stage)
        case "tier":
            return lambda scene: test(scene.tiers.get(name))
        case "journey":
            return lambda scene: test(scene.journeys.get(name, "never"))
        case "scene":
            chosen = chosen_of(leaf)
            return lambda scene: test(chosen(scene))
    present = PRESENT[name]
    return lambda scene: test(present(scene))


PRESENT: Final[Mapping[str, Callable[[Scene], Any]]] = {
    "weekday": lambda scene: local(scene.now, scene.zone).isoweekday(),
    "monthday": lambda scene: local(scene.now, scene.zone).day,
    "is_month_end": lambda scene: _is_month_end(local(scene.now, scene.zone).date()),
    "is_workday": lambda scene: scene.workdays.is_workday(local(scene.now, scene.zone).date()),
    "time": lambda scene: f"{local(scene.now, scene.zone):%H:%M}",
    "date": lambda scene: local(scene.now, scene.zone).date().isoformat(),
}


def _is_month_end(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1


# ---- one value against the rule's values


def value_test(field: Field, how: str, values: tuple[Operand, ...]) -> ValueTest:
    """The test of one value; never raises, whatever the value is."""
    if how == "null":
        return is_empty
    if how == "notNull":
        return lambda value: not is_empty(value)
    if field.type == "clock" and how in ("between", "notBetween") and str(values[0]) > str(values[1]):
        # 22:00 to 08:00 goes over midnight; there is nothing else that it could mean.
        low, high = values
        outside = how == "notBetween"
        return lambda value: (value >= low or value <= high) != outside
    if how == "notBetween":
        below, above = _compare("<", values[0]), _compare(">", values[1])
        return lambda value: below(value) or above(value)
    if how in DENIES:
        test = value_test(field, DENIES[how], values)
        return lambda value: is_comparable(value) and not test(value)
    if how == "between":
        reaches, stays = _compare(">=", values[0]), _compare("<=", values[1])
        return lambda value: reaches(value) and stays(value)
    if how == "in":
        return _one_of(values)
    return _compare(how, values[0]) if how in ORDER else _search(how, str(values[0]))


def _compare(how: str, wanted: Operand) -> ValueTest:
    compare = ORDER[how]
    if isinstance(wanted, float):

        def number(value: Any) -> bool:
            kind = type(value)
            if kind is int or kind is float:
                return -MAX_NUMBER <= value <= MAX_NUMBER and compare(value, wanted)
            found = number_of(value)
            return found is not None and compare(found, wanted)

        return number

    def text(value: Any) -> bool:
        if type(value) is str:
            return value != "" and compare(value, wanted)
        found = text_of(value)
        return found is not None and compare(found, wanted)

    return text


def _one_of(values: tuple[Operand, ...]) -> ValueTest:
    texts = frozenset(value for value in values if isinstance(value, str))
    numbers = frozenset(value for value in values if isinstance(value, float))

    def one_of(value: Any) -> bool:
        if texts and text_of(value) in texts:
            return True
        return bool(numbers) and number_of(value) in numbers

    return one_of


def _search(how: str, part: str) -> ValueTest:
    def found(value: Any) -> bool:
        text = searchable(value)
        if text is None:
            return False
        if how == "contains":
            return part in text
        return text.startswith(part) if how == "beginsWith" else text.endswith(part)

    return found


# ---- fields of their own kind


def _tags(leaf: Leaf) -> Test:
    wanted = frozenset(str(value) for value in leaf.values)
    if leaf.field.family == "segments":
        if leaf.operator in ("has", "hasAny"):
            return lambda scene: not wanted.isdisjoint(scene.segments)
        return lambda scene: wanted.isdisjoint(scene.segments)
    match leaf.operator:
        case "null":
            return lambda scene: not scene.tags
        case "notNull":
            return lambda scene: bool(scene.tags)
        case "has" | "hasAny":
            return lambda scene: not wanted.isdisjoint(scene.tags)
        case _:
            return lambda scene: wanted.isdisjoint(scene.tags)


def _days(leaf: Leaf) -> Test:
    name, sign = leaf.field.name, 1 if leaf.field.family == "since" else -1
    test = value_test(leaf.field, leaf.operator, leaf.values)

    def days(scene: Scene) -> bool:
        day = read_day(scene.attributes.get(name), scene.zone)
        if day is None:
            return test(None)
        return test(sign * (local(scene.now, scene.zone).toordinal() - day.toordinal()))

    return days


def chosen_of(leaf: Leaf) -> Callable[[Scene], str | None]:
    """What a table of people, products and moments has for somebody; None if there is no such table."""
    name, what = leaf.field.name, leaf.field.what

    def chosen(scene: Scene) -> str | None:
        table = scene.matchings.get(name)
        return None if table is None else table.value(scene, what)

    return chosen


def _history(leaf: Leaf) -> Test:
    past, name = past_of(leaf), leaf.field.name
    match leaf.field.what:
        case "first" | "last":
            place = 0 if leaf.field.what == "first" else -1
            if not name:
                return _time(leaf, past, place)
            test = value_test(leaf.field, leaf.operator, leaf.values)
            return lambda scene: test(found[-1][1].get(name) if (found := past(scene)) else None)
        case "count":
            test = value_test(leaf.field, leaf.operator, leaf.values)
            return lambda scene: test(len(past(scene)))
        case "without":
            test, missed = value_test(leaf.field, leaf.operator, leaf.values), without_of(leaf)
            return lambda scene: test(missed(scene))
    test = value_test(leaf.field, leaf.operator, leaf.values)

    def total(scene: Scene) -> bool:
        numbers = (number_of(properties.get(name)) for _, properties in past(scene))
        return test(round(fsum(n for n in numbers if n is not None), SUM_DECIMALS))

    return total


def past_of(leaf: Leaf) -> Callable[[Scene], Sequence[Past]]:
    """What of a history a leaf looks at: not after now, within its window, fulfilling its `where`."""
    name = leaf.field.event
    back = -leaf.within if leaf.within else None
    fulfils = compile_node(leaf.where) if leaf.where else None

    def past(scene: Scene) -> Sequence[Past]:
        found = scene.history.get(name, ())
        if found and found[-1][0] > scene.now:
            found = found[: bisect_right(found, scene.now, key=_time_of)]
        if back is not None and found:
            found = found[bisect_left(found, back.add(scene.now, scene.zone), key=_time_of) :]
        if fulfils is not None:
            found = [each for each in found if fulfils(_of_event(each[1], scene))]
        return found

    return past


def without_of(leaf: Leaf) -> Callable[[Scene], int]:
    """How many of a leaf's events were not followed by the other one in the time given for it.

    Only those count whose time is over. What happens at the very same time follows, unless it is the event itself.
    """
    past, other, length = past_of(leaf), leaf.field.name, timedelta(seconds=leaf.after)
    first = bisect_right if other == leaf.field.event else bisect_left

    def missed(scene: Scene) -> int:
        others = scene.history.get(other, ())
        number = 0
        for at, _ in past(scene):
            end = at + length
            if end > scene.now:
                break
            place = first(others, at, key=_time_of)
            number += place == len(others) or others[place][0] > end
        return number

    return missed


def _of_event(properties: Mapping[str, Any], scene: Scene) -> Scene:
    return Scene({}, frozenset(), scene.now, event=properties)


def _time(leaf: Leaf, past: Callable[[Scene], Sequence[Past]], place: int) -> Test:
    how, values = leaf.operator, leaf.values

    def time(scene: Scene) -> bool:
        found = past(scene)
        if how in ("null", "notNull"):
            return (not found) == (how == "null")
        if not found:
            return False
        spans = [span(value, scene.zone) for value in values if isinstance(value, date)]
        return time_holds(how, found[place][0], spans)

    return time


def time_holds(how: str, at: datetime, spans: Sequence[tuple[datetime, datetime]]) -> bool:
    """An instant against a day or a point in time: `=` is on that day, `>` after its end, `<` before it."""
    (start, end), last = spans[0], spans[-1][1]
    if start == end and how in ("=", "!="):
        return (at == start) == (how == "=")
    match how:
        case "=":
            return start <= at < end
        case "!=":
            return not start <= at < end
        case "<":
            return at < start
        case "<=":
            return at < end or at == start
        case ">":
            return at >= end and at != start
        case ">=":
            return at >= start
    within = start <= at and (at < last or at == spans[-1][0])
    return within == (how == "between")
