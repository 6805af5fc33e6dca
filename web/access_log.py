"""One line of JSON for each request: what was asked of which route, by whom, how it ended; nothing of anybody."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

import orjson
from flask import Flask, Response, g, request
from flask.logging import wsgi_errors_stream

from web.access import Actor

log = logging.getLogger("web.requests")
#: Asked every few seconds by machines; not worth a line each while they succeed.
QUIET = ("health.alive", "health.ready", "health.metrics")


def register(app: Flask) -> None:
    """Let `app` write its lines. Addresses are told as routes, so that no query and no id stands in the log."""
    if not log.handlers:
        bare = logging.StreamHandler(wsgi_errors_stream)
        bare.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(bare)
        log.propagate = False

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint in QUIET and response.status_code < 400:
            return response
        route = request.url_rule.rule if request.url_rule else None
        ms = round((time.perf_counter() - g.begun) * 1000, 1) if "begun" in g else None
        write(g.get("request_id", ""), request.method, route, response.status_code, ms, g.get("actor"))
        return response


def write(
    request_id: str, method: str, route: str | None, status: int, ms: float | None, actor: Actor | None
) -> None:
    """Write the line of one request; `ms` is how long it took."""
    line = {
        "at": datetime.now(UTC),
        "request_id": request_id,
        "method": method,
        "route": route,
        "status": status,
        "ms": ms,
        "workspace": actor.workspace_id if actor else None,
        "actor": actor.name if actor else None,
    }
    log.info(orjson.dumps(line).decode())
