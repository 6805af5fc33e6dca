"""The hand-written SQL does what the kernel does: otherwise a ratio to it would mean nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from audience.tables import Contact
from bench.drawing import DEFINITION, ENTRY, PHASES, START, populate
from bench.handwritten import Handwritten
from journeys import tables
from journeys.advance import advance
from journeys.plan import compile_plan
from journeys.position import Facts, Position, SendMessage, fresh
from runtime.counting import WRITTEN, count_move, count_trail, of_messages
from store.database import engine_options
from store.tables import Inbox, Outbox

PEOPLE = 31
CRUMB = ("at", "op", "stage", "step", "exit", "arrow", "visit", "seq", "detail")
MESSAGE = ("step", "visit", "seq", "carrier", "content", "valid_until", "answer", "scene")


@pytest.fixture
def moved(database_url: str) -> Iterator[Session]:
    """A database whose people were moved through the whole journey by SQL, in batches of seven."""
    engine: Engine = create_engine(database_url, **engine_options(database_url))
    with engine.begin() as connection:
        populate(connection, PEOPLE)
    by_hand = Handwritten(database_url, "advance")
    for name, after in PHASES.items():
        assert by_hand.move_all(name, START + after, 7) == PEOPLE
    by_hand.close()
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_positions_trail_messages_and_counters_are_those_of_the_kernel(moved: Session) -> None:
    plan = compile_plan(DEFINITION)
    here: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for contact in moved.scalars(select(Contact)):
        facts = Facts(str(contact.id), contact.attributes, ["new"])
        position, trail, sent = fresh("in", START, ENTRY), [], []
        for after in PHASES.values():
            (move,) = advance(plan, [position], [[]], [facts], START + after)
            count_move(position, move.position, here)
            position = move.position
            trail += move.trail
            said = [deed for deed in move.deeds if isinstance(deed, SendMessage)]
            passed.update(of_messages(deed.step, WRITTEN) for deed in said)
            sent += said
        crumbs = [(c.op, c.stage, c.step, c.exit, c.arrow, c.detail) for c in trail]
        count_trail(crumbs, {"a7": "done"}, passed)

        (row,) = moved.scalars(select(tables.Enrollment).where(tables.Enrollment.subject_id == contact.id))
        names = Position.__dataclass_fields__
        assert {n: getattr(row, n) for n in names} == {n: getattr(position, n) for n in names}
        assert (row.due_at, row.epoch) == (None, 3)
        lines = moved.scalars(select(tables.Trail).where(tables.Trail.enrollment_id == row.id))
        assert sorted((tuple(getattr(line, n) for n in CRUMB) for line in lines), key=str) == sorted(
            (tuple(getattr(crumb, n) for n in CRUMB) for crumb in trail), key=str
        )
        posted = moved.scalars(select(Outbox).where(Outbox.contact_id == contact.id).order_by(Outbox.seq))
        assert [(p.key, p.due_at, *(getattr(p, n) for n in MESSAGE)) for p in posted] == [
            (f"{row.id}:{m.seq}:{m.n}", m.at, *(getattr(m, n) for n in MESSAGE)) for m in sent
        ]
        assert contact.tags == (["new"] if contact.attributes["skin"] == "dry" else ["new", "seen"])
    kept = {c.node: (c.here, c.passed) for c in moved.scalars(select(tables.Counter))}
    assert kept == {node: (here[node], passed[node]) for node in {*here, *passed}}


def test_each_change_of_tags_is_told_to_the_inbox_once(moved: Session) -> None:
    rows = [
        (s.contact_id, s.source_id, s.kind, s.name, s.data, s.state) for s in moved.scalars(select(Inbox))
    ]
    oily = [n for n in range(1, PEOPLE + 1) if n % 3 == 2]
    told = {"field": "tags", "old": ["new"], "new": ["new", "seen"]}
    assert sorted(rows) == [(n, n, "changed", "tags", told, "new") for n in oily]
