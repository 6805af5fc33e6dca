"""P6: events in any order and any number give the same end as each once in its order."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.verify import verify
from tests.databases import Databases
from tests.runtime.charts import after, exits, journey, on_event, send, step, wait
from tests.runtime.world import World, at

#: Depends on the order of events and on time: an hour of silence, a reply within two hours, a second purchase.
CHART = journey(
    stages=[
        {"id": "new", "initial": "hour"},
        {"id": "asked", "initial": "listen"},
        {"id": "bought", "initial": "thank", "stay": True},
    ],
    steps=[
        wait("hour", "new", **{"for": "PT1H"}),
        send("ask", "new", "ask"),
        step("listen", "asked", "wait_event", events=[{"exit": "said", "event": "replied", "where": None}], longest={"for": "PT2H"}),
        step("warm", "asked", "tag", add=["warm"], remove=[]),
        send("thank", "bought", "thanks"),
    ],
    arrows=[
        exits("a1", "hour", "next", "ask"),
        exits("a2", "listen", "said", "warm"),
        on_event("a3", ["new", "asked"], "order_paid", "bought"),
        on_event("a4", "bought", "order_paid", "won"),
        on_event("a5", "new", "replied", "asked"),
        on_event("a6", "*", "friend_deleted", "lost"),
        after("a7", "new", "PT5H", "lost"),
    ],
    reentry={"mode": "never"},
)  # fmt: skip

EVENTS = st.lists(
    st.tuples(
        st.integers(0, 1000), st.sampled_from(["joined", "replied", "order_paid", "friend_deleted", "viewed"])
    ),
    min_size=6,
    max_size=6,
    unique_by=lambda event: event[0],
)
BEGIN = at("2026-03-02 10:00")


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One world for all examples; each has people of its own."""
    world = World(Databases(tmp_path_factory.mktemp("order")).fresh(), "2026-03-03 08:00")
    world.publish(CHART)
    yield world
    world.close()


NUMBERS = count()


@given(events=EVENTS, data=st.data())
def test_the_order_of_arrival_does_not_matter(
    lasting: World, events: list[tuple[int, str]], data: Any
) -> None:
    number = next(NUMBERS)
    shaken = data.draw(st.permutations(events)) + data.draw(st.lists(st.sampled_from(events), max_size=4))
    first, second = f"a{number}", f"b{number}"
    _post(lasting, first, sorted(events))
    _post(lasting, second, shaken)
    lasting.run()
    assert lasting.path(first) == lasting.path(second)
    assert _times(lasting, first) == _times(lasting, second)


def _post(world: World, who: str, events: list[tuple[int, str]]) -> None:
    from audience.events import take
    from store import clock

    rows = [
        {
            "name": name,
            "external_id": who,
            "event_id": f"{who}:{minute}",
            "occurred_at": BEGIN + timedelta(minutes=minute),
        }
        for minute, name in events
    ]
    with world.database.transaction() as tx:
        taken = take(tx.session, world.workspace, rows, clock.now(tx.session))
        assert not taken.errors and taken.duplicates == len(events) - len({minute for minute, _ in events})


def _times(world: World, who: str) -> list[Any]:
    return [
        (e.status, e.result, e.stage, e.step, e.entered_journey, e.entered_stage, e.step_due, e.ended_at)
        for e in world.enrollments(who)
    ]


def test_history_is_whole_after_all_that(lasting: World) -> None:
    with lasting.database.reading() as tx:
        assert verify(tx.session) == []
