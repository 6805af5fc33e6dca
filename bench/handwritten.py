"""Hand-written SQL in `bench/baseline/`: named statements, run batch by batch."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "baseline"


def statements(name: str) -> dict[str, str]:
    """The statements of one file by their names, with `:now` and `{limit}` still open."""
    _, *parts = re.split(r"^-- name: (\w+)\n", (FOLDER / name).read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))


def move_all(connection: Any, statement: str, now: datetime, batch: int) -> int:
    """Run a psycopg statement in transactions of `batch` rows until nothing is due; how many moved."""
    prepared = statement.replace(":now", "%(now)s").replace("{limit}", str(int(batch)))
    moved = 0
    while True:
        with connection.transaction():
            done = connection.execute(prepared, {"now": now}).fetchone()[0]
        if not done:
            return moved
        moved += done
