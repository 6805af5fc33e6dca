"""P3: a carrier that honours keys, one that ignores them, and one that answers after we stopped waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from runtime.worker import Worker
from store.tables import Outbox
from tests.databases import Databases
from tests.faults.provider import Provider, registry
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP

pytestmark = pytest.mark.faults

PEOPLE = [f"p{number}" for number in range(60)]


@pytest.mark.parametrize("keeps_keys", [True, False], ids=["honours keys", "ignores keys"])
def test_p3_a_carrier_that_answers_too_late(databases: Databases, tmp_path: Path, keeps_keys: bool) -> None:
    """It did what we asked, each third time without a word: tried again under the same key, or listed as unknown."""
    shaken = Shaken(databases.fresh(), tmp_path / "log", keeps_keys=keeps_keys)
    late = Provider(shaken.log, keeps_keys=keeps_keys, silent_every=3)
    late.most = 7 if keeps_keys else 1
    shaken.worker = Worker(shaken.database, registry=registry(late, shaken.workspace))
    shaken.publish(SHOP)
    shaken.people(PEOPLE)
    shaken.events([("joined", who, None, None, {}) for who in PEOPLE])
    shaken.run()
    for minute in ("10:05", "10:20", "10:59"):
        shaken.go(f"2026-03-02 {minute}")
    attempts = shaken.provider.attempts()
    states = dict(shaken.rows(select(Outbox.key, Outbox.state)))
    assert set(attempts) == set(states) and len(states) == len(PEOPLE)
    if keeps_keys:
        assert set(states.values()) == {"delivered"}, "the carrier told them apart by their keys"
        assert max(attempts.values()) > 1
    else:
        assert max(attempts.values()) == 1, "nobody hears it twice"
        assert list(states.values()).count("unknown") == len(PEOPLE) // 3, "each ambiguous one is listed"
    assert shaken.findings() == []
    shaken.close()
