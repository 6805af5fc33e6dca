"""OpenTelemetry, where an operator installed and configured it; without it nothing here costs anything."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any


class NoTracing(RuntimeError):
    """Spans were asked for and OpenTelemetry is not installed.

    Install opentelemetry-sdk and opentelemetry-exporter-otlp-proto-http, or unset ROADBOOK_OTEL_ENDPOINT.
    """


class _Mode:
    tracer: Any = None


def configure(endpoint: str | None, service: str) -> bool:
    """Send this process's spans to `endpoint`; False without one. Raises NoTracing."""
    if not endpoint:
        return False
    try:
        trace: Any = import_module("opentelemetry.trace")
        sdk: Any = import_module("opentelemetry.sdk.trace")
        batch: Any = import_module("opentelemetry.sdk.trace.export")
        resources: Any = import_module("opentelemetry.sdk.resources")
        out: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as error:
        raise NoTracing(NoTracing.__doc__) from error
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": service}))
    provider.add_span_processor(batch.BatchSpanProcessor(out.OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    _Mode.tracer = trace.get_tracer("roadbook")
    return True


def span(name: str) -> AbstractContextManager[Any]:
    """A span around a piece of work; nothing where tracing is not configured."""
    if _Mode.tracer is None:
        return nullcontext()
    started: AbstractContextManager[Any] = _Mode.tracer.start_as_current_span(name)
    return started
