"""The catalogue tells what a workspace has, and takes what an author declares."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from audience import catalogue
from audience.contacts import upsert
from tests.audience.conftest import NOW


def test_what_contacts_bring_is_suggested(session: Session, workspace: int, other: int) -> None:
    batch = [
        {"external_id": str(n), "attributes": {"city": "沪" if n % 3 else "京", "age": n}, "tags": ["新客"]}
        for n in range(9)
    ]
    upsert(session, workspace, batch, NOW)
    session.commit()
    found = catalogue.load(session, workspace)
    assert found.attributes == {"city": "text", "age": "number"} and found.tags == {"新客"}
    assert catalogue.values(session, workspace, "city") == ["沪", "京"]
    assert len(catalogue.values(session, workspace, "age", most=4)) == 4
    assert catalogue.values(session, other, "city") == []
    assert catalogue.load(session, other).tags == frozenset()


def test_declared_names_stay_beside_met_ones(session: Session, workspace: int) -> None:
    upsert(session, workspace, [{"external_id": "u", "attributes": {"age": 3}}], NOW)
    catalogue.declare(
        session,
        workspace,
        NOW,
        events={"order_paid": {"amount": "number"}},
        attributes={"age": "text", "birthday": "date"},
        tags={"vip": "贵宾"},
    )
    session.commit()
    found = catalogue.load(session, workspace)
    assert found.attributes == {"age": "number", "birthday": "date"}
    assert found.events["order_paid"].own_doing and found.titles == {("tag", "vip"): "贵宾"}
    with pytest.raises(ValueError, match="number9 is no type"):
        catalogue.declare(session, workspace, NOW, attributes={"x": "number9"})


def test_an_author_may_say_what_counts_as_activity(session: Session, workspace: int) -> None:
    catalogue.declare(session, workspace, NOW, events={"order_paid": {}, "parcel_lost": {}})
    assert catalogue.describe(session, workspace, "event", "parcel_lost", own_doing=True, title="丢件")
    assert catalogue.describe(session, workspace, "event", "order_paid", own_doing=False)
    assert not catalogue.describe(session, workspace, "event", "unheard", own_doing=True)
    session.commit()
    assert catalogue.load(session, workspace).own_doing == {"parcel_lost"}
    assert {"parcel_lost", "replied"} <= catalogue.own_doing(session, workspace)
    assert "order_paid" not in catalogue.own_doing(session, workspace)
