"""Values of a definition in words: moments, rules, triggers and materials, as a marketer would say them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from journeys.kinds.send import CARRIERS
from journeys.words import Words
from rules.conditions import parse
from rules.duration import Duration
from rules.errors import NotUnderstood
from rules.moment import Moment
from rules.moment_words import say_anchor

NOTHING = Words("无", "nothing")
YES, NO = Words("是", "yes"), Words("否", "no")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Titles:
    """What the workspace calls things: materials by key; fields ("attribute.level") and events by name."""

    contents: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def event(self, name: Any) -> str:
        """An event's title, or several joined by a comma."""
        names = name if isinstance(name, list | tuple) else [name]
        return "、".join(self.fields.get(str(one), str(one)) for one in names if one)


def quoted(text: str) -> Words:
    """A name of the author's own, in the quotation marks of each language."""
    en = text.en if isinstance(text, Words) else text
    return Words(f"「{text}」", f'"{en}"')


def joined(words: list[Words], zh: str = "；", en: str = "; ") -> Words:
    """Sentences as one."""
    return Words(zh.join(words), en.join(one.en for one in words))


def plain(value: Any) -> Words:
    """Any value as short text."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, str | int | float):
        text = f"{value:g}" if isinstance(value, float) else str(value)
    elif isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        text = "、".join(value)
        en = ", ".join(value)
        return Words(_cut(text), _cut(en))
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return Words(_cut(text), _cut(text))


def say(kind: str, value: Any, titles: Titles, options: Mapping[str, str] | None = None) -> Words:
    """A value of a form's field of this type; what cannot be read is given as it is written."""
    if value in (None, "", [], {}):
        return options[""] if options and isinstance(options.get(""), Words) else NOTHING  # type: ignore[return-value]
    if options and isinstance(value, str) and value in options:
        title = options[value]
        return title if isinstance(title, Words) else Words(title, title)
    speak = SPEAKERS.get(kind)
    if speak is None:
        return plain(value)
    try:
        return speak(value, titles)
    except (NotUnderstood, KeyError, TypeError, ValueError, AttributeError):
        # A draft may hold what does not read yet.
        return plain(value)


def trigger(on: Any, titles: Titles) -> Words:
    """What an arrow or an entry waits for."""
    if not isinstance(on, Mapping) or "type" not in on:
        return NOTHING
    try:
        return _trigger(on, titles)
    except (NotUnderstood, KeyError, TypeError, ValueError, AttributeError):
        return plain(dict(on))


def _trigger(on: Mapping[str, Any], titles: Titles) -> Words:
    match on["type"]:
        case "event":
            name = titles.event(on["name"])
            return Words(f"发生 {name}", f"on {name.replace('、', ', ')}")
        case "after":
            length = say("duration", on["duration"], titles)
            return Words(f"{length}后", f"after {length.en}")
        case "at" | "schedule":
            said = _moment({k: v for k, v in on.items() if k not in ("type", "if_past", "segment")}, titles)
            if on.get("segment"):
                name = titles.fields.get(f"segment.{on['segment']}", on["segment"])
                return Words(f"{said}，对人群“{name}”", f"{said.en}, for the segment {name}")
            if on.get("if_past") == "ignore":
                return Words(f"{said}（已过则忽略）", f"{said.en} (ignored if past)")
            return said
        case "when":
            said = say("rule", on["rule"], titles)
            return Words(f"满足：{said}", f"when {said.en}")
        case "changed":
            name = titles.fields.get(str(on["field"]), str(on["field"]).removeprefix("attribute."))
            return Words(f"{name} 变化", f"on a change of {name}")
        case "segment":
            name = titles.fields.get(f"segment.{on['segment']}", on["segment"])
            if on.get("mode") == "being_in":
                return Words(f"在人群“{name}”中", f"in the segment {name}")
            return Words(f"进入人群“{name}”", f"on entering the segment {name}")
        case "channel":
            name = titles.fields.get(f"channel.{on['code']}", on["code"])
            return Words(f"扫渠道码“{name}”加好友", f"on scanning the channel code {name}")
        case "tag":
            return Words(f"打上标签 {on['tag']}", f"on the tag {on['tag']}")
        case "date":
            return _date(on, titles)
    return SIMPLE.get(on["type"]) or plain(on["type"])


SIMPLE = {
    "done": Words("阶段完成", "when its steps are done"),
    "hand": Words("手动加入", "by hand"),
    "api": Words("接口加入", "by the API"),
}


def _date(on: Mapping[str, Any], titles: Titles) -> Words:
    name = titles.fields.get(f"attribute.{on['attribute']}", on["attribute"])
    zh, en = f"{name}", f"{name}"
    if on.get("offset"):
        length = Duration.parse(on["offset"])
        zh += f"{'前' if length.negative else '后'} {length.say('zh')}"
        en = f"{length.say('en')} {'before' if length.negative else 'after'} {en}"
    if on.get("at"):
        zh, en = f"{zh} {on['at']}", f"{en} at {on['at']}"
    if on.get("yearly"):
        zh, en = f"每年 {zh}", f"every year {en}"
    if on.get("lunar"):
        zh, en = f"{zh}（农历）", f"{en} (lunar)"
    return Words(zh, en)


def _moment(value: Any, _: Titles) -> Words:
    moment = Moment.parse(value)
    return Words(moment.say("zh"), moment.say("en"))


def _window(value: Any, _: Titles) -> Words:
    moment = Moment.parse_window(value)
    return Words(moment.say("zh").removeprefix("下一个 "), moment.say("en").removeprefix("the next "))


def _rule(value: Any, titles: Titles) -> Words:
    rule = parse(value)
    return Words(rule.say("zh", titles.fields), rule.say("en", titles.fields))


def _duration(value: Any, _: Titles) -> Words:
    length = Duration.parse(value)
    if length.negative:
        return Words(f"提前 {length.say('zh')}", f"{length.say('en')} earlier")
    return Words(length.say("zh"), length.say("en"))


def _anchor(value: Any, _: Titles) -> Words:
    return Words(say_anchor(value, "zh").strip(), say_anchor(value, "en"))


def _content(value: Any, titles: Titles) -> Words:
    name = titles.contents.get(str(value))
    return quoted(name) if name else Words(str(value), str(value))


def _carrier(value: Any, _: Titles) -> Words:
    return CARRIERS.get(value) or Words(str(value), str(value))


def _events(value: Any, titles: Titles) -> Words:
    said = titles.event(value)
    return Words(said, said.replace("、", ", "))


SPEAKERS: dict[str, Callable[[Any, Titles], Words]] = {
    "moment": _moment,
    "window": _window,
    "rule": _rule,
    "duration": _duration,
    "anchor": _anchor,
    "content": _content,
    "carrier": _carrier,
    "event": _events,
    "events": _events,
    "trigger": trigger,
}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
