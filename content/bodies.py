"""The body of a material: checked against its carrier's form, and rendered whole for one contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from content import slots, web_text
from content.carriers import CARRIERS, Field
from content.filters import EPOCH
from content.language import UTC
from content.rendering import BadText, RenderError, problems, render, variables
from store.problem import Problem, problem

SCHEMES = ("http", "https")
MARKS = ("{{", "{%")


class Composed(dict[str, Any]):
    """A body with its texts written; `missing` are the paths that had no value and no default."""

    def __init__(self, body: Mapping[str, Any], missing: set[str]) -> None:
        super().__init__(body)
        self.missing = tuple(sorted(missing))


def body_problems(carrier: str, body: Any, path: str = "body") -> list[Problem]:
    """Say everything that is wrong with a body for `carrier`, with paths such as `body.attachments.0.url`."""
    known = CARRIERS.get(carrier)
    if known is None:
        said = (
            f"没有“{carrier}”这个渠道。",
            f"There is no carrier “{carrier}”: use one of {', '.join(CARRIERS)}.",
        )
        return [problem("carrier", *said)]
    return list(_object_problems(known.fields, body, path))


def compose(
    carrier: str,
    body: Mapping[str, Any],
    scene: Mapping[str, Any],
    zone: ZoneInfo = UTC,
    now: datetime = EPOCH,
    filled: Mapping[str, str] | None = None,
) -> Composed:
    """Render every text of `body` for `scene` (content.rendering.scene), with the slots that somebody `filled`.

    Raises BadText, or RenderError also when a finished text is too long for the carrier.
    """
    missing: set[str] = set()

    def write(field: Field, text: str) -> str:
        source, values = slots.unfold(text, filled)
        known = {**scene, slots.ROOT: values} if values else scene
        if field.type == "html":
            known = web_text.escaped(known)
        written = render(source, known, zone, now)
        missing.update(written.missing)
        finished = _clean(field, written.text) if field.type == "html" else written.text
        if _too_long(field, finished):
            raise RenderError(f"The finished {field.name} is too long for {carrier}: {_limit(field)[1]}.")
        return finished

    return Composed(joined(carrier, _map_texts(CARRIERS[carrier].fields, body, write)), missing)


def _clean(field: Field, text: str) -> str:
    if web_text.depth(text) > web_text.DEEPEST_HTML:
        raise RenderError(
            f"The finished {field.name} has more than {web_text.DEEPEST_HTML} elements in one another."
        )
    return web_text.cleaned(text)


def joined(carrier: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as it arrives: what a carrier shows as one text is one text."""
    whole = dict(body)
    if carrier == "sms":
        ending = str(whole.pop("opt_out", "") or "")
        signature = str(whole.get("signature", "") or "").strip("【】")
        text = str(whole.get("text", ""))
        if signature and not text.startswith("【"):
            text = f"【{signature}】{text}"
        whole["text"] = f"{text} {ending}".strip() if ending and ending not in text else text
    elif carrier == "wecom_group" and whole.get("call"):
        whole["text"] = f"{whole.get('text', '')}\n\n{whole.pop('call')}"
    return whole


def body_variables(carrier: str, body: Mapping[str, Any]) -> list[str]:
    """Return the paths that the texts of a body read, sorted; unusable texts are passed over."""
    found: set[str] = set()

    def look(_field: Field, text: str) -> str:
        try:
            found.update(variables(slots.unfold(text)[0]))
        except BadText:
            return text  # what is wrong with it is body_problems' to say
        return text

    known = CARRIERS.get(carrier)
    if known:
        _map_texts(known.fields, body, look)
    return sorted(found)


def scenes_of(carrier: str, body: Mapping[str, Any]) -> frozenset[str]:
    """Keys of the tables of people, products and moments that the texts of a body ask."""
    paths = (path.split(".") for path in body_variables(carrier, body))
    return frozenset(parts[1] for parts in paths if parts[0] == "scene" and len(parts) > 1)


def _map_texts(fields: tuple[Field, ...], body: Mapping[str, Any], write: Any) -> dict[str, Any]:
    known = {field.name: field for field in fields}
    done: dict[str, Any] = {}
    for name, value in body.items():
        field = known.get(name)
        if field is not None and field.type == "list" and isinstance(value, list):
            done[name] = [_map_texts(field.of, item, write) for item in value]
        elif field is not None and field.rendered and isinstance(value, str):
            done[name] = write(field, value)
        else:
            done[name] = value
    return done


def _object_problems(fields: tuple[Field, ...], body: Any, path: str) -> Iterator[Problem]:
    if not isinstance(body, Mapping):
        yield problem(path, "须是一个对象。", "Give an object.")
        return
    names = [field.name for field in fields]
    for name in body:
        if name not in names:
            said = "这个渠道没有这一项。", f"This carrier has no such field: use {', '.join(names)}."
            yield problem(f"{path}.{name}", *said)
    for field in fields:
        value = body.get(field.name)
        where = f"{path}.{field.name}"
        if value is None or value == "" or value == []:
            if field.required:
                yield problem(where, f"请填写{field.title['zh']}。", f"Fill in: {field.title['en'].lower()}.")
        elif field.type == "list":
            yield from _list_problems(field, value, where)
        else:
            yield from _value_problems(field, value, where)


def _list_problems(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield problem(path, "须是一个列表。", "Give a list.")
        return
    if field.most is not None and len(value) > field.most:
        yield problem(path, f"最多 {field.most} 项。", f"Keep it to {field.most} items.")
    for number, item in enumerate(value[: field.most]):
        yield from _object_problems(field.of, item, f"{path}.{number}")


def _value_problems(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield problem(path, "须是文字。", "Give a text.")
        return
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        yield problem(path, "文字中含有无法保存的字符。", "The text holds characters that cannot be kept.")
        return
    if field.options and value not in [option for option, _ in field.options]:
        usable = ", ".join(option for option, _ in field.options)
        yield problem(path, f"请从 {usable} 中选择。", f"Choose one of {usable}.")
        return
    if field.rendered:
        wrong = slots.problems(value, path)
        yield from wrong or problems(slots.unfold(value)[0], path)
    if _too_long(field, value) and not any(mark in value for mark in MARKS):
        yield problem(path, f"太长：{_limit(field)[0]}。", f"Too long: {_limit(field)[1]}.")
    if field.type == "html" and web_text.depth(value) > web_text.DEEPEST_HTML:
        yield problem(
            path,
            f"标签嵌套超过 {web_text.DEEPEST_HTML} 层：请闭合标签，或减少嵌套。",
            f"More than {web_text.DEEPEST_HTML} elements lie in one another: close them, or nest fewer.",
        )
    if field.name == "url":
        yield from _url_problems(value, path)


def _url_problems(value: str, path: str) -> Iterator[Problem]:
    try:
        fine = urlsplit(value).scheme in SCHEMES or value.startswith(MARKS)
    except ValueError:
        fine = False
    if not fine or any(letter.isspace() and letter != " " for letter in value):
        yield problem(
            path,
            "地址须以 http:// 或 https:// 开头。",
            "Give an address that begins with http:// or https://.",
        )


def _too_long(field: Field, value: str) -> bool:
    if field.longest is None:
        return False
    return (len(value.encode("utf-8", "replace")) if field.bytes_ else len(value)) > field.longest


def _limit(field: Field) -> tuple[str, str]:
    if field.bytes_:
        return f"最长 {field.longest} 字节", f"{field.longest} bytes at most"
    return f"最长 {field.longest} 个字符", f"{field.longest} characters at most"
