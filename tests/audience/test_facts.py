"""Facts are read for many contacts at once, and only those that were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from audience import facts
from audience.contacts import resolve, upsert
from audience.events import record, take
from store.tables import Inbox
from tests.audience.conftest import NOW


def reads(
    attributes: set[str] | None = None, tags: bool = False, events: set[str] | None = None
) -> SimpleNamespace:
    return SimpleNamespace(
        attributes=attributes or set(),
        tags=tags,
        events=frozenset(events or ()),
        segments=frozenset(),
        tiers=frozenset(),
        scenes=frozenset(),
    )


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def three(session: Session, workspace: int) -> list[int]:
    batch = [
        {"external_id": "a", "attributes": {"age": 1, "city": "沪", "likes": ["x"]}, "tags": ["t2", "t1"]},
        {"external_id": "b", "attributes": {"city": "京"}, "timezone": "Asia/Tokyo"},
        {"external_id": "c"},
    ]
    ids = [number or 0 for number in upsert(session, workspace, batch, NOW).ids]
    session.commit()
    return ids


def happen(session: Session, workspace: int, *events: tuple[int, str, int, dict[str, object]]) -> None:
    """Let (contact, name, hours after NOW, properties) happen."""
    batch = [
        {"contact_id": who, "name": name, "occurred_at": NOW + timedelta(hours=hours), "properties": data}
        for who, name, hours, data in events
    ]
    taken = take(session, workspace, batch, NOW + timedelta(days=9))
    assert taken.errors == []
    rows = session.scalars(sa.select(Inbox).where(Inbox.kind == "event"))
    record(session, {row.id: row.contact_id or 0 for row in rows})
    session.commit()


def test_only_what_is_asked_for_is_loaded(engine: sa.Engine, session: Session, workspace: int) -> None:
    a, b, c = three(session, workspace)
    with statements(engine) as seen:
        found = facts.load(session, workspace, [a, b, c], reads({"age", "missing"}, tags=True))
    assert len(seen) == 1
    assert found[a] == facts.ContactFacts({"age": 1}, ["t1", "t2"], None, {})
    assert found[b] == facts.ContactFacts({}, [], "Asia/Tokyo", {})
    assert found[c] == facts.ContactFacts({}, [], None, {})
    assert facts.load(session, workspace, [a], reads())[a] == facts.ContactFacts({}, [], None, {})
    everything = facts.load(session, workspace, [a], facts.Everything())[a]
    assert everything.attributes == {"age": 1, "city": "沪", "likes": ["x"]}
    many = {f"x{n}" for n in range(80)} | {"city"}
    assert facts.load(session, workspace, [a], reads(many))[a].attributes == {"city": "沪"}


def test_history_is_ascending_and_of_the_named_events(
    engine: sa.Engine, session: Session, workspace: int
) -> None:
    a, b, _ = three(session, workspace)
    happen(
        session,
        workspace,
        (a, "paid", 5, {"amount": 50}),
        (a, "paid", 2, {"amount": 20}),
        (a, "viewed", 1, {}),
        (b, "paid", 3, {}),
        (a, "paid", 5, {"amount": 51}),
    )
    with statements(engine) as seen:
        found = facts.load(session, workspace, [a, b], reads(events={"paid", "never"}))
    assert len(seen) == 2
    times = [(at - NOW, data["amount"]) for at, _, data in found[a].history["paid"]]
    assert times == [(timedelta(hours=2), 20), (timedelta(hours=5), 50), (timedelta(hours=5), 51)]
    numbers = [number for _, number, _ in found[a].history["paid"]]
    assert numbers[1] < numbers[2]
    assert set(found[a].history) == set(found[b].history) == {"paid"}


def test_another_workspace_sees_nothing(session: Session, workspace: int, other: int) -> None:
    a, b, _ = three(session, workspace)
    happen(session, workspace, (a, "paid", 1, {}))
    assert facts.load(session, other, [a, b], facts.Everything(events=frozenset({"paid"}))) == {}


def test_a_thousand_contacts_need_two_statements(engine: sa.Engine, session: Session, workspace: int) -> None:
    identities = [{"external_id": str(number)} for number in range(1000)]
    ids = [number or 0 for number in resolve(session, workspace, identities, NOW)]
    session.commit()
    with statements(engine) as seen:
        found = facts.load(session, workspace, ids, reads({"a"}, True, {"paid"}))
    assert len(found) == 1000 and len(seen) == 2


def test_names_of_attributes_are_never_part_of_the_sql(session: Session, workspace: int) -> None:
    a, _, _ = three(session, workspace)
    hostile = "x') FROM contact; DROP TABLE contact; --"
    assert facts.load(session, workspace, [a], reads({hostile, "age"}))[a].attributes == {"age": 1}
