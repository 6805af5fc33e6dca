"""Is it alive, is it ready, and how does it do: for machines that watch."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.core import Metric
from sqlalchemy.exc import SQLAlchemyError

from store.database import db
from web.access import PUBLIC, needs
from web.watching import NEEDED, READY, Queues, exposed, readiness

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
    """The database takes writes and has all that this release needs, and a worker was heard of within a minute.

    After a later release has upgraded the database `migrations` is `newer`, and we go on until we are replaced.
    In the first minute of this process a worker may still be `starting`. `delivery` and `sending` say whether messages
    leave; that they do not makes nobody unready.
    """
    try:
        found = readiness(db.session(), current_app.config["ROADBOOK_STARTED"])
    except SQLAlchemyError as error:
        current_app.logger.warning("not ready: %s", type(error).__name__)
        found = {"database": "unavailable", "migrations": "unknown", "worker": "unknown"}
    finally:
        db.session.rollback()
    ok = {found[name] for name in NEEDED} <= READY
    return {"status": "ok" if ok else "unavailable", **found}, 200 if ok else 503


@health.get("/metrics")
@needs(PUBLIC)
def metrics() -> Response:
    """Figures for Prometheus; names of routes, queues and roles with numbers, nothing of anybody."""
    queues: Queues = current_app.extensions.setdefault("roadbook-queues", Queues())
    measured: list[Metric] = []
    try:
        measured = queues.read(db.session())
    except SQLAlchemyError as error:
        current_app.logger.warning("no store metrics: %s", type(error).__name__)
    finally:
        db.session.rollback()
    return Response(exposed(REGISTRY, measured), content_type=CONTENT_TYPE_LATEST)


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
