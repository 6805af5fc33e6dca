"""The Celery adapter: small, set up for batches, a queue for each role and carrier; Redis will do as well as RabbitMQ."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import psutil
import pytest

from bench.broker import free_port
from content.carriers import CARRIERS
from runtime import celery_app
from runtime.database import STATEMENT_SECS
from runtime.worker import ROLES
from tests.databases import Databases
from tests.faults.children import wait_for
from tests.faults.shaken import Shaken
from tests.house.sources import ROOT, text
from tests.needs import need
from tests.runtime.charts import SHOP


def test_the_adapter_stays_an_adapter() -> None:
    assert text(Path("runtime/celery_app.py")).count("\n") < 150


def test_every_role_and_every_carrier_has_its_queue_and_its_tick() -> None:
    conf = celery_app.app.conf
    names = {queue.name for queue in conf.task_queues}
    assert names == {
        *(role for role in ROLES if role != "deliver"),
        *(f"deliver.{c}" for c in (*CARRIERS, "webhook")),
    }
    assert {entry["options"]["queue"] for entry in conf.beat_schedule.values()} == names
    assert all(entry["options"]["expires"] > entry["schedule"] for entry in conf.beat_schedule.values())


def test_it_is_set_up_for_batches() -> None:
    conf = celery_app.app.conf
    assert conf.task_acks_late and conf.worker_prefetch_multiplier == 1 and conf.task_ignore_result
    assert celery_app.TURN_SECS + STATEMENT_SECS < conf.task_soft_time_limit < conf.task_time_limit
    for redis in ("redis://x", None):
        asked = conf.broker_transport_options.get("visibility_timeout")
        assert redis is None or asked is None or asked > conf.task_time_limit


def test_a_ring_without_a_broker_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from kombu.exceptions import OperationalError

    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(celery_app.work, "apply_async", away)
    with caplog.at_level("WARNING", logger=celery_app.__name__):
        celery_app.ring(("advance", None))
    (told,) = caplog.records
    assert told.levelname == "WARNING"
    assert told.getMessage() == "the broker is away (OperationalError)"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    need("redis", program, "as root on Debian: apt-get install redis-server")
    port = free_port()
    process = subprocess.Popen(
        [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


def ended(worker: subprocess.Popen[bytes], said: TextIO) -> int:
    """How a worker that was told to stop has ended; where it stands is told of one that has not."""
    try:
        return worker.wait(30)
    except subprocess.TimeoutExpired:
        worker.send_signal(signal.SIGUSR1)  # Celery writes down where each thread is, and so do its processes
        for child in psutil.Process(worker.pid).children():
            child.send_signal(signal.SIGUSR2)
        time.sleep(2)
        said.seek(0)
        pytest.fail(f"it did not stop:\n{said.read()[-8000:]}", pytrace=False)


@pytest.mark.faults
@pytest.mark.postgres
def test_redis_carries_the_rings_too_and_may_be_emptied(
    redis: str, postgres_databases: Databases, tmp_path: Path
) -> None:
    world = Shaken(postgres_databases.fresh(), tmp_path / "provider.log")
    world.publish(SHOP)
    people = [f"p{n}" for n in range(200)]
    world.people(people)
    env = {**os.environ, "ROADBOOK_DATABASE_URL": world.database.url, "ROADBOOK_BROKER_URL": redis,
           "ROADBOOK_TEST_MODE": "1", "ROADBOOK_VAR": str(tmp_path / "var")}  # fmt: skip
    said = (tmp_path / "said").open("w+")
    crowd = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.machines.working", what, world.database.url, str(world.workspace), str(world.log)],
            cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
        )
        for what in ("beat", "celery")
    ]  # fmt: skip
    try:
        world.events([("joined", who, None, None, {}) for who in people[:100]])
        wait_for(lambda: len(world.provider.attempts()) == 100, 60)
        subprocess.run(["redis-cli", "-u", redis, "flushall"], check=True, capture_output=True)
        world.events([("joined", who, None, None, {}) for who in people[100:]])
        wait_for(lambda: len(world.provider.attempts()) == 200 and world.unread() == 0, 60)
        began = time.monotonic()
        crowd[1].send_signal(signal.SIGTERM)
        assert ended(crowd[1], said) == 0, "told to stop, it finishes its turn and ends well"
        print(f"\nstopped in {time.monotonic() - began:.1f} s")
    finally:
        for one in crowd:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait(10)
    assert world.findings() == []
    assert max(world.provider.attempts().values()) == 1
    world.close()
