"""Checks about time: waits that never end in time, alarms that always come first, rules that change by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from journeys.definition import ANY, Arrow, Journey
from journeys.graph import sources
from journeys.problems import Catalogue, Problem, error, warning
from rules.conditions import parse
from rules.duration import Duration

#: Durations are compared as if begun here; months then have their usual lengths.
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


def length(text: str) -> float:
    """About how long a duration is, in seconds."""
    return (Duration.parse(text).add(SOME_DAY, UTC_ZONE) - SOME_DAY).total_seconds()


def since_entering(moment: Mapping[str, Any], stage_anchor: Any) -> float | None:
    """How long after entering the stage a moment comes at the earliest, if that can be said; in seconds."""
    if moment.get("for"):
        return length(moment["for"])
    anchor = moment.get("anchor") or stage_anchor or "entered_stage"
    if moment.get("offset") and anchor == "entered_stage" and not moment.get("every"):
        return length(moment["offset"])
    return None


def shortest_alarm(journey: Journey, stage_id: str) -> tuple[float, Arrow] | None:
    """The unconditional alarm of a stage that rings first in every visit."""
    anchor = next((s.anchor for s in journey.stages if s.id == stage_id), None)
    found: list[tuple[float, Arrow]] = []
    for arrow in journey.arrows:
        on = arrow.on
        if on is None or arrow.where or stage_id not in sources(journey, arrow.source, arrow.not_from):
            continue
        if on["type"] == "after":
            found.append((length(on["duration"]), arrow))
        elif on["type"] == "at":
            after = since_entering(on, anchor)
            if after is not None and not set(on) & {
                "at",
                "window",
                "weekdays",
                "monthdays",
                "months",
                "workdays",
            }:
                found.append((after, arrow))
    return min(found, key=lambda f: f[0]) if found else None


def waits_fit(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """No wait lasts longer than its stage."""
    anchors = {s.id: s.anchor for s in journey.stages}
    for step in journey.steps:
        until = step.config.get("until") if step.kind == "wait" else step.config.get("longest")
        if step.kind not in ("wait", "wait_event") or not isinstance(until, Mapping):
            continue
        first = shortest_alarm(journey, step.stage)
        after = since_entering(until, anchors.get(step.stage))
        if first is not None and after is not None and after > first[0]:
            yield warning(
                "wait-too-long",
                step.id,
                f"阶段的箭头 {first[1].id} 会先到，等不到这一步结束；请缩短等待或推迟那个箭头。",
                f"The stage's arrow {first[1].id} always comes first, so this wait never ends; shorten it or delay the arrow.",
            )


def alarms_in_order(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """An alarm behind a shorter unconditional one never rings."""
    seen: set[str] = set()
    for stage in journey.stages:
        first = shortest_alarm(journey, stage.id)
        if first is None:
            continue
        for arrow in journey.arrows:
            on = arrow.on
            if on is None or arrow is first[1] or arrow.source == ANY or arrow.id in seen:
                continue
            if stage.id not in sources(journey, arrow.source):
                continue
            after = length(on["duration"]) if on["type"] == "after" else None
            if on["type"] == "at":
                after = since_entering(on, stage.anchor)
            if after is not None and after > first[0]:
                seen.add(arrow.id)
                yield warning(
                    "alarm-never-first",
                    arrow.id,
                    f"箭头 {first[1].id} 总是更早触发，这个箭头永远轮不到；请调整时间。",
                    f"The arrow {first[1].id} always rings earlier, so this one never does; change one of the times.",
                )


def when_is_told(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """A `when` arrow reads only what raises a signal when it changes."""
    steps = {s.id: s.stage for s in journey.steps}
    for arrow in journey.arrows:
        on = arrow.on
        if on is None or on["type"] != "when":
            continue
        rule = parse(on.get("rule"))
        if not on.get("rule") or not on["rule"].get("rules"):
            yield error("when-empty", arrow.id, "请填写这个箭头的条件。", "Give this arrow its rule.")
        elif rule.reads.uses_now:
            yield error(
                "when-by-time",
                arrow.id,
                "条件里有会随时间自己变化的字段，系统不会得到通知；请改用“到某时”或“经过多久”的箭头。",
                "The rule reads something that changes by time alone, which nobody announces; use an at or after arrow.",
            )
        if arrow.source != ANY and steps.get(arrow.to, arrow.to) in sources(journey, arrow.source):
            yield error(
                "when-same-stage",
                arrow.id,
                "“满足条件”的箭头不能回到自己的阶段；请换一个目标。",
                "A when arrow is never taken into the stage where the subject stands; choose another target.",
            )


def endless_waits(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """A wait for an event has an end, or somebody should know that it has none."""
    for step in journey.steps:
        if step.kind == "wait_event" and not step.config.get("longest"):
            yield warning(
                "endless-wait",
                step.id,
                "没有设置“最多等到”：事件不来就一直等。",
                "There is no longest time: if the event never comes, this waits for ever.",
            )


def late_bursts(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """Two sends with only a wait between them that goes on at once when late reach people in the same second."""
    steps = {s.id: s for s in journey.steps}
    onward = {(a.source, a.exit): a.to for a in journey.arrows if a.on is None}
    for step in journey.steps:
        if step.kind != "wait" or step.config.get("if_past") != "now":
            continue
        before = [
            s for (s, _), to in onward.items() if to == step.id and s in steps and steps[s].kind == "send"
        ]
        after = steps.get(onward.get((step.id, "next"), ""))
        if before and after is not None and after.kind == "send":
            yield warning(
                "late-burst",
                after.id,
                "如果前面的等待已经错过，这两条消息会同时发出；建议错过时选择“跳过其后的触达”。",
                "If the wait between is already past, both messages go out at once; let a late wait skip the touches behind it.",
            )


#: With one of these a moment says when it comes; days and windows alone only say when it may.
SAYS_WHEN = frozenset({"at", "offset", "anchor", "every", "for"})


def bells_have_a_time(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """An `at` arrow that names only days or a window comes at once whenever its stage is entered inside them."""
    for arrow in journey.arrows:
        on = arrow.on
        if on is not None and on["type"] == "at" and not SAYS_WHEN & set(on) and arrow.where is None:
            yield warning(
                "bell-without-time",
                arrow.id,
                "这个箭头没有写几点：在时间窗内进入阶段的人下一分钟就会走；请写明时刻。",
                "This arrow names no time of day: whoever enters the stage inside its window leaves the next minute; give a time.",
            )


CHECKS = (waits_fit, alarms_in_order, when_is_told, endless_waits, late_bursts, bells_have_a_time)
