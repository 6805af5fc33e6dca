"""The queue that peers use: a Celery task to each step, which puts the next step into the queue when it is done."""

from __future__ import annotations

import os
from functools import cache

from celery import Celery
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from bench.one_by_one import step
from store.database import engine_options

app = Celery("bench", broker=os.environ.get("BENCH_BROKER_URL"))
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1, task_ignore_result=True)


@cache
def engine() -> Engine:
    """The database of this process; opened after the fork."""
    url = os.environ["BENCH_DATABASE_URL"]
    return create_engine(url, **engine_options(url))


@app.task(name="bench.move")
def move(enrollment_id: int) -> None:
    """One step of one person."""
    with Session(engine()) as session:
        more = step(session, enrollment_id)
    if more:
        move.delay(enrollment_id)
