"""Checks of what a journey asks the staff to do."""

from __future__ import annotations

from collections.abc import Iterator

from journeys.definition import GROUP, Journey
from journeys.problems import Catalogue, Problem, error, warning


def staff_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """Every person whom a task names is there; a team may still be without people, as after cloning."""
    if has.staff is None or has.teams is None:
        return
    named = {step.config.get("team") for step in journey.steps if step.kind == "task"}
    for step in journey.steps:
        config = step.config
        if step.kind != "task" or config.get("_incomplete"):
            continue
        person = config.get("person") if config.get("assign") == "person" else None
        if person and person not in has.staff:
            yield error(
                "unknown-staff",
                step.id,
                f"没有工号为“{person}”的在职员工；请重新选择。",
                f'No member of staff has the key "{person}"; choose another.',
            )
        team = config.get("team")
        if team and team not in has.teams:
            yield warning(
                "nobody-yet",
                step.id,
                f"团队“{team}”里还没有人，任务没人接，只会超时；请在“任务 → 团队”添加员工，或连接企业微信。",
                f'Nobody is in the team "{team}" yet, so that its tasks only run out of time; add staff under Tasks,'
                " Team, or connect WeCom.",
            )
        to = config.get("escalate_to") if config.get("fallback") == "escalate" else None
        if to and to not in has.staff | has.teams | named:
            yield error(
                "unknown-staff",
                step.id,
                f"上报的对象“{to}”不是员工也不是团队；请重新选择。",
                f'"{to}", to whom it is escalated, is neither one of the staff nor a team; choose another.',
            )


def fallbacks_exist(journey: Journey, has: Catalogue) -> Iterator[Problem]:
    """A message sent instead of a task has a material."""
    if has.contents is None:
        return
    for step in journey.steps:
        if step.kind != "task" or step.config.get("fallback") != "message":
            continue
        key = step.config.get("fallback_content")
        if key and key not in has.contents:
            yield error(
                "missing-content",
                step.id,
                f"素材“{key}”不存在；请重新选择或新建。",
                f'There is no material "{key}"; choose another or make it.',
            )


def somebody_does_it(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """A task that waits has an end, and one for an adviser a team for customers who have none."""
    for step in journey.steps:
        config = step.config
        if step.kind != "task" or config.get("_incomplete"):
            continue
        if config.get("wait") is not False and not config.get("due"):
            yield warning(
                "endless-task",
                step.id,
                "没有设置“最晚完成”：没人做就一直等。",
                "There is no due moment: if nobody does it, this waits for ever.",
            )
        if config.get("assign", "relationship") == "relationship" and not config.get("team"):
            whose = "群主" if journey.subject == GROUP else "顾问"
            yield warning(
                "no-team",
                step.id,
                f"没有{whose}的客户，任务没人接；请选一个团队兜底。",
                "Nobody does it for customers without an adviser; choose a team that does.",
            )


CHECKS = (staff_exist, fallbacks_exist, somebody_does_it)
