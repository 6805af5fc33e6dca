"""Referrals: counted once, no loops, the ladder given once, and journeys hear each step."""

from __future__ import annotations

from sqlalchemy import func, select

from audience import referrals
from audience.merging import take_turn
from audience.tables import Event
from audience.tables_referrals import Referral, ReferralProgram, ReferralReward
from audience.tables_rewards import CouponIssue
from store import clock
from tests.runtime.test_coupons import pool
from tests.runtime.test_points import balance, scheme
from tests.runtime.world import World
from web import merging


def campaign(world: World) -> None:
    scheme(world)
    pool(world, codes=5)
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        ladder = [
            {"at": 3, "pool": "welcome", "scheme": None, "points": None},
            {"at": 5, "pool": None, "scheme": "member", "points": 300},
        ]
        tx.session.add(
            ReferralProgram(
                workspace_id=world.workspace, key="friends", name="老带新", ladder=ladder, hints=["device"], hint_over=2,
                created_at=now, updated_at=now,
            )
        )  # fmt: skip


def code(world: World, number: int) -> str:
    with world.database.transaction() as tx:
        return referrals.code_of(tx.session, world.workspace, number, clock.now(tx.session))


def states(world: World) -> list[tuple[str, str]]:
    return [
        (row[0], row[1]) for row in world.rows(select(Referral.state, Referral.reason).order_by(Referral.id))
    ]


def test_the_ladder_is_given_once_and_heard(world: World) -> None:
    campaign(world)
    number = world.person("lin")
    mine = code(world, number)
    assert code(world, number) == mine
    for n in range(6):
        world.event("referred", f"friend{n}", code=mine.lower(), device="D1" if n < 3 else f"D{n}")
        world.event("referred", f"friend{n}", code=mine)
        world.run()
    assert states(world) == [("counted", "")] * 6
    assert len(world.rows(select(CouponIssue.code))) == 1 and balance(world, number) == 300
    assert [row[0] for row in world.rows(select(ReferralReward.step).order_by(ReferralReward.step))] == [3, 5]
    assert world.rows(select(func.count()).where(Event.name == "referral_step"))[0][0] == 2
    with world.database.reading() as tx:
        program = tx.session.scalars(select(ReferralProgram)).one()
        assert referrals.leaders(tx.session, program.id)[0][:2] == (number, 6)
        (hint,) = referrals.suspicious(tx.session, program)
        assert (hint["property"], hint["value"], hint["count"]) == ("device", "D1", 3)


def test_nobody_brings_himself_nor_those_above_him(world: World) -> None:
    campaign(world)
    people = [world.person(name) for name in ("a", "b", "c")]
    codes = [code(world, number) for number in people]
    world.event("referred", "a", code=codes[0])
    world.event("referred", "b", code=codes[0])
    world.event("referred", "c", code=codes[1])
    world.event("referred", "a", code=codes[2])
    world.event("referred", "stranger", code="NOBODY22")
    world.run()
    assert states(world) == [("refused", "self"), ("counted", ""), ("counted", "")]


def test_two_who_turn_out_to_be_one_have_not_brought_each_other(world: World) -> None:
    campaign(world)
    keep, drop = world.person("lin"), world.person("lin-second-phone")
    mine = code(world, keep)
    world.event("referred", "lin-second-phone", code=mine)
    for n in range(2):
        world.event("referred", f"friend{n}", code=mine)
    world.run()
    assert len(world.rows(select(ReferralReward.id))) == 1
    with world.database.transaction() as tx:
        take_turn(tx.session, world.workspace)
        assert merging.merge(tx.session, world.workspace, keep, drop, "test", clock.now(tx.session))
    assert sorted(states(world)) == [("counted", ""), ("counted", ""), ("refused", "same_person")]
    world.event("referred", "friend9", code=mine)
    world.run()
    assert len(world.rows(select(ReferralReward.id))) == 1, "the step is given once"
