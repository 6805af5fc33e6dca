"""Rules in words, Chinese and English, as a marketer would say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from rules.condition_fields import Field
from rules.condition_tree import Leaf, Node, Operand
from rules.duration import Duration

#: Operators by name: (zh, en).
OPERATOR_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "=": ("等于", "is"),
    "!=": ("不等于", "is not"),
    "<": ("小于", "is less than"),
    "<=": ("不超过", "is at most"),
    ">": ("大于", "is more than"),
    ">=": ("至少为", "is at least"),
    "contains": ("包含", "contains"),
    "beginsWith": ("开头是", "begins with"),
    "endsWith": ("结尾是", "ends with"),
    "doesNotContain": ("不包含", "does not contain"),
    "doesNotBeginWith": ("开头不是", "does not begin with"),
    "doesNotEndWith": ("结尾不是", "does not end with"),
    "null": ("为空", "is empty"),
    "notNull": ("不为空", "is not empty"),
    "in": ("属于", "is one of"),
    "notIn": ("不属于", "is none of"),
    "between": ("介于", "is between"),
    "notBetween": ("不介于", "is not between"),
    "has": ("带有", "include"),
    "hasNot": ("没有", "do not include"),
    "hasAny": ("带有任一", "include any of"),
    "hasNone": ("都没有", "include none of"),
}
#: Order in time has words of its own.
TIME_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "=": ("在", "is on"),
    "!=": ("不在", "is not on"),
    "<": ("早于", "is before"),
    "<=": ("不晚于", "is not after"),
    ">": ("晚于", "is after"),
    ">=": ("不早于", "is not before"),
}
FLAG_WORDS: Final = {
    ("is_month_end", True): ("今天是月末", "today is the last day of the month"),
    ("is_month_end", False): ("今天不是月末", "today is not the last day of the month"),
    ("is_workday", True): ("今天是工作日", "today is a work day"),
    ("is_workday", False): ("今天不是工作日", "today is not a work day"),
}
NOW_WORDS: Final = {
    "weekday": ("今天是星期几", "today's weekday"),
    "monthday": ("今天是几号", "the day of the month"),
    "is_month_end": ("今天是月末", "month end"),
    "is_workday": ("今天是工作日", "work day"),
    "time": ("当前时刻", "the time of day"),
    "date": ("今天的日期", "today's date"),
}
STATE_WORDS: Final = {
    "inside": ("正在", "inside"),
    "ended": ("已离开", "has left"),
    "never": ("从未进入", "was never in"),
}
EVENT_WORDS: Final = {
    "name": ("事件名", "the event's name"),
    "field": ("变化的字段", "the field that changed"),
    "old": ("原来的值", "the old value"),
    "new": ("新的值", "the new value"),
}
WEEKDAYS_ZH: Final = "一二三四五六日"
WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: Display titles by field ("attribute.level") or by event name ("order_paid").
Titles = Mapping[str, str]


def say(node: Node, lang: str, titles: Titles) -> str:
    """The rule as a sentence without a full stop; 始终满足 for the rule that always holds."""
    zh = lang == "zh"
    if isinstance(node, Leaf):
        return _leaf(node, zh, titles)
    if not node.parts:
        always = ("从不满足", "never") if node.negated else ("始终满足", "always")
        return always[0] if zh else always[1]
    links = ("，且 ", " and ") if node.combinator == "and" else ("，或 ", " or ")
    parts = [_part(part, len(node.parts) > 1, lang, titles) for part in node.parts]
    said = links[0 if zh else 1].join(parts)
    if node.negated:
        return f"不满足（{said}）" if zh else f"not ({said})"
    return said


def _part(node: Node, beside_others: bool, lang: str, titles: Titles) -> str:
    said = say(node, lang, titles)
    if beside_others and not isinstance(node, Leaf) and len(node.parts) > 1 and not node.negated:
        return f"（{said}）" if lang == "zh" else f"({said})"
    return said


def _leaf(leaf: Leaf, zh: bool, titles: Titles) -> str:
    field, how = leaf.field, leaf.operator
    if field.type == "flag":
        true = (leaf.values[0] == "true") == (how == "=")
        return FLAG_WORDS[field.name, true][0 if zh else 1]
    if field.family in ("segments", "journey"):
        return _membership(leaf, zh, titles)
    if field.written == "now.weekday" and how in ("=", "in", "!=", "notIn"):
        return _weekdays(leaf, zh)
    verb = (TIME_WORDS if field.type in ("time", "date", "clock") else {}).get(how) or OPERATOR_WORDS[how]
    what = f"{field_words(field, zh, titles)}{_narrowed(leaf, zh, titles)}"
    # A full-width bracket brings its own space.
    said = f"{what}{'' if what.endswith('）') else ' '}{verb[0 if zh else 1]}"
    if not leaf.values and how in ("null", "notNull"):
        return said
    unit = (
        (" 天" if zh else " days")
        if field.type == "days"
        else (" 次" if zh and field.what in ("count", "without") else "")
    )
    return f"{said} {_values(leaf, zh, titles)}{unit}"


def _membership(leaf: Leaf, zh: bool, titles: Titles) -> str:
    """In which segments, or where towards a journey."""
    denied = leaf.operator in ("hasNot", "hasNone", "!=", "notIn")
    if leaf.field.family == "segments":
        said = _values(leaf, zh, titles)
        if zh:
            return f"{'不' if denied else ''}在人群{'任一 ' if leaf.operator == 'hasAny' else ' '}{said} 中"
        return (
            f"is {'not ' if denied else ''}in {'any of ' if len(leaf.values) > 1 else ''}the segment {said}"
        )
    title = titles.get(leaf.field.written, leaf.field.name)
    states = [STATE_WORDS[str(value)][0 if zh else 1] for value in leaf.values]
    if zh:
        return f"{'并非' if denied else ''}{'或'.join(states) or '（没有值）'}旅程“{title}”"
    return f"{'not ' if denied else ''}{' or '.join(states) or '(nothing)'} the journey {title}"


def _weekdays(leaf: Leaf, zh: bool) -> str:
    days = [int(v) - 1 for v in leaf.values if isinstance(v, float) and 1 <= v <= 7 and v == int(v)]
    denied = leaf.operator in ("!=", "notIn")
    if zh:
        return f"今天{'不' if denied else ''}是周{'、'.join(WEEKDAYS_ZH[day] for day in days)}"
    return f"today is {'not ' if denied else ''}{' or '.join(WEEKDAYS_EN[day] for day in days)}"


def field_words(field: Field, zh: bool, titles: Titles) -> str:
    """What a field is called."""
    title = titles.get(field.written) or titles.get(f"attribute.{field.name}") or field.name
    event = f"“{titles.get(field.event, field.event)}”" if zh else titles.get(field.event, field.event)
    match field.family:
        case "attribute":
            words = (title, title)
        case "variable":
            words = (f"变量 {title}", f"variable {title}")
        case "event":
            words = EVENT_WORDS.get(field.name, (f"事件的 {title}", f"the event's {title}"))
        case "entry":
            words = (f"进入事件的 {title}", f"the opening event's {title}")
        case "tags":
            words = ("标签", "tags")
        case "segments":
            words = ("人群", "segments")
        case "tier":
            tier = titles.get(field.written, field.name)
            words = (f"“{tier}”等级", f"the tier {tier}")
        case "journey":
            journey = titles.get(field.written, field.name)
            words = (f"旅程“{journey}”", f"the journey {journey}")
        case "scene":
            words = _scene_words(field, titles.get(f"scene.{field.name}", field.name))
        case "stage":
            words = ("所在阶段", "the stage")
        case "now":
            words = NOW_WORDS[field.name]
        case "since":
            words = (f"距 {title} 已过", f"days since {title}")
        case "until":
            words = (f"距 {title} 还有", f"days until {title}")
        case _:
            words = _history_words(field, event, titles)
    return words[0] if zh else words[1]


def _scene_words(field: Field, title: str) -> tuple[str, str]:
    if field.what == "moment":
        return f"场景“{title}”的时机", f"the moment by the scene {title}"
    return f"场景“{title}”匹配的商品", f"the product by the scene {title}"


def _history_words(field: Field, event: str, titles: Titles) -> tuple[str, str]:
    match field.what, field.name:
        case "without", name:
            other = titles.get(name, name)
            return f"{event}后没有“{other}”的次数", f"the number of {event} not followed by {other}"
        case "count", _:
            return f"{event}的次数", f"the number of {event}"
        case "sum", name:
            return f"{event}的 {name} 合计", f"the sum of {name} of {event}"
        case "first", _:
            return f"第一次{event}的时间", f"the time of the first {event}"
        case _, "":
            return f"最近一次{event}的时间", f"the time of the last {event}"
    return f"最近一次{event}的 {field.name}", f"the {field.name} of the last {event}"


def _narrowed(leaf: Leaf, zh: bool, titles: Titles) -> str:
    said = ""
    if leaf.where is not None:
        inner = say(leaf.where, "zh" if zh else "en", titles)
        said += f"（仅限：{inner}）" if zh else f" (where {inner})"
    if leaf.after:
        length = Duration(days=leaf.after // 86_400, seconds=leaf.after % 86_400).say("zh" if zh else "en")
        said += f"（等满 {length}）" if zh else f" after {length}"
    if leaf.within is not None:
        length = leaf.within.say("zh" if zh else "en")
        said += f"（近 {length}内）" if zh else f" within the last {length}"
    return said


def _values(leaf: Leaf, zh: bool, titles: Titles) -> str:
    said = [_value(titles.get(_title_of(leaf.field, value), value), zh) for value in leaf.values]
    if leaf.operator in ("between", "notBetween"):
        return f"{said[0]} 到 {said[1]}" if zh else f"{said[0]} and {said[1]}"
    shown = said[:10] + (["…"] if len(said) > 10 else [])
    return ("、" if zh else ", ").join(shown) or ("（没有值）" if zh else "(nothing)")


def _title_of(field: Field, value: Operand) -> str:
    """Under which name a value's title is kept."""
    if field.family == "segments":
        return f"segment.{value}"
    return f"{field.written}.{value}" if field.family in ("tier", "scene") else ""


def _value(value: Operand, zh: bool) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()
    if value in ("true", "false") and zh:
        return "“是”" if value == "true" else "“否”"
    return f"“{value}”"
