"""The demo workspace: an invented shop's ninety days, made once, with history whole and the clock given back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from journeys.tables import Counter, Enrollment
from runtime import shop
from runtime.database import Database
from runtime.verify import verify
from store import clock
from store.tables import Outbox, VirtualClock
from tests.databases import Databases

NOW = datetime(2026, 5, 20, 9, tzinfo=UTC)


def test_the_shop_is_made_once_and_its_people_stand_in_many_stages(
    sqlite_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "PEOPLE", 60)
    url = sqlite_databases.fresh()
    assert shop.make(url, NOW)
    assert not shop.make(url, NOW), "a second start leaves it alone"
    database = Database(url)
    with database.reading() as tx:
        assert tx.session.scalar(select(func.count()).select_from(VirtualClock)) == 0
        monkeypatch.setattr(clock, "now", lambda session: NOW)
        assert verify(tx.session) == []
        assert tx.session.scalar(select(func.count()).select_from(Enrollment)) >= 55
        standing = tx.session.scalars(select(Counter.node).where(Counter.here > 0)).all()
        assert len(standing) >= 5
        assert tx.session.scalar(select(func.count()).where(Outbox.state == "delivered")) > 100
    database.close()
