"""What a simulation came to, as data: per-day counts, totals by node, messages, what bit, where people rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from journeys.plan import Plan
from journeys.position import ENDED, Crumb
from journeys.simulate import A_DAY, Enrolled, Life, Simulation
from journeys.words import Words
from rules.contact_policy import REASONS

#: Lines of trail that a play may leave behind before it is cut off at the end of a day.
MOST_LINES = 1_500_000
#: Why a message was not sent though no policy refused it.
TOO_LATE = Words(
    "已经过时（前面的等待错过了，或过了有效期）",
    "it was too late (a wait before it was missed, or it was no longer valid)",
)


def report(
    plan: Plan,
    lives: Iterable[Life],
    start: datetime,
    days: int,
    *,
    paths: int = 50,
    most_lines: int = MOST_LINES,
    stock: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Play the lives for so many days and tell what came of it.

    All lists "per day" have one number a day. `cut` is the number of days played if there was too much to play.
    """
    run = Simulation(plan, lives, start, stock)
    daily: list[dict[str, Any]] = []

    def note(now: datetime) -> None:
        standing = {node: n for node, n in run.here.items() if n}
        daily.append({"at": now.isoformat(), "here": standing, "entered": len(run.enrolled)})

    run.play(start + timedelta(days=days), on_tick=note, most_lines=most_lines)
    crumbs = [crumb for e in run.enrolled for crumb in e.trail]
    per_day = _PerDay(start, len(daily))
    sent = [message for e in run.enrolled for message in e.messages]
    messages = per_day.of(message.at for message in sent)
    for n, day in enumerate(daily):
        day["messages"] = messages[n]
    here = {node: n for node, n in run.here.items() if n}
    return {
        "start": start.isoformat(),
        "days": daily,
        "cut": len(daily) if len(daily) < days else None,
        "contacts": len(run.lives),
        "entered": len(run.enrolled),
        "nodes": _nodes(here, crumbs),
        "resting": {n.removesuffix(" resting"): k for n, k in here.items() if n.endswith(" resting")},
        "arrows": _arrows(run.enrolled),
        "exits": dict(Counter(f"{c.step}:{c.exit}" for c in crumbs if c.op == "step")),
        "funnel": _funnel(plan, run.enrolled),
        "messages": len(sent),
        "messages_per_day": messages,
        "carriers": dict(Counter(message.carrier for message in sent)),
        "carriers_per_day": {
            carrier: per_day.of(m.at for m in sent if m.carrier == carrier)
            for carrier in sorted({m.carrier for m in sent})
        },
        "coupons": _coupons(run, crumbs),
        "points": {
            scheme: {"added": run.booked[scheme]["added"], "taken": run.booked[scheme]["taken"]}
            for scheme in sorted(plan.reads.schemes)
        },
        "tasks_per_day": per_day.of(task.at for e in run.enrolled for task in e.tasks),
        "policies": _policies(crumbs, per_day),
        "held": sum(1 for c in crumbs if c.op == "hold"),
        "skipped": sum(1 for c in crumbs if c.op == "step" and c.exit == "skipped"),
        "ended": dict(Counter(e.position.result for e in run.enrolled if e.position.status == ENDED)),
        "goals": dict(Counter(goal for e in run.enrolled for goal, _ in e.goals)),
        "unreached": _unreached(plan, run.enrolled, crumbs),
        "paths": [
            {"subject": e.life.subject, "trail": [crumb_json(c) for c in e.trail]}
            for e in run.enrolled[:paths]
        ],
    }


def crumb_json(crumb: Crumb) -> dict[str, Any]:
    """A line of the trail as the API tells it."""
    return {
        "at": crumb.at.isoformat(),
        "op": crumb.op,
        "stage": crumb.stage,
        "step": crumb.step,
        "exit": crumb.exit,
        "arrow": crumb.arrow,
        "visit": crumb.visit,
        "seq": crumb.seq,
        "detail": dict(crumb.detail) if crumb.detail else None,
    }


def _coupons(run: Simulation, crumbs: Iterable[Crumb]) -> dict[str, dict[str, int | None]]:
    """By pool: how many were issued, how often it had none, and what is left (null: no limit)."""
    pool_of = {
        step.id: str(step.kind.config["pool"])
        for step in run.plan.steps.values()
        if step.kind.kind == "coupon"
    }
    empty = Counter(
        pool_of[c.step] for c in crumbs if c.op == "step" and c.exit == "empty" and c.step in pool_of
    )
    return {
        pool: {"issued": run.issued[pool], "empty": empty[pool], "left": run.stock.get(pool)}
        for pool in sorted(set(pool_of.values()))
    }


class _PerDay:
    """Counts times by the day after the start in which they lie."""

    def __init__(self, start: datetime, days: int):
        self.start, self.days = start, days

    def of(self, times: Iterable[datetime]) -> list[int]:
        found = Counter((at - self.start) // A_DAY for at in times)
        # What happens at the very end of the last day counts into it.
        if self.days and (over := found.pop(self.days, 0)):
            found[self.days - 1] += over
        return [found.get(n, 0) for n in range(self.days)]


def _policies(crumbs: Iterable[Crumb], per_day: _PerDay) -> dict[str, dict[str, Any]]:
    """What held a message, refused it or let it go out of date: how often, when, and at which steps."""
    bites: dict[tuple[str, str], list[Crumb]] = defaultdict(list)
    for crumb in crumbs:
        because = str((crumb.detail or {}).get("because") or "")
        if crumb.op == "hold":
            bites["held", because].append(crumb)
        elif crumb.op == "step" and crumb.exit == "skipped":
            timed = because in ("quiet-hours", "window-closed")
            act = "refused" if because and not timed else "late"
            bites[act, because].append(crumb)
    return {
        "_".join(filter(None, (act, because.replace("-", "_")))): {
            "act": act,
            "reason": because or None,
            "words": _words(because),
            "total": len(bitten),
            "per_day": per_day.of(crumb.at for crumb in bitten),
            "steps": dict(Counter(crumb.step for crumb in bitten)),
        }
        for (act, because), bitten in sorted(bites.items())
    }


def _words(because: str) -> dict[str, str]:
    if because in REASONS:
        zh, en = REASONS[because]
        return {"zh": zh, "en": en}
    return TOO_LATE.json()


def _unreached(plan: Plan, enrolled: Iterable[Enrolled], crumbs: Iterable[Crumb]) -> list[str]:
    """Steps that nobody came to, and stages that nobody entered or passed."""
    come = {node for c in crumbs for node in (c.step, c.stage) if node}
    come |= {node for e in enrolled for node in (e.position.step, e.position.stage) if node}
    return sorted({*plan.steps, *plan.stages} - come)


def _nodes(here: dict[str, int], crumbs: Iterable[Crumb]) -> dict[str, dict[str, int]]:
    passed: Counter[str] = Counter()
    for crumb in crumbs:
        if crumb.op == "step" and crumb.step:
            passed[crumb.step] += 1
        elif crumb.op in ("stage", "through") and crumb.stage:
            passed[crumb.stage] += 1
    standing = {node: n for node, n in here.items() if " " not in node}
    return {
        node: {"here": standing.get(node, 0), "passed": passed.get(node, 0)}
        for node in sorted({*standing, *passed})
    }


def _arrows(enrolled: Iterable[Enrolled]) -> dict[str, int]:
    """How often each arrow was taken; the crumb that leaves and the one that arrives tell of it together once."""
    taken: Counter[str] = Counter()
    for one in enrolled:
        told: str | None = None
        for crumb in one.trail:
            if crumb.op == "passed_over":
                continue
            by = (crumb.detail or {}).get("by") if crumb.op == "through" else crumb.arrow
            if by and by != told:
                taken[by] += 1
            told = crumb.arrow if crumb.op in ("step", "through") else None
            if crumb.op == "through" and crumb.arrow:
                taken[crumb.arrow] += 1
    return dict(taken)


def _funnel(plan: Plan, enrolled: Sequence[Enrolled]) -> list[dict[str, Any]]:
    reached: Counter[str] = Counter()
    for one in enrolled:
        reached.update({c.stage for c in one.trail if c.op == "stage" and c.stage})
    return [{"stage": stage, "reached": reached.get(stage, 0)} for stage in plan.stages]
