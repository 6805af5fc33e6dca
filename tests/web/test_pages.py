"""The studio's files, the documentation, health, headers: what a browser and a watcher see."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from werkzeug.routing import BuildError

from store import migrate
from tests.databases import Databases
from tests.web.conftest import House
from web import pages


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built studio of three files."""
    folder = tmp_path / "static"
    assets = folder / "studio" / "assets"
    assets.mkdir(parents=True)
    (folder / "studio" / "index.html").write_text("<!doctype html><title>路书</title>", "utf-8")
    script = b"export const a = 1;" * 200
    (assets / "index-AbCd1234.js").write_bytes(script)
    (assets / "index-AbCd1234.js.gz").write_bytes(gzip.compress(script))
    (assets / "index-AbCd1234.js.br").write_bytes(b"packed by br")
    (folder / "studio" / "favicon.svg").write_text("<svg/>")
    monkeypatch.setattr(pages, "STATIC", folder)
    monkeypatch.setattr(pages, "STUDIO", folder / "studio")
    return folder


@pytest.mark.parametrize("path", ["/", "/journeys/7", "/signin", "/journeys/7/edit?x=1"])
def test_every_address_that_is_no_api_is_the_studio(house: House, studio: Path, path: str) -> None:
    answer = house.nobody().get(path)
    assert answer.status_code == 200 and "路书" in answer.text and answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert (
        "default-src 'self'" in policy
        and "frame-ancestors 'none'" in policy
        and "object-src 'none'" in policy
    )
    assert "script-src" not in policy and "unsafe-eval" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"]


def test_built_files_come_packed_and_are_kept_for_ever(house: House, studio: Path) -> None:
    address = "/static/studio/assets/index-AbCd1234.js"
    plain = house.nobody().get(address)
    assert plain.data.startswith(b"export") and "Content-Encoding" not in plain.headers
    assert "immutable" in plain.headers["Cache-Control"] and "Accept-Encoding" in plain.headers["Vary"]
    packed = house.nobody().get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.data) == plain.data
    assert packed.mimetype == plain.mimetype == "text/javascript"
    best = house.nobody().get(address, headers={"Accept-Encoding": "gzip, br"})
    assert best.headers["Content-Encoding"] == "br" and best.data == b"packed by br"
    refused = house.nobody().get(address, headers={"Accept-Encoding": "br;q=0, gzip"})
    assert refused.headers["Content-Encoding"] == "gzip"
    assert house.nobody().get("/static/studio/favicon.svg").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/studio/assets/none-AbCd1234.js",
        "/static/../settings.py",
        "/static/%2e%2e/app.py",
        "/static/studio/assets/index-AbCd1234.js.gz",
        "/api/v1/nothing",
        "/api/v2/journeys",
        "/static/",
    ],
)
def test_what_is_not_there_is_a_problem_and_not_the_studio(house: House, studio: Path, path: str) -> None:
    answer = house.nobody().get(path)
    assert answer.status_code == 404 and answer.mimetype == "application/problem+json"


def test_without_a_built_studio_the_page_says_how_to_build_it(house: House, studio: Path) -> None:
    (studio / "studio" / "index.html").unlink()
    answer = house.nobody().get("/journeys")
    assert answer.status_code == 503 and "make run" in answer.text and "Retry-After" in answer.headers


def test_the_documentation_stands_alone(house: House) -> None:
    page = house.nobody().get("/api/docs")
    assert page.status_code == 200 and 'data-document="/api/v1/openapi.json"' in page.text
    script = house.nobody().get("/static/docs/docs.js").text
    assert "://" not in page.text + script, "the documentation asks another server for something"
    assert "innerHTML" not in script and "<script>" not in page.text


def test_the_description_is_complete(house: House) -> None:
    document = house.nobody().get("openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"session", "apiKey"}
    schema = document["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "detail", "code", "errors", "request_id"} <= set(schema["properties"])
    seen = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            what = f"{method} {path}"
            assert operation["summary"] and operation["operationId"] not in seen, what
            seen.add(operation["operationId"])
            answers = operation["responses"]
            assert any(status.startswith("2") for status in answers) and "default" in answers, what
            assert operation.get("security") == [] or {"401", "403"} <= set(answers), what
            if method in ("post", "put", "patch", "delete") and operation.get("security") != []:
                assert any(p.get("name") == "Idempotency-Key" for p in operation["parameters"]), what
    problem = document["components"]["responses"]["PROBLEM"]["content"]
    assert "application/problem+json" in problem


def test_the_test_clock_is_there_in_test_mode_only(make_house: Any) -> None:
    house = make_house()
    owner = house.client()
    before = owner.get("test/clock").json["now"]
    moved = owner.post("test/clock", json={"now": "2030-01-01T08:00:00+08:00"})
    assert moved.json["now"] == "2030-01-01T00:00:00+00:00" > before
    assert owner.post("test/clock", json={"advance": "P1M"}).json["now"] == "2030-02-01T00:00:00+00:00"
    assert owner.get("test/clock").json["now"] == "2030-02-01T00:00:00+00:00"
    for wrong in ({"now": "2029-01-01T00:00:00Z"}, {"advance": "-P1D"}, {"advance": "P9999Y"}, {}):
        assert owner.post("test/clock", json=wrong).status_code == 422, wrong
    event = {"name": "order_paid", "external_id": "c", "occurred_at": "2030-02-01T00:30:00Z"}
    assert owner.post("events", json=event).status_code == 202, "events follow another clock than journeys"


def test_outside_test_mode_there_is_no_such_address(database_url: str, make_app: Any) -> None:
    app = make_app(database_url, test_mode=False)
    assert not any("/test/" in rule.rule for rule in app.url_map.iter_rules())
    answer = app.test_client().post("/api/v1/test/clock", json={})
    assert answer.status_code in (404, 405)


def test_alive_ready_and_counted(house: House) -> None:
    nobody = house.nobody()
    assert nobody.get("/healthz").json == {"status": "ok"}
    ready = {"status": "ok", "database": "ok", "migrations": "ok", "worker": "starting"}
    told = {"delivery": "no worker delivers", "sending": "ok"}
    assert nobody.get("/readyz").json == ready | told
    counted = nobody.get("/metrics").text
    assert 'roadbook_requests_total{route="health.ready",status="200"}' in counted
    assert 'roadbook_queue_depth{queue="intake"} 0.0' in counted


def test_not_ready_before_the_tables_are_there(databases: Databases, make_app: Any) -> None:
    url = databases.bare()
    client = make_app(url).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json["migrations"] == "pending"
    assert client.get("/healthz").status_code == 200
    migrate.upgrade(url)
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_a_database(make_app: Any) -> None:
    client = make_app("postgresql://nobody@127.0.0.1:1/none").test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json["database"] == "unavailable"
    api = client.get("/api/v1/journeys", headers={"Authorization": "Bearer rb_" + "x" * 43})
    assert (
        api.status_code == 503 and api.mimetype == "application/problem+json" and api.headers["Retry-After"]
    )


def test_addresses_are_written_as_by_werkzeug(house: House) -> None:
    with house.app.test_request_context():
        assert url_for("consent.history", contact_id=7) == "/api/v1/contacts/7/consent"
        assert url_for("consent.history", contact_id=7, lang="zh", _external=True).endswith(
            "/contacts/7/consent?lang=zh"
        )
        with pytest.raises(BuildError):
            url_for("consent.history")
