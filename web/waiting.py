"""Why somebody stands where he stands, what moves him next and when: one sentence in two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from audience import event_titles
from journeys import trail_words
from journeys.definition import ANY
from journeys.tables import Enrollment
from journeys.words import Words
from rules.contact_policy import REASONS
from rules.moment_words import say_anchor

MOST_NAMED = 4


def waiting_for(row: Enrollment, definition: Mapping[str, Any], zone: ZoneInfo) -> Words | None:
    """What this enrollment waits for; None once it has ended. Times are told by the clock of `zone`."""
    if row.status == "ended":
        return None
    if row.status == "new":
        return Words("正要进入旅程。", "About to enter the journey.")
    if row.status == "holdout":
        return Words("属于对照组：不收消息，只计目标。", "Held out: gets no message, only goals are counted.")
    if row.status == "stopped":
        why = trail_words.why_stopped(str(row.state.get("error") or ""))
        return Words(f"出错停下，等人处理：{why}", f"Stopped by an error and waits for somebody: {why.en}")
    step = _part(definition, "steps", row.step)
    if step is None:
        return _resting(row, definition, zone)
    said = _at_step(row, step, zone)
    if row.stage_due is not None and row.step_due is not None and row.stage_due < row.step_due:
        until = _clock(row.stage_due, zone)
        return Words(f"{said}阶段在 {until} 另有安排。", f"{said.en} The stage itself moves on at {until}.")
    return said


def next_at(row: Enrollment) -> datetime | None:
    """When something happens by itself, if nothing else comes first."""
    known = [due for due in (row.step_due, row.stage_due) if due is not None]
    return min(known) if known and row.status != "ended" else None


def since(row: Enrollment) -> datetime:
    """Since when it stands here."""
    if row.status == "ended" and row.ended_at is not None:
        return row.ended_at
    return (row.step_begun if row.step else row.entered_stage) or row.entered_journey


def moved_by(row: Enrollment, definition: Mapping[str, Any]) -> Words | None:
    """The events and changes that would move it on from its stage before the time comes."""
    if row.status == "ended" or row.stage is None:
        return None
    named = [_trigger(arrow["on"]) for arrow in _leaving(definition, row.stage)]
    known = list(dict.fromkeys(words for words in named if words is not None))[:MOST_NAMED]
    if not known:
        return None
    return Words("；".join(known), "; ".join(words.en for words in known))


def _at_step(row: Enrollment, step: Mapping[str, Any], zone: ZoneInfo) -> Words:
    config, kind = step.get("config") or {}, step["kind"]
    due = None if row.step_due is None else _clock(row.step_due, zone)
    if kind == "wait_event":
        names = _listed([str(one.get("event")) for one in config.get("events") or ()])
        if due is None:
            return Words(f"等待：{names}。", f"Waits for: {names.en}.")
        return Words(f"等待：{names}，最晚到 {due}。", f"Waits for: {names.en}, until {due} at the latest.")
    if kind == "task":
        title = config.get("title") or step["id"]
        zh, en = f"等员工完成任务“{title}”", f'Waits for the staff to do "{title}"'
        return Words(f"{zh}，最晚到 {due}。", f"{en}, until {due}.") if due else Words(f"{zh}。", f"{en}.")
    if kind == "send":
        return _sending(row, due, zone)
    if due is not None:
        return Words(f"等到 {due}。", f"Waits until {due}.")
    if kind == "wait":
        anchor = (config.get("until") or {}).get("anchor")
        return Words(
            f"等“{say_anchor(anchor, 'zh')}”有值后才能算出时间。",
            f'Waits for a value of "{say_anchor(anchor, "en")}", from which the time is counted.',
        )
    name = step.get("name") or step["id"]
    return Words(f"停在步骤“{name}”。", f'Stands at the step "{name}".')


def _sending(row: Enrollment, due: str | None, zone: ZoneInfo) -> Words:
    hold = row.state.get("hold")
    if hold:
        zh, en = REASONS.get(hold.get("because"), (str(hold.get("because")), str(hold.get("because"))))
        until = due or _clock(datetime.fromisoformat(hold["until"]), zone)
        return Words(f"{zh}，{until} 再发送。", f"Held ({en}); it is sent at {until}.")
    if due is not None:
        return Words(
            f"等载体回执，最晚到 {due}。", f"Waits for the carrier's answer, until {due} at the latest."
        )
    return Words("等载体回执。", "Waits for the carrier's answer.")


def _resting(row: Enrollment, definition: Mapping[str, Any], zone: ZoneInfo) -> Words:
    stage = _part(definition, "stages", row.stage) or {}
    name = stage.get("name") or row.stage or ""
    if row.stage_due is not None:
        due = _clock(row.stage_due, zone)
        return Words(f"在“{name}”停留，{due} 继续。", f'Rests in "{name}" and goes on at {due}.')
    by = moved_by(row, definition)
    if by is not None:
        return Words(f"在“{name}”停留，等待：{by}。", f'Rests in "{name}" until: {by.en}.')
    return Words(f"停留在“{name}”。", f'Rests in "{name}".')


def _trigger(on: Mapping[str, Any]) -> Words | None:
    kind = on.get("type")
    if kind == "event":
        return _listed([on["name"]] if isinstance(on["name"], str) else list(on["name"]))
    if kind == "changed":
        field = str(on.get("field", "")).removeprefix("attribute.")
        return Words(f"{field} 变化", f"a change of {field}")
    if kind == "when":
        return Words("满足条件", "its rule holding")
    return None


def _leaving(definition: Mapping[str, Any], stage: str) -> list[Mapping[str, Any]]:
    return [
        arrow
        for arrow in definition.get("arrows", ())
        if arrow.get("on") is not None
        and (arrow["from"] in (ANY, stage) or (isinstance(arrow["from"], list) and stage in arrow["from"]))
        and stage not in (arrow.get("not_from") or ())
    ]


def _part(definition: Mapping[str, Any], key: str, wanted: str | None) -> Mapping[str, Any] | None:
    return next((part for part in definition.get(key, ()) if part["id"] == wanted), None)


def _listed(names: Sequence[str]) -> Words:
    """Events by what they are called."""
    known = [event_titles.title(name) for name in names[:MOST_NAMED]]
    more = len(names) > MOST_NAMED
    zh, en = (", ".join(one[lang] for one in known) for lang in (0, 1))
    return Words(f"{zh} …", f"{en} …") if more else Words(zh, en)


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
