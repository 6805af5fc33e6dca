"""Reading a rule from the tree that the rule editor writes, with every problem told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.condition_fields import OPERATORS, VALUE_SHAPE, Field, read_field
from rules.condition_operands import Unfit, read_operands, text_problem
from rules.condition_tree import Group, Leaf, Node
from rules.duration import Duration
from rules.errors import BadDuration, BadRule, Problem, Words, join, words

MAX_DEPTH = 32
MAX_LEAVES = 500
#: More problems than anybody reads at once.
MAX_PROBLEMS = 200
#: The longest time for which another event is waited for, in seconds.
LONGEST_AFTER = 3660 * 86_400
GROUP_KEYS = {"combinator", "not", "rules", "id"}
LEAF_KEYS = {"field", "operator", "value", "id", "within", "where", "after", "valueSource"}

NOT_A_RULE = words(
    '这里应该是一个条件 {"field", "operator", "value"} 或一组条件 {"combinator", "rules"}。',
    'This should be a condition {"field", "operator", "value"} or a group {"combinator", "rules"}.',
)
UNKNOWN_KEY = words("条件里没有这一项；请删掉它。", "A condition has no such key; remove it.")
NOT_A_COMBINATOR = words('这里应该是 "and"（都满足）或 "or"（满足任一）。', 'This should be "and" or "or".')
NOT_A_FLAG = words("这里应该是 true 或 false。", "This should be true or false.")
NOT_A_LIST = words("这里应该是条件的列表 […]。", "This should be a list of conditions […].")
TOO_DEEP = words(
    f"条件嵌套最多 {MAX_DEPTH} 层；请拆成几个条件。",
    f"Conditions nest at most {MAX_DEPTH} deep; split this one.",
)
TOO_MANY = words(
    f"一条规则最多 {MAX_LEAVES} 个条件；请拆成几条规则，或改用“属于”列表。",
    f"A rule has at most {MAX_LEAVES} conditions; split it, or use a list with `in`.",
)
NO_FIELD = words(
    "没有这个字段。可以用：attribute.名称、tags、segments、tier.维度、journey.旅程、scene.场景、variable.名称、"
    "event.名称、entry.名称、stage、history.事件.count、history.事件.without.另一事件、now.weekday、since.属性 等。",
    "There is no such field. Use attribute.NAME, tags, segments, tier.DIMENSION, journey.KEY, scene.KEY,"
    " variable.NAME, event.NAME, entry.NAME, stage, history.EVENT.count, history.EVENT.without.EVENT, now.weekday,"
    " since.ATTRIBUTE and the like.",
)
ONLY_EVENT = words(
    "事件的附加条件只能看事件自己的属性（event.名称）。",
    "What an event must fulfil may only look at its own properties (event.NAME).",
)
ONLY_HISTORY = words("只有历史事件可以加这一项。", "Only fields of the history take this.")
NOT_POSITIVE = words("时间范围必须大于零，例如 P30D。", "The window must be more than nothing, such as P30D.")
ONLY_WITHOUT = words(
    "只有“做了 A 却没有做 B”（history.A.without.B）需要等待时间。",
    "Only `did A and not B` (history.A.without.B) takes a time to wait for.",
)
NO_AFTER = words(
    "请填写等多久还没有发生才算，例如 P1D（1 天）或 PT2H（2 小时）。",
    "Say how long the other event is waited for, such as P1D (1 day) or PT2H (2 hours).",
)
NOT_ELAPSED = words(
    "等待时间要大于零，只能用天、小时、分钟或秒（一天按 24 小时算），最长 3660 天。",
    "The time to wait is more than nothing, in days (of 24 hours), hours, minutes or seconds, at most 3660 days.",
)
ONLY_VALUES = words(
    "条件只能和固定的值比较，不能和另一个字段比较。", "A condition compares with a value, not with a field."
)


def read(written: Any, path: str = "") -> Node:
    """The rule's tree; null and {} hold always. Raises BadRule."""
    reader = _Reader()
    node = reader.node({} if written is None else written, path, 1, inner=False)
    if reader.problems or node is None:
        raise BadRule(reader.problems[:MAX_PROBLEMS])
    return node


class _Reader:
    """Reads one rule from top to bottom and keeps what is wrong; a part that is wrong is None."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.count = 0

    def wrong(self, path: str, said: Words) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((path, said))

    def node(self, written: Any, path: str, depth: int, inner: bool) -> Node | None:
        if not isinstance(written, Mapping):
            self.wrong(path, NOT_A_RULE)
            return None
        if depth > MAX_DEPTH:
            self.wrong(path, TOO_DEEP)
            return None
        if "field" in written or "operator" in written:
            return self.leaf(written, path, depth, inner)
        return self.group(written, path, depth, inner)

    def keys(self, written: Mapping[Any, Any], known: set[str], path: str) -> None:
        for key in written:
            if key not in known:
                self.wrong(join(path, str(key)[:64]), UNKNOWN_KEY)

    def group(self, written: Mapping[Any, Any], path: str, depth: int, inner: bool) -> Group | None:
        self.keys(written, GROUP_KEYS, path)
        combinator, negated = written.get("combinator", "and"), written.get("not") or False
        if combinator not in ("and", "or"):
            self.wrong(join(path, "combinator"), NOT_A_COMBINATOR)
        if not isinstance(negated, bool):
            self.wrong(join(path, "not"), NOT_A_FLAG)
        rules = written.get("rules", [])
        if not isinstance(rules, list | tuple):
            self.wrong(join(path, "rules"), NOT_A_LIST)
            return None
        parts: list[Node] = []
        for place, part in enumerate(rules):
            if self.count > MAX_LEAVES:
                break
            read = self.node(part, join(join(path, "rules"), place), depth + 1, inner)
            if read is not None:
                parts.append(read)
        return Group(str(combinator), bool(negated), tuple(parts))

    def leaf(self, written: Mapping[Any, Any], path: str, depth: int, inner: bool) -> Leaf | None:
        self.count += 1
        if self.count > MAX_LEAVES:
            self.wrong(path, TOO_MANY)
            return None
        self.keys(written, LEAF_KEYS, path)
        if written.get("valueSource") not in (None, "value"):
            self.wrong(join(path, "valueSource"), ONLY_VALUES)
        field = self.field(written.get("field"), join(path, "field"), inner)
        if field is None:
            return None
        operator = self.operator(written.get("operator"), join(path, "operator"), field)
        if operator is None:
            return None
        within = self.within(written.get("within"), join(path, "within"), field)
        where = self.where(written.get("where"), join(path, "where"), field, depth)
        after = self.after(written.get("after"), join(path, "after"), field)
        try:
            values = read_operands(field, operator, written.get("value"), join(path, "value"))
        except Unfit as unfit:
            self.wrong(unfit.path, unfit.words)
            return None
        return Leaf(field, operator, values, within, where, after)

    def field(self, written: Any, path: str, inner: bool) -> Field | None:
        problem = text_problem(written)
        field = None if problem else read_field(written)
        if field is None:
            self.wrong(path, problem or NO_FIELD)
        elif inner and field.family != "event":
            self.wrong(path, ONLY_EVENT)
        return field

    def operator(self, written: Any, path: str, field: Field) -> str | None:
        known = OPERATORS[field.type]
        if isinstance(written, str) and written in known:
            return written
        lacks = isinstance(written, str) and written in VALUE_SHAPE
        zh = "这个字段不能用这个比较方式" if lacks else "没有这个比较方式"
        en = "This field does not take this operator" if lacks else "There is no such operator"
        self.wrong(
            path, words(f"{zh}；可以用：{'、'.join(known)}。", f"{en}; use one of {', '.join(known)}.")
        )
        return None

    def within(self, written: Any, path: str, field: Field) -> Duration | None:
        if written is None:
            return None
        if field.family != "history":
            self.wrong(path, ONLY_HISTORY)
            return None
        try:
            duration = Duration.parse(written, path)
        except BadDuration as bad:
            self.problems += bad.problems
            return None
        if not duration.positive:
            self.wrong(path, NOT_POSITIVE)
        return duration

    def after(self, written: Any, path: str, field: Field) -> int:
        if written is None:
            if field.what == "without":
                self.wrong(path, NO_AFTER)
            return 0
        if field.what != "without":
            self.wrong(path, ONLY_WITHOUT)
            return 0
        try:
            duration = Duration.parse(written, path)
        except BadDuration as bad:
            self.problems += bad.problems
            return 0
        seconds = duration.days * 86_400 + duration.seconds
        if duration.months or not 0 < seconds <= LONGEST_AFTER:
            self.wrong(path, NOT_ELAPSED)
        return seconds

    def where(self, written: Any, path: str, field: Field, depth: int) -> Node | None:
        if written is None or written == {}:
            return None
        if field.family != "history":
            self.wrong(path, ONLY_HISTORY)
            return None
        return self.node(written, path, depth + 1, inner=True)
