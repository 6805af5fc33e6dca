"""erase: how long it takes until nothing is left of people who were erased, with a week's inbox and a file that waits.

Each of them bears a mark in the name, in events, in heard signals and in a row of an import that stands still. They are
erased as the API does it, one after the other, and swept up after as the worker does it. Then every row of every table is
searched for the marks, packed ones unpacked: `hits` must be 0. `seconds` runs from the first erasure to the end of the sweep.
"""

from __future__ import annotations

import io
import os
import time
import zlib
from importlib import import_module
from typing import Any

from sqlalchemy import Engine, LargeBinary, select, text
from sqlalchemy.orm import Session

from audience import contacts, erasing, erasing_files, imports, merging
from audience.staging import stage
from bench.crowd import NOW, crowd
from journeys import uniting
from runtime.database import Database
from runtime.forgetting import Forgetting
from store import clock
from store.database import db

Watch = import_module("bench.import").Watch
PEOPLE, QUICK_PEOPLE = 200_000, 20_000
#: Signals of a week that were heard.
SIGNALS, QUICK_SIGNALS = 5_000_000, 200_000
ERASED = 10
MARK = "zk41marker"
INBOX = """INSERT INTO inbox (workspace_id, kind, name, contact_id, occurred_at, stored_at, data, state)
SELECT 1, 'event', 'paid', CASE WHEN n % 5000 = 0 THEN (SELECT ids[1 + n / 5000 % :erased] FROM (SELECT CAST(:ids AS bigint[])
  AS ids) AS them) ELSE 1 + n % :people END, :now, :now,
  CASE WHEN n % 5000 = 0 THEN jsonb_build_object('how', CAST(:mark AS text)) ELSE '{"how": "card"}'::jsonb END, 'done'
FROM generate_series(1, CAST(:signals AS bigint)) AS n"""
EVENTS = """INSERT INTO event (id, workspace_id, contact_id, name, occurred_at, stored_at, properties)
SELECT 2000000000 + n, 1, n, 'paid', :now, :now, jsonb_build_object('how', CAST(:mark AS text))
FROM unnest(CAST(:ids AS bigint[])) AS n"""
PACKED = ("import_part", "file_piece", "tag_job_part")


class Left(AssertionError):
    """Something of the people who were erased is still there, or was never planted."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: ms of one erasure and the worst, seconds of the sweep, its longest transaction, and hits afterwards."""
    people, signals = (QUICK_PEOPLE, QUICK_SIGNALS) if quick else (PEOPLE, SIGNALS)
    with crowd(people) as (url, engine):
        ids = planted(engine, people, signals)
        before = hits(engine)
        if before < 4 * ERASED:
            raise Left(f"{Left.__doc__} {before}")
        begun = time.perf_counter()
        took = [erased(engine, number) for number in ids]
        database = Database(url)
        watch = Watch(url, os.getpid(), os.getpid())
        watch.start()
        swept = time.perf_counter()
        Forgetting(database, clock.now).sweep()
        done = time.perf_counter()
        watch.over.set()
        watch.join(10)
        database.close()
        after = hits(engine)
        with Session(engine) as session:
            if after or erasing.unswept(session):
                raise Left(f"{Left.__doc__} {after}")
    return {
        "people": people,
        "inbox": signals,
        "erased": ERASED,
        "planted": before,
        "hits": after,
        "seconds": round(done - begun, 2),
        "erase_ms": round(sum(took) / len(took) * 1000),
        "erase_worst_ms": round(max(took) * 1000),
        "sweep_seconds": round(done - swept, 2),
        "longest_transaction": round(watch.oldest, 2),
    }


def planted(engine: Engine, people: int, signals: int) -> list[int]:
    """People with marks wherever something of a person may lie; their ids."""
    given = [
        {"external_id": f"{MARK}-{n}", "name": f"{MARK} {n}", "identities": {"phone": f"1990000{n:04d}"}}
        for n in range(ERASED)
    ]
    rows = [f"new-{n},客户,139{n:08d}" for n in range(20_000)]
    for number in range(ERASED):
        rows[number * 1_999] = f"{MARK}-{number},{MARK},1990000{number:04d}"
    with Session(engine) as session:
        session.execute(text("SELECT setval('contact_id_seq', (SELECT max(id) FROM contact))"))
        ids = [number for number in contacts.upsert(session, 1, given, NOW).ids if number is not None]
        file = io.BytesIO("\n".join(["id,name,phone", *rows]).encode())
        mapping = {"id": "external_id", "name": "name", "phone": "identity:phone"}
        made = stage(session, 1, filename="people.csv", file=file, mapping=mapping, now=NOW)
        imports.begin(session, made, NOW)
        imports.pause(session, made)
        more = {"ids": ids, "mark": MARK, "now": NOW}
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text(INBOX), {**more, "erased": ERASED, "people": people, "signals": signals})
        session.execute(text(EVENTS), more)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE inbox"))
    return ids


def erased(engine: Engine, number: int) -> float:
    """Erase one person as web/api/erasing.py does; the seconds it took."""
    begun = time.perf_counter()
    with Session(engine) as session:
        names = erasing.names_of(session, 1, number)
        session.commit()
        seen = erasing_files.clean_imports(session, 1, names, go_on=session.commit)
        merging.take_turn(session, 1)
        uniting.erase(session, 1, number, NOW)
        erasing.erase(session, 1, number, "bench", NOW, seen=seen)
        session.commit()
    return time.perf_counter() - begun


def hits(engine: Engine) -> int:
    """How many rows of all tables hold a mark."""
    found = 0
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        for table in db.metadata.sorted_tables:
            if table.name in PACKED:
                blobs = [column for column in table.columns if isinstance(column.type, LargeBinary)]
                for row in connection.execute(select(*blobs)):
                    found += any(MARK in unpacked(body) for body in row)
            else:
                asked = f"SELECT count(*) FROM \"{table.name}\" AS t WHERE t::text LIKE '%{MARK}%'"
                found += connection.execute(text(asked)).scalar_one()
    return found


def unpacked(body: bytes) -> str:
    try:
        return zlib.decompress(body).decode()
    except zlib.error:
        return body.decode("utf-8", "replace")
