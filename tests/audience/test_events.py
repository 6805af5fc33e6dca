"""Events are checked at the door, taken once, and move on once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from audience import catalogue
from audience.contacts import upsert
from audience.events import learn, record, take
from audience.tables import Event
from store.tables import Inbox
from tests.audience.conftest import NOW


def count(session: Session, table: type) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_the_same_event_id_is_taken_once(session: Session, workspace: int, other: int) -> None:
    event = {"event_id": "e1", "name": "paid", "external_id": "u1", "properties": {"amount": 9.5}}
    first = take(session, workspace, [event, event, event | {"event_id": "e2"}], NOW)
    session.commit()
    assert (first.accepted, first.duplicates, first.errors) == (2, 1, [])
    again = take(session, workspace, [event, event | {"event_id": None}], NOW)
    assert (again.accepted, again.duplicates) == (1, 1)
    assert take(session, other, [event], NOW).accepted == 1
    session.commit()
    row = session.scalars(
        sa.select(Inbox).where(Inbox.event_id == "e1", Inbox.workspace_id == workspace)
    ).one()
    assert (row.kind, row.name, row.identity, row.contact_id) == (
        "event",
        "paid",
        {"external_id": "u1"},
        None,
    )
    assert (row.occurred_at, row.stored_at, row.data, row.state) == (NOW, NOW, {"amount": 9.5}, "new")


def test_times_are_kept_to_the_microsecond_and_in_utc(session: Session, workspace: int) -> None:
    batch = [{"name": "a", "external_id": "u", "occurred_at": "2026-03-01T09:30:00.123456+08:00"}]
    assert take(session, workspace, batch, NOW).accepted == 1
    session.commit()
    row = session.scalars(sa.select(Inbox)).one()
    assert row.occurred_at == datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=UTC)
    assert row.occurred_at.tzinfo is UTC or row.occurred_at.utcoffset() == timedelta(0)


BAD: list[tuple[Any, str]] = [
    ([], "events.0"),
    ({"external_id": "u"}, "events.0.name"),
    ({"name": "order paid", "external_id": "u"}, "events.0.name"),
    ({"name": "receipt", "external_id": "u"}, "events.0.name"),
    ({"name": "a"}, "events.0"),
    ({"name": "a", "external_id": "u", "contact_id": 1}, "events.0"),
    ({"name": "a", "contact_id": 999}, "events.0.contact_id"),
    ({"name": "a", "contact_id": True}, "events.0.contact_id"),
    ({"name": "a", "contact_id": 2**63}, "events.0.contact_id"),
    ({"name": "a", "identity": {}}, "events.0.identity"),
    ({"name": "a", "identity": {"phone": 1}}, "events.0.identity.phone"),
    ({"name": "a", "external_id": "u", "event_id": ""}, "events.0.event_id"),
    ({"name": "a", "external_id": "u", "event_id": "x\x00"}, "events.0.event_id"),
    ({"name": "a", "external_id": "u", "occurred_at": "yesterday"}, "events.0.occurred_at"),
    ({"name": "a", "external_id": "u", "occurred_at": "2026-03-01T10:00:00"}, "events.0.occurred_at"),
    ({"name": "a", "external_id": "u", "occurred_at": "2027-03-01T10:00:00Z"}, "events.0.occurred_at"),
    ({"name": "a", "external_id": "u", "occurred_at": "0001-01-01T00:00:00+14:00"}, "events.0.occurred_at"),
    ({"name": "a", "external_id": "u", "occurred_at": 5}, "events.0.occurred_at"),
    ({"name": "a", "external_id": "u", "properties": [1]}, "events.0.properties"),
    ({"name": "a", "external_id": "u", "properties": {"a b": 1}}, "events.0.properties"),
    ({"name": "a", "external_id": "u", "properties": {"a": "x\x00"}}, "events.0.properties.a"),
    ({"name": "a", "external_id": "u", "properties": {"a": {"\x00": 1}}}, "events.0.properties.a"),
    ({"name": "a", "external_id": "u", "properties": {"a": ["\udfff"]}}, "events.0.properties.a.0"),
    ({"name": "a", "external_id": "u", "properties": {"a": float("inf")}}, "events.0.properties.a"),
    ({"name": "a", "external_id": "u", "properties": {"a": [[[[[[1]]]]]]}}, "events.0.properties.a.0.0.0.0"),
    (
        {"name": "a", "external_id": "u", "properties": {f"p{n}": "x" * 4000 for n in range(9)}},
        "events.0.properties",
    ),
    ({"name": "a", "external_id": "u", "admin": True}, "events.0.admin"),
]


@pytest.mark.parametrize(("given", "path"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_what_is_wrong_is_named_and_the_rest_is_taken(
    session: Session, workspace: int, given: Any, path: str
) -> None:
    taken = take(session, workspace, [given, {"name": "good", "external_id": "u"}], NOW)
    session.commit()
    assert [wrong.path for wrong in taken.errors] == [path]
    assert all(wrong.words["zh"] and wrong.words["en"] for wrong in taken.errors)
    assert session.scalars(sa.select(Inbox.name)).all() == ["good"]


def test_a_contact_of_another_workspace_is_a_stranger(session: Session, workspace: int, other: int) -> None:
    [theirs] = upsert(session, other, [{"external_id": "u"}], NOW).ids
    taken = take(session, workspace, [{"name": "a", "contact_id": theirs}], NOW)
    assert [wrong.path for wrong in taken.errors] == ["events.0.contact_id"] and taken.accepted == 0


def test_events_move_on_once(session: Session, workspace: int) -> None:
    [contact] = upsert(session, workspace, [{"external_id": "u"}], NOW).ids
    batch = [
        {"name": "paid", "external_id": "u", "event_id": "e1", "properties": {"amount": 9, "sku": "s"}},
        {"name": "viewed", "external_id": "u", "occurred_at": NOW - timedelta(days=2)},
    ]
    take(session, workspace, batch, NOW)
    session.commit()
    ids = session.scalars(sa.select(Inbox.id).where(Inbox.kind == "event")).all()
    pairs = dict.fromkeys(ids, contact or 0)
    assert record(session, pairs) == 2
    session.commit()
    assert record(session, pairs) == 0
    session.commit()
    events = session.scalars(sa.select(Event).order_by(Event.id)).all()
    assert [(event.id, event.name, event.event_id) for event in events] == [
        (ids[0], "paid", "e1"),
        (ids[1], "viewed", None),
    ]
    assert events[0].properties == {"amount": 9, "sku": "s"}
    assert events[1].occurred_at == NOW - timedelta(days=2) and events[1].stored_at == NOW
    assert record(session, {}) == 0


def test_names_and_types_are_learned_and_widened(session: Session, workspace: int, other: int) -> None:
    met = [
        ("order_paid", {"amount": 1, "note": None, "at": "2026-03-01T10:00:00Z", "items": [{"a": 1}]}),
        ("told", {"amount": "x"}),
    ]
    learn(session, workspace, met, NOW)
    session.commit()
    learn(session, workspace, [("order_paid", {"amount": "12", "day": "2026-03-01", "ok": False})], NOW)
    session.commit()
    learn(session, workspace, [("order_paid", {"amount": 3})], NOW)
    session.commit()
    found = catalogue.load(session, workspace)
    assert dict(found.events["order_paid"].properties) == {
        "amount": "mixed",
        "at": "time",
        "items": "list",
        "day": "date",
        "ok": "boolean",
    }
    assert found.own_doing == {"order_paid"} and not found.events["told"].own_doing
    assert catalogue.load(session, other).events == {}
    assert "order_paid" in catalogue.own_doing(session, other)


def test_what_a_rolled_back_transaction_learned_is_learned_again(session: Session, workspace: int) -> None:
    for _ in range(2):
        learn(session, workspace, [("told", {"a": 1})], NOW)
    session.rollback()
    learn(session, workspace, [("told", {"a": 1})], NOW)
    session.commit()
    assert "told" in catalogue.load(session, workspace).events


def test_what_is_known_costs_no_statement_but_the_count(
    engine: sa.Engine, session: Session, workspace: int
) -> None:
    for _ in range(2):
        learn(session, workspace, [("told", {"a": 1})], NOW)
        session.commit()
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    learn(session, workspace, [("told", {"a": 2}), ("told", {})], NOW)
    assert ["event_hour" in one for one in seen if one != "BEGIN"] == [True]
