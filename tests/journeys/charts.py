"""Random journeys and random lives, drawn with a `random.Random`.

With a seed they are the same for ever and far apart from one another; with hypothesis's own Random (`lives()`)
they shrink. A chart has 1–5 stages with 0–6 steps each, every type of arrow, and two ends; arrows that would close a
loop in which no time passes are left out. Lives are made of events, tag and attribute changes, many of them at the
same instant as an alarm. `timed` draws fewer steps and every form of moment instead of whole hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.journeys import moments
from tests.journeys.drawing import rule, send
from tests.journeys.loops import closes_a_timeless_loop
from tests.journeys.oracle.lines import Signal

EVENTS = ("paid", "viewed", "asked")
TIERS = ("low", "mid", "high")
#: Monday, 16:00 in Shanghai.
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


@dataclass
class Life:
    """A definition, what happens to one subject, and until when it is watched."""

    definition: dict[str, Any]
    signals: list[Signal]
    until: datetime
    opened: datetime = START
    zone: str = "Asia/Shanghai"
    attributes: dict[str, Any] = field(default_factory=dict)


def lives(timed: bool = False) -> st.SearchStrategy[Life]:
    """Lives as a hypothesis strategy."""
    return st.randoms(use_true_random=False).map(lambda r: life(r, timed))


def life(r: Random, timed: bool = False) -> Life:
    """A chart and a life in it."""
    zone, opened = moments.place(r) if timed else ("Asia/Shanghai", START)
    drawn = chart(r, timed)
    drawn["settings"]["timezone"] = zone
    signals = happenings(r, opened, timed)
    more = r.choice((0, 3, 30, 24 * 9)) if timed else r.choice((0, 2, 9, 40))
    until = (signals[-1].arrives if signals else opened) + timedelta(hours=more)
    known = {"tier": r.choice(TIERS), "score": r.randint(0, 3), "due": due(r, opened)}
    return Life(drawn, signals, until, opened, zone, {k: v for k, v in known.items() if likely(r, 2, 3)})


def chart(r: Random, timed: bool = False) -> dict[str, Any]:
    """A valid definition with one entry `in`."""
    stages: list[dict[str, Any]] = [{"id": f"s{n}"} for n in range(r.randint(1, 3 if timed else 5))]
    steps: list[dict[str, Any]] = []
    for stage in stages:
        own = [f"{stage['id']}p{n}" for n in range(r.randint(0, 3 if timed else r.choice((2, 3, 6))))]
        for id_ in own:
            waited = bool(steps) and steps[-1]["kind"] == "wait"
            steps.append({"id": id_, "stage": stage["id"], **step(r, id_, timed, waited)})
        if own and likely(r, 9, 10):
            stage["initial"] = own[0]
        if likely(r, 1, 2):
            stage["stay"] = True
        if likely(r, 1, 5):
            stage["anchor"] = moments.anchor(r)
    places = [s["id"] for s in stages] + [p["id"] for p in steps]
    to = r.choice(places) if likely(r, 1, 3) else places[0]
    drawn = {
        "format": 1, "subject": "contact", "stages": stages, "steps": steps, "arrows": [], "settings": {},
        "entries": [{"id": "in", "on": {"type": "hand"}, "to": to}],
        "ends": [{"id": "x0", "result": "lost"}, {"id": "x1", "result": "converted"}],
    }  # fmt: skip
    wanted = [
        stage_arrow(r, stages, steps, timed) for _ in range(r.choice((0, 1, 2, 4) if timed else (1, 3, 5, 8)))
    ]
    wanted += [a for p in steps for a in exit_arrows(r, p, stages, steps)]
    r.shuffle(wanted)
    for arrow in wanted:
        arrow = {"id": f"a{len(drawn['arrows'])}", **arrow}
        if not closes_a_timeless_loop(drawn, arrow):
            drawn["arrows"].append(arrow)
    return drawn


def likely(r: Random, of: int, among: int) -> bool:
    """True in `of` cases among so many; the smallest draw is False, so that examples shrink to less."""
    return r.randint(0, among - 1) >= among - of


# --- steps -----------------------------------------------------------------------------------------


def step(r: Random, id_: str, timed: bool, waited: bool) -> dict[str, Any]:
    """A step's kind and config; what follows a wait is often a send, as in life."""
    kinds = ("send", "wait", "wait_event") if timed else ("send", "send", "wait", "wait", *KINDS)
    kind = "send" if waited and likely(r, 1, 2) else r.choice(kinds)
    return {"kind": kind, "config": KINDS[kind](r, id_, timed)}


def _wait(r: Random, id_: str, timed: bool) -> dict[str, Any]:
    until = moments.moment(r) if timed else plain_moment(r)
    past = r.choice(("skip", "skip", "skip", "now", "next"))
    # Nothing is said of the next matching time of a moment that anything matches.
    if past == "next" and not any(k in until for k in ("at", "weekdays", "monthdays")):
        past = "skip"
    return {"until": until, "if_past": past, "if_missing": r.choice(("wait", "wait", "next"))}


def _wait_event(r: Random, id_: str, timed: bool) -> dict[str, Any]:
    events = [
        {
            "exit": f"e{n}",
            "event": r.choice(EVENTS),
            "where": rule("event.amount", ">", r.randint(0, 2)) if likely(r, 1, 3) else None,
        }
        for n in range(r.randint(1, 3))
    ]
    longest = (moments.moment(r) if timed else plain_moment(r)) if likely(r, 2, 3) else None
    return {"events": events, "longest": longest}


def _branch(r: Random, id_: str, timed: bool) -> dict[str, Any]:
    return {"rules": [{"exit": f"r{n}", "rule": any_rule(r)} for n in range(r.randint(1, 2))]}


def _update(r: Random, id_: str, timed: bool) -> dict[str, Any]:
    tier = {"target": "attribute", "name": "tier", "value": r.choice(TIERS)}
    number = {"target": "variable", "name": "n", **r.choice(({"value": 1}, {"value": 2}, {"add": 1}))}
    return {"set": r.choice(([tier], [number], [tier, number]))}


def _tag(r: Random, id_: str, timed: bool) -> dict[str, Any]:
    tag = r.choice(("t1", "t2"))
    return r.choice(({"add": [tag], "remove": []}, {"add": [], "remove": [tag]}))


KINDS: dict[str, Any] = {
    "send": lambda r, id_, timed: send(id_),
    "wait": _wait,
    "wait_event": _wait_event,
    "branch": _branch,
    "update": _update,
    "tag": _tag,
    "split": lambda r, id_, timed: {"variants": [{"exit": "v", "percent": 100}]},
}


# --- moments and rules -----------------------------------------------------------------------------


def plain_moment(r: Random) -> dict[str, Any]:
    """Whole hours from the begin, or from an anchor; the day after a date, which is often past."""
    if likely(r, 1, 2):
        return {"for": hours(r)}
    if likely(r, 1, 2):
        return {"anchor": {"attribute": "due"}, "offset": "P1D"}
    return {"offset": hours(r), **({"anchor": moments.anchor(r)} if likely(r, 2, 3) else {})}


def hours(r: Random) -> str:
    """A few whole hours, so few that alarms often ring together."""
    return f"PT{r.choice((1, 2, 2, 2, 3, 4, 6))}H"


def any_rule(r: Random, event: bool = True) -> dict[str, Any]:
    """A rule over what the lives change; `event`: also over the event at hand."""
    if likely(r, 1, 4):
        rules = [_leaf(r, event), _leaf(r, event)]
        return {"combinator": r.choice(("and", "or")), "not": likely(r, 1, 2), "rules": rules}
    return {"combinator": "and", "not": False, "rules": [_leaf(r, event)]}


def _leaf(r: Random, event: bool) -> dict[str, Any]:
    leaves = [
        ("attribute.tier", "=", r.choice(TIERS)),
        ("attribute.tier", "!=", r.choice(TIERS)),
        ("attribute.score", ">", r.randint(0, 2)),
        ("tags", r.choice(("has", "hasNot")), r.choice(("t1", "t2"))),
        ("variable.n", ">=", r.randint(1, 2)),
        (f"history.{r.choice(EVENTS)}.count", ">=", r.randint(1, 3)),
    ]
    if event:
        leaves.append(("event.amount", ">", r.randint(0, 2)))
    field_, operator, value = r.choice(leaves)
    return {"field": field_, "operator": operator, "value": value}


# --- arrows ----------------------------------------------------------------------------------------


def stage_arrow(r: Random, stages: Sequence[Any], steps: Sequence[Any], timed: bool) -> dict[str, Any]:
    """An arrow that leaves a stage, a list of stages or any stage."""
    ids = [s["id"] for s in stages]
    source = r.choice(ids)
    if likely(r, 1, 3):
        source = r.choice(([*dict.fromkeys((source, r.choice(ids)))], "*"))
    kinds = (
        ("event", "at", "after") if timed else ("event", "event", "done", "when", "changed", "after", "at")
    )
    arrow = {"from": source, "on": _on(r, r.choice(kinds), timed), "to": target(r, stages, steps)}
    if source == "*" and likely(r, 1, 3):
        arrow["not_from"] = [r.choice(ids)]
    if likely(r, 1, 4):
        arrow["where"] = any_rule(r, event=arrow["on"]["type"] == "event")
    if arrow["to"] in ids and likely(r, 1, 5):
        arrow["enter"] = "last"
    return arrow


def _on(r: Random, kind: str, timed: bool) -> dict[str, Any]:
    if kind == "event":
        return {"type": kind, "name": r.choice((*EVENTS, ["paid", "asked"]))}
    if kind == "after":
        return {"type": kind, "duration": hours(r)}
    if kind == "when":
        return {"type": kind, "rule": any_rule(r, event=False)}
    if kind == "changed":
        return {"type": kind, "field": r.choice(("attribute.tier", "tags"))}
    if kind == "done":
        return {"type": kind}
    moment = {k: v for k, v in (moments.moment(r) if timed else plain_moment(r)).items() if k != "for"}
    # Without a clock time such a moment would be every minute of the allowed days.
    if not any(k in moment for k in ("at", "offset", "every", "anchor")):
        moment["offset"] = "PT3H"
    return {"type": "at", **moment, **({"if_past": "ignore"} if likely(r, 1, 4) else {})}


def exit_arrows(r: Random, step_: Any, stages: Sequence[Any], steps: Sequence[Any]) -> list[dict[str, Any]]:
    """Arrows for some of a step's exits."""
    config, ids = step_["config"], [s["id"] for s in stages]
    fixed = {"wait_event": ["timeout"], "send": ["sent", "skipped"], "branch": ["else"], "split": []}
    names = [x["exit"] for k in ("events", "rules", "variants") for x in config.get(k, ())]
    names += fixed.get(step_["kind"], ["next"]) + (["late"] if step_["kind"] == "wait" else [])
    near = [p["id"] for p in steps if p["stage"] == step_["stage"]]
    arrows = []
    for n, name in enumerate(names):
        if likely(r, 4 if n == 0 else 2, 5):
            after = near[near.index(step_["id"]) + 1 :]
            to = r.choice(near) if likely(r, 1, 2) else target(r, stages, steps)
            if name in ("next", "sent") and after and likely(r, 3, 4):
                to = after[0]
            last = {"enter": "last"} if to in ids and likely(r, 1, 3) else {}
            arrows.append({"from": step_["id"], "exit": name, "to": to, **last})
    return arrows


def target(r: Random, stages: Sequence[Any], steps: Sequence[Any]) -> str:
    """A stage, a step or an end to lead to."""
    kind = r.choice((stages, stages, stages, steps or stages, ("x0", "x1")))
    found = r.choice(kind)
    return found if isinstance(found, str) else found["id"]


# --- lives -----------------------------------------------------------------------------------------


def happenings(r: Random, opened: datetime, timed: bool) -> list[Signal]:
    """Signals as they arrive; events may share an instant, a change from outside or a delayed event never does."""
    signals: list[Signal] = []
    at = opened
    for _ in range(r.randint(0, 6 if timed else 12)):
        kind, name, data = _something(r, opened)
        alone = not signals or "changed" in (kind, signals[-1].kind)
        at += max(r.choice((0, 1, 2, 2, 4, 6, 8)), 1 if alone else 0) * HALF_HOUR * (5 if timed else 1)
        signals.append(Signal(kind, name, at, data))
        if kind == "event" and likely(r, 1, 8):
            at += HALF_HOUR
            signals[-1] = Signal(kind, name, at - r.choice((1, 3, 9, 50)) * HALF_HOUR, data, stored=at)
            at += HALF_HOUR
    return signals


def _something(r: Random, opened: datetime) -> tuple[str, str, Any]:
    return r.choice((
        ("event", r.choice(EVENTS), {"amount": r.randint(0, 3)}),
        ("event", r.choice(EVENTS), {"amount": r.randint(0, 3)}),
        ("event", r.choice(EVENTS), {"amount": r.randint(0, 3)}),
        ("changed", "attribute.tier", r.choice((*TIERS, None))),
        ("changed", "attribute.score", r.randint(0, 3)),
        ("changed", "tags", r.choice(([], ["t1"], ["t1", "t2"]))),
        ("changed", "attribute.due", due(r, opened) if likely(r, 3, 4) else None),
    ))  # fmt: skip


def due(r: Random, opened: datetime) -> str:
    """A date, or a time with its offset, some days around the opening."""
    if likely(r, 1, 2):
        return (opened + timedelta(days=r.randint(-5, 2))).date().isoformat()
    return (opened + timedelta(hours=r.randint(-20, 20))).isoformat()
