"""OpenTelemetry, where an operator installed and configured it; without it nothing here costs anything."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import Any


class NoTracing(RuntimeError):
    """Spans were asked for and OpenTelemetry is not installed.

    Install opentelemetry-sdk and opentelemetry-exporter-otlp-proto-http, or unset ROADBOOK_OTEL_ENDPOINT.
    """


class _Mode:
    tracer: Any = None
    provider: Any = None


NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def require() -> None:
    """Raise NoTracing unless OpenTelemetry and its exporter over HTTP are installed."""
    try:
        missing = [name for name in NEEDED if find_spec(name) is None]
    except ModuleNotFoundError as error:
        raise NoTracing(NoTracing.__doc__) from error
    if missing:
        raise NoTracing(NoTracing.__doc__)


def configure(endpoint: str | None, service: str) -> bool:
    """Send this process's spans to `endpoint`, an OTLP address over HTTP; False without one. Raises NoTracing."""
    if not endpoint:
        return False
    if _Mode.tracer is not None:
        return True
    require()
    sdk: Any = import_module("opentelemetry.sdk.trace")
    batch: Any = import_module("opentelemetry.sdk.trace.export")
    resources: Any = import_module("opentelemetry.sdk.resources")
    out: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    _Mode.provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": service}))
    _Mode.provider.add_span_processor(batch.BatchSpanProcessor(out.OTLPSpanExporter(endpoint=endpoint)))
    _Mode.tracer = _Mode.provider.get_tracer("roadbook")
    return True


def span(name: str, **facts: str | int) -> AbstractContextManager[Any]:
    """A span around a piece of work, with facts that name nobody; nothing where tracing is not configured."""
    if _Mode.tracer is None:
        return nullcontext()
    told = {f"roadbook.{fact}": value for fact, value in facts.items()}
    started: AbstractContextManager[Any] = _Mode.tracer.start_as_current_span(name, attributes=told)
    return started


def answering(headers: Mapping[str, str]) -> AbstractContextManager[Any]:
    """The span of one HTTP request, continuing the caller's trace where `headers` carries a `traceparent` (W3C)."""
    carried: Any = import_module("opentelemetry.trace.propagation.tracecontext")
    kinds: Any = import_module("opentelemetry.trace")
    above = carried.TraceContextTextMapPropagator().extract(headers)
    started: AbstractContextManager[Any] = _Mode.tracer.start_as_current_span(
        "request", context=above, kind=kinds.SpanKind.SERVER
    )
    return started


def end() -> None:
    """Send what is left; call it before the process ends."""
    if _Mode.provider is not None:
        _Mode.provider.shutdown()
