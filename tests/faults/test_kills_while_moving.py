"""P10 at its fault point: workers are killed while people come over to another version, and while they are brought back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from journeys.tables import Enrollment, Trail
from store.tables import Outbox
from tests.faults import children
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP
from tests.runtime.test_moving_versions import SHORT, found, move, version

pytestmark = pytest.mark.faults
PEOPLE = [f"m{number}" for number in range(1200)]


def killed_again_and_again(shaken: Shaken) -> int:
    """Start a worker that dies in its first batch, in its second, in its third; returns how many died."""
    kills = 0
    for after in (1, 2, 1):
        shaken.database.engine.dispose()
        fault = ("publish.mid", "kill", after, 0.0)
        child = children.start(shaken.database.url, shaken.workspace, str(shaken.log), fault)
        child.join(60)
        kills += child.exitcode == -9
    return kills


def test_a_move_that_dies_in_the_middle_moves_everybody_once(shaken: Shaken) -> None:
    shaken.publish(SHOP)
    shaken.people(PEOPLE[:600])
    shaken.people(PEOPLE[600:])
    for half in (PEOPLE[:600], PEOPLE[600:]):
        shaken.events([("joined", who, None, None, {}) for who in half])
    shaken.run()
    shaken.publish(SHORT)
    made = move(shaken, 1, 2, **{"two-days": "offer"})
    assert killed_again_and_again(shaken) == 3
    shaken.run()
    assert (found(shaken, made.id).state, found(shaken, made.id).moved) == ("done", len(PEOPLE))
    records = shaken.rows(select(func.count()).where(Trail.op == "moved").group_by(Trail.enrollment_id))
    assert [count for (count,) in records] == [1] * len(PEOPLE)
    assert shaken.count(Enrollment, Enrollment.version_id == version(shaken, 2)) == len(PEOPLE)
    assert shaken.findings() == []
    back = move(shaken, 2, 1, undoes=made.id)
    assert killed_again_and_again(shaken) == 3
    shaken.run()
    assert found(shaken, back.id).moved == len(PEOPLE)
    assert shaken.findings() == []
    shaken.go("2026-03-04 10:00")
    # The offer of the version they were led to, and that of their own wait: one key each, handed over once each.
    assert max(shaken.provider.attempts().values()) == 1
    assert shaken.count(Outbox, Outbox.content == "offer") == 2 * len(PEOPLE)
    assert shaken.findings() == []
