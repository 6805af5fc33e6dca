"""A group and a person with the same id never hear each other: what happens to the ones changes nothing for the others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from journeys.tables import Enrollment
from runtime.verify import verify
from store.subjects import of_group
from tests.databases import Databases
from tests.runtime.charts import exits, journey, on_event, step
from tests.runtime.grouped import Grouped

SUBJECTS, OPS = 4, 60
NAMES = ("joined", "replied", "paid", "left")
Lived = list[list[object]]


@pytest.fixture
def new_world(databases: Databases) -> Iterator[Callable[[], Grouped]]:
    made: list[Grouped] = []

    def make() -> Grouped:
        made.append(Grouped(databases.fresh()))
        return made[-1]

    yield make
    for one in made:
        one.close()


def drawn(subject: str) -> dict:  # type: ignore[type-arg]
    """The same journey for both: asks, thanks or reminds, wears a tag, and hears a purchase anywhere."""
    asks = {"events": [{"exit": "yes", "event": "replied", "where": None}], "longest": {"for": "PT3H"}}
    carrier = "wecom_group" if subject == "group" else "wecom_direct"
    made = journey(
        stages=[{"id": "s", "initial": "ask"}, {"id": "bought", "stay": True}],
        steps=[
            step("ask", "s", "wait_event", **asks),
            step("thank", "s", "send", carrier=carrier, content="thank"),
            step("wear", "s", "tag", add=["回复过"], remove=[]),
            step("remind", "s", "send", carrier=carrier, content="remind"),
        ],
        arrows=[
            *(exits("y", "ask", "yes", "wear"), exits("w", "wear", "next", "thank")),
            *(exits("n", "ask", "timeout", "remind"), exits("r", "remind", "sent", "ask")),
            on_event("p", "s", "paid", "bought"),
            on_event("out", "*", "left", "lost"),
        ],
    )
    return made | {"subject": subject, "settings": {**made["settings"], "reentry": {"mode": "after_exit"}}}


def live(world: Grouped, seed: int, who: tuple[str, ...]) -> dict[str, Lived]:
    """The same things happen at the same times to persons and to groups; only those named in `who` hear of them."""
    dice = random.Random(seed)
    persons = [world.person(f"c{n}") for n in range(SUBJECTS)]
    groups = [world.group(f"g{n}") for n in range(SUBJECTS)]
    assert persons == groups, "the ids are the same"
    for subject in ("contact", "group"):
        world.publish(drawn(subject), f"of-{subject}")
    minute = 0
    for op in range(OPS):
        kind, name, n = dice.choice(("contact", "group")), dice.choice(NAMES), dice.randrange(SUBJECTS)
        minute += dice.randrange(1, 60)
        if kind in who:
            when = f"2026-03-02 {10 + minute // 60:02}:{minute % 60:02}" if minute < 840 else None
            if kind == "contact":
                world.event(name, f"c{n}", when if op % 5 == 0 else None, id=f"e{op}")
            else:
                world.in_group(name, f"g{n}", id=f"e{op}")
        if op % 6 == 5:
            day, rest = divmod(600 + minute, 1440)
            world.go(f"2026-03-{2 + day:02} {rest // 60:02}:{rest % 60:02}")
    with world.database.transaction() as tx:
        assert verify(tx.session) == []
    return {
        "contact": [[world.standing(one), world.trail_of(one)] for one in persons],
        "group": [[world.standing(of_group(one)), world.trail_of(of_group(one))] for one in groups],
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_what_happens_to_the_ones_changes_nothing_for_the_others(
    new_world: Callable[[], Grouped], seed: int
) -> None:
    both = new_world()
    lived = live(both, seed, ("contact", "group"))
    assert lived["contact"] == live(new_world(), seed, ("contact",))["contact"]
    assert lived["group"] == live(new_world(), seed, ("group",))["group"]
    assert any(standing for standing, _ in lived["contact"]) and any(s for s, _ in lived["group"])
    kinds = {(kind, number < 0) for kind, number in both.rows(_kinds())}
    assert kinds == {("contact", False), ("group", True)}


def _kinds() -> object:
    from sqlalchemy import select

    return select(Enrollment.subject_kind, Enrollment.subject_id)
