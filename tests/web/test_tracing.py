"""Spans of the web and of a worker, as they arrive at a collector that speaks OTLP over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from store import tracing
from tests.web.conftest import House
from tests.web.inside_rows import publish
from tests.web.serving import ROOT, serving

TRACE = "0af7651916cd43dd8448eb211c80319c"
JOURNEY = {
    "format": 1,
    "stages": [{"id": "s", "name": "新客", "initial": "hello"}],
    "steps": [
        {"id": "hello", "kind": "send", "stage": "s", "config": {"carrier": "sms", "content": "hi"}},
        {"id": "mark", "kind": "tag", "stage": "s", "config": {"add": ["greeted"]}},
    ],
    "arrows": [{"id": "a1", "from": "hello", "exit": "sent", "to": "mark"}],
    "entries": [{"id": "e", "on": {"type": "event", "name": "joined"}, "to": "s"}],
}


class Collector:
    """Takes spans in at /v1/traces as the OpenTelemetry collector does, and keeps them."""

    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []
        spans = self.spans

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = ExportTraceServiceRequest()
                told.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
                for resource in told.resource_spans:
                    service = {a.key: a.value.string_value for a in resource.resource.attributes}[
                        "service.name"
                    ]
                    for scope in resource.scope_spans:
                        spans.extend(
                            {
                                "service": service,
                                "name": span.name,
                                "trace": span.trace_id.hex(),
                                "facts": {a.key: _value(a.value) for a in span.attributes},
                            }
                            for span in scope.spans
                        )
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1/traces"


def _value(value: Any) -> str | int:
    return int(value.int_value) if value.HasField("int_value") else str(value.string_value)


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_request_and_the_work_it_makes_are_told(
    house: House, database_url: str, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = house.client()
    said = owner.post("contents", json={"key": "hi", "name": "hi", "carrier": "sms", "body": {"text": "早"}})
    assert said.status_code == 201, said.text
    publish(owner, JOURNEY)
    # At noon, whatever the clock of this machine says: nothing is sent in quiet hours.
    assert owner.post("test/clock", json={"now": "2026-03-02T12:00:00+08:00"}).status_code == 200
    monkeypatch.setenv("ROADBOOK_TEST_MODE", "1")
    monkeypatch.setenv("ROADBOOK_OTEL_ENDPOINT", collector.endpoint)
    monkeypatch.setenv("ROADBOOK_DATABASE_URL", database_url)
    monkeypatch.setenv("ROADBOOK_SECRET_KEY", "only-for-tests-only-for-tests-only")
    monkeypatch.setenv("ROADBOOK_VAR", str(tmp_path))
    headers = {
        "Authorization": f"Bearer {house.keys['main', 'owner']}",
        "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
    }
    with serving(database_url, tmp_path) as base:
        person = {"contacts": [{"external_id": "13800138000", "name": "林小满"}]}
        assert requests.post(f"{base}/api/v1/contacts/batch", json=person, headers=headers, timeout=20).ok
        event = {"events": [{"name": "joined", "external_id": "13800138000"}]}
        assert requests.post(f"{base}/api/v1/events", json=event, headers=headers, timeout=20).ok
        assert requests.get(f"{base}/api/v1/contacts/1", headers=headers, timeout=20).ok
        assert (
            requests.get(f"{base}/api/v1/nowhere/13800138000", headers=headers, timeout=20).status_code == 404
        )
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=os.environ.copy()
        )
        patience = time.monotonic() + 30
        while time.monotonic() < patience and len(_messages(owner)) < 1:
            time.sleep(0.2)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    by_name = {span["name"]: span for span in collector.spans}
    web = [span for span in collector.spans if span["service"] == "roadbook-web"]
    assert {"POST /api/v1/contacts/batch", "POST /api/v1/events", "GET /<path:path>"} <= by_name.keys()
    asked = next(span for span in web if span["name"].startswith("GET /api/v1/contacts/<"))
    assert asked["trace"] == TRACE and asked["facts"]["http.response.status_code"] == 200
    assert asked["facts"]["roadbook.request_id"]
    assert by_name["POST /api/v1/events"]["trace"] == TRACE, "the quick lane is told as the desk is"
    work = {span["name"]: span["facts"] for span in collector.spans if span["service"] == "roadbook-worker"}
    assert work["intake"]["roadbook.signals"] == 1
    assert work["advance"]["roadbook.enrollments"] == 1
    assert work["deliver"] == {"roadbook.carrier": "sandbox", "roadbook.messages": 1}
    assert "13800138000" not in str(collector.spans) and "林小满" not in str(collector.spans)


def _messages(owner: Any) -> list[Any]:
    return [one for one in owner.get("messages").json["items"] if one["status"] in ("sent", "delivered")]


def test_without_its_packages_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "find_spec", lambda name: None)
    with pytest.raises(tracing.NoTracing, match="Install opentelemetry-sdk"):
        tracing.require()


def test_without_an_endpoint_nothing_is_traced() -> None:
    assert tracing.configure(None, "roadbook-web") is False
    with tracing.span("advance", enrollments=1) as span:
        assert span is None
