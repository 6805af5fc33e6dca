"""Segments stay what their rules say, with four workers at once and kills in the middle: a recount finds nothing."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from audience import segment_making
from audience.rule_tables import RuleTables
from audience.tables import Contact
from audience.tables_keeping import Recheck, WatchedRule
from audience.tables_segments import Segment, SegmentMember
from rules.conditions import parse
from rules.sql import where
from rules.zones import SHANGHAI
from store import clock
from store.tables import Inbox
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.runtime.world import at

pytestmark = pytest.mark.faults

PEOPLE = [f"k{number}" for number in range(1500)]


def leaf(field: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value, **more}


RULES = {
    "shanghai": leaf("attribute.city", "=", "上海"),
    "lately": leaf("history.order_paid.count", ">=", 1, within="P3D"),
    "hesitant": leaf("history.viewed.without.order_paid", ">=", 1, after="P1D", within="P5D"),
    "both": {"rules": [leaf("segments", "has", "shanghai"), leaf("segments", "has", "lately")]},
    "weekend": {"rules": [leaf("now.weekday", ">=", 6), leaf("segments", "hasNot", "hesitant")]},
}


def make(shaken: Shaken, key: str) -> None:
    with shaken.database.transaction() as tx:
        segment_making.create(
            tx.session, shaken.workspace, name=key, key=key, kind="rule", rule=RULES[key], now=clock.now(tx.session)
        )  # fmt: skip


def turn(shaken: Shaken, when: str) -> None:
    with shaken.database.transaction() as tx:
        clock.set_now(tx.session, max(at(when), clock.now(tx.session)))


def at_work(shaken: Shaken, kills: bool) -> int:
    """Four workers at once, on SQLite one after another; with `kills` three of them die. Returns how many did."""
    shaken.database.engine.dispose()
    faults = [("keeping.mid_batch", "kill", n, 0.0) if kills and n else None for n in (1, 2, 0, 3)]
    begun = []
    for fault in faults:
        begun.append(children.start(shaken.database.url, shaken.workspace, str(shaken.log), fault))
        if shaken.database.url.startswith("sqlite"):
            begun[-1].join(90)
    for child in begun:
        child.join(90)
        assert child.exitcode in (0, -9)
    return sum(child.exitcode == -9 for child in begun)


def recounted(shaken: Shaken, key: str) -> tuple[set[int], set[int], int]:
    """Who should be in a segment now, who is, and what it says how many they are."""
    with shaken.database.reading() as tx:
        holds = where(parse(RULES[key]), RuleTables, clock.now(tx.session), SHANGHAI)
        should = set(
            tx.session.scalars(select(Contact.id).where(Contact.workspace_id == shaken.workspace, holds))
        )
        segment = tx.session.scalars(select(Segment).where(Segment.key == key)).one()
        members = select(SegmentMember.contact_id).where(SegmentMember.segment_id == segment.id)
        return should, set(tx.session.scalars(members)), segment.count


def told(shaken: Shaken, key: str) -> dict[int, list[bool]]:
    query = select(Inbox.contact_id, Inbox.data).where(Inbox.name == f"segment.{key}").order_by(Inbox.id)
    found: dict[int, list[bool]] = {}
    for contact, data in shaken.rows(query):
        found.setdefault(contact, []).append(data["new"])
    return found


def whole(shaken: Shaken) -> None:
    for (key,) in shaken.rows(select(Segment.key)):
        should, inside, count = recounted(shaken, key)
        assert inside == should, f"{key}: {len(inside - should)} too many, {len(should - inside)} too few"
        assert count == len(inside)
        for contact, words in told(shaken, key).items():
            assert all(one != other for one, other in pairwise(words)), (
                f"{key}: contact {contact} came or went twice in a row: {words}"
            )
            assert words[-1] == (contact in inside), f"{key}: contact {contact} was told {words}"
    left = shaken.rows(select(func.count()).select_from(Recheck))
    unfilled = shaken.rows(select(func.count()).where(WatchedRule.filled_to.is_not(None)))
    assert (left, unfilled) == ([(0,)], [(0,)])


@pytest.mark.parametrize("kills", [False, True], ids=["all live", "some die"])
def test_fills_events_and_time_run_together_and_nobody_is_lost(shaken: Shaken, kills: bool) -> None:
    dice, died = random.Random(5), 0
    turn(shaken, "2026-03-02 10:00")
    make(shaken, "shanghai")
    shaken.people(PEOPLE[:1000])
    make(shaken, "lately")
    for number, when in enumerate(
        ("03-02 11:00", "03-03 12:00", "03-05 09:00", "03-07 10:00", "03-09 08:00")
    ):
        turn(shaken, f"2026-{when}")
        if number == 1:
            shaken.people(PEOPLE[1000:])
            for key in ("hesitant", "both", "weekend"):
                make(shaken, key)
        everybody = PEOPLE[: 1000 if number == 0 else None]
        for what in ("order_paid", "viewed"):
            whom = dice.sample(everybody, 250)
            shaken.events([(what, who, None, f"{what}:{number}:{who}", {}) for who in whom])
        for who in dice.sample(everybody, 40):
            shaken.person(who, attributes={"city": dice.choice(["上海", "北京"])})
        died += at_work(shaken, kills)
        shaken.run()
        whole(shaken)
    assert died >= 5 if kills else died == 0
    assert told(shaken, "lately") and told(shaken, "hesitant") and told(shaken, "both")


def test_rules_may_not_go_round_in_a_circle(shaken: Shaken) -> None:
    from rules.errors import BadRule

    with shaken.database.transaction() as tx:
        from audience import keeping

        now = clock.now(tx.session)
        first = {"": leaf("segments", "has", "b")}
        second = {"high": leaf("segments", "has", "a")}
        keeping.watch(tx.session, shaken.workspace, "segment", "a", first, now)
        keeping.watch(tx.session, shaken.workspace, "tier", "value", second, now)
        with pytest.raises(BadRule) as refused:
            keeping.watch(
                tx.session, shaken.workspace, "segment", "b", {"": leaf("tier.value", "=", "high")}, now
            )
        said = refused.value.problems[0][1]["en"]
        assert "segment.b → tier.value → segment.a → segment.b" in said
        with pytest.raises(BadRule):
            keeping.watch(
                tx.session, shaken.workspace, "segment", "c", {"": leaf("segments", "has", "c")}, now
            )
        tx.session.rollback()
