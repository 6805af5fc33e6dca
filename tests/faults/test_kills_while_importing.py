"""P4 for files: whatever dies in the middle, every row is taken once, and none twice."""

from __future__ import annotations

import signal
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from audience import imports
from audience.tables import Contact, Identity
from audience.tables_files import Import
from runtime import faults
from runtime.database import Database
from runtime.housekeeping import Housekeeping
from runtime.routes import Routes
from store.database import engine_options
from store.tables import Inbox, Workspace
from tests.audience.conftest import NOW
from tests.faults import children

pytestmark = pytest.mark.faults

ROWS = 4000


def take_in(url: str, nth: int | None) -> None:
    """The life of a process that takes files in until there is none left, or until the kill of its nth portion."""
    if nth is not None:
        faults.arm(faults.Fault("import.mid_batch", "kill", nth))
    database = Database(url)
    keep = Housekeeping(database, Routes(), lambda _: datetime.now(UTC))
    while keep.import_some():
        pass
    database.close()


def test_a_killed_worker_loses_and_repeats_nothing(database_url: str) -> None:
    engine = sa.create_engine(database_url, **engine_options(database_url))
    with Session(engine) as session:
        room = Workspace(name="a", slug="a", settings={}, created_at=NOW)
        session.add(room)
        session.flush()
        lines = "".join(f"c{n},138{n:08d},新客\n" for n in range(ROWS))
        content = f"id,phone,tags\n{lines}c1,13800000001,新客\nbad,13800000001,x\n".encode()
        mapping = {"id": "external_id", "phone": "identity:phone", "tags": "tags"}
        made = imports.create(session, room.id, filename="a", content=content, mapping=mapping, now=NOW)
        made.pace = 500
        number = made.id
        session.commit()
    ends = []
    for nth in (1, 2, 1, 3, 1, None):
        process = children.CONTEXT.Process(target=take_in, args=(database_url, nth), daemon=True)
        process.start()
        process.join(120)
        ends.append(process.exitcode)
    assert ends == [-signal.SIGKILL] * 5 + [0]
    with Session(engine) as session:
        done = session.get_one(Import, number)
        assert (done.state, done.done, done.created, done.updated, done.failed) == (
            "done",
            ROWS + 2,
            ROWS,
            1,
            1,
        )
        assert session.scalar(sa.select(sa.func.count()).select_from(Contact)) == ROWS
        assert session.scalar(sa.select(sa.func.count()).select_from(Identity)) == ROWS
        told = sa.select(sa.func.count()).where(Inbox.name == "tags")
        assert session.scalar(told) == ROWS
    engine.dispose()
