"""A definition as a `transitions` HierarchicalMachine: its places, and the ways from each in order.

The machine reads the definition alone and shares nothing with the compiled plan, so that the tests can hold
the one against the other; it is far too slow to move contacts (see docs/decisions/0001). It knows places and
the order in which ways are asked; whether a way is open and what comes of taking it, its *judge* says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from transitions.extensions.nesting import HierarchicalMachine, NestedState

#: Before the entry; ids have no brackets, so that no stage or step can bear these names.
OUTSIDE = "(outside)"
#: Just entered: passed `at` arrows and holding `when` arrows are asked here.
ARRIVING = "(arriving)"
#: On the way to the first step, to a step named by an arrow, or to a remembered place.
HEADING = "(heading)"
#: The steps are done: `done` arrows are asked here.
FINISHING = "(finishing)"
RESTING = "(resting)"

#: Side exits: unconnected, they go where the exit named here goes ("" = the step's first exit).
SIDE_EXITS: Mapping[str, Mapping[str, str]] = {
    "branch": {"failed": "else"},
    "wait_event": {"failed": "timeout"},
    "task": {"failed": "timeout"},
}
ANY_SIDE_EXITS = ("skipped", "failed", "empty", "late")
FIXED_EXITS: Mapping[str, tuple[str, ...]] = {
    "wait": ("next",), "send": ("sent",), "update": ("next",), "tag": ("next",), "tier": ("next",),
    "points": ("next",), "coupon": ("issued",), "enroll": ("next",), "goal": ("next",), "webhook": ("ok",),
}  # fmt: skip


class SlashState(NestedState):
    """A state whose path is joined by a slash: the library's own "_" would break on a stage `first_order`."""

    separator = "/"


class SlashMachine(HierarchicalMachine):
    """The machine with `SlashState`; the separator of other machines of this process stays as it is."""

    state_cls = SlashState


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way from one place: what triggers it, and where it leads.

    `trigger` is open, arrive, head, signal, alarm, leave or finish; `arrow` and `entry` are parts of the
    definition, `exit` the exit by which a step is left, `to` the id led to (None: a place in the same stage).
    """

    trigger: str
    stage: str | None
    step: str | None = None
    exit: str | None = None
    arrow: Mapping[str, Any] | None = None
    entry: Mapping[str, Any] | None = None
    to: str | None = None


class Judge(Protocol):
    """Who walks through the machine."""

    def asked(self, way: Way) -> bool:
        """Whether this way may be taken now."""

    def took(self, way: Way) -> None:
        """Learn that this way was taken."""


class Walker:
    """What the machine moves; `state` is the path of its place and `trigger(name)` asks the ways in order."""

    state: str
    trigger: Any


def build(definition: Mapping[str, Any], judge: Judge) -> Walker:
    """A walker outside the journey, on a new machine of this definition."""
    stages = [
        {"name": s["id"], "initial": ARRIVING,
         "children": [ARRIVING, HEADING, FINISHING, RESTING, *(p["id"] for p in _steps(definition, s["id"]))]}
        for s in definition["stages"]
    ]  # fmt: skip
    ends = [{"name": e["id"], "final": True} for e in definition.get("ends", ())]
    walker = Walker()
    machine = SlashMachine(
        walker,
        states=[OUTSIDE, *stages, *ends],
        initial=OUTSIDE,
        auto_transitions=False,
        ignore_invalid_triggers=True,
    )
    for source, dest, way in ways(definition):
        machine.add_transition(
            way.trigger, source, dest, conditions=partial(judge.asked, way), after=partial(judge.took, way)
        )
    return walker


def ways(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, Way]]:
    """All ways as (source path, destination path, way), those of one place in the order of asking."""
    stage_of = {p["id"]: p["stage"] for p in definition.get("steps", ())}
    ends = {e["id"] for e in definition.get("ends", ())}

    def path(to: str, here: str | None, enter: str | None) -> str:
        if to in ends:
            return to
        if enter == "last" and to == here:
            return f"{here}/{HEADING}"
        stage = stage_of.get(to, to)
        return f"{stage}/{to}" if stage != to and stage == here else stage

    for entry in definition.get("entries", ()):
        yield (
            OUTSIDE,
            path(entry["to"], None, None),
            Way(trigger="open", stage=None, entry=entry, to=entry["to"]),
        )
    for stage in definition["stages"]:
        here = stage["id"]
        for arrow in stage_arrows(definition, here):
            for source, trigger in _asked_at(here, arrow):
                way = Way(trigger=trigger, stage=here, arrow=arrow, to=arrow["to"])
                yield source, path(arrow["to"], here, arrow.get("enter")), way
        yield f"{here}/{ARRIVING}", f"{here}/{HEADING}", Way(trigger="arrive", stage=here)
        yield f"{here}/{FINISHING}", f"{here}/{RESTING}", Way(trigger="finish", stage=here)
        for step in _steps(definition, here):
            yield (
                f"{here}/{HEADING}",
                f"{here}/{step['id']}",
                Way(trigger="head", stage=here, step=step["id"]),
            )
            for exit_, trigger, arrow in _exits(definition, step):
                dest = path(arrow["to"], here, arrow.get("enter")) if arrow else f"{here}/{FINISHING}"
                way = Way(
                    trigger=trigger,
                    stage=here,
                    step=step["id"],
                    exit=exit_,
                    arrow=arrow,
                    to=arrow and arrow["to"],
                )
                yield f"{here}/{step['id']}", dest, way
        yield f"{here}/{HEADING}", f"{here}/{RESTING}", Way(trigger="head", stage=here, step=RESTING)
        yield f"{here}/{HEADING}", f"{here}/{FINISHING}", Way(trigger="head", stage=here)


def stage_arrows(definition: Mapping[str, Any], stage: str) -> list[Mapping[str, Any]]:
    """The arrows that leave this stage as a whole, in the order of asking: its own, then those of "*"."""
    stage_of = {p["id"]: p["stage"] for p in definition.get("steps", ())}
    own, general = [], []
    for arrow in definition.get("arrows", ()):
        source, kind = arrow["from"], (arrow.get("on") or {}).get("type")
        into_here = stage_of.get(arrow["to"], arrow["to"]) == stage
        if kind is None or (kind == "when" and into_here):
            continue
        if source == "*":
            if stage not in (arrow.get("not_from") or ()) and not (kind == "done" and into_here):
                general.append(arrow)
        elif source == stage or (isinstance(source, (list, tuple)) and stage in source):
            own.append(arrow)
    return own + general


def _asked_at(stage: str, arrow: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where and on which trigger a stage arrow is asked."""
    arriving, kind = f"{stage}/{ARRIVING}", arrow["on"]["type"]
    if kind == "done":
        return [(f"{stage}/{FINISHING}", "finish")]
    if kind == "at":
        return [(stage, "alarm"), (arriving, "arrive")]
    if kind == "when":
        return [(stage, "signal"), (arriving, "arrive")]
    return [(stage, "alarm" if kind == "after" else "signal")]


def _exits(definition: Mapping[str, Any], step: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """A step's exits in order, each with its trigger and the arrow that it takes, side exits resolved."""
    arrows = {a["exit"]: a for a in definition.get("arrows", ()) if a["from"] == step["id"] and a.get("exit")}
    config, kind = step.get("config") or {}, step["kind"]
    fixed = ("next",) if kind == "task" and config.get("wait") is False else FIXED_EXITS.get(kind)
    named = fixed or tuple(
        x["exit"] for key in ("events", "rules", "variants", "results") for x in config.get(key) or ()
    )
    if not fixed:
        named += {"wait_event": ("timeout",), "task": ("timeout",), "branch": ("else",)}.get(kind, ())
    for exit_ in named:
        yield exit_, "leave", arrows.get(exit_)
    for exit_ in ANY_SIDE_EXITS:
        like = SIDE_EXITS.get(kind, {}).get(exit_)
        leads_on = like if like in named else named[0] if named else None
        yield exit_, "leave", arrows.get(exit_) or arrows.get(leads_on)
    for exit_ in arrows:
        if exit_ not in (*named, *ANY_SIDE_EXITS):
            yield exit_, "leave", arrows[exit_]
    for each in config.get({"wait_event": "events", "task": "results"}.get(kind, "")) or ():
        if each["exit"] in named:
            yield each["exit"], "signal", arrows.get(each["exit"])


def _steps(definition: Mapping[str, Any], stage: str) -> list[Mapping[str, Any]]:
    return [p for p in definition.get("steps", ()) if p["stage"] == stage]
