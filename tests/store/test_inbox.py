"""Signals enter once each, in their order, however many at a time."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from store.bulk import NoTimeZone
from store.inbox import NewSignal, put
from store.tables import Inbox
from tests.store.conftest import NOW


def signal(event_id: str | None, workspace_id: int = 1, **given: object) -> NewSignal:
    fields: dict[str, object] = {"data": {"n": 1}, "identity": {"external_id": "u"}} | given
    return NewSignal(workspace_id, "event", "paid", NOW, event_id=event_id, **fields)  # type: ignore[arg-type]


def stored(session: Session) -> list[Inbox]:
    session.expire_all()
    return list(session.scalars(sa.select(Inbox).order_by(Inbox.id)))


def test_nothing_to_put_is_nothing_new(session: Session) -> None:
    assert put(session, [], NOW) == 0


def test_an_event_id_is_taken_once_in_its_workspace(session: Session) -> None:
    assert put(session, [signal("a"), signal("a"), signal("b"), signal("a", 2)], NOW) == 3
    session.commit()
    assert put(session, [signal("b"), signal("c"), signal("a", 3)], NOW) == 2
    session.commit()
    assert [(row.workspace_id, row.event_id) for row in stored(session)] == [
        (1, "a"),
        (1, "b"),
        (2, "a"),
        (1, "c"),
        (3, "a"),
    ]


def test_ids_follow_the_order_of_arrival(session: Session) -> None:
    names = ["z", None, "a", "m", "a", "b"]
    put(session, [signal(name) for name in names], NOW)
    session.commit()
    assert [row.event_id for row in stored(session)] == ["z", None, "a", "m", "b"]


def test_signals_without_an_id_are_all_new(session: Session) -> None:
    assert put(session, [signal(None)] * 3, NOW) == 3
    assert put(session, [signal(None)], NOW) == 1


def test_every_field_arrives_as_it_was_given(session: Session) -> None:
    east = timezone(timedelta(hours=8))
    given = NewSignal(
        workspace_id=4,
        kind="changed",
        name="attribute.城市",
        occurred_at=datetime(2026, 3, 1, 9, 30, 0, 654321, tzinfo=east),
        data={"field": "attribute.a", "old": None, "new": [1.5, "x", {"深": True}], "big": 2**53 - 1},
        contact_id=5_000_000_000,
        enrollment_id=7,
        source_id=8,
    )
    assert put(session, [given], NOW) == 1
    session.commit()
    [row] = stored(session)
    assert (row.workspace_id, row.kind, row.name, row.event_id) == (4, "changed", "attribute.城市", None)
    assert (row.contact_id, row.enrollment_id, row.source_id, row.identity) == (5_000_000_000, 7, 8, None)
    assert row.occurred_at == given.occurred_at and row.stored_at == NOW
    assert row.data == given.data and (row.state, row.error) == ("new", None)


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(NoTimeZone):
        put(session, [signal(None), NewSignal(1, "event", "a", datetime(2026, 1, 1))], NOW)
    session.rollback()
    assert stored(session) == []


def test_a_rollback_takes_everything_back(session: Session) -> None:
    put(session, [signal("a")], NOW)
    session.rollback()
    assert put(session, [signal("a")], NOW) == 1


def test_many_at_once_take_each_id_once(engine: sa.Engine, session: Session) -> None:
    accepted: list[int] = []
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def work(number: int) -> None:
        try:
            for turn in range(4):
                # From both ends at once: a deadlock, if rows were stored in this order.
                batch = [signal(f"{turn}-{n:04d}") for n in range(1000)]
                start.wait(60)
                with Session(engine) as own:
                    new = put(own, batch[:: -1 if number % 2 else 1], NOW)
                    own.commit()
                    accepted.append(new)
        except BaseException as error:  # noqa: BLE001 - reported below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == [] and sum(accepted) == 4000 and len(stored(session)) == 4000


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab键", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=20)
@given(
    batch=st.lists(
        st.dictionaries(st.text("abc", min_size=1, max_size=3), JSON, max_size=4), min_size=1, max_size=5
    )
)
def test_any_json_comes_back(batch: list[dict[str, object]], session: Session) -> None:
    session.execute(sa.delete(Inbox))
    assert put(session, [NewSignal(1, "event", "a", NOW, data) for data in batch], NOW) == len(batch)
    assert [row.data for row in stored(session)] == batch
    session.commit()
