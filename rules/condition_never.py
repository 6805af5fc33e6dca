"""Rules that can never hold, and rules that can never hold together.

What is said here is true, but not everything that is true is said: a rule is a choice of conjunctions, and
only comparisons of one field within a conjunction are set against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import ceil, floor

from rules.condition_fields import DENIES, SEARCHES, WHOLE
from rules.condition_tests import value_test
from rules.condition_tree import Group, Leaf, Node, Operand

#: Beyond so many conjunctions nothing is said.
MAX_CHOICES = 256
Choice = tuple[Leaf, ...]


def never(node: Node) -> bool:
    """True if the rule provably holds for nobody."""
    found = choices(node)
    return found is not None and all(map(contradicts, found))


def exclude(one: Node, other: Node) -> bool:
    """True if the two rules provably never hold at the same time."""
    return _denies(one, other) or never(Group("and", False, (one, other)))


def _denies(one: Node, other: Node) -> bool:
    """Whether one rule is the other with `not` before it."""
    for rule, denied in ((one, other), (other, one)):
        if isinstance(denied, Group) and denied.negated:
            plain = Group(denied.combinator, False, denied.parts)
            if rule in (plain, *(plain.parts if len(plain.parts) == 1 else ())):
                return True
    return False


def choices(node: Node) -> list[Choice] | None:
    """The rule as conjunctions of which one must hold; None if they are too many.

    A negated group is left out of its conjunction, which makes it hold more often, never less.
    """
    if isinstance(node, Leaf):
        return [(node,)]
    if node.negated:
        return [()] if node.parts else []
    if not node.parts:
        return [()]
    if node.combinator == "or":
        together: list[Choice] = []
        for part in node.parts:
            found = choices(part)
            if found is None or len(together) + len(found) > MAX_CHOICES:
                return None
            together += found
        return together
    product: list[Choice] = [()]
    for part in node.parts:
        found = choices(part)
        if found is None or len(product) * len(found) > MAX_CHOICES:
            return None
        product = [(*left, *right) for left in product for right in found]
    return product


def contradicts(choice: Choice) -> bool:
    """Whether some comparisons of a conjunction cannot hold together."""
    by_field = defaultdict(list)
    for leaf in choice:
        by_field[leaf.field, leaf.within, leaf.where, leaf.after].append(leaf)
    return any(map(_contradict, by_field.values()))


def _contradict(leaves: list[Leaf]) -> bool:
    field, operators = leaves[0].field, {leaf.operator for leaf in leaves}
    if "null" in operators and (field.never_empty or (operators != {"null"} and _need_a_value(leaves))):
        return True
    if any(_deny_each_other(one, other) for one in leaves for other in leaves):
        return True
    if field.type in ("tags", "segments"):
        return _tags_contradict(leaves)
    if field.type == "time":
        return False
    return _no_candidate(leaves) or _no_room(leaves) or _beginnings_differ(leaves)


def _need_a_value(leaves: list[Leaf]) -> bool:
    return any(leaf.operator not in ("null", "hasNot", "hasNone") for leaf in leaves)


def _deny_each_other(one: Leaf, other: Leaf) -> bool:
    return DENIES.get(one.operator) == other.operator and one.values == other.values


def _tags_contradict(leaves: list[Leaf]) -> bool:
    worn = {leaf.values[0] for leaf in leaves if leaf.operator == "has"}
    unworn = {v for leaf in leaves if leaf.operator in ("hasNot", "hasNone") for v in leaf.values}
    choice = [set(leaf.values) for leaf in leaves if leaf.operator == "hasAny"]
    return bool(worn & unworn) or any(tags <= unworn for tags in choice)


def _no_candidate(leaves: list[Leaf]) -> bool:
    """Whether `=` or `in` names values of which each is refused by another comparison."""
    named = (leaf.values for leaf in leaves if leaf.operator in ("=", "in"))
    return any(not any(_passes(value, leaves) for value in values) for values in named)


def _passes(value: Operand, leaves: Iterable[Leaf]) -> bool:
    """Whether a value that equals `value` can pass all comparisons."""
    for leaf in leaves:
        if isinstance(value, float) and not _decided_by_number(leaf):
            continue
        if not value_test(leaf.field, leaf.operator, leaf.values)(value):
            return False
    return True


def _decided_by_number(leaf: Leaf) -> bool:
    """Whether equal numbers, however they are written (5, "5", "5.0"), have the same answer."""
    how = DENIES.get(leaf.operator, leaf.operator)
    if how in SEARCHES:
        return False
    return how in ("=", "in", "null") or all(isinstance(value, float) for value in leaf.values)


def _no_room(leaves: list[Leaf]) -> bool:
    """Whether the bounds leave nothing between them, for numbers or for texts."""
    field = leaves[0].field
    low, high = WHOLE.get(field.written, WHOLE.get(field.what, (float("-inf"), float("inf"))))
    whole = field.type == "days" or field.what in ("count", "without") or field.written in WHOLE
    least: tuple[str, bool] | None = None
    most: tuple[str, bool] | None = None
    low_open = high_open = False
    for how, value in _bounds(leaves):
        if isinstance(value, float):
            if how in (">", ">=") and (value, how == ">") > (low, low_open):
                low, low_open = value, how == ">"
            elif how in ("<", "<=") and (value, how != "<") < (high, not high_open):
                high, high_open = value, how == "<"
        elif isinstance(value, str):
            if how in (">", ">=") and (least is None or (value, how == ">") > least):
                least = (value, how == ">")
            elif how in ("<", "<=") and (most is None or (value, how != "<") < (most[0], not most[1])):
                most = (value, how == "<")
    if whole and low > float("-inf"):
        low, low_open = (floor(low) + 1 if low_open else ceil(low)), False
    if whole and high < float("inf"):
        high, high_open = (ceil(high) - 1 if high_open else floor(high)), False
    if low > high or (low == high and (low_open or high_open)):
        return True
    return least is not None and most is not None and _crossed(least, most)


def _crossed(least: tuple[str, bool], most: tuple[str, bool]) -> bool:
    return least[0] > most[0] or (least[0] == most[0] and (least[1] or most[1]))


def _bounds(leaves: Iterable[Leaf]) -> Iterable[tuple[str, Operand]]:
    for leaf in leaves:
        if leaf.operator == "=":
            yield ">=", leaf.values[0]
            yield "<=", leaf.values[0]
        elif leaf.operator == "between":
            over_midnight = leaf.field.type == "clock" and str(leaf.values[0]) > str(leaf.values[1])
            if not over_midnight:
                yield ">=", leaf.values[0]
                yield "<=", leaf.values[1]
        elif leaf.operator in ("<", "<=", ">", ">="):
            yield leaf.operator, leaf.values[0]


def _beginnings_differ(leaves: Iterable[Leaf]) -> bool:
    """Whether a text would have to begin, or to end, in two ways."""
    begin = [str(leaf.values[0]) for leaf in leaves if leaf.operator == "beginsWith"]
    end = [str(leaf.values[0])[::-1] for leaf in leaves if leaf.operator == "endsWith"]
    return any(
        not (one.startswith(other) or other.startswith(one))
        for parts in (begin, end)
        for one in parts
        for other in parts
    )
