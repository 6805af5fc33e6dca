"""A definition as a picture for other tools: a Mermaid state diagram, or SCXML with what SCXML lacks beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as xml

from journeys.definition import ANY

SCXML = "http://www.w3.org/2005/07/scxml"
#: What SCXML cannot say (kinds, moments, rules) stands in attributes of our own, as JSON.
OURS = "urn:roadbook:1"
#: Mermaid reads these as markup; look-alikes keep the name readable.
LOOKALIKES = str.maketrans(
    {'"': "”", ":": "：", ";": "；", "<": "＜", ">": "＞", "{": "（", "}": "）", "#": "＃", "\n": " "}
)


def to_mermaid(definition: Mapping[str, Any]) -> str:
    """A `stateDiagram-v2`: stages as composite states. What leaves a stage from a step is drawn from the stage,
    for Mermaid joins no inner states of different composites."""
    stage_of = _stages(definition)
    lines = ["stateDiagram-v2", "    direction LR"]
    for stage in definition.get("stages", ()):
        lines += _stage_lines(definition, stage, stage_of)
    for end in definition.get("ends", ()):
        lines.append(
            f'    state "{_named(end)} ({_text(end.get("result") or "completed")})" as {_mark(end["id"])}'
        )
        lines.append(f"    {_mark(end['id'])} --> [*]")
    for entry in definition.get("entries", ()):
        target = stage_of.get(entry["to"], entry["to"])
        lines.append(f"    [*] --> {_mark(target)} : {_said(entry['on'])}")
    if any(arrow["from"] == ANY for arrow in definition.get("arrows", ())):
        lines.append(f'    state "*" as {_mark("any")}')
    for source, target, label in _outer(definition, stage_of):
        lines.append(f"    {source} --> {target} : {label}")
    return "\n".join(lines) + "\n"


def to_scxml(definition: Mapping[str, Any]) -> str:
    """SCXML 1.0: stages with their steps as states; arrows from any stage leave the one state around them all."""
    xml.register_namespace("", SCXML)
    xml.register_namespace("roadbook", OURS)
    entries, stages = definition.get("entries", ()), definition.get("stages", ())
    first = entries[0]["to"] if entries else stages[0]["id"] if stages else ""
    root = xml.Element(f"{{{SCXML}}}scxml", {"version": "1.0", "initial": "(inside)"})
    for entry in entries:
        _beside(
            xml.SubElement(root, f"{{{OURS}}}entry", {"id": entry["id"], "to": entry["to"]}),
            entry,
            "on",
            "where",
        )
    whole = xml.SubElement(
        root, f"{{{SCXML}}}state", {"id": "(inside)"} | ({"initial": first} if first else {})
    )
    arrows = definition.get("arrows", ())
    for stage in stages:
        told = {"id": stage["id"]} | ({"initial": stage["initial"]} if stage.get("initial") else {})
        state = xml.SubElement(whole, f"{{{SCXML}}}state", told)
        _beside(state, stage, "name", "anchor", "tags")
        for step in definition.get("steps", ()):
            if step["stage"] == stage["id"]:
                inner = xml.SubElement(state, f"{{{SCXML}}}state", {"id": step["id"]})
                _beside(inner, step, "name", "kind", "config")
                _transitions(inner, [a for a in arrows if a["from"] == step["id"] and a.get("exit")])
        _transitions(state, [a for a in arrows if a.get("on") and stage["id"] in _sources(a)])
    _transitions(whole, [a for a in arrows if a["from"] == ANY])
    for end in definition.get("ends", ()):
        _beside(xml.SubElement(root, f"{{{SCXML}}}final", {"id": end["id"]}), end, "name", "result")
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _stages(definition: Mapping[str, Any]) -> dict[str, str]:
    """Step -> its stage."""
    return {step["id"]: step["stage"] for step in definition.get("steps", ())}


def _stage_lines(
    definition: Mapping[str, Any], stage: Mapping[str, Any], stage_of: Mapping[str, str]
) -> Iterator[str]:
    steps = [step for step in definition.get("steps", ()) if step["stage"] == stage["id"]]
    yield f'    state "{_named(stage)}" as {_mark(stage["id"])}' + (" {" if steps else "")
    if not steps:
        return
    for step in steps:
        yield f'        state "{_named(step)}" as {_mark(step["id"])}'
    if stage.get("initial"):
        yield f"        [*] --> {_mark(stage['initial'])}"
    for arrow in definition.get("arrows", ()):
        if arrow.get("exit") and stage_of.get(arrow["from"]) == stage["id"] == stage_of.get(arrow["to"]):
            yield f"        {_mark(arrow['from'])} --> {_mark(arrow['to'])} : {_text(arrow['exit'])}"
    yield "    }"


def _outer(definition: Mapping[str, Any], stage_of: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Arrows between stages and ends: (from, to, label)."""
    names = {step["id"]: _named(step) for step in definition.get("steps", ())}
    for arrow in definition.get("arrows", ()):
        target = stage_of.get(arrow["to"], arrow["to"])
        if arrow.get("exit"):
            source = stage_of[arrow["from"]]
            if arrow["to"] not in stage_of or source != target:
                yield _mark(source), _mark(target), f"{names[arrow['from']]} · {_text(arrow['exit'])}"
            continue
        for source in _sources(arrow):
            yield _mark("any" if source == ANY else source), _mark(target), _said(arrow["on"])


def _sources(arrow: Mapping[str, Any]) -> list[str]:
    return list(arrow["from"]) if isinstance(arrow["from"], list | tuple) else [arrow["from"]]


def _said(on: Mapping[str, Any]) -> str:
    kind = on["type"]
    if kind == "event":
        return _text(on["name"] if isinstance(on["name"], str) else " / ".join(on["name"]))
    detail = (
        on.get("duration")
        or on.get("tag")
        or on.get("code")
        or on.get("segment")
        or on.get("field")
        or on.get("attribute")
        or on.get("offset")
    )
    return _text(f"{kind} {detail}" if detail else kind)


def _named(part: Mapping[str, Any]) -> str:
    return _text(part.get("name") or part["id"])


def _text(text: str) -> str:
    return str(text).translate(LOOKALIKES).strip() or "-"


def _mark(id: str) -> str:
    """An id as Mermaid takes it, which knows no hyphen; different ids stay different."""
    return "n_" + id.replace("_", "__").replace("-", "_h")


def _transitions(state: xml.Element, arrows: list[Mapping[str, Any]]) -> None:
    for arrow in arrows:
        on = arrow.get("on")
        if on is None:
            event = f"exit.{arrow['exit']}"
        elif on["type"] == "event":
            event = on["name"] if isinstance(on["name"], str) else " ".join(on["name"])
        else:
            event = f"{on['type']}.{arrow['id']}"
        made = xml.SubElement(state, f"{{{SCXML}}}transition", {"event": event, "target": arrow["to"]})
        _beside(made, arrow, "id", "on", "where", "not_from", "enter")


def _beside(element: xml.Element, part: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        value = part.get(key)
        if value not in (None, "", [], ()):
            told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
            element.set(f"{{{OURS}}}{key}", told)
