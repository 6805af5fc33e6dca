"""The hand-written SQL is no straw man: on SQLite, too, no statement of it reads a whole table for each batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.drawing import PHASES, START
from bench.handwritten import Handwritten
from bench.race import fill
from store.columns import SQLITE_TIME

LARGE = ("enrollment", "contact", "e", "k")


@pytest.mark.parametrize("phase", PHASES)
def test_no_statement_scans_a_large_table(tmp_path: Path, phase: str) -> None:
    url = f"sqlite:///{tmp_path / 'hand.db'}"
    fill(url, 500)
    hand = Handwritten(url, "advance")
    now = (START + PHASES[phase]).strftime(SQLITE_TIME)
    read = []
    for statement in hand.statements[phase]:
        hand.cursor.execute("EXPLAIN QUERY PLAN " + statement.replace("{limit}", "100"), {"now": now})
        plan = [str(row[3]).split() for row in hand.cursor.fetchall()]
        made = {words[1] for words in plan if words[0] in ("MATERIALIZE", "CO-ROUTINE")}
        read += [words for words in plan if words[-1] not in made]
    hand.close()
    assert len(read) > 10
    assert [words for words in read if words[0] == "SCAN" and words[1] in LARGE] == []
