"""Tiers and RFM stay what their law says, with workers killed in the middle: nobody rises twice or is forgotten."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from audience import rfm, tier_dimensions
from audience.rule_tables import RuleTables
from audience.tables import Contact, Event
from audience.tables_rfm import RfmPlan, RfmRun, RfmScore
from audience.tables_tiers import TierChange, TierDimension, TierStanding
from audience.tier_dimensions import Wanted
from rules.conditions import parse
from rules.sql import where
from rules.zones import SHANGHAI
from store import clock
from store.tables import Inbox
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.faults.test_rules_kept import leaf, turn

pytestmark = pytest.mark.faults

PEOPLE = [f"k{number}" for number in range(600)]
RULES = {
    "high": {"rules": [leaf("history.replied.count", ">=", 1, within="P3D")]},
    "mid": {"rules": [leaf("attribute.points", ">=", 50)]},
}
ORDER = ("high", "mid", "low")
#: Who dies where: (point, which hit of it); None lives.
DEATHS = (("tiers.mid_batch", 1), ("keeping.mid_batch", 2), ("tiers.mid_batch", 2), None)


def dimension(shaken: Shaken) -> None:
    more = {"words": "", "benefits": [], "color": ""}
    levels = [{"key": key, "name": key, "rule": RULES.get(key), **more} for key in ORDER]
    with shaken.database.transaction() as tx:
        wanted = Wanted("互动频次", levels, "touch", demote_after_days=2)
        tier_dimensions.create(tx.session, shaken.workspace, wanted, clock.now(tx.session), "林")


def at_work(
    shaken: Shaken, deaths: Sequence[tuple[str, int] | None] = DEATHS, *, at_once: bool = True
) -> int:
    """Workers at once (on SQLite one after the other), most of whom die; returns how many did."""
    shaken.database.engine.dispose()
    begun = []
    for death in deaths:
        fault = None if death is None else (death[0], "kill", death[1], 0.0)
        begun.append(children.start(shaken.database.url, shaken.workspace, str(shaken.log), fault))
        if not at_once or shaken.database.url.startswith("sqlite"):
            begun[-1].join(90)
    for child in begun:
        child.join(90)
        assert child.exitcode in (0, -9)
    return sum(child.exitcode == -9 for child in begun)


def met(shaken: Shaken) -> dict[int, set[str]]:
    """Who meets which criteria, asked anew."""
    found: dict[int, set[str]] = defaultdict(set)
    with shaken.database.reading() as tx:
        now = clock.now(tx.session)
        for key, tree in RULES.items():
            holds = where(parse(tree), RuleTables, now, SHANGHAI)
            query = select(Contact.id).where(Contact.workspace_id == shaken.workspace, holds)
            for number in tx.session.scalars(query):
                found[number].add(key)
    return found


def told(shaken: Shaken, name: str) -> dict[int, list[tuple[Any, Any]]]:
    found: dict[int, list[tuple[Any, Any]]] = defaultdict(list)
    query = select(Inbox.contact_id, Inbox.data).where(Inbox.name == name).order_by(Inbox.id)
    for number, data in shaken.rows(query):
        found[number].append((data["old"], data["new"]))
    return found


def whole(shaken: Shaken) -> None:
    """What contacts wear, where they stand, what was written and what was told are one; and the law is kept."""
    worn = dict(shaken.rows(select(Contact.id, Contact.tiers)))
    standing = (
        select(TierStanding.contact_id, TierStanding.level, TierStanding.met)
        .join(TierDimension, TierDimension.id == TierStanding.dimension_id)
        .where(TierDimension.key == "touch")
    )
    stands = {row.contact_id: row for row in shaken.rows(standing)}
    should = met(shaken)
    chains: dict[int, list[tuple[Any, Any]]] = defaultdict(list)
    for number, old, new in shaken.rows(
        select(TierChange.contact_id, TierChange.old, TierChange.new).order_by(TierChange.id)
    ):
        chains[number].append((old, new))
    for number, tiers in worn.items():
        stand = stands[number]
        assert tiers.get("touch") == stand.level
        assert set(stand.met) == should[number], f"contact {number}"
        top = min((ORDER.index(level) for level in stand.met), default=len(ORDER) - 1)
        assert ORDER.index(stand.level) <= top, "nobody stands below what he meets"
        chain = chains.get(number, [])
        assert all(one[1] == other[0] for one, other in pairwise(chain)), chain
        assert not chain or chain[-1][1] == stand.level
    assert told(shaken, "tier.touch") == chains


def test_who_sorts_people_is_killed_and_everybody_stands_where_he_should(shaken: Shaken) -> None:
    dice, died = random.Random(7), 0
    turn(shaken, "2026-03-02 10:00")
    dimension(shaken)
    shaken.people(PEOPLE)
    for number, when in enumerate(("03-02 11:00", "03-04 12:00", "03-08 09:00")):
        turn(shaken, f"2026-{when}")
        whom = dice.sample(PEOPLE, 250)
        shaken.events([("replied", who, None, f"replied:{number}:{who}", {}) for who in whom])
        for who in dice.sample(PEOPLE, 60):
            shaken.person(who, attributes={"points": dice.choice([10, 90])})
        # One after the other they die for certain; at once, the one who lives may have done it all before.
        died += at_work(shaken, at_once=number > 0)
        shaken.run()
        whole(shaken)
    turn(shaken, "2026-03-20 09:00")
    died += at_work(shaken)
    shaken.run()
    whole(shaken)
    assert died >= 3
    fallen = shaken.rows(select(func.count()).where(TierChange.because == "demoted"))
    assert fallen[0][0] > 100


def test_who_works_rfm_out_is_killed_and_everybody_has_one_score(shaken: Shaken) -> None:
    turn(shaken, "2026-03-02 10:00")
    shaken.people(PEOPLE)
    orders = [(who, n) for place, who in enumerate(PEOPLE[:400]) for n in range(1 + place % 3)]
    shaken.events(
        [("paid", who, None, f"paid:{who}:{n}", {"amount": 10 + len(who) * n}) for who, n in orders]
    )
    shaken.run()
    with shaken.database.transaction() as tx:
        now = clock.now(tx.session)
        rfm.save_plan(
            tx.session, shaken.workspace, event="paid", amount="amount", window_days=90, monthly=False, now=now, by=""
        )  # fmt: skip
        rfm.start(tx.session, tx.session.get_one(RfmPlan, shaken.workspace), now, "")
    died = at_work(shaken, [("tiers.mid_batch", n) for n in (1, 3, 2, 3)], at_once=False)
    died += at_work(shaken, [("tiers.mid_batch", 2), None])
    shaken.run()
    assert died >= 3
    assert shaken.rows(select(RfmRun.state, RfmRun.customers)) == [("done", 400)]
    bought = dict(
        shaken.rows(
            select(Event.contact_id, func.count()).where(Event.name == "paid").group_by(Event.contact_id)
        )
    )
    scores = {
        row.contact_id: row
        for row in shaken.rows(
            select(RfmScore.contact_id, RfmScore.orders, RfmScore.r, RfmScore.f, RfmScore.m, RfmScore.group)
        )
    }
    assert {number: row.orders for number, row in scores.items()} == bought
    for number, tiers in shaken.rows(select(Contact.id, Contact.tiers)):
        row = scores.get(number)
        wanted = (
            {}
            if row is None
            else {"rfm": row.group, "rfm_r": f"r{row.r}", "rfm_f": f"f{row.f}", "rfm_m": f"m{row.m}"}
        )
        assert {key: level for key, level in tiers.items() if key.startswith("rfm")} == wanted
