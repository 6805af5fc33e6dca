"""reading: customers a second that one worker reads from a company's WeCom into contacts, the first time and every night.

The fake WeCom runs in another process, on this machine; a real one answers more slowly, so this is what our side costs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audience.tables_people import StaffRelation
from bench.postgres import fresh, server
from connectors import dialing
from connectors.wecom.fake.server import Server
from connectors.wecom.fake.world import CORP_ID, SECRET, Customer, Follow
from runtime.database import Database
from runtime.wecom.companies import Companies
from runtime.wecom.service import WecomService
from store.migrate import upgrade
from store.secrets import Vault
from store.tables_connections import Connection
from store.tables_wecom import WecomCursor
from store.workspaces import create_workspace

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
VAULT = Vault(["b" * 64])
CUSTOMERS, CUSTOMERS_QUICK = 20_000, 1_000
HOME = Path(__file__).resolve().parent.parent


class NotAll(AssertionError):
    """Not every customer has become a contact: no figure of this run means anything."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: `per_second` of a first reading and `again_per_second` of the next, one worker."""
    number = CUSTOMERS_QUICK if quick else CUSTOMERS
    with server() as url, _fake(number) as port:
        dialing.configure(("127.0.0.0/8",), (port,))
        here = fresh(url, "bench_reading")
        upgrade(here)
        database = Database(here)
        try:
            _connect(database, port)
            first, again = _read(database, number), _read(database, number)
        finally:
            database.close()
            dialing.configure()
    return {
        "customers": number,
        "per_second": round(number / first, 1),
        "again_per_second": round(number / again, 1),
    }


def _connect(database: Database, port: int) -> None:
    with database.transaction() as tx:
        workspace = create_workspace(tx.session, "花间", "huajian", NOW)
        tx.session.flush()
        row = Connection(
            workspace_id=workspace.id, connector="wecom", name="企业微信", carriers=["wecom_direct"],
            settings={"corp_id": CORP_ID, "address": f"http://127.0.0.1:{port}"}, callback_id="c" * 32, created_at=NOW,
            updated_at=NOW,
        )  # fmt: skip
        tx.session.add(row)
        tx.session.flush()
        row.secrets = VAULT.seal({"secret": SECRET}, f"connection:{workspace.id}:{row.id}")


def _read(database: Database, number: int) -> float:
    """Seconds that a whole round takes."""
    service = WecomService(database, lambda _: NOW, None, VAULT)
    with database.transaction() as tx:
        tx.session.execute(update(WecomCursor).values(next_at=NOW, finished_at=None))
    begun = time.perf_counter()
    while not _is_over(service.companies):
        service.run()
    took = time.perf_counter() - begun
    service.close()
    with database.reading() as tx:
        if _friends(tx.session) != number:
            raise NotAll(NotAll.__doc__)
    return took


def _is_over(companies: Companies) -> bool:
    with companies.database.reading() as tx:
        row = tx.session.execute(
            select(WecomCursor.place, WecomCursor.finished_at).where(WecomCursor.what == "people")
        ).first()
    return row is not None and "stage" not in row.place and row.finished_at is not None


def _friends(session: Session) -> int:
    query = select(func.count()).select_from(StaffRelation).where(StaffRelation.state == "friend")
    return int(session.scalar(query) or 0)


@contextmanager
def _fake(number: int) -> Iterator[int]:
    """A company with so many customers, in a process of its own; gives its port."""
    asked = [sys.executable, "-m", "bench.reading", str(number)]
    process = subprocess.Popen(asked, cwd=HOME, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _serve(number: int) -> None:
    made = Server()
    staff, tags = list(made.world.staff), made.world.store("tags")
    for place in range(10):
        tags[f"et{place}"] = {"id": f"et{place}", "name": f"标签{place}", "group": "肤质"}
    for place in range(number):
        name = f"wm{place:08}"
        follow = Follow(NOW.timestamp(), add_way=1, tags=[f"et{place % 10}"])
        made.world.customers[name] = Customer(
            name, f"客户{place}", {staff[place % len(staff)]: follow}, unionid=f"u{place}"
        )
    print(made.server_address[1], flush=True)
    made.serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
