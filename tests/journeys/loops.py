"""Which arrows would close a loop in which no time passes; the random charts leave them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TIMEFUL = ("wait", "wait_event")


def closes_a_timeless_loop(definition: Mapping[str, Any], arrow: Mapping[str, Any]) -> bool:
    """Whether adding this arrow makes a loop that a subject could run round at one instant.

    More careful than the product has to be: a wait that may be late, or go on without its anchor, counts as
    timeless, and a change that a step makes counts as leading wherever a listening arrow leads.
    """
    drawn = {**definition, "arrows": [*definition["arrows"], arrow]}
    edges: dict[str, set[str]] = {}
    for source, target in _edges(drawn):
        edges.setdefault(source, set()).add(target)
    return _has_circle(edges)


def _edges(drawn: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    stage_of = {p["id"]: p["stage"] for p in drawn["steps"]}
    exits = {(a["from"], a["exit"]): a["to"] for a in drawn["arrows"] if "exit" in a}
    for stage in drawn["stages"]:
        yield stage["id"], stage.get("initial") or f"{stage['id']}!"
    for step in drawn["steps"]:
        if not _takes_time(step):
            for to in (t for (source, _), t in exits.items() if source == step["id"]):
                yield step["id"], to
            yield step["id"], f"{step['stage']}!"
        for field in _changes(step):
            for arrow in drawn["arrows"]:
                if field in _heard(arrow):
                    yield step["id"], arrow["to"]
    for arrow in drawn["arrows"]:
        kind = arrow.get("on", {}).get("type")
        if kind in ("done", "at", "when") and arrow["to"] in stage_of:
            stage = stage_of[arrow["to"]]
            yield (f"{stage}!" if kind == "done" else stage), arrow["to"]
        elif kind == "done" and arrow.get("enter") == "last":
            yield f"{arrow['to']}!", arrow["to"]


def _takes_time(step: Mapping[str, Any]) -> bool:
    if step["kind"] not in TIMEFUL:
        return False
    moment = step["config"].get("until") or step["config"].get("longest") or {"for": "P1D"}
    return "for" in moment or not ("anchor" in moment or "offset" in moment or "every" in moment)


def _changes(step: Mapping[str, Any]) -> Iterator[str]:
    if step["kind"] == "tag":
        yield "tags"
    for each in step["config"].get("set", ()):
        yield f"{each['target']}.{each['name']}"


def _heard(arrow: Mapping[str, Any]) -> set[str]:
    on = arrow.get("on") or {}
    if on.get("type") == "changed":
        return {on["field"]}
    return _fields(on["rule"]) if on.get("type") == "when" else set()


def _fields(rule: Mapping[str, Any]) -> set[str]:
    if "rules" in rule:
        return set().union(*map(_fields, rule["rules"]))
    return {rule["field"]}


def _has_circle(edges: Mapping[str, set[str]]) -> bool:
    done: set[str] = set()
    for start in edges:
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(start, True)]
        while stack:
            node, first = stack.pop()
            if not first:
                done.add(path.pop())
                continue
            if node in path:
                return True
            if node in done:
                continue
            path.append(node)
            stack.append((node, False))
            stack += [(n, True) for n in edges.get(node, ())]
    return False
