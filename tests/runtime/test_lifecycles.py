"""A moved due date through the whole engine: the stage moves, journeys hear it, and waits counted from it ring anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from audience import lifecycles
from audience.lifecycle_models import MOTHER
from audience.lifecycles import Life
from audience.tables import Contact
from journeys.tables import Enrollment
from store import clock
from tests.journeys.drawing import chart
from tests.runtime.world import World, at

#: The birth date wins once it is given; until then it is counted from the due date.
BORN = {"attribute": "birth_date", "else": {"attribute": "due_date"}}


def mothers(world: World) -> None:
    stages = [
        {"key": s.key, "name": s.name[0], "rule": s.rule, "from_days": s.from_days} for s in MOTHER.stages
    ]
    life = Life("母婴", stages, key="baby", dates=dict(MOTHER.dates or {}))
    with world.database.transaction() as tx:
        lifecycles.create(tx.session, world.workspace, life, clock.now(tx.session), "林")
    world.run()


def say(content: str) -> dict[str, str]:
    return {"carrier": "wecom_direct", "content": content}


def stage(world: World) -> str | None:
    world.run()
    return world.rows(select(Contact.tiers))[0][0].get("baby")


def sent(world: World) -> list[str]:
    return [content for content, _ in world.messages("mei")]


def wakes(world: World) -> Any:
    return world.rows(select(Enrollment.due_at))[0][0]


def test_a_moved_due_date_moves_the_stage_and_every_wait_that_counts_from_it(world: World) -> None:
    mothers(world)
    # The clock says 2 March 2026, 10:00. 「待产」 is said two weeks before, 「满月」 30 days after the birth.
    world.publish(
        chart(
            {"care": "before"},
            {
                "before": ("care", "wait", {"until": {"anchor": BORN, "offset": "-P14D", "at": "20:00"}}),
                "ready": ("care", "send", say("ready")),
                "after": ("care", "wait", {"until": {"anchor": BORN, "offset": "P30D", "at": "09:00"}}),
                "month": ("care", "send", say("month")),
            },
            [
                ("before", "next", "ready"),
                ("ready", "sent", "after"),
                ("after", "next", "month"),
                ("month", "sent", "end"),
            ],
            {"end": "done"},
        )
    )
    world.person("mei", attributes={"due_date": "2026-05-20"})
    world.signal("enroll", "main", "mei")
    world.run()
    assert stage(world) == "pregnant" and wakes(world) == at("2026-05-06 20:00")

    world.person("mei", attributes={"due_date": "2026-04-25"})
    assert stage(world) == "pregnant" and wakes(world) == at("2026-04-11 20:00")
    world.go("2026-04-11 20:01")
    world.run()
    assert sent(world) == ["ready"]
    assert wakes(world) == at("2026-05-25 09:00")

    # The child comes early: the stage follows at once, and what counts from the due date counts from the birth now.
    world.go("2026-04-13 08:00")
    world.person("mei", attributes={"birth_date": "2026-04-12"})
    assert stage(world) == "confinement" and wakes(world) == at("2026-05-12 09:00")
    world.go("2026-05-12 09:01")
    world.run()
    assert sent(world) == ["ready", "month"]
    assert [result for (result,) in world.rows(select(Enrollment.result))] == ["done"]
    world.go("2026-05-24 00:01")
    assert stage(world) == "m0_6", "42 days from birth by the calendar alone"


def test_a_journey_begins_where_a_stage_is_entered(world: World) -> None:
    mothers(world)
    world.publish(
        {
            **chart({"wait": {"stay": True}}, {}, [], {"baby": "baby"}),
            "arrows": [
                {
                    "id": "born",
                    "from": "wait",
                    "on": {"type": "changed", "field": "tier.baby"},
                    "where": {
                        "combinator": "and",
                        "rules": [{"field": "tier.baby", "operator": "=", "value": "confinement"}],
                    },
                    "to": "baby",
                }
            ],
        }
    )
    world.person("mei", attributes={"due_date": "2026-03-05"})
    world.signal("enroll", "main", "mei")
    world.run()
    assert stage(world) == "pregnant"
    world.go("2026-03-05 00:01")
    assert stage(world) == "confinement"
    world.run()
    assert [result for (result,) in world.rows(select(Enrollment.result))] == ["baby"]
