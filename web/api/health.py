"""Is it alive, is it ready, and how does it do: for machines that watch."""

from __future__ import annotations

import time
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from store import migrate
from store.database import db
from store.tables import Inbox, Outbox
from web.access import PUBLIC, needs

health = Blueprint("health", __name__)
REGISTRY = CollectorRegistry()
REQUESTS = Counter("roadbook_requests", "Answers by route and status", ["route", "status"], registry=REGISTRY)
SECONDS = Histogram("roadbook_request_seconds", "Time to answer by route", ["route"], registry=REGISTRY)


@health.get("/healthz")
@needs(PUBLIC)
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@health.get("/readyz")
@needs(PUBLIC)
def ready() -> tuple[dict[str, str], int]:
    """The database answers and stands at the newest schema."""
    found = {"database": "ok", "migrations": "ok"}
    try:
        db.session.execute(text("SELECT 1"))
        here = set(MigrationContext.configure(db.session.connection()).get_current_heads())
        if here != _heads():
            found["migrations"] = "pending"
    except SQLAlchemyError as error:
        current_app.logger.warning("not ready: %s", type(error).__name__)
        found = {"database": "unavailable", "migrations": "unknown"}
    finally:
        db.session.rollback()
    ok = set(found.values()) == {"ok"}
    return {"status": "ok" if ok else "unavailable", **found}, 200 if ok else 503


@health.get("/metrics")
@needs(PUBLIC)
def metrics() -> Response:
    """Counters for Prometheus; names of routes and numbers, nothing of anybody."""
    lines = [generate_latest(REGISTRY).decode()]
    try:
        waiting = db.session.scalars(select(func.count()).where(Inbox.state == "new")).one()
        pending = db.session.scalars(select(func.count()).where(Outbox.state == "pending")).one()
        lines.append(f"# TYPE roadbook_inbox_new gauge\nroadbook_inbox_new {waiting}\n")
        lines.append(f"# TYPE roadbook_outbox_pending gauge\nroadbook_outbox_pending {pending}\n")
    except SQLAlchemyError as error:
        current_app.logger.warning("no store metrics: %s", type(error).__name__)
    finally:
        db.session.rollback()
    return Response("".join(lines), content_type=CONTENT_TYPE_LATEST)


@health.after_app_request
def count(response: Response) -> Response:
    """Count the answer under its route."""
    count_one(
        *(request.endpoint or "none", response.status_code),
        time.perf_counter() - g.begun if "begun" in g else None,
    )
    return response


def count_one(route: str, status: int, secs: float | None) -> None:
    """Count one answer under its route, with the seconds that it took."""
    REQUESTS.labels(route, str(status)).inc()
    if secs is not None:
        SECONDS.labels(route).observe(secs)


_KNOWN_HEADS: dict[Path, set[str]] = {}


def _heads() -> set[str]:
    """The newest revisions of the folder of migrations; read once, for the files change with the program."""
    if migrate.FOLDER not in _KNOWN_HEADS:
        _KNOWN_HEADS[migrate.FOLDER] = set(ScriptDirectory(str(migrate.FOLDER)).get_heads())
    return _KNOWN_HEADS[migrate.FOLDER]
