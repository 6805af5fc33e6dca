"""Cloning: what the template needs is made where it is not there, told, never changed, and never made twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import coupon_codes
from audience.tables_matching import SceneTable
from audience.tables_people import Staff
from audience.tables_referrals import Draw, ReferralProgram
from audience.tables_rewards import CouponCode, CouponPool, PointsScheme
from audience.tables_tags import TagDefinition
from audience.tables_tiers import TierDimension
from content.tables import Material
from content.tables_materials import Script
from journeys.problems import INFO, WARNING
from journeys.tables import Draft, Journey
from templates_lib.clone import Cloned, clone
from templates_lib.needs import MAKERS
from templates_lib.shelf import Template, every, take
from tests.content.conftest import NOW
from web import catalogue

MADE: list[Any] = [
    Material, TagDefinition, TierDimension, CouponPool, CouponCode, PointsScheme, ReferralProgram, Draw, SceneTable,
    Staff, Script,
]  # fmt: skip
SLUGS = [template.slug for template in every()]


def cloned(session: Session, workspace: int, slug: str) -> Cloned:
    return clone(session, workspace, slug, now=NOW, actor="林")


def counted(session: Session, workspace: int) -> dict[str, int]:
    query = {m.__tablename__: select(func.count()).where(m.workspace_id == workspace) for m in MADE}
    return {name: session.execute(one).scalar_one() for name, one in query.items()}


def drawn(session: Session, journey: Journey) -> dict[str, Any]:
    return session.scalars(select(Draft.definition).where(Draft.journey_id == journey.id)).one()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_clone_can_be_published_as_it_is(session: Session, workspaces: tuple[int, int], slug: str) -> None:
    made = cloned(session, workspaces[0], slug)
    problems = catalogue.judge(session, workspaces[0])(drawn(session, made.journey))
    asked = {step["id"] for step in drawn(session, made.journey)["steps"] if step["config"].get("team")}
    assert {(p.code, p.severity) for p in problems if p.severity != INFO} <= {("nobody-yet", WARNING)}
    assert {p.node for p in problems if p.code == "nobody-yet"} == asked, "nobody is made up to do the tasks"
    teams = {step["config"].get("team") for step in drawn(session, made.journey)["steps"]} - {None, ""}
    for team in teams:
        session.add(Staff(workspace_id=workspaces[0], key=team, name="林", team=team, created_at=NOW))
    session.flush()
    problems = catalogue.judge(session, workspaces[0])(drawn(session, made.journey))
    assert [p for p in problems if p.severity != INFO] == []
    assert made.journey.template == slug


@pytest.mark.parametrize("slug", SLUGS)
def test_cloned_twice_nothing_is_made_twice(session: Session, workspaces: tuple[int, int], slug: str) -> None:
    first = cloned(session, workspaces[0], slug)
    before = counted(session, workspaces[0])
    again = cloned(session, workspaces[0], slug)
    assert again.made == () and counted(session, workspaces[0]) == before
    assert again.journey.key != first.journey.key
    assert drawn(session, again.journey) == drawn(session, first.journey)
    assert set(counted(session, workspaces[1]).values()) == {0}, "another workspace has got something"


@pytest.mark.parametrize("slug", SLUGS)
def test_it_tells_what_it_made(session: Session, workspaces: tuple[int, int], slug: str) -> None:
    template = take(slug)
    made = cloned(session, workspaces[0], slug).made
    wanted = sum(len(template.needs.get(kind, ())) for kind in MAKERS) + len(template.materials)
    assert len(made) == wanted and all(one.name for one in made)
    assert set(template.needs) <= set(MAKERS)


def test_generated_codes_are_there_at_once_and_well_formed(
    session: Session, workspaces: tuple[int, int]
) -> None:
    cloned(session, workspaces[0], "beauty")
    pool = session.scalars(select(CouponPool).where(CouponPool.key == "beauty_refill")).one()
    codes = session.scalars(select(CouponCode.code).where(CouponCode.pool_id == pool.id)).all()
    assert len(set(codes)) == pool.made == pool.total == 1000
    assert all(coupon_codes.is_well_formed(one, "HX", 8, coupon_codes.CLEAR) for one in codes)
    assert not session.scalar(select(coupon_codes.UNMADE))


def test_what_is_there_stays_as_it_is(session: Session, workspaces: tuple[int, int]) -> None:
    marks = {"created_at": NOW, "updated_at": NOW}
    own = CouponPool(
        workspace_id=workspaces[0], key="beauty_refill", name="我们的券", kind="shared", code="OURS", form={}, **marks
    )  # fmt: skip
    tag = TagDefinition(
        workspace_id=workspaces[0], name="护肤", category="basic", title="我们的", values=[], **marks
    )
    text = Material(
        workspace_id=workspaces[0], key="beauty-care", name="我们的", carrier="wecom_direct", body={"text": "自己写的"},
        updated_at=NOW,
    )  # fmt: skip
    session.add_all([own, tag, text])
    session.flush()
    made = cloned(session, workspaces[0], "beauty")
    assert (own.name, own.code, own.kind, tag.title, text.body) == (
        *("我们的券", "OURS", "shared", "我们的"),
        {"text": "自己写的"},
    )
    assert not {("pool", "beauty_refill"), ("tag", "护肤"), ("material", "beauty-care")} & {
        (one.kind, one.key) for one in made.made
    }
    steps = {step["id"]: step["config"] for step in drawn(session, made.journey)["steps"]}
    assert steps["care"]["content"] == "beauty-care-2" and steps["refill-coupon"]["pool"] == "beauty_refill"


def test_a_dimension_of_the_same_key_with_other_levels_is_left_alone(
    session: Session, workspaces: tuple[int, int]
) -> None:
    levels = [{"key": "gold", "name": "金", "rule": {"field": "tags", "operator": "has", "value": "x"}}]
    own = TierDimension(
        workspace_id=workspaces[0], key="beauty_value", name="我们的", kind="rules", levels=levels, revision=1,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    session.add(own)
    session.flush()
    made = cloned(session, workspaces[0], "beauty")
    assert [level["key"] for level in own.levels] == ["gold"]
    assert ("tier", "beauty_value_2") in {(one.kind, one.key) for one in made.made}
    definition = drawn(session, made.journey)
    steps = {step["id"]: step["config"] for step in definition["steps"]}
    assert steps["watch"]["dimension"] == "beauty_value_2"
    assert steps["valuable"]["rules"][0]["rule"]["rules"][0]["field"] == "tier.beauty_value_2"
    problems = catalogue.judge(session, workspaces[0])(definition)
    assert {p.code for p in problems if p.severity != INFO} <= {"nobody-yet"}


def test_all_of_it_or_nothing(
    session: Session, workspaces: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("templates_lib.clone.drafts.create", broken)
    with pytest.raises(RuntimeError):
        cloned(session, workspaces[0], "beauty")
    session.rollback()
    assert set(counted(session, workspaces[0]).values()) == {0}


def test_nobody_is_made_up(session: Session, workspaces: tuple[int, int]) -> None:
    for slug in SLUGS:
        assert "staff" not in {one.kind for one in cloned(session, workspaces[0], slug).made}
    assert session.execute(select(func.count()).select_from(Staff)).scalar_one() == 0


def test_a_script_is_known_again_whatever_it_asks_by_now(
    session: Session, workspaces: tuple[int, int]
) -> None:
    cloned(session, workspaces[0], "recall")
    first, second, *_ = session.scalars(select(Script).order_by(Script.id)).all()
    first.question, first.answers, first.copies = "怎么又找我？", ["自己写的"], [0]
    second.key = None  # made before there were keys
    before = counted(session, workspaces[0])
    again = cloned(session, workspaces[0], "recall")
    assert again.made == () and counted(session, workspaces[0]) == before
    assert first.answers == ["自己写的"] and second.key
    keys = session.scalars(select(Script.key)).all()
    assert len(set(keys)) == len(keys)


def test_two_templates_may_answer_the_same_question(session: Session, workspaces: tuple[int, int]) -> None:
    row = Script(
        workspace_id=workspaces[0],
        question="为什么又联系我？",
        answers=["我们的"],
        tags=[],
        copies=[0],
        updated_at=NOW,
    )
    session.add(row)
    session.flush()
    cloned(session, workspaces[0], "recall")
    same = session.scalars(select(Script.journey).where(Script.question == row.question)).all()
    assert set(same) == {"", "recall"} and row.answers == ["我们的"]


def test_scripts_are_for_all_clones_of_their_template(session: Session, workspaces: tuple[int, int]) -> None:
    cloned(session, workspaces[0], "referral")
    assert set(session.scalars(select(Script.journey))) == {"referral"}


def test_every_template_lists_what_its_steps_name() -> None:
    for template in every():
        assert _named(template) <= {
            (kind, need["key"])
            for kind in ("pools", "points", "tiers")
            for need in template.needs.get(kind, ())
        }


def _named(template: Template) -> set[tuple[str, str]]:
    fields = {"pool": "pools", "scheme": "points", "dimension": "tiers"}
    configs = [step["config"] for step in template.definition["steps"]]
    return {(kind, c[name]) for c in configs for name, kind in fields.items() if c.get(name)}
