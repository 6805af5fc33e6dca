"""Moments in words, for cards on the canvas and for "when does it move on?"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.calendar_days import MINUTES_A_DAY
from rules.duration import Duration

if TYPE_CHECKING:
    from rules.moment import Moment

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say(moment: Moment, lang: str, anchor_words: str | None = None) -> str:
    """ "7 天后的 20:00", "deliver_date 前 3 天 10:00", "下一个 周三 20:00"."""
    allowed = _allowed(moment, lang)
    if moment.for_ is not None:
        return _after_begin(moment, allowed, lang)
    if not moment.needs_anchor:
        return f"下一个 {allowed}" if lang == "zh" else f"the next {allowed}"
    origin = anchor_words or say_anchor(moment.anchor, lang)
    said = _from_anchor(origin, moment.offset, lang)
    if moment.every is not None:
        period = moment.every.say(lang)
        said = f"{said}起每 {period}" if lang == "zh" else f"every {period} from {said}"
    return _joined(said, allowed, moment, lang)


def say_anchor(anchor: Any, lang: str) -> str:
    """What an anchor is called: a beginning, a date's name, the last of some events."""
    zh = lang == "zh"
    if anchor is None or anchor == "entered_stage":
        return "进入阶段" if zh else "entering the stage"
    if anchor == "entered_journey":
        return "进入旅程" if zh else "entering the journey"
    if "calendar" in anchor:
        day = anchor["calendar"].get("monthday") if isinstance(anchor["calendar"], dict) else ""
        return f"{day} 日" if zh else f"day {day} of the month"
    if "event" in anchor:
        names = anchor["event"] if isinstance(anchor["event"], list) else [anchor["event"]]
        listed = ("、" if zh else ", ").join(map(str, names))
        return f"最近一次 {listed} " if zh else f"the last {listed}"
    if "scene" in anchor:
        return f"场景 {anchor['scene']} 的时机" if zh else f"the moment by the scene {anchor['scene']}"
    return str(anchor.get("attribute") or anchor.get("variable"))


def say_clock(minute: int) -> str:
    """Minutes after midnight as HH:MM."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _after_begin(moment: Moment, allowed: str, lang: str) -> str:
    assert moment.for_ is not None
    length = moment.for_.say(lang)
    nothing = not moment.for_.positive
    if lang == "zh":
        said = "当天" if nothing else f"{length}后"
    else:
        said = "the same day" if nothing else f"after {length}"
    return _joined(said, allowed, moment, lang)


def _from_anchor(origin: str, offset: Duration | None, lang: str) -> str:
    if offset is None or not (offset.positive or offset.negative):
        return f"{origin}当天" if lang == "zh" and offset is not None else origin
    if lang == "zh":
        return f"{origin}{'前' if offset.negative else '后'} {offset.say('zh')}"
    return f"{offset.say('en')} {'before' if offset.negative else 'after'} {origin}"


def _joined(said: str, allowed: str, moment: Moment, lang: str) -> str:
    if not allowed:
        return said
    counted = moment.for_ if moment.for_ is not None else moment.offset
    if moment.clock is not None and not moment.days and (counted is None or counted.whole_days):
        return f"{said}的 {allowed}" if lang == "zh" else f"{said}, {allowed}"
    return f"{said}，顺延到 {allowed}" if lang == "zh" else f"{said}, moved on to {allowed}"


def _allowed(moment: Moment, lang: str) -> str:
    """The days and clock times that it allows, "" for all."""
    zh = lang == "zh"
    parts = _days(moment, zh)
    if moment.clock is not None:
        clock = "24:00" if moment.clock == MINUTES_A_DAY else say_clock(moment.clock)
        parts.append(clock if zh else f"at {clock}" if parts else clock)
    elif moment.hours:
        parts.append("–".join(moment.hours) if zh else f"{moment.hours[0]} to {moment.hours[1]}")
    return " ".join(parts)


def _days(moment: Moment, zh: bool) -> list[str]:
    days, parts = moment.days, []
    if days.months:
        if zh:
            parts.append("、".join(f"{m} 月" for m in sorted(days.months)))
        else:
            parts.append(", ".join(MONTHS_EN[m - 1] for m in sorted(days.months)))
    if days.monthdays:
        numbered = [d for d in sorted(days.monthdays) if d > 0]
        said = [f"{d} 日" if zh else str(d) for d in numbered]
        if -1 in days.monthdays:
            said.append("最后一天" if zh else "last")
        if zh:
            parts.append(("" if days.months else "每月 ") + "、".join(said))
        else:
            parts.append(
                f"{', '.join(said)} day of the month" if said == ["last"] else f"day {', '.join(said)}"
            )
    if days.weekdays:
        if zh:
            parts.append("周" + "、".join(WEEKDAYS_ZH[d - 1] for d in sorted(days.weekdays)))
        else:
            parts.append(", ".join(WEEKDAYS_EN[d - 1] for d in sorted(days.weekdays)))
    if days.workdays:
        parts.append("工作日" if zh else "workday")
    return parts
