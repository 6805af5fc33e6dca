"""Checks of what a journey refers to: events, attributes, tags, materials, journeys, goals, carriers, rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from journeys.definition import GROUP, Journey
from journeys.kinds.send import CARRIERS, GROUP_CARRIERS
from journeys.problems import ERROR, Catalogue, Problem, error, info, warning
from rules.conditions import Rule, parse


def rules_of(journey: Journey) -> Iterator[tuple[str, Rule]]:
    """Every rule with the node that shows it."""
    raw: list[tuple[str, Any]] = [(e.id, e.where) for e in journey.entries]
    for arrow in journey.arrows:
        raw += [(arrow.id, arrow.where), (arrow.id, (arrow.on or {}).get("rule"))]
    raw += [(g.id, g.where) for g in journey.goals]
    for step in journey.steps:
        if step.config.get("_incomplete"):
            continue
        raw += [(step.id, way.get("rule")) for way in step.config.get("rules") or ()]
        raw += [(step.id, awaited.get("where")) for awaited in step.config.get("events") or ()]
        raw += [(step.id, step.config.get("measure"))] if step.kind == "tier" else []
    for node, tree in raw:
        if tree:
            yield node, parse(tree)


def rules_can_hold(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """No rule contradicts itself."""
    for node, rule in rules_of(journey):
        if rule.never:
            yield warning(
                "never-holds",
                node,
                "这个条件自相矛盾，永远不会成立；请修改。",
                "This rule contradicts itself and can never hold; change it.",
            )


def events_named(journey: Journey) -> Iterator[tuple[str, str]]:
    """Every event name with the node that listens for it."""
    heard = [(e.id, e.on) for e in journey.entries] + [(a.id, a.on) for a in journey.arrows if a.on]
    for node, on in heard:
        name = on.get("name")
        for event in (name,) if isinstance(name, str) else tuple(name or ()):
            yield node, event
    for goal in journey.goals:
        for event in goal.event:
            yield goal.id, event
    for step in journey.steps:
        for awaited in step.config.get("events") or ():
            if awaited.get("event"):
                yield step.id, awaited["event"]


#: Signals of our own, which no workspace needs to have met.
OWN_EVENTS = frozenset(
    {
        "journey_ended",
        "task_done",
        "group_created",
        "group_dismissed",
        "group_joined",
        "group_left",
        "group_message",
        "transferred",
        "transfer_failed",
        "moments_liked",
        "moments_commented",
    }
)


def names_are_known(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Events, attributes and tags have been met in this workspace; a typing error would wait for ever."""
    told: set[tuple[str, str]] = set()
    named = [*events_named(journey)]
    of_groups = journey.subject == GROUP
    known = has.group_attributes if of_groups else has.attributes
    zh, en = ("客户群", "group") if of_groups else ("客户", "contact")
    for node, rule in rules_of(journey):
        named += [(node, event) for event in rule.reads.events]
        for attribute in sorted(rule.reads.attributes if known is not None else ()):
            if known is not None and attribute not in known and (node, attribute) not in told:
                told.add((node, attribute))
                yield warning(
                    "unknown-attribute",
                    node,
                    f"还没有{zh}有“{attribute}”这个属性；请检查拼写，或先导入。",
                    f'No {en} has the attribute "{attribute}" yet; check its spelling, or import it first.',
                )
    for node, event in named:
        if (
            has.events is not None
            and event
            and event not in has.events | OWN_EVENTS
            and (node, event) not in told
        ):
            told.add((node, event))
            yield warning(
                "unknown-event",
                node,
                f"还没有收到过“{event}”事件；请检查拼写，或先接入它。",
                f'The event "{event}" has never been received; check its spelling, or connect it first.',
            )


def contents_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every send has a material of this workspace, made for its carrier."""
    if has.contents is None:
        return
    for step in journey.steps:
        key = step.config.get("content") if step.kind in ("send", "task") else None
        if not key:
            continue
        if key not in has.contents:
            yield error(
                "missing-content",
                step.id,
                f"素材“{key}”不存在；请重新选择或新建。",
                f'There is no material "{key}"; choose another or make it.',
            )
        elif step.kind == "send" and has.contents[key] not in ("", step.config.get("carrier")):
            yield warning(
                "content-of-other-carrier",
                step.id,
                f"素材“{key}”是为其他载体写的；请确认格式合适。",
                f'The material "{key}" was written for another carrier; make sure that its form fits.',
            )


#: Why a material had better not be said.
UNREADY: dict[str, tuple[str, str]] = {
    "draft": ("还没有送审", "has not been submitted for review"),
    "review": ("还在审核中", "is still under review"),
    "sent_back": ("审核没有通过", "was sent back by its reviewer"),
    "expired": ("已经过期", "has expired"),
}


def contents_are_ready(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """What is said was approved, where the workspace asks for it, and has not expired."""
    for step in journey.steps:
        key = str(step.config.get("content")) if step.kind == "send" else ""
        if key in has.unready:
            why, severity = has.unready[key]
            zh, en = UNREADY[why]
            yield (error if severity == ERROR else warning)(
                "expired-content" if why == "expired" else "unapproved-content",
                step.id,
                f"素材“{key}”{zh}；请先处理好，再发布。",
                f'The material "{key}" {en}; see to it before publishing.',
            )


def carriers_have_accounts(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """A carrier without an account is taken by the sandbox."""
    if has.carriers is None:
        return
    for step in journey.steps:
        carrier = step.config.get("carrier") if step.kind == "send" else None
        if carrier and carrier not in has.carriers:
            title = CARRIERS.get(carrier)
            yield info(
                "sandbox",
                step.id,
                f"还没有接入{title or carrier}，消息会进沙盒，不会真的发出。",
                f"{title.en if title else carrier} is not connected yet: the sandbox takes the message and nothing really leaves.",
            )


def carriers_reach_the_subject(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """A journey of groups speaks in groups, a journey of persons to persons."""
    of_groups = journey.subject == GROUP
    for step in journey.steps:
        carrier = step.config.get("carrier") if step.kind == "send" else None
        if not carrier or carrier not in CARRIERS or (carrier in GROUP_CARRIERS) == of_groups:
            continue
        title = CARRIERS[carrier]
        if of_groups:
            zh = f"{title}只能发给个人，而这个旅程的主体是客户群；请改用企业微信社群。"
            en = f"{title.en} reaches persons only, and the subject of this journey is a customer group; use WeCom group."
        else:
            zh = f"{title}是发到群里的，而这个旅程的主体是个人；请换一个载体，或把旅程的主体设为客户群。"
            en = (
                f"{title.en} speaks in a group, and the subject of this journey is a person; choose another carrier, "
                "or make customer groups the subject of the journey."
            )
        yield error("carrier-of-other-subject", step.id, zh, en)


def references_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Goals and journeys that steps name exist."""
    goals = {g.id for g in journey.goals}
    for step in journey.steps:
        if step.kind == "goal" and step.config.get("goal") and step.config["goal"] not in goals:
            yield error(
                "unknown-goal",
                step.id,
                "没有这个目标；请在“目标”里添加。",
                "There is no such goal; add it under goals.",
            )
        other = step.config.get("journey") if step.kind == "enroll" else None
        if other and has.journeys is not None:
            if other not in has.journeys:
                yield error(
                    "unknown-journey", step.id, f"没有旅程“{other}”。", f'There is no journey "{other}".'
                )
            elif has.journeys[other] != "live":
                yield warning(
                    "journey-not-live",
                    step.id,
                    f"旅程“{other}”还没有上线。",
                    f'The journey "{other}" is not live.',
                )


def settings_agree(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """Holdout, goals and re-entry fit each other."""
    settings: Mapping[str, Any] = journey.settings
    reentry = settings.get("reentry") or {}
    if reentry.get("mode") == "many" and not str(reentry.get("key") or "").startswith("event."):
        yield error(
            "no-key",
            "",
            "“可多次进入”需要一个区分字段，例如 event.order_id。",
            "Entering many times needs a key that tells them apart, such as event.order_id.",
            "settings.reentry.key",
        )
    for goal in journey.goals:
        if not goal.event and not any(
            s.config.get("goal") == goal.id for s in journey.steps if s.kind == "goal"
        ):
            yield error(
                "goal-without-event",
                goal.id,
                "目标还没有选择事件。",
                "The goal has no event yet.",
                f"goals.{goal.id}",
            )
    if settings.get("holdout_percent") and (not journey.goals or any(not g.within for g in journey.goals)):
        yield error(
            "holdout-without-goal",
            "",
            "设置对照组需要至少一个目标，并且每个目标都有时限。",
            "A holdout needs a goal, and every goal then needs a time limit (within).",
            "settings.holdout_percent",
        )


CHECKS = (
    rules_can_hold,
    names_are_known,
    contents_exist,
    contents_are_ready,
    carriers_have_accounts,
    carriers_reach_the_subject,
    references_exist,
    settings_agree,
)
