"""Checks of the segments, tiers and scenes that a journey refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from journeys.check_names import rules_of
from journeys.definition import GROUP, Arrow, Journey
from journeys.problems import Catalogue, Problem, error, warning
from rules.conditions import parse


def segments_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every segment that an entry or a rule names is there: nobody ever enters one that is not."""
    if has.segments is None or journey.subject == GROUP:
        return
    named = {(e.id, str(e.on["segment"])) for e in journey.entries if e.on.get("segment")}
    named |= {(node, key) for node, rule in rules_of(journey) for key in rule.reads.segments}
    named |= {(a.id, field[8:]) for a, field in _changed(journey) if field.startswith("segment.")}
    for node, key in sorted(named):
        if key not in has.segments:
            yield error(
                "unknown-segment",
                node,
                f"没有人群“{key}”；请重新选择，或先新建这个人群。",
                f'There is no segment "{key}"; choose another, or make it first.',
            )


def channels_keep_their_word(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every channel code that an entry names is there, and its greeting says what the code promised."""
    if has.channels is None:
        return
    for entry in journey.entries:
        if entry.on["type"] != "channel":
            continue
        code = str(entry.on.get("code", ""))
        if code not in has.channels:
            yield error(
                "unknown-channel",
                entry.id,
                f"没有渠道码“{code}”；请重新选择，或先新建这个渠道码。",
                f'There is no channel code "{code}"; choose another, or make it first.',
            )
            continue
        greeting, unsaid = has.channels[code]
        if unsaid:
            yield warning(
                "promise-not-kept",
                entry.id,
                f"渠道码“{code}”承诺了{'、'.join(unsaid)}，但欢迎语“{greeting}”里没有提到；请补上，或改掉承诺。",
                f'The channel code "{code}" promises {", ".join(unsaid)}, which its greeting "{greeting}" does not'
                " mention; say it there, or promise something else.",
            )
        sends = {step.config.get("content") for step in journey.steps if step.kind == "send"}
        if greeting and greeting not in sends:
            yield warning(
                "greeting-not-sent",
                entry.id,
                f"渠道码“{code}”的欢迎语“{greeting}”在这个旅程里没有发送。",
                f'The greeting "{greeting}" of the channel code "{code}" is not sent in this journey.',
            )


def groups_have_neither(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """Segments, tiers and scenes are of persons; a customer group is in none."""
    if journey.subject != GROUP:
        return
    named = {e.id for e in journey.entries if e.on.get("segment")}
    of_persons = ("segments", "tiers", "scenes")
    named |= {node for node, rule in rules_of(journey) if any(getattr(rule.reads, of) for of in of_persons)}
    named |= {a.id for a, field in _changed(journey) if field.startswith(("segment.", "tier."))}
    named |= {step.id for step in journey.steps if step.kind in ("tier", "coupon", "points")}
    for node in sorted(named):
        yield error(
            "not-of-groups",
            node,
            "人群、分层、场景匹配、券和积分只对个人有效，而这个旅程的主体是客户群；请改用群的属性、标签或群里的事件。",
            "Segments, tiers, scenes, coupons and points are of persons, and the subject of this journey is a customer group; use the group's"
            " attributes, tags or events.",
        )


def levels_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every level that a step gives is one of a dimension of this workspace that people make."""
    if has.levels is None or journey.subject == GROUP:
        return
    for step in journey.steps:
        dimension, level = step.config.get("dimension"), step.config.get("level")
        if step.kind != "tier" or not dimension:
            continue
        if dimension not in has.levels:
            yield error(
                "unknown-tier",
                step.id,
                f"没有可以设定的分层维度“{dimension}”；请重新选择，或先新建它。",
                f'There is no dimension "{dimension}" to set; choose another, or make it first.',
            )
        elif level and level not in has.levels[dimension]:
            yield error(
                "unknown-level",
                step.id,
                f"分层“{dimension}”里没有等级“{level}”；请重新选择。",
                f'The dimension "{dimension}" has no level "{level}"; choose another.',
            )


def tiers_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every dimension of tiers that a rule names is there."""
    if has.tiers is None or journey.subject == GROUP:
        return
    named = {(node, name) for node, rule in rules_of(journey) for name in rule.reads.tiers}
    named |= {(a.id, field[5:]) for a, field in _changed(journey) if field.startswith("tier.")}
    for node, name in sorted(named):
        if name not in has.tiers:
            yield warning(
                "unknown-tier",
                node,
                f"没有分层维度“{name}”；请检查，或先新建它。",
                f'There is no dimension of tiers "{name}"; check it, or make it first.',
            )


def scenes_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every table of people, products and moments that a rule asks is there."""
    if has.scenes is None or journey.subject == GROUP:
        return
    named = {(node, name) for node, rule in rules_of(journey) for name in rule.reads.scenes}
    named |= {(step.id, key) for step in journey.steps if (key := _waits_for(step.config))}
    for node, name in sorted(named):
        if name not in has.scenes:
            yield error(
                "unknown-scene",
                node,
                f"没有场景匹配表“{name}”；请重新选择，或先新建它。",
                f'There is no table of scenes "{name}"; choose another, or make it first.',
            )


def rewards_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every pool that a step issues from, and every scheme whose points it books, is there."""
    for step in journey.steps:
        pool, scheme = step.config.get("pool"), step.config.get("scheme")
        if step.kind == "coupon" and pool and has.pools is not None and pool not in has.pools:
            yield error(
                "unknown-pool",
                step.id,
                f"没有券池“{pool}”；请重新选择，或先新建它。",
                f'There is no pool of coupons "{pool}"; choose another, or make it first.',
            )
        if step.kind == "points" and scheme and has.schemes is not None and scheme not in has.schemes:
            yield error(
                "unknown-scheme",
                step.id,
                f"没有积分账户“{scheme}”；请重新选择，或先新建它。",
                f'There is no scheme of points "{scheme}"; choose another, or make it first.',
            )


def _waits_for(config: Mapping[str, Any]) -> str | None:
    until = config.get("until")
    anchor = until.get("anchor") if isinstance(until, Mapping) else None
    return str(anchor["scene"]) if isinstance(anchor, Mapping) and "scene" in anchor else None


def scenes_only_when_asked(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """Nothing tells that a scene now fits, so no arrow can wait for it by a rule."""
    for arrow in journey.arrows:
        rule = (arrow.on or {}).get("rule")
        if rule and parse(rule).reads.scenes:
            yield error(
                "scene-in-arrow",
                arrow.id,
                "场景匹配是问到时才选出来的，不会主动触发；请用“等待”到场景的下一个时机，再用分流。",
                "A scene is chosen when it is asked and tells nobody by itself: wait for the scene's next moment, then"
                " branch.",
            )


def _changed(journey: Journey) -> Iterator[tuple[Arrow, str]]:
    for arrow in journey.arrows:
        if arrow.on and arrow.on.get("type") == "changed":
            yield arrow, str(arrow.on.get("field") or "")


CHECKS = (
    segments_exist,
    channels_keep_their_word,
    tiers_exist,
    levels_exist,
    rewards_exist,
    scenes_exist,
    scenes_only_when_asked,
    groups_have_neither,
)
