"""The live count: everybody if that can be had soon, else a part drawn by lot that says what it is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from audience import segment_count
from audience.segment_count import count
from audience.tables import Contact, Event
from rules.conditions import parse
from rules.sql import NotForContacts
from tests.audience.conftest import NOW

PEOPLE = 900
BOUGHT = {"field": "history.order_paid.count", "operator": ">=", "value": 1, "within": "P7D"}
SHANGHAI = {"field": "attribute.city", "operator": "=", "value": "上海"}


@pytest.fixture
def crowd(session: Session, workspace: int, other: int) -> int:
    """A third in 上海, a third has bought; another workspace's people lie between them."""
    rows: list[dict[str, Any]] = []
    for n in range(PEOPLE * 2):
        attributes = {"city": "上海" if n % 6 < 2 else "北京"} | (
            {"no_profiling": True} if n in (0, 6) else {}
        )
        rows.append(
            {
                "workspace_id": (workspace, other)[n % 2],
                "external_id": f"u{n}",
                "name": "",
                "attributes": attributes,
                "tags": [],
                "tiers": {},
                "created_at": NOW,
                "updated_at": NOW,
            }
        )
    session.execute(insert(Contact), rows)
    bought = [
        {
            "id": n + 1,
            "workspace_id": workspace,
            "contact_id": n * 6 + 1,
            "name": "order_paid",
            "occurred_at": NOW,
            "stored_at": NOW,
            "properties": {},
        }
        for n in range(PEOPLE // 3)
    ]
    session.execute(insert(Event), bought)
    session.commit()
    return workspace


def test_everybody_is_counted_and_nobody_of_another_workspace(session: Session, crowd: int) -> None:
    found = count(session, crowd, parse(SHANGHAI), NOW)
    assert (found.count, found.exact, found.sampled) == (PEOPLE // 3 - 2, True, None)
    assert count(session, crowd, parse(BOUGHT), NOW).count == PEOPLE // 3 - 2
    assert count(session, crowd, parse({"not": True, "rules": [BOUGHT]}), NOW).count == PEOPLE * 2 // 3
    assert found.took_ms > 0


@pytest.mark.parametrize("drawn", [200, 10_000])
def test_what_would_take_too_long_is_worked_out_from_a_part(
    session: Session, crowd: int, drawn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if session.get_bind().dialect.name != "postgresql":
        monkeypatch.setattr(segment_count, "SOON_MS", 0)
        found = count(session, crowd, parse(BOUGHT), NOW)
        assert found.exact and found.count == PEOPLE // 3 - 2, (
            "SQLite counts everybody, however long it takes"
        )
        return

    def too_slow(*_: Any) -> int:
        from sqlalchemy import text

        session.execute(text("SELECT pg_sleep(5)"))
        return 0

    monkeypatch.setattr(segment_count, "_whole", too_slow)
    monkeypatch.setattr(segment_count, "SOON_MS", 60)
    monkeypatch.setattr(segment_count, "DRAWN", drawn)
    monkeypatch.setattr(segment_count, "MOST_DRAWN", drawn * 4)
    found = count(session, crowd, parse(BOUGHT), NOW)
    assert not found.exact and found.sampled
    if drawn == 10_000:
        assert (found.count, found.sampled) == (PEOPLE // 3 - 2, PEOPLE)
    else:
        assert found.sampled < PEOPLE and abs(found.count - PEOPLE // 3) < PEOPLE // 6
    # The transaction is as it was: it can be gone on with, and its settings are its own.
    assert session.connection().exec_driver_sql("SHOW statement_timeout").scalar() == "1min"


def test_an_empty_workspace_has_nobody(session: Session, workspace: int) -> None:
    assert count(session, workspace, parse(SHANGHAI), NOW).count == 0


def test_what_only_a_journey_knows_cannot_be_counted(session: Session, workspace: int) -> None:
    with pytest.raises(NotForContacts):
        count(session, workspace, parse({"field": "stage", "operator": "=", "value": "a"}), NOW)
