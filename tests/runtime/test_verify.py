"""The checker finds what is planted: each kind of damage by its own code."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from runtime.verify import verify
from tests.runtime.charts import SHOP
from tests.runtime.world import World

DAMAGE = {
    "counter-drift": "UPDATE counter SET passed = passed + 1 WHERE node = 'greet'",
    "step-twice": (
        "INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, visit, seq)"
        " SELECT workspace_id, enrollment_id, version_id, at, op, stage, step, exit, visit, seq FROM trail"
        " WHERE op = 'step'"
    ),
    "visit-gap": "DELETE FROM trail WHERE op = 'stage'",
    "no-opening": "DELETE FROM trail WHERE op = 'open'",
    "no-trail": "DELETE FROM trail",
    "message-lost": "DELETE FROM outbox",
    "message-stray": "UPDATE outbox SET seq = 99",
    "stuck": "UPDATE enrollment SET due_at = entered_journey",
    "asleep": "UPDATE enrollment SET due_at = NULL",
    "unread": "UPDATE inbox SET state = 'new'",
    "beyond-trail": "UPDATE enrollment SET visit = visit + 1",
}


def living(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.go("2026-03-02 12:00")


def codes(world: World) -> set[str]:
    with world.database.reading() as tx:
        return {finding.code for finding in verify(tx.session)}


def test_a_whole_history_has_no_findings(world: World) -> None:
    living(world)
    assert codes(world) == set()


@pytest.mark.parametrize("code", DAMAGE)
def test_damage_is_found(world: World, code: str) -> None:
    living(world)
    with world.database.transaction() as tx:
        tx.session.execute(text(DAMAGE[code]))
    assert code in codes(world)
