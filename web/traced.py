"""A span for each request, where OpenTelemetry is configured: its route, its status and its id; nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, g, request

from store import tracing

ROUTE = "roadbook.route"
REQUEST = "roadbook.request_id"


class Traced:
    """Wraps a WSGI application; the routes tell in the environ who they are."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], endpoint: str) -> None:
        self.inner, self.endpoint = inner, endpoint

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        # Not before the first request: commands have an app too, and serve nothing.
        tracing.configure(self.endpoint, "roadbook-web")
        headers = {
            name: environ[key]
            for name, key in (("traceparent", "HTTP_TRACEPARENT"), ("tracestate", "HTTP_TRACESTATE"))
            if key in environ
        }
        with tracing.answering(headers) as span:

            def begin(status: str, *rest: Any) -> Any:
                code = int(status.split(" ", 1)[0])
                route = environ.get(ROUTE, "unknown")
                span.update_name(f"{environ['REQUEST_METHOD']} {route}")
                span.set_attributes(
                    {
                        "http.request.method": environ["REQUEST_METHOD"],
                        "http.route": route,
                        "http.response.status_code": code,
                        REQUEST: environ.get(REQUEST, ""),
                    }
                )
                return start(status, *rest)

            return self.inner(environ, begin)


def register(app: Flask, endpoint: str | None) -> None:
    """Trace the requests of `app` if spans are sent anywhere. Raises tracing.NoTracing."""
    if not endpoint:
        return
    tracing.require()
    app.wsgi_app = Traced(app.wsgi_app, endpoint)  # type: ignore[assignment, method-assign]

    @app.after_request
    def tell(response: Response) -> Response:
        if request.url_rule is not None:
            request.environ[ROUTE] = request.url_rule.rule
        request.environ[REQUEST] = g.get("request_id", "")
        return response
