"""The hand-written SQL does what the kernel does: otherwise a ratio to it would mean nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from bench.drawing import DEFINITION, ENTRY, PHASES, START, populate
from bench.handwritten import move_all, statements
from journeys.advance import advance
from journeys.plan import compile_plan
from journeys.position import Facts, SendMessage, fresh
from runtime.counting import count_move, count_trail
from tests.databases import Databases

PEOPLE = 31
POSITION = (
    "status, stage, step, visit, seq, entered_stage, step_begun, step_due, result, ended_at, taken_at, state"
)


@pytest.fixture
def moved(postgres_databases: Databases) -> Any:
    """A connection to a database whose people were moved through the whole journey by SQL, batches of seven."""
    url = postgres_databases.fresh()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        populate(connection, PEOPLE)
    engine.dispose()
    with psycopg.connect(url) as connection:
        for name, statement in statements("advance.postgresql.sql").items():
            assert move_all(connection, statement, START + PHASES[name], 7) == PEOPLE
        yield connection


@pytest.mark.postgres
def test_positions_trail_messages_and_counters_are_those_of_the_kernel(moved: Any) -> None:
    plan = compile_plan(DEFINITION)
    contacts = moved.execute("select id, attributes, tags from contact order by id").fetchall()
    here: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for number, attributes, tags in contacts:
        facts = Facts(str(number), attributes, ["new"])
        position, trail, sent = fresh("in", START, ENTRY), [], []
        for after in PHASES.values():
            (move,) = advance(plan, [position], [[]], [facts], START + after)
            count_move(position, move.position, here)
            position = move.position
            trail += move.trail
            sent += [deed for deed in move.deeds if isinstance(deed, SendMessage)]
        crumbs = [(c.op, c.stage, c.step, c.exit, c.arrow, c.detail) for c in trail]
        count_trail(crumbs, {"a7": "done"}, passed)

        row = moved.execute(f"select {POSITION} from enrollment where subject_id = %s", (number,)).fetchone()
        assert row == tuple(getattr(position, name) for name in POSITION.split(", "))
        rows = moved.execute(
            "select at, op, stage, step, exit, arrow, visit, seq, detail from trail where enrollment_id = %s",
            (number,),
        ).fetchall()
        told = [(c.at, c.op, c.stage, c.step, c.exit, c.arrow, c.visit, c.seq, c.detail) for c in trail]
        assert sorted(rows, key=str) == sorted(told, key=str)
        rows = moved.execute(
            "select key, step, visit, seq, carrier, content, due_at, valid_until, answer, scene from outbox"
            " where contact_id = %s order by id",
            (number,),
        ).fetchall()
        posted = [(f"{number}:{m.seq}:{m.n}", m) for m in sent]
        assert rows == [
            (key, m.step, m.visit, m.seq, m.carrier, m.content, m.at, m.valid_until, m.answer, m.scene)
            for key, m in posted
        ]
        assert tags == (["new"] if attributes["skin"] == "dry" else ["new", "seen"])
    kept = moved.execute("select node, here, passed from counter").fetchall()
    assert {node: (h, p) for node, h, p in kept} == {n: (here[n], passed[n]) for n in {*here, *passed}}


@pytest.mark.postgres
def test_each_change_of_tags_is_told_to_the_inbox_once(moved: Any) -> None:
    rows = moved.execute("select contact_id, source_id, kind, name, data, state from inbox").fetchall()
    oily = [n for n in range(1, PEOPLE + 1) if n % 3 == 2]
    told = {"field": "tags", "old": ["new"], "new": ["new", "seen"]}
    assert sorted(rows) == [(n, n, "changed", "tags", told, "new") for n in oily]
