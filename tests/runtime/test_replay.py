"""Real customers through the published beauty journey: the engine and the simulator write the same paths."""

from __future__ import annotations

import pytest

from runtime import demo, paths, replay
from runtime.database import Database
from runtime.plans import compiled
from runtime.verify import verify
from runtime.worker import Worker
from store import clock
from store.tables import Workspace

CUSTOMERS = 40
#: What both databases must give, so that one of them alone cannot drift.
SEEN: dict[str, str] = {}


def test_the_sample_is_whole() -> None:
    events = replay.read_sample()
    orders = [event for event in events if event.name == "order_paid"]
    assert len({event.customer for event in events}) == 2357
    assert len(orders) == 6919
    assert sum(event.name == "friend_added" for event in events) == 2357
    assert (events[0].at.isoformat(), events[-1].at.isoformat()) == (
        "1997-01-01T02:00:00+00:00",
        "1998-06-30T02:00:00+00:00",
    )


def test_some_customers_walk_as_in_the_simulator(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock._Mode, "virtual", True)
    some = {f"{number:04}" for number in range(1, CUSTOMERS + 1)}
    events = [event for event in replay.read_sample() if event.customer in some]
    database = Database(database_url)
    stage = replay.set_up(database, events)
    worker = Worker(database)
    replay.play(database, stage, events, lambda: worker.run_until_idle() and None)
    with database.reading() as tx:
        customers = {number: name for name, number in stage.people.items()}
        ours = paths.from_trail(tx.session, stage.journey_id, customers)
        key, definition = replay.definition_of(tx.session, stage.journey_id)
        workspace = tx.session.get(Workspace, stage.workspace_id)
        assert workspace is not None
        quiet = tuple(workspace.settings.get("quiet_hours") or ())
        until = clock.now(tx.session)
        assert verify(tx.session) == []
    plan = compiled(definition, key, workspace.timezone, quiet).plan
    theirs = paths.from_simulator(plan, events, stage.people, events[0].at)
    equal, first = paths.compare(paths.up_to(ours, until), paths.up_to(theirs, until))
    assert (equal, first) == (CUSTOMERS, None)
    assert SEEN.setdefault("digest", paths.digests(ours)) == paths.digests(ours)
    with pytest.raises(replay.NotEmpty):
        replay.set_up(database, events)
    database.close()


def test_the_first_difference_is_told() -> None:
    line = ("2026-01-01T00:00:00+00:00", "step", "s", "a", "next", None)
    other = (*line[:4], "late", None)
    equal, first = paths.compare({"1": [line], "2": [line, line]}, {"1": [line], "2": [line, other]})
    assert equal == 1
    assert first == paths.Difference("2", 2, line, other)


def test_a_worker_can_be_killed_again_and_again(database_url: str) -> None:
    """The demo's killer: it starts a worker, kills it, starts the next, and ends the last one well."""
    killer = demo.Killer(database_url, 0.5)
    killer.start()
    try:
        from tests.faults.children import wait_for

        wait_for(lambda: killer.kills >= 2, 30)
    finally:
        killer.stop()
    assert killer.kills >= 2
