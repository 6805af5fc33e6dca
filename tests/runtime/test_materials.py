"""Messages as they go out: the version that counts, the contact's variant, filled slots, and nothing that is over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from audience.tables_people import Staff, StaffRelation
from content import fills, materials, policies
from content.tables import Material
from content.tables_materials import VariantMessage
from store.tables import Outbox
from tests.runtime.charts import SHOP
from tests.runtime.world import World, at

OPEN = '新品。{% slot "场景" %}你好{% endslot %}满减。'


def rewrite(world: World, text: str, **more: Any) -> Material:
    with world.database.transaction() as tx:
        row = materials.get(tx.session, world.workspace, "welcome")
        changed = materials.change(
            tx.session,
            world.workspace,
            "welcome",
            revision=None,
            name="欢迎",
            carrier=row.carrier,
            body={"text": text},
            now=at("2026-03-02 10:00"),
            **more,
        )
        tx.session.flush()
        tx.session.expunge(changed)
    return changed


def said(world: World) -> dict[str, Any]:
    (row,) = world.rows(
        select(Outbox.rendered, Outbox.state, Outbox.reason).where(Outbox.content == "welcome")
    )
    return dict(row.rendered or {}) | {"state": row.state, "reason": row.reason}


def test_the_approved_version_goes_out_and_the_message_keeps_its_number(world: World) -> None:
    world.publish(SHOP)
    approved = rewrite(world, "通过的话")
    with world.database.transaction() as tx:
        tx.session.execute(update(Material).values(approved_version=approved.version, status="approved"))
        policies.write(tx.session, world.workspace, policies.Policy(review="error"))
    rewrite(world, "还没有审的话")
    world.person("lin")
    world.event("joined")
    world.run()
    told = said(world)
    assert told["text"] == "通过的话"
    assert told["material"] == {"id": approved.id, "version": approved.version}


def test_slots_are_filled_for_the_customers_of_that_member_of_staff(world: World) -> None:
    world.publish(SHOP)
    row = rewrite(world, OPEN)
    lin = world.person("lin")
    with world.database.transaction() as tx:
        now = at("2026-03-01 10:00")
        mei = Staff(workspace_id=world.workspace, key="mei", name="小美", active=True, created_at=now)
        tx.session.add(mei)
        tx.session.flush()
        friend = StaffRelation(workspace_id=world.workspace, contact_id=lin, staff_id=mei.id)
        friend.since = friend.updated_at = now
        tx.session.add(friend)
        material = tx.session.get_one(Material, row.id)
        for staff, words in ((0, "品牌说"), (mei.id, "{{ contact.name }}小美说")):
            fills.fill(tx.session, material, "场景", words, staff=staff, now=now, by="t")
    world.event("joined")
    world.run()
    told = said(world)
    assert told["text"] == "新品。{{ contact.name }}小美说满减。"
    assert told["material"]["slots"] == {"场景": "{{ contact.name }}小美说"}


def test_each_message_of_a_comparison_is_noted(world: World) -> None:
    world.publish(SHOP)
    row = rewrite(world, "甲", variants=[{"key": "b", "weight": 50, "body": {"text": "乙"}}])
    for number in range(40):
        world.person(f"p{number}")
        world.event("joined", f"p{number}")
    world.run()
    noted = world.rows(
        select(VariantMessage.variant, Outbox.rendered).join(Outbox, Outbox.id == VariantMessage.outbox_id)
    )
    assert len(noted) == 40 and {one.variant for one in noted} == {"a", "b"}
    assert all(one.rendered["text"] == {"a": "甲", "b": "乙"}[one.variant] for one in noted)
    assert all(one.rendered["material"]["id"] == row.id for one in noted)


def test_what_has_expired_is_told_nobody(world: World) -> None:
    world.publish(SHOP)
    rewrite(world, "旧活动", about={"expires_at": at("2026-03-01 00:00")})
    world.person("lin")
    world.event("joined")
    world.run()
    told = said(world)
    assert (told["state"], told["reason"]) == ("expired", "the material welcome has expired")
