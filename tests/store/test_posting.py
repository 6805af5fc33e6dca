"""Many who store at one time share commits, and still each gets an answer of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from store import posting
from store.inbox import NewSignal, put, put_apart
from store.posting import Full, Posting, into_inbox
from store.tables import Inbox
from tests.store.conftest import NOW

Parts = list[Sequence[NewSignal]]


def signal(event_id: str | None, workspace_id: int = 1, name: str = "paid") -> NewSignal:
    return NewSignal(
        workspace_id, "event", name, NOW, {"n": 1}, identity={"external_id": "u"}, event_id=event_id
    )


def ids(session: Session) -> list[str | None]:
    session.expire_all()
    return list(session.scalars(sa.select(Inbox.event_id).order_by(Inbox.id)))


class Gate:
    """A store that lets the first group wait until it is opened, and remembers how many parts each group had."""

    def __init__(self, within: Callable[[Session, Parts], list[int]] = into_inbox) -> None:
        self.within, self.groups = within, []  # type: ignore[var-annotated]
        self.entered, self.opened = threading.Event(), threading.Event()

    def __call__(self, session: Session, parts: Parts) -> list[int]:
        self.groups.append(len(parts))
        self.entered.set()
        assert self.opened.wait(20)
        return self.within(session, parts)


def together(posts: Posting, gate: Gate, batches: list[list[NewSignal]]) -> list[Any]:
    """Post the first batch, the others while it is under way; what each got, an answer or an error."""
    found: list[Any] = [None] * len(batches)

    def post(number: int) -> None:
        try:
            found[number] = posts.post(batches[number])
        except Exception as error:  # noqa: BLE001 - looked at by the test
            found[number] = error

    threads = [threading.Thread(target=post, args=(n,), daemon=True) for n in range(len(batches))]
    threads[0].start()
    assert gate.entered.wait(20)
    for thread in threads[1:]:
        thread.start()
    while len(posts._waiting) < len(batches) - 1:
        threads[0].join(0.001)
    gate.opened.set()
    for thread in threads:
        thread.join(20)
    return found


def test_those_who_come_during_a_commit_share_the_next(engine: sa.Engine, session: Session) -> None:
    gate = Gate()
    batches = [[signal(f"e{n}")] for n in range(20)] + [[signal("e3"), signal("new"), signal("new")]]
    found = together(Posting(engine, gate), gate, batches)
    assert found == [1] * 20 + [1], "somebody got another's answer"
    assert gate.groups == [1, 20]
    assert sorted(map(str, ids(session))) == sorted([*(f"e{n}" for n in range(20)), "new"])


def test_one_that_cannot_be_stored_harms_nobody(engine: sa.Engine, session: Session) -> None:
    def picky(session: Session, parts: Parts) -> list[int]:
        if any(signal.name == "bad" for part in parts for signal in part):
            raise ValueError("bad")
        return into_inbox(session, parts)

    gate = Gate(picky)
    found = together(
        Posting(engine, gate), gate, [[signal("a")], [signal("b")], [signal("c", name="bad")], [signal("d")]]
    )
    assert [x if isinstance(x, int) else type(x) for x in found] == [1, 1, ValueError, 1]
    assert sorted(map(str, ids(session))) == ["a", "b", "d"]


def test_when_the_database_is_away_everybody_is_told_and_nobody_tried_again(
    engine: sa.Engine, session: Session
) -> None:
    tried: list[int] = []

    def away(session: Session, parts: Parts) -> list[int]:
        tried.append(len(parts))
        raise OperationalError("INSERT", {}, Exception("closed"))

    gate = Gate(away)
    found = together(Posting(engine, gate), gate, [[signal("a")], [signal("b")], [signal("c")]])
    assert all(isinstance(x, OperationalError) for x in found) and tried == [1, 2]
    assert ids(session) == []


def test_too_many_are_turned_away(
    engine: sa.Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "MOST_WAITING", 3)
    gate = Gate()
    posts = Posting(engine, gate)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(posts.post([signal(f"e{n}")])), daemon=True)
        for n in range(3)
    ]
    threads[0].start()
    assert gate.entered.wait(20)
    for thread in threads[1:]:
        thread.start()
    while len(posts._waiting) < 2:
        threads[0].join(0.001)
    with pytest.raises(Full):
        posts.post([signal("late")])
    gate.opened.set()
    for thread in threads:
        thread.join(20)
    assert found == [1, 1, 1] and "late" not in ids(session)
    assert posts.post([signal("late")]) == 1, "it stays closed although the crowd is gone"


IDS = st.sampled_from(["a", "b", "c", None])
PARTS = st.lists(st.lists(st.tuples(IDS, st.sampled_from([1, 2])), min_size=1, max_size=4), max_size=4)


@settings(max_examples=25)
@given(parts=PARTS)
def test_apart_means_one_after_the_other(parts: list[Any], session: Session) -> None:
    given_parts = [[signal(*one) for one in part] for part in parts]
    session.execute(sa.delete(Inbox))
    wanted = [put(session, part, NOW) for part in given_parts]
    rows = sa.select(Inbox.workspace_id, Inbox.event_id, Inbox.stored_at, Inbox.data).order_by(Inbox.id)
    stored = session.execute(rows).all()
    session.execute(sa.delete(Inbox))
    assert put_apart(session, given_parts, NOW) == wanted
    assert session.execute(rows).all() == stored
    session.commit()
