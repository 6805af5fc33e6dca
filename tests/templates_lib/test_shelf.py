"""Every template on the shelf is complete: it checks clean, says everything it refers to, and plays."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from journeys.check_names import OWN_EVENTS
from journeys.checks import check
from journeys.kinds.send import CARRIERS
from journeys.lives import invent
from journeys.plan import compile_plan
from journeys.played import report
from journeys.problems import Catalogue
from templates_lib.shelf import Template, every

START = datetime(2026, 3, 1, 2, tzinfo=UTC)


@pytest.fixture(params=every(), ids=lambda template: template.slug)
def template(request: pytest.FixtureRequest) -> Template:
    return request.param


def test_it_checks_clean_with_its_own_materials_and_events(template: Template) -> None:
    has = Catalogue(
        events=frozenset(template.events), contents={m["key"]: m["carrier"] for m in template.materials}
    )
    assert [p for p in check(template.definition, has) if p.severity != "info"] == []


def test_every_material_is_used_and_written(template: Template) -> None:
    fields = ("content", "fallback_content")
    used = {s["config"].get(field) for s in template.definition["steps"] for field in fields} - {None}
    assert used == {m["key"] for m in template.materials}
    for material in template.materials:
        assert material["carrier"] in CARRIERS and len(material["body"]["text"]) > 20
        assert re.search(r"[\u4e00-\u9fff]", material["body"]["text"])


def test_every_event_it_names_is_listed(template: Template) -> None:
    plan = compile_plan(template.definition)
    entering = {name for entry in plan.entries if entry.type == "event" for name in entry.names}
    named = {n for stage in plan.stages.values() for n in stage.by_event} | entering
    assert named <= set(template.events) | OWN_EVENTS


def test_it_has_a_name_a_readme_and_what_is_to_come_in_both_languages(template: Template) -> None:
    for words in (template.name, template.industry, template.summary, template.readme):
        assert words["zh"] and words["en"] and words["zh"] != words["en"]
    assert "以后补上" in template.readme["zh"] and "克隆时会建好" in template.readme["zh"]
    assert "To come" in template.readme["en"]


def test_invented_customers_reach_every_stage(template: Template) -> None:
    plan = compile_plan(template.definition, journey_key=template.slug)
    lives = invent(plan, 400, START, 240, seed=7)
    told = report(plan, lives, START, 240)
    assert told["entered"] == 400 and told["messages"] > 400
    assert [step["stage"] for step in told["funnel"] if not step["reached"]] == []
    assert "stopped" not in {c["op"] for path in told["paths"] for c in path["trail"]}
