"""Hand-written SQL in `bench/baseline/`: named statements that move a batch, on the connection the engine would have."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from store.columns import SQLITE_TIME
from store.database import engine_options

FOLDER = Path(__file__).parent / "baseline"


class Handwritten:
    """The baseline on one database; opened and tuned exactly like the product's own connections."""

    def __init__(self, url: str, name: str) -> None:
        self.engine = create_engine(url, **engine_options(url))
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.statements = statements(f"{name}.{self.engine.dialect.name}.sql")
        self.connection = self.engine.raw_connection()
        self.cursor = self.connection.cursor()
        for statement in self.statements.pop("setup", []):
            self.cursor.execute(statement)

    def batch(self, name: str, now: datetime, limit: int) -> int:
        """Move one batch in one transaction and return how many it held."""
        if self.sqlite:
            self.cursor.execute("BEGIN IMMEDIATE")
        given: Any = {"now": now.strftime(SQLITE_TIME) if self.sqlite else now}
        first, *rest = (self._ready(statement, limit) for statement in self.statements[name])
        self.cursor.execute(first, given)
        moved: int = self.cursor.rowcount if self.sqlite else self.cursor.fetchone()[0]
        for statement in rest:
            self.cursor.execute(statement, given)
        self.connection.commit()
        return moved

    def move_all(self, name: str, now: datetime, limit: int) -> int:
        """Move batches until nobody is due; returns how many moved."""
        total = 0
        while moved := self.batch(name, now, limit):
            total += moved
        return total

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()

    def _ready(self, statement: str, limit: int) -> str:
        written = statement.replace("{limit}", str(int(limit)))
        return written if self.sqlite else written.replace(":now", "%(now)s")


class InTwo:
    """The baseline in two sessions at once, each with a batch of its own."""

    def __init__(self, url: str, name: str) -> None:
        self.sessions = [Handwritten(url, name), Handwritten(url, name)]
        self.threads = ThreadPoolExecutor(1)

    def batch(self, name: str, now: datetime, limit: int) -> int:
        """Move a batch in each session; returns how many they held together."""
        beside = self.threads.submit(self.sessions[1].batch, name, now, limit)
        return self.sessions[0].batch(name, now, limit) + beside.result()

    def close(self) -> None:
        self.threads.shutdown()
        for session in self.sessions:
            session.close()


def statements(file: str) -> dict[str, list[str]]:
    """The statements of one file by their names, with `:now` and `{limit}` still open."""
    _, *parts = re.split(r"^-- name: (\w+)\n", (FOLDER / file).read_text(encoding="utf-8"), flags=re.M)
    named = zip(parts[::2], parts[1::2], strict=True)
    return {name: [s for s in map(str.strip, body.split(";\n")) if s] for name, body in named}
