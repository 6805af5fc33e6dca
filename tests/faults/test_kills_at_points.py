"""P1 and P3: wherever a worker is killed, history is the same as if it had lived, and nobody hears a thing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import Databases
from tests.faults.shaken import Shaken

pytestmark = pytest.mark.faults

POINTS = (
    "event.after_persist",
    "event.before_match",
    "wait.before_register",
    "wait.after_register",
    "timer.before_insert",
    "counter.before_commit",
    "claim.after_commit",
    "render.before",
    "send.before",
    "send.after_provider_ok",
    "result.before_commit",
    "result.after_commit",
)


#: At each point, in the night.
KILLS = 50


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    """What becomes of everybody when no worker dies."""
    folder = tmp_path_factory.mktemp("undisturbed")
    world = Shaken(Databases(folder).fresh(), folder / "provider.log")
    world.live()
    assert world.findings() == []
    history = world.history()
    world.close()
    return history


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_changes_nothing(
    point: str, shaken: Shaken, undisturbed: dict[str, list[tuple[object, ...]]]
) -> None:
    shaken.live(fault=(point, "kill", 1, 0.0))
    assert shaken.kills >= 5, f"{point} was passed in {shaken.kills} phases only"
    assert shaken.history() == undisturbed
    assert shaken.findings() == []
    assert shaken.unread() == 0
    states = {state for who in ("c0", "c3", "c5", "c9") for _, state in shaken.messages(who)}
    assert states <= {"delivered", "withdrawn"}


@pytest.mark.nightly
@pytest.mark.parametrize("point", POINTS)
def test_p1_fifty_kills_at_each_point(
    point: str, databases: Databases, tmp_path: Path, undisturbed: dict[str, list[tuple[object, ...]]]
) -> None:
    kills = lives = 0
    while kills < KILLS:
        world = Shaken(databases.fresh(), tmp_path / f"log-{lives}")
        world.live(fault=(point, "kill", 1, 0.0))
        assert world.kills >= 5, f"{point} was passed in {world.kills} phases only"
        assert world.history() == undisturbed
        assert world.findings() == []
        kills, lives = kills + world.kills, lives + 1
        world.close()


def test_a_provider_without_keys_never_hears_a_message_twice(databases: Databases, tmp_path: Path) -> None:
    world = Shaken(databases.fresh(), tmp_path / "log", keeps_keys=False)
    world.live(fault=("send.after_provider_ok", "kill", 2, 0.0))
    assert world.kills >= 3
    attempts = world.provider.attempts()
    assert attempts and max(attempts.values()) == 1
    unknown = [
        key for who in set(world.history()) for key, state in world.messages(who) if state == "unknown"
    ]
    assert len(unknown) == world.kills, "each message whose outcome nobody knows is listed, and no other"
    assert world.findings() == []
    world.close()
