"""Cohort blocks: what one row for all who stand alike would win over a row each, and what it would cost.

Run `python -m bench.experiments.cohort_blocks [--people N] [--json]`; read with `docs/experiments/cohort-blocks.md`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from pathlib import Path
from typing import Any

import psycopg

from bench import postgres

STATEMENTS = Path(__file__).with_name("cohort_blocks.sql")
SIZE, BATCH = 1_000, 2_000
#: People who leave by an event of their own, in one statement each time: as many as one batch of signals holds.
LEAVERS, LEAVING_ROUNDS, LOOKUPS = 100, 20, 200


class Disagreement(AssertionError):
    """Rows and blocks do not hold the same people at the same steps: no figure of this run means anything."""


class Race:
    """Moves the same people both ways on one server, each phase to its end."""

    def __init__(self, connection: psycopg.Connection[Any], people: int) -> None:
        self.connection, self.people = connection, people
        _, *parts = re.split(r"^-- name: (\w+)\n", STATEMENTS.read_text(encoding="utf-8"), flags=re.M)
        self.statements = dict(zip(parts[::2], parts[1::2], strict=True))
        self.figures: dict[str, Any] = {"people": people, "block_size": SIZE}
        self.script("tables")
        self.script("fill")

    def script(self, name: str) -> None:
        for statement in self.written(name).split(";\n"):
            if statement.strip():
                self.connection.execute(statement)  # type: ignore[call-overload]

    def written(self, name: str) -> str:
        holes = {"people": self.people, "size": SIZE, "batch": BATCH, "blocks": max(1, BATCH // SIZE)}
        text = self.statements[name]
        for hole, value in holes.items():
            text = text.replace(f"{{{hole}}}", str(value))
        return text

    def move(self, name: str, called: str = "") -> None:
        """Move everybody by batches of one transaction each; notes people per second and WAL bytes a person."""
        statement, before, moved = self.written(name), self.wal(), 0
        begun = time.perf_counter()
        while number := self.connection.execute(statement).fetchone()[0]:  # type: ignore[call-overload,index]
            moved += int(number)
        took = time.perf_counter() - begun
        self.figures[f"{called or name}_per_second"] = round(moved / took)
        self.figures[f"{called or name}_wal_bytes"] = round((self.wal() - before) / max(moved, 1))

    def wal(self) -> int:
        row = self.connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
        assert row is not None
        return int(row[0])

    def leave(self, name: str, seed: int, called: str = "") -> None:
        """Let some leave by an event of their own, in between, and note how many a second."""
        drawn = random.Random(seed)
        rounds = [drawn.sample(range(1, self.people + 1), LEAVERS) for _ in range(LEAVING_ROUNDS)]
        begun = time.perf_counter()
        for who in rounds:
            self.connection.execute(self.written(name), {"who": who})  # type: ignore[call-overload]
        self.figures[f"{called or name}_per_second"] = round(
            LEAVERS * LEAVING_ROUNDS / (time.perf_counter() - begun)
        )

    def look_up(self, name: str, query: str) -> None:
        """Note the milliseconds in which "where does this person stand" is answered."""
        drawn = random.Random(7)
        begun = time.perf_counter()
        for _ in range(LOOKUPS):
            self.connection.execute(query, {"who": drawn.randint(1, self.people)})  # type: ignore[call-overload]
        self.figures[f"where_is_{name}_ms"] = round((time.perf_counter() - begun) / LOOKUPS * 1000, 3)

    def same(self) -> None:
        """Raise Disagreement unless both ways hold the same people at the same steps."""
        rows = "SELECT contact, step FROM standing WHERE due_at IS NOT NULL"
        blocks = "SELECT c, step FROM block, unnest(contacts) c"
        for one, other in ((rows, blocks), (blocks, rows)):
            if self.connection.execute(f"{one} EXCEPT {other} LIMIT 1").fetchone():  # type: ignore[call-overload]
                raise Disagreement(Disagreement.__doc__)


def run(people: int) -> dict[str, Any]:
    """Figures: people per second and WAL bytes for both ways, by phase; leaving, finding, and bytes kept."""
    with (
        postgres.server() as server,
        psycopg.connect(postgres.fresh(server, "blocks"), autocommit=True) as connection,
    ):
        race = Race(connection, people)
        race.move("rows_send")
        race.move("blocks_send")
        race.same()
        connection.execute("UPDATE block SET step = 'first', due_at = '2026-03-01', seq = 0")
        connection.execute("TRUNCATE row_message")
        race.move("blocks_send_each")
        race.same()
        race.move("rows_branch")
        race.move("blocks_branch")
        race.same()
        race.look_up("row", "SELECT step FROM standing WHERE contact = %(who)s")
        race.look_up("block", "SELECT step FROM block WHERE contacts @> ARRAY[%(who)s]::bigint[]")
        race.leave("leave_rows", 1)
        race.leave("leave_blocks", 1)
        race.same()
        _with_index(race)
        _kept(race)
    return race.figures


def _with_index(race: Race) -> None:
    """The same questions once blocks have an index of their members, and what the moves cost with it."""
    race.connection.execute("CREATE INDEX ON block USING gin (contacts)")
    race.look_up("block_indexed", "SELECT step FROM block WHERE contacts @> ARRAY[%(who)s]::bigint[]")
    race.leave("leave_blocks", 2, "leave_blocks_indexed")
    race.leave("leave_rows", 2)
    race.same()
    race.connection.execute("UPDATE block SET due_at = '2026-03-02'")
    race.connection.execute("UPDATE standing SET due_at = '2026-03-02' WHERE due_at IS NOT NULL")
    race.move("rows_branch", "rows_branch_again")
    race.move("blocks_branch", "blocks_branch_indexed")
    race.same()


def _kept(race: Race) -> None:
    for table in ("standing", "block", "row_log", "block_log"):
        row = race.connection.execute("SELECT pg_total_relation_size(%s)", (table,)).fetchone()
        assert row is not None
        race.figures[f"{table}_bytes_each"] = round(row[0] / race.people, 1)
    row = race.connection.execute("SELECT count(*), avg(cardinality(contacts)) FROM block").fetchone()
    assert row is not None
    race.figures["blocks_in_the_end"], race.figures["people_in_a_block"] = row[0], round(float(row[1]), 1)


def main() -> None:
    parser = argparse.ArgumentParser("python -m bench.experiments.cohort_blocks", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    asked = parser.parse_args()
    figures = run(asked.people)
    print(json.dumps(figures) if asked.json else "\n".join(f"{k:36} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
