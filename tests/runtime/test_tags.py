"""Tags as people meet them: set by what somebody does, replaced, run out by the clock, and heard by journeys."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from audience import keeping, tag_definitions, tag_history, tag_jobs, tag_rule_making
from audience.tables import Contact
from audience.tables_tags import TagChange, TagCount, TagExpiry, TagJob, TagRefusal, TagRule
from audience.tag_rules import MOST_FLIPS, STOPS_AT
from store import clock
from store.pace import Pace
from tests.runtime.charts import journey, send, step
from tests.runtime.world import World

STYLE = {
    "name": "style",
    "title": "风格",
    "category": "interest",
    "values": [{"value": "business", "title": "商务"}, {"value": "casual", "title": "休闲"}],
    "exclusive": True,
}
SUITS = {
    "combinator": "and",
    "rules": [
        {
            "field": "history.product_viewed.count",
            "operator": ">=",
            "value": 3,
            "within": "P14D",
            "where": {"field": "event.category", "operator": "=", "value": "suit"},
        }
    ],
}


def define(world: World, **given: Any) -> None:
    with world.database.transaction() as tx:
        tag_definitions.save(tx.session, world.workspace, given, clock.now(tx.session), by="account:1")


def rule(world: World, name: str, tree: Any, add: list[str], **more: Any) -> None:
    given = {"name": name, "rule": tree, "holding": {"add": add, "remove": more.pop("remove", [])}, **more}
    with world.database.transaction() as tx:
        tag_rule_making.save(tx.session, world.workspace, given, clock.now(tx.session), by="account:1")


def worn(world: World, who: str = "lin") -> list[str]:
    return world.rows(select(Contact.tags).where(Contact.external_id == who))[0][0]


def history(world: World, who: str = "lin") -> list[tuple[str, str, str | None]]:
    """+tag or -tag, by whom."""
    query = (
        select(TagChange.put_on, TagChange.tag, TagChange.by, TagChange.enrollment_id)
        .join(Contact, Contact.id == TagChange.contact_id)
        .where(Contact.external_id == who)
        .order_by(TagChange.id)
    )
    return [
        ("+" if on else "-", tag, by or ("journey" if enrollment else None))
        for on, tag, by, enrollment in world.rows(query)
    ]


def counts(world: World) -> dict[str, int]:
    return dict(world.rows(select(TagCount.tag, TagCount.worn).where(TagCount.worn > 0)))


def hearing(tag: str, *steps: dict[str, Any]) -> dict[str, Any]:
    """A journey that begins when a tag is put on."""
    entries = [{"id": "in-1", "on": {"type": "tag", "tag": tag}, "to": "s1"}]
    first = list(steps or [send("hello", "s1")])
    return journey(stages=[{"id": "s1", "initial": first[0]["id"]}], steps=first, entries=entries)


def test_browsing_suits_makes_somebody_businesslike_and_the_journey_hears_it(world: World) -> None:
    define(world, **STYLE)
    rule(world, "Likes suits", SUITS, ["style=business"])
    world.person(tags=["style=casual"])
    world.publish(hearing("style=business"))
    world.run()
    for _ in range(2):
        world.event("product_viewed", category="suit")
    world.event("product_viewed", category="skirt")
    world.run()
    assert worn(world) == ["style=casual"]
    world.event("product_viewed", category="suit")
    world.run()
    assert worn(world) == ["style=business"]
    assert [content for content, _ in world.messages()] == ["hello"]
    assert history(world) == [
        ("+", "style=casual", None),
        ("-", "style=casual", "rule:likes_suits"),
        ("+", "style=business", "rule:likes_suits"),
    ]
    assert counts(world) == {"style=business": 1}


def test_a_value_set_by_a_journey_replaces_the_other_and_both_are_heard(world: World) -> None:
    define(world, **STYLE)
    world.person(tags=["style=casual"])
    world.publish(hearing("vip", step("mark", "s1", "tag", add=["style=business"], remove=[])))
    world.run()
    world.person(tags=["vip"])
    world.run()
    assert worn(world) == ["style=business", "vip"]
    assert history(world)[-2:] == [("+", "style=business", "journey"), ("-", "style=casual", "exclusive")]
    assert counts(world) == {"style=business": 1, "vip": 1}


def test_a_journey_cannot_put_on_a_value_that_is_not_defined(world: World) -> None:
    define(world, **STYLE)
    world.publish(hearing("vip", step("mark", "s1", "tag", add=["style=sporty", "ok"], remove=[])))
    world.person(tags=["vip"])
    world.run()
    assert worn(world) == ["ok", "vip"]
    query = select(TagRefusal.tag, TagRefusal.times, TagRefusal.source_id)
    assert world.rows(query) == [("style=sporty", 1, world.enrollments()[0].id)]


def test_a_tag_runs_out_by_the_clock_and_wearing_it_again_prolongs(world: World) -> None:
    define(world, name="hot", days=7)
    world.publish(hearing("hot"))
    world.person(tags=["hot"])
    world.run()
    world.go("2026-03-06 10:00")
    world.person(tags=["hot"])
    world.go("2026-03-10 10:00")
    assert worn(world) == ["hot"]
    world.go("2026-03-13 10:01")
    assert worn(world) == []
    assert history(world) == [("+", "hot", None), ("-", "hot", "expiry")]
    assert world.rows(select(TagExpiry.tag)) == []
    assert counts(world) == {}


def test_a_tag_stays_as_long_as_the_rule_that_puts_it_on_holds(world: World) -> None:
    define(world, name="big", days=2)
    tree = {"field": "attribute.spent", "operator": ">", "value": 100}
    rule(world, "Big spender", {"combinator": "and", "rules": [tree]}, ["big"])
    world.person(attributes={"spent": 500})
    world.run()
    world.go("2026-03-05 10:00")
    assert worn(world) == ["big"]
    world.person(attributes={"spent": 5})
    world.run()
    world.go("2026-03-08 10:00")
    assert worn(world) == []


def test_what_is_taken_off_by_hand_stays_off_until_the_rule_holds_anew(world: World) -> None:
    tree = {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": "上海"}]}
    rule(world, "Local", tree, ["local"], ending={"add": ["gone"], "remove": ["local"]})
    world.person(attributes={"city": "上海"})
    world.run()
    world.person(untag=["local"])
    world.person(attributes={"age": 3})
    world.run()
    assert worn(world) == []
    world.person(attributes={"city": "北京"})
    world.run()
    assert worn(world) == ["gone"]
    world.person(attributes={"city": "上海"}, untag=["gone"])
    world.run()
    assert worn(world) == ["local"]


def two_that_fight(world: World) -> None:
    """One rule dresses whom the other undresses."""
    bare = {"combinator": "and", "rules": [{"field": "tags", "operator": "hasNot", "value": "x"}]}
    dressed = {"combinator": "and", "rules": [{"field": "tags", "operator": "has", "value": "y"}]}
    rule(world, "Dress", bare, ["y"], ending={"remove": ["y"]})
    rule(world, "Undress", dressed, ["x"], ending={"remove": ["x"]})


def test_rules_that_fight_come_to_rest_and_say_so(world: World) -> None:
    world.person()
    two_that_fight(world)
    world.run()
    assert len(history(world)) <= 4 * MOST_FLIPS
    rows = world.rows(select(TagRule.key, TagRule.state, TagRule.fights).order_by(TagRule.id))
    shown = [(key, state, fights["contacts"], fights["with"]) for key, state, fights in rows if fights]
    assert shown
    assert all(state == "on" and contacts == 1 and rivals for _, state, contacts, rivals in shown)


def test_a_rule_that_fights_over_many_is_stopped(world: World) -> None:
    for number in range(STOPS_AT + 5):
        world.person(f"p{number}")
    two_that_fight(world)
    world.run()
    assert "stopped" in [state for (state,) in world.rows(select(TagRule.state))]
    before = world.rows(select(func.count()).select_from(TagChange))
    world.person("p1", attributes={"a": 1})
    world.run()
    assert world.rows(select(func.count()).select_from(TagChange)) == before


def test_a_rule_that_looks_at_its_own_tags_is_refused(world: World) -> None:
    define(world, **STYLE)
    for operator, value in (("has", "style=casual"), ("hasNot", "style=business"), ("null", None)):
        leaf = {"field": "tags", "operator": operator, "value": value}
        with pytest.raises(tag_definitions.BadTags, match="changes itself"):
            rule(world, "Loop", {"combinator": "and", "rules": [leaf]}, ["style=business"])


@pytest.mark.parametrize("whom", ["rule", "contact_ids"])
def test_many_are_tagged_in_parts_and_counted(
    world: World, whom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_jobs, "PACE", Pace(7))
    ids = [world.person(f"p{n}", attributes={"n": n}, tags=["old"] if n % 2 else []) for n in range(30)]
    tree = {"combinator": "and", "rules": [{"field": "attribute.n", "operator": "<", "value": 20}]}
    given = {"rule": tree} if whom == "rule" else {"contact_ids": ids[:20]}
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        add = {"add": ["new"], "remove": ["old"]}
        number = tag_jobs.create(tx.session, world.workspace, given | add, now, by="account:1").id
    world.run()
    query = select(TagJob.state, TagJob.total, TagJob.done, TagJob.changed, TagJob.missing)
    looked = 30 if whom == "rule" else 20
    assert world.rows(query) == [("done", looked, looked, 20, 0)]
    assert counts(world) == {"new": 20, "old": 5}
    assert ("+", "new", f"job:{number}") in history(world, "p3")


def test_a_job_can_be_paused_gone_on_with_and_cancelled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_jobs, "PACE", Pace(4))
    ids = [world.person(f"p{n}") for n in range(20)]

    def act(what: str) -> bool:
        with world.database.transaction() as tx:
            job = tx.session.scalars(select(TagJob)).one()
            return tag_jobs.act(tx.session, job, what, clock.now(tx.session))

    with world.database.transaction() as tx:
        given = {"contact_ids": ids, "add": ["new"]}
        tag_jobs.create(tx.session, world.workspace, given, clock.now(tx.session), by="account:1")
    with world.database.transaction() as tx:
        tag_jobs.run_some(tx.session, clock.now(tx.session))
    assert act("pause")
    assert not act("pause")
    world.run()
    ((first,),) = world.rows(select(TagJob.done))
    assert counts(world) == {"new": first} and 0 < first < 20
    assert act("resume")
    with world.database.transaction() as tx:
        tag_jobs.run_some(tx.session, clock.now(tx.session))
    assert act("cancel")
    world.run()
    ((state, done),) = world.rows(select(TagJob.state, TagJob.done))
    assert state == "cancelled" and first < done < 20
    assert counts(world) == {"new": done}


def test_counts_are_put_right_from_the_contacts_themselves(world: World) -> None:
    for number in range(3):
        world.person(f"p{number}", tags=["a", "b"] if number else ["a"])
    world.run()
    world.person("p3", tags=["a"])  # not told yet
    with world.database.transaction() as tx:
        tx.session.execute(TagCount.__table__.update().values(worn=77))
        tag_history.recount(tx.session, world.workspace)
    assert counts(world) == {"a": 3, "b": 2}
    world.run()
    assert counts(world) == {"a": 4, "b": 2}


def test_rules_are_asked_again_when_tags_change(world: World) -> None:
    leaf = {"field": "tags", "operator": "has", "value": "vip"}
    rule(world, "Care", {"combinator": "and", "rules": [leaf]}, ["care"])
    world.person()
    world.run()
    world.person(tags=["vip"])
    world.run()
    assert worn(world) == ["care", "vip"]
    with world.database.transaction() as tx:
        assert not keeping.look(tx.session, clock.now(tx.session))
