"""The same worker as Celery tasks, for who has a broker: `celery -A runtime.celery_app worker -Q advance`.

A task carries no data: it says "look whether there is anything to do". The database stays the truth, and beat says it
again twice a second, so that a broker that was lost or emptied costs half a second and nothing else.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from billiard import pool
from celery import Celery, signals
from kombu import Queue
from kombu.exceptions import OperationalError

import settings
from connectors import dialing
from connectors.registry import Registry
from content.carriers import CARRIERS
from runtime.database import STATEMENT_SECS, Database, passes
from runtime.sharing import WEBHOOK
from runtime.worker import ROLES, Worker
from store import clock, database, logs, secrets

log = logging.getLogger(__name__)

TICK_SECS = 0.5  # how often beat rings for every queue
STALE_SECS = 5  # a ring that nobody heard for so long is not heard any more: the next one says the same
#: A task goes on while there is work, but gives others their turn, and a stopping worker its end, after so long.
TURN_SECS = 2.0
SOFT_LIMIT_SECS, HARD_LIMIT_SECS = STATEMENT_SECS + 15, STATEMENT_SECS + 30  # longer than any statement
MOST_RINGS = 64  # in a queue: enough for every process of a large fleet to have one
NEXT = {"intake": ("advance",), "advance": ("deliver",), "deliver": ("intake",)}  # who is rung after whom

pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 20  # 2 s: nobody waits for a ring to be answered
asked = settings.load()
database.configure(pooled=asked.database_pooled)


def queue(role: str, carrier: str | None = None) -> str:
    """The name of the queue of a role; deliver has one for each carrier."""
    return f"{role}.{carrier}" if carrier else role


CALLS: list[tuple[str, str | None]] = [
    *((role, None) for role in ROLES if role != "deliver"),
    *(("deliver", carrier) for carrier in (*CARRIERS, WEBHOOK)),
]

app = Celery("roadbook", broker=asked.broker_url)
app.conf.update(
    task_queues=[Queue(queue(*call), queue_arguments={"x-max-length": MOST_RINGS}) for call in CALLS],
    task_default_queue="advance",
    task_acks_late=True,
    task_reject_on_worker_lost=False,  # beat rings again by itself
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_soft_time_limit=SOFT_LIMIT_SECS,
    task_time_limit=HARD_LIMIT_SECS,
    task_default_delivery_mode="transient",
    # Without a second try a sender whose link was lost would never open another.
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_max": 0},
    broker_heartbeat=10,
    broker_connection_timeout=5,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # For Redis: a ring counts as lost only when even the slowest task has ended.
    broker_transport_options={} if (asked.broker_url or "").startswith("amqp") else {
        "visibility_timeout": HARD_LIMIT_SECS + 60, "socket_keepalive": True},
    beat_schedule={
        queue(*call): {
            "task": "roadbook.work",
            "schedule": TICK_SECS,
            "args": call,
            "options": {"queue": queue(*call), "expires": STALE_SECS},
        }
        for call in CALLS
    },
)  # fmt: skip


class Here:
    """What one process of the pool holds; opened at its first task, after the fork."""

    #: Set by tests that bring a carrier of their own.
    registry: Registry | None = None
    database: Database | None = None
    workers: dict[tuple[str, str | None], Worker] = {}


def worker(role: str, carrier: str | None) -> Worker:
    """This process's worker for a role."""
    if Here.database is None:
        clock.configure(asked.test_mode)
        dialing.configure(asked.allow_subnets, asked.allow_ports)
        Here.database = Database(asked.database_url)
    if (role, carrier) not in Here.workers:
        served, vault = [carrier] if carrier else None, secrets.Vault(asked.secret_keys)
        made = Worker(Here.database, (role,), registry=Here.registry, carriers=served, vault=vault)
        Here.workers[role, carrier] = made
    return Here.workers[role, carrier]


@app.task(name="roadbook.work")
def work(role: str, carrier: str | None = None) -> int:
    """Work in a role as long as there is something to do, for a turn at most; returns the number of rounds."""
    here, until, rounds = worker(role, carrier), time.monotonic() + TURN_SECS, 0
    try:
        here.heart.beat()
        while here.run_once():
            rounds += 1
            if rounds == 1:
                ring(*((one, c) for one in NEXT.get(role, ()) for r, c in CALLS if r == one))
            if time.monotonic() > until:
                ring((role, carrier))
                break
            time.sleep(min(here.deliver.soon() or 0.0, TICK_SECS))
    except Exception as error:
        if not passes(error):
            raise
        log.warning("the database is not ready (%s); beat rings again", type(error).__name__)
    return rounds


def ring(*calls: tuple[str, str | None]) -> None:
    """Let somebody look; a broker that is away is no matter, since beat rings as soon as it is back."""
    try:
        for call in calls:
            work.apply_async(call, queue=queue(*call), expires=STALE_SECS)
    except OperationalError as error:
        log.warning("the broker is away (%s)", type(error).__name__)


@signals.setup_logging.connect
def _write(**_: Any) -> None:
    logs.configure(asked.log_level, asked.log_format)


@signals.worker_process_shutdown.connect
def _leave(**_: Any) -> None:
    """Give back what is leased and was handed to nobody; what cannot be given back runs out by itself."""
    for one in Here.workers.values():
        try:
            one.deliver.release()
            one.heart.stop()
        except Exception as error:  # noqa: BLE001 - the process ends in any case
            log.warning("leases run out by themselves (%s)", type(error).__name__)
