"""Coupons through the whole engine: one code for each issue, limits, texts, redemption and expiry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from audience import coupon_codes, coupons
from audience.coupons import Want
from audience.tables_rewards import CouponCode, CouponIssue, CouponPool
from content.tables import Material
from journeys.tables import Enrollment
from store import clock
from store.tables import Outbox
from tests.runtime.charts import journey
from tests.runtime.world import World


def pool(world: World, codes: int = 3, **given: Any) -> CouponPool:
    """A pool 新人券 with codes C1, C2 …"""
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        kept = CouponPool(
            **{
                "workspace_id": world.workspace, "key": "welcome", "name": "新人券", "kind": "uploaded", "form": {},
                "value": "满 200 减 30", "created_at": now, "updated_at": now, "event": "order_paid", **given,
            }
        )  # fmt: skip
        tx.session.add(kept)
        tx.session.flush()
        coupon_codes.add(tx.session, kept, [f"C{n}" for n in range(1, codes + 1)])
        tx.session.expunge(kept)
    return kept


def gives(*, then: str = "told", **config: Any) -> dict[str, Any]:
    """Issues a coupon and tells of it; ends as `given` or `none`."""
    return journey(
        stages=[{"id": "s", "initial": "coupon"}],
        entries=[{"id": "in", "on": {"type": "hand"}, "to": "s"}],
        steps=[
            {"id": "coupon", "stage": "s", "kind": "coupon", "config": {"pool": "welcome", **config}},
            {"id": "tell", "stage": "s", "kind": "send", "config": {"carrier": "wecom_direct", "content": "code"}},
        ],
        arrows=[
            {"id": "a", "from": "coupon", "exit": "issued", "to": "tell"},
            {"id": "b", "from": "tell", "exit": "sent", "to": "given"},
            {"id": "c", "from": "coupon", "exit": "empty", "to": "none"},
        ],
        ends=[{"id": "given", "result": "converted"}, {"id": "none", "result": "lost"}],
    )  # fmt: skip


def text(world: World) -> None:
    with world.database.transaction() as tx:
        said = "{{ contact.name }}：{{ coupon.welcome.value }}，券码 {{ coupon.welcome.code }}，{{ coupon.welcome.expires | default: '长期' }}有效"
        tx.session.add(
            Material(
                workspace_id=world.workspace, key="code", name="code", carrier="wecom_direct",
                body={"text": said}, updated_at=clock.now(tx.session),
            )
        )  # fmt: skip


def results(world: World) -> list[str | None]:
    return [row[0] for row in world.rows(select(Enrollment.result).order_by(Enrollment.subject_id))]


def issued(world: World) -> list[str]:
    return [row[0] for row in world.rows(select(CouponIssue.code).order_by(CouponIssue.id))]


def test_each_gets_a_code_of_his_own_and_the_text_says_it(world: World) -> None:
    pool(world, valid_days=7)
    text(world)
    world.publish(gives())
    for name in ("lin", "wang"):
        world.person(name)
        world.signal("enroll", "main", name)
    world.run()
    assert sorted(issued(world)) == ["C1", "C2"] and results(world) == ["converted", "converted"]
    texts = [row[0]["text"] for row in world.rows(select(Outbox.rendered).order_by(Outbox.contact_id))]
    codes = [row[0] for row in world.rows(select(CouponIssue.code).order_by(CouponIssue.contact_id))]
    for said, code in zip(texts, codes, strict=True):
        assert f"满 200 减 30，券码 {code}，2026-03-09 10:00有效" in said


def test_who_comes_when_the_pool_is_dry_leaves_by_empty(world: World) -> None:
    pool(world, codes=2)
    text(world)
    world.publish(gives())
    for n in range(20):
        world.person(f"p{n}")
        world.signal("enroll", "main", f"p{n}")
    world.run()
    assert sorted(issued(world)) == ["C1", "C2"]
    assert sorted(map(str, results(world))) == ["converted"] * 2 + ["lost"] * 18


def test_nobody_has_more_than_his_share(world: World) -> None:
    pool(world, codes=9, per_person=1)
    text(world)
    first = world.publish(gives())
    world.publish(gives(), key="second")
    assert first
    world.person("lin")
    world.signal("enroll", "main")
    world.signal("enroll", "second")
    world.run()
    assert len(issued(world)) == 1 and sorted(map(str, results(world))) == ["converted", "lost"]


def test_a_code_for_all_is_given_as_often_as_it_says(world: World) -> None:
    pool(world, codes=0, kind="shared", code="SPRING", total=3)
    text(world)
    world.publish(gives())
    for n in range(5):
        world.person(f"p{n}")
        world.signal("enroll", "main", f"p{n}")
    world.run()
    assert issued(world) == ["SPRING"] * 3
    assert world.rows(select(CouponPool.taken))[0][0] == 3


def test_the_same_try_again_gives_the_same_code(world: World) -> None:
    pool(world)
    number = world.person("lin")
    codes = []
    for _ in range(2):
        with world.database.transaction() as tx:
            now = clock.now(tx.session)
            (one,) = coupons.issue(
                tx.session, world.workspace, [Want(number, "welcome", "order-1", now)], now
            )
            assert one is not None
            codes.append((one.code, one.fresh))
    assert codes == [("C1", True), ("C1", False)] and issued(world) == ["C1"]


def test_an_order_with_the_code_redeems_it_once_and_the_journey_hears(world: World) -> None:
    pool(world)
    text(world)
    world.publish(
        journey(
            stages=[{"id": "s", "initial": "coupon", "stay": True}],
            entries=[{"id": "in", "on": {"type": "hand"}, "to": "s"}],
            steps=[{"id": "coupon", "stage": "s", "kind": "coupon", "config": {"pool": "welcome"}}],
            arrows=[{"id": "a", "from": "s", "on": {"type": "event", "name": "coupon_redeemed"}, "to": "used"}],
            ends=[{"id": "used", "result": "converted"}],
        )
    )  # fmt: skip
    world.person("lin")
    world.signal("enroll", "main")
    world.run()
    for _ in range(2):
        world.event("order_paid", coupon="C1", amount=240)
    world.run()
    assert results(world) == ["converted"]
    (row,) = world.rows(select(CouponIssue.state, CouponIssue.redeemed_by))
    assert row[0] == "redeemed" and row[1].startswith("event:")
    from audience.tables import Event

    assert world.rows(select(func.count()).where(Event.name == "coupon_redeemed"))[0][0] == 1


def test_a_coupon_runs_out_by_the_clock_and_then_redeems_no_more(world: World) -> None:
    from audience.tables import Event

    pool(world, valid_days=3)
    text(world)
    world.publish(gives())
    world.person("lin")
    world.signal("enroll", "main")
    world.run()
    world.go("2026-03-05 10:00")
    assert world.rows(select(CouponIssue.state))[0][0] == "expired"
    assert world.rows(select(func.count()).where(Event.name == "coupon_expired"))[0][0] == 1
    world.event("order_paid", coupon="C1")
    world.run()
    assert world.rows(select(CouponIssue.state))[0][0] == "expired"


def test_a_pool_that_is_off_or_over_gives_nothing(world: World) -> None:
    pool(world, state="off")
    text(world)
    world.publish(gives())
    world.person("lin")
    world.signal("enroll", "main")
    world.run()
    assert issued(world) == [] and results(world) == ["lost"]
    with world.database.transaction() as tx:
        tx.session.execute(update(CouponPool).values(state="on", valid_until=clock.now(tx.session)))
    world.person("wang")
    world.signal("enroll", "main", "wang")
    world.run()
    assert issued(world) == []


def test_codes_are_made_in_portions_and_each_bears_its_check(world: World) -> None:
    form = {"length": 8, "alphabet": "clear", "prefix": "VIP-"}
    pool(world, codes=0, kind="generated", form=form, total=25_000)
    while True:
        with world.database.transaction() as tx:
            if not coupon_codes.make_some(tx.session, clock.now(tx.session)):
                break
    codes = [row[0] for row in world.rows(select(CouponCode.code))]
    assert len(codes) == 25_000 == len(set(codes))
    alphabet = coupon_codes.CLEAR
    assert all(coupon_codes.is_well_formed(code, "VIP-", 8, alphabet) for code in codes[:500])
    wrong = codes[0][:-2] + ("2" if codes[0][-2] != "2" else "3") + codes[0][-1]
    assert not coupon_codes.is_well_formed(wrong, "VIP-", 8, alphabet)
