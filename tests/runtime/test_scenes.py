"""Tables of people, products and moments in journeys: branches, waits and texts ask the table as it is now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from audience import scenes
from audience.scenes import Wanted
from audience.tables_matching import SceneTable
from content.tables import Material
from journeys.tables import Enrollment
from store import clock
from tests.journeys.drawing import chart, rule
from tests.runtime.world import World, at

MOMENTS = [
    {"key": "evening", "name": "晚间", "from": "19:00", "to": "22:00", "weekdays": [], "workdays": False}
]


def row(
    key: str, name: str, *tags: str, who: Any = None, moments: tuple[str, ...] = ("evening",)
) -> dict[str, Any]:
    product = {"key": key, "name": name, "url": f"https://shop.example/{key}", "price": 99.0, "material": ""}
    base = {"key": f"row_{key}", "tags": list(tags), "who": who, "priority": 0, "until": None}
    return {**base, "product": product, "moments": list(moments)}


BUYERS = rule("history.order_paid.count", ">=", 1)
ROWS = [row("cream", "修护霜", who=BUYERS), row("mask", "舒缓面膜", "敏感肌"), row("soap", "洁面")]


def table(world: World, rows: list[dict[str, Any]]) -> None:
    with world.database.transaction() as tx:
        known = tx.session.scalars(select(SceneTable)).first()
        wanted = Wanted("每日推荐", [dict(one) for one in MOMENTS], rows, "daily")
        now = clock.now(tx.session)
        if known is None:
            scenes.create(tx.session, world.workspace, wanted, now, "林")
        else:
            scenes.change(tx.session, known, wanted, known.revision, now, "林")


def say(world: World, text: str, key: str = "hello") -> None:
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        given = {"key": key, "name": key, "carrier": "wecom_direct", "updated_at": now}
        tx.session.add(Material(workspace_id=world.workspace, body={"text": text}, **given))


def waits() -> dict[str, Any]:
    """Waits for the scene's next moment, says what it has, and ends by the product chosen."""
    branch = {"rules": [{"exit": "cream", "rule": rule("scene.daily", "=", "cream")}]}
    return chart(
        {"s": "w"},
        {
            "w": ("s", "wait", {"until": {"anchor": {"scene": "daily"}}}),
            "say": ("s", "send", {"carrier": "wecom_direct", "content": "hello"}),
            "which": ("s", "branch", branch),
        },
        [
            ("w", "next", "say"),
            ("say", "sent", "which"),
            ("which", "cream", "bought"),
            ("which", "else", "new"),
        ],
        {"bought": "cream", "new": "other"},
    )


def text(world: World) -> str:
    (said,) = world.texts()
    return said


def test_a_wait_a_text_and_a_branch_ask_the_same_table(world: World) -> None:
    table(world, ROWS)
    say(world, "{{ scene.daily.product.name }} {{ scene.daily.product.url }} {{ scene.daily.send_time }}")
    world.publish(waits())
    world.person("lin", tags=["敏感肌"])
    world.event("order_paid")
    world.signal("enroll", "main")
    world.run()
    assert world.rows(select(Enrollment.due_at))[0][0] == at("2026-03-02 19:00")
    world.go("2026-03-02 19:00")
    world.run()
    assert text(world) == "修护霜 https://shop.example/cream 19:00"
    assert world.rows(select(Enrollment.result))[0][0] == "cream"


def test_changing_the_table_takes_effect_at_once(world: World) -> None:
    table(world, ROWS)
    say(world, "{{ scene.daily.product.name | default: '好物' }}")
    world.publish(waits())
    world.person("lin", tags=["敏感肌"])
    world.signal("enroll", "main")
    world.run()
    table(world, [row("serum", "精华", "敏感肌")])
    world.go("2026-03-02 19:00")
    world.run()
    assert text(world) == "精华"
    assert world.rows(select(Enrollment.result))[0][0] == "other"


def test_a_text_falls_back_where_the_table_has_nothing(world: World) -> None:
    table(world, [row("mask", "舒缓面膜", "敏感肌")])
    say(world, "{{ scene.daily.product.name | default: '好物' }}")
    drawing = chart({"s": "say"}, {"say": ("s", "send", {"carrier": "wecom_direct", "content": "hello"})}, [])
    world.publish(drawing)
    world.person("lin")
    world.signal("enroll", "main")
    world.run()
    assert text(world) == "好物"
