"""/readyz means it, /metrics tells every queue, and neither they nor the logs name anybody."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from runtime.beats import Heart
from runtime.database import Database
from runtime.worker import Worker
from store import logs
from store.tables import WorkerBeat
from tests.databases import Databases
from tests.runtime.charts import SHOP
from tests.runtime.world import World

MARKS = ("Planted Zhang", "13900001234", "planted@example.com", "wm-planted-openid")


def grown_up(app: Flask) -> Flask:
    """An app that started long ago."""
    app.config["ROADBOOK_STARTED"] = datetime.now(UTC) - timedelta(hours=1)
    return app


def test_ready_only_while_a_worker_lives(database_url: str, make_app: Any) -> None:
    client = grown_up(make_app(database_url)).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json["worker"] == "missing"
    database = Database(database_url)
    heart = Heart(database, ("advance", "deliver"))
    heart.beat()
    assert client.get("/readyz").status_code == 200
    assert 'roadbook_workers{role="deliver"} 1.0' in client.get("/metrics").text
    with database.transaction() as tx:
        tx.session.get(WorkerBeat, heart.owner).seen_at = datetime.now(UTC) - timedelta(seconds=61)  # type: ignore[union-attr]
    assert client.get("/readyz").status_code == 503
    database.close()


@pytest.mark.parametrize(("revision", "told", "status"), [("later", "newer", 200), ("0003", "pending", 503)])
def test_ready_while_a_later_release_takes_over_and_not_before_our_own_upgrade(
    database_url: str, make_app: Any, revision: str, told: str, status: int
) -> None:
    client = make_app(database_url).test_client()
    database = Database(database_url)
    with database.transaction() as tx:
        tx.session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    database.close()
    answer = client.get("/readyz")
    assert (answer.json["migrations"], answer.status_code) == (told, status)


def test_a_worker_that_stops_says_goodbye(database_url: str) -> None:
    database = Database(database_url)
    worker = Worker(database)
    worker.stop()
    worker.heart.beat()
    worker.run()
    with database.reading() as tx:
        assert tx.session.query(WorkerBeat).count() == 0
    database.close()


@pytest.mark.postgres
def test_not_ready_on_a_database_that_only_reads(postgres_databases: Databases, make_app: Any) -> None:
    url = postgres_databases.fresh()
    database = Database(url)
    with database.transaction() as tx:
        name = tx.session.execute(text("SELECT current_database()")).scalar_one()
        tx.session.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    database.close()
    answer = make_app(url).test_client().get("/readyz")
    assert answer.status_code == 503 and answer.json["database"] == "unavailable"


def figures(said: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_every_queue_tells_its_depth_age_and_lateness(database_url: str, make_app: Any) -> None:
    world = World(database_url)
    world.publish(SHOP)
    for number in range(3):
        world.person(f"p{number}", name=MARKS[0], attributes={"phone": MARKS[1], "email": MARKS[2]})
        world.event("joined", f"p{number}")
    client = make_app(database_url).test_client()
    first = figures(client.get("/metrics").text)
    assert first['roadbook_queue_depth{queue="intake"}'] == 3
    world.worker.intake.run()
    with world.database.transaction() as tx:
        tx.session.execute(text("UPDATE virtual_clock SET now = :now"), {"now": _plus(world, 90)})
    second = figures(make_app(database_url).test_client().get("/metrics").text)
    assert second['roadbook_queue_depth{queue="intake"}'] == 0
    assert second['roadbook_queue_depth{queue="advance"}'] == 3
    assert second['roadbook_queue_lateness_seconds{queue="advance"}'] == pytest.approx(90, abs=1)
    world.worker.advance.run()
    third = make_app(database_url).test_client().get("/metrics").text
    assert figures(third)['roadbook_queue_depth{queue="deliver"}'] == 3
    assert not [mark for mark in MARKS if mark in third]
    assert {name.partition("{")[0] for name in figures(third)} >= {
        "roadbook_queue_depth",
        "roadbook_queue_oldest_seconds",
        "roadbook_queue_lateness_seconds",
        "roadbook_workers",
    }
    world.close()


def _plus(world: World, secs: int) -> Any:
    then = world.worker.now
    with world.database.reading() as tx:
        at = then(tx.session) + timedelta(seconds=secs)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if world.database.is_sqlite else at


def test_counters_of_several_processes_are_put_together(tmp_path: Path) -> None:
    """As gunicorn's workers count: each in its own process, one sum for whoever asks either."""
    script = (
        "import sys; from web.api.health import REGISTRY, count_one; from web.watching import exposed\n"
        "count_one('some.route', 200, 0.01); sys.stdout.write(exposed(REGISTRY, []).decode())"
    )
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    root = Path(__file__).parents[2]
    said = [
        subprocess.run(
            [sys.executable, "-c", script], env=env, cwd=root, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    wanted = 'roadbook_requests_total{route="some.route",status="200"}'
    assert [figures(one.stdout)[wanted] for one in said] == [1.0, 2.0]


def test_the_workers_log_names_nobody(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root, out = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    try:
        logs.configure("DEBUG", "json")
        root.handlers[0].setStream(out)  # type: ignore[attr-defined]
        world = World(database_url)
        world.publish(SHOP)
        world.person("lin", name=MARKS[0], identities={"external_userid": MARKS[3]},
                     attributes={"phone": MARKS[1], "email": MARKS[2]})  # fmt: skip
        world.event("joined", "lin", mail=MARKS[2])
        world.run()
        monkeypatch.setattr(world.worker.intake, "_batch", _broken)
        with pytest.raises(RuntimeError):
            world.worker.intake._batch(1)
        try:
            _broken(1)
        except RuntimeError:
            logging.getLogger("runtime.worker").exception("a round failed")
        world.close()
    finally:
        root.handlers[:], root.level = before[0], before[1]
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert any(line.get("enrollments") for line in lines), "a batch names its enrollments by number"
    (failed,) = [line for line in lines if line["message"] == "a round failed"]
    assert failed["error"] == "RuntimeError" and failed["places"]
    assert not [mark for mark in MARKS if mark in out.getvalue()]


def _broken(_: int) -> int:
    raise RuntimeError(f"a text that quotes {MARKS[0]} and {MARKS[1]}")


def test_words_say_the_same_as_json() -> None:
    record = logging.LogRecord("runtime", logging.INFO, "f", 1, "messages are %s", ("sent",), None)
    record.enrollments = [1, 2]
    assert logs.AsWords().format(record).endswith("INFO runtime: messages are sent enrollments=[1, 2]")
    assert json.loads(logs.AsJson().format(record))["enrollments"] == [1, 2]
