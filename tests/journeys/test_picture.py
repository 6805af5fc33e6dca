"""Definitions as pictures: every part is there once, whatever the author calls it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest

from journeys.picture import OURS, SCXML, to_mermaid, to_scxml

SHELF = sorted(Path("templates_lib").glob("*/journey.json"))
EVIL = 'x"; </script> {a: b} #1\n    n_evil --> n_evil'


@pytest.fixture(params=SHELF, ids=lambda path: path.parent.name)
def drawing(request: pytest.FixtureRequest) -> dict[str, Any]:
    return json.loads(request.param.read_text("utf-8"))


def test_mermaid_draws_every_stage_step_end_and_entry(drawing: dict[str, Any]) -> None:
    text = to_mermaid(drawing)
    assert text.startswith("stateDiagram-v2\n")
    parts = [part["id"] for key in ("stages", "steps", "ends") for part in drawing[key]]
    declared = re.findall(r'^ +state ".*" as (\w+)(?: \{)?$', text, re.M)
    assert len(declared) == len(set(declared))
    assert len([mark for mark in declared if mark != "n_any"]) == len(parts)
    assert text.count("{") == text.count("}")
    used = set(re.findall(r"^ +(n_\w+) -->", text, re.M)) | set(re.findall(r"--> (n_\w+)", text))
    assert used <= set(declared)
    assert len(re.findall(r"^    \[\*\] --> ", text, re.M)) == len(drawing["entries"])


def test_scxml_has_every_arrow_and_leads_only_to_what_is_there(drawing: dict[str, Any]) -> None:
    root = xml.fromstring(to_scxml(drawing))
    ids = [e.get("id") for e in root.iter() if e.tag in (f"{{{SCXML}}}state", f"{{{SCXML}}}final")]
    assert len(ids) == len(set(ids))
    transitions = list(root.iter(f"{{{SCXML}}}transition"))
    assert {t.get(f"{{{OURS}}}id") for t in transitions} == {arrow["id"] for arrow in drawing["arrows"]}
    assert {t.get("target") for t in transitions} <= set(ids)
    steps = {s["id"]: s for s in drawing["steps"]}
    for state in root.iter(f"{{{SCXML}}}state"):
        if state.get("id") in steps:
            told = state.get(f"{{{OURS}}}config")
            assert (json.loads(told) if told else {}) == steps[state.get("id") or ""].get("config", {})


def test_names_cannot_break_the_picture() -> None:
    drawing = {
        "format": 1,
        "stages": [{"id": "a-b", "name": EVIL, "initial": "s"}, {"id": "a_b", "name": EVIL}],
        "steps": [
            {"id": "s", "stage": "a-b", "kind": "wait", "name": EVIL, "config": {"until": {"for": "P1D"}}}
        ],
        "arrows": [
            {"id": "1", "from": "s", "exit": "next", "to": "a_b"},
            {"id": "2", "from": ["a-b", "a_b"], "on": {"type": "event", "name": ["x", "y"]}, "to": "e"},
            {"id": "3", "from": "*", "on": {"type": "after", "duration": "P7D"}, "to": "s"},
        ],
        "ends": [{"id": "e", "name": EVIL, "result": EVIL}],
        "entries": [{"id": "i", "on": {"type": "tag", "tag": EVIL}, "to": "s"}],
    }
    text = to_mermaid(drawing)
    assert "n_evil --> n_evil\n" not in text and "<" not in text and ";" not in text
    assert text.count('"') == 2 * len(re.findall(r"^ +state ", text, re.M))
    assert "n_a_hb --> n_a__b : " in text and "n_any --> n_a_hb : after P7D" in text
    root = xml.fromstring(to_scxml(drawing))
    assert {e.get(f"{{{OURS}}}name") for e in root.iter(f"{{{SCXML}}}state")} >= {EVIL}


def test_an_empty_drawing_has_a_picture_too() -> None:
    assert to_mermaid({"format": 1}) == "stateDiagram-v2\n    direction LR\n"
    assert xml.fromstring(to_scxml({"format": 1})).get("version") == "1.0"
