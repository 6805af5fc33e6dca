"""machines: people moved through the whole journey per second by 1, 2 and 4 workers, plain ones and Celery's, side by side.

Every worker is a process started as an operator starts it, over one PostgreSQL; each run ends when everybody has left the
journey and every message is out. On one machine the figures tell what sharing costs, not what more machines win.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.broker import NoBroker, Rabbit
from bench.drawing import START, populate
from bench.postgres import SIZES, fresh, server
from content.tables import Material
from store.database import engine_options
from store.migrate import upgrade

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PLAIN = [str(BIN / "flask"), "--app", "wsgi", "worker"]
PEOPLE, QUICK_PEOPLE = 60_000, 2_000
#: In the quick size the starting of Python would be most of what is measured.
NUMBERS, QUICK_NUMBERS = (1, 2, 4), (1, 4)
STARTS_SECS, MOVES_SECS = 120, 600
TEMPLATE = "bench_machines"
LEFT = """SELECT (SELECT count(*) FROM enrollment WHERE status <> 'ended') + (SELECT count(*) FROM inbox WHERE state = 'new')
  + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending'))"""


def run(quick: bool) -> dict[str, Any]:
    """Figures: people a second by kind and number of workers; Celery's are left out where no broker can be had."""
    people, numbers = (QUICK_PEOPLE, QUICK_NUMBERS) if quick else (PEOPLE, NUMBERS)
    figures: dict[str, Any] = {"people": people, "cores": os.cpu_count()}
    with ExitStack() as stack:
        url = stack.enter_context(server({**SIZES, "max_connections": "200"}))
        upgrade(fresh(url, TEMPLATE))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for number in numbers:
            figures[f"plain_{number}"] = _measured(url, people, folder, [PLAIN] * number, {})
        try:
            rabbit = Rabbit()
        except NoBroker as error:
            return {**figures, "celery": str(error)}
        stack.callback(rabbit.stop)
        broker = {"ROADBOOK_BROKER_URL": rabbit.start().url}
        for number in numbers:
            figures[f"celery_{number}"] = _measured(url, people, folder, _celery(number, folder), broker)
    for number in numbers:
        figures[f"ratio_{number}"] = round(figures[f"celery_{number}"] / figures[f"plain_{number}"], 2)
    return figures


def _celery(number: int, folder: Path) -> list[list[str]]:
    """One Celery worker with so many processes, and beat."""
    from runtime.celery_app import CALLS, queue

    common = [str(BIN / "celery"), "-A", "runtime.celery_app"]
    queues = ",".join(queue(*call) for call in CALLS)
    return [
        [*common, "worker", "-Q", queues, "-c", str(number), "--without-gossip", "--without-mingle"],
        [*common, "beat", "-s", str(folder / f"beat-{number}"), "--pidfile="],
    ]


def _measured(
    url: str, people: int, folder: Path, commands: Sequence[Sequence[str]], env: dict[str, str]
) -> int:
    """People a second from the moment at which they stand at the door until the last one has left."""
    name = f"{TEMPLATE}_run"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}" template "{TEMPLATE}"')
    here = url.replace("/postgres?", f"/{name}?", 1)
    settings = {"ROADBOOK_DATABASE_URL": here, "ROADBOOK_VAR": str(folder), "ROADBOOK_LOG_LEVEL": "ERROR"}
    with (
        _running(commands, {**os.environ, **settings, **env}),
        psycopg.connect(here, autocommit=True) as look,
    ):
        _until(look, "SELECT count(*) = 0 FROM worker_beat", STARTS_SECS)
        engine = create_engine(here, **engine_options(here))
        with Session(engine) as session:
            populate(session.connection(), people)
            session.add_all(
                Material(
                    workspace_id=1, key=key, name=key, carrier="sandbox", updated_at=START,
                    body={"text": "hello {{ contact.name }}"},
                )
                for key in ("hello", "offer")
            )  # fmt: skip
            session.commit()
        engine.dispose()
        began = time.perf_counter()
        _until(look, LEFT, MOVES_SECS)
        return round(people / (time.perf_counter() - began))


def _until(look: psycopg.Connection, question: str, secs: float) -> None:
    deadline = time.monotonic() + secs
    while (look.execute(question).fetchone() or (0,))[0]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {secs} s the workers are not there yet: {question}")
        time.sleep(0.05)


@contextmanager
def _running(commands: Sequence[Sequence[str]], env: dict[str, str]) -> Iterator[None]:
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
