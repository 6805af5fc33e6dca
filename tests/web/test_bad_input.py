"""Bad input on every route that takes any: always a 4xx problem that names the place, never half a write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.conftest import House
from tests.web.rows import Rows, furnish
from tests.web.test_isolation import everything
from tests.web.test_journeys_api import DEFINITION

NESTED = b'{"a":' * 70 + b"1" + b"}" * 70
#: Bodies that no route may take, whatever it is about: (body, status, path of the first error).
REFUSED: dict[str, tuple[bytes, int, str]] = {
    "cut off": (b'{"name": "x"', 400, ""),
    "no JSON": (b"name=x", 400, ""),
    "trailing text": (b"{} {}", 400, ""),
    "not UTF-8": (b'{"name": "\xff"}', 400, ""),
    "NaN": (b'{"a": NaN}', 422, "a"),
    "Infinity": (b'{"a": [1, -Infinity]}', 422, "a[1]"),
    "1e999": (b'{"a": {"b": 1e999}}', 422, "a.b"),
    "2^63": (b'{"a": 9223372036854775808}', 422, "a"),
    "a number of 5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", 422, "a"),
    "a key twice": (b'{"a": 1, "b": {"c": 1, "c": 2}}', 422, "b.c"),
    "NUL": (b'{"a": "x\\u0000y"}', 422, "a"),
    "NUL in a key": (b'{"x\\u0000y": 1}', 422, "x\\x00y"),
    "a lone surrogate": (b'{"a": ["\\ud800"]}', 422, "a[0]"),
    "70 levels": (NESTED, 422, ".".join("a" * 64)),
    "100,000 levels": (b"[" * 100_000 + b"]" * 100_000, 422, ""),
    "a list": (b"[1, 2]", 422, ""),
    "a text": (b'"hello"', 422, ""),
    "a number": (b"17", 422, ""),
    "true": (b"true", 422, ""),
    "null": (b"null", 422, ""),
}
#: Fields that nobody may set from outside.
NOT_YOURS = ("workspace_id_", "is_admin", "created_at", "stats", "__proto__", "constructor")


def writes(house: House) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every route that takes a JSON body: method, path, schema of the body."""
    document = house.nobody().get("openapi.json").json
    for path, item in document["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {}) if method != "parameters" else {}
            if "application/json" in content:
                schema = content["application/json"]["schema"]
                if "$ref" in schema:
                    schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
                yield method.upper(), path, schema


def problem(answer: Any, what: str) -> dict[str, Any]:
    """The answer as the problem that it has to be."""
    assert 400 <= answer.status_code < 500, f"{what}: {answer.status_code} {answer.text[:300]}"
    assert answer.mimetype == "application/problem+json", what
    told = answer.json
    assert told["status"] == answer.status_code and told["code"] and told["detail"] and told["request_id"], (
        what
    )
    assert "Traceback" not in answer.text and "sqlalchemy" not in answer.text.lower(), what
    return told


def send(house: House, rows: Rows, method: str, path: str, **options: Any) -> Any:
    headers = {"If-Match": '"1"', **options.pop("headers", {})}
    return house.client().call(method, rows.path(path), headers=headers, **options)


def test_bodies_that_are_no_strict_json(house: House) -> None:
    rows = furnish(house, "main")
    before = everything(house)
    for method, path, _ in writes(house):
        for name, (body, status, where) in REFUSED.items():
            what = f"{method} {path} with {name}"
            told = problem(send(house, rows, method, path, data=body, content_type="application/json"), what)
            assert told["status"] == status, what
            assert told["errors"][0]["path"] == where, (what, told["errors"][:2])
            assert told["errors"][0]["message"]
    assert everything(house) == before


def test_unknown_fields_and_wrong_types(house: House) -> None:
    rows = furnish(house, "main")
    before = everything(house)
    for method, path, schema in writes(house):
        for field in NOT_YOURS:
            what = f"{method} {path} with {field}"
            told = problem(send(house, rows, method, path, json={field: 1}), what)
            assert field in {error["path"] for error in told["errors"]}, (what, told)
        for field in schema["properties"]:
            for value in ([[[]]], {"a": {"b": []}}, True, -1.5):
                if _fits(schema["properties"][field], value):
                    continue
                what = f"{method} {path} with {field}={value}"
                told = problem(send(house, rows, method, path, json={field: value}), what)
                assert any(error["path"].startswith(field) for error in told["errors"]), (what, told)
    assert everything(house) == before


def _fits(schema: dict[str, Any], value: Any) -> bool:
    """True if a value of this type may be right for all that this test knows."""
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    if "$ref" in schema or "allOf" in schema:
        return isinstance(value, dict)
    if isinstance(value, dict):
        return "object" in types
    if isinstance(value, list):
        return False  # no list of ours holds lists of lists
    return "boolean" in types if isinstance(value, bool) else "number" in types


def test_another_content_type(house: House) -> None:
    rows = furnish(house, "main")
    for method, path, _ in writes(house):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            answer = send(house, rows, method, path, data=b'{"name": "x"}', content_type=kind)
            assert problem(answer, path)["status"] == 415, (method, path, kind)


def test_a_body_beyond_the_limit(make_house: Any) -> None:
    house = make_house(max_body_bytes=10_000)
    rows = furnish(house, "main")
    for method, path, _ in writes(house):
        answer = send(
            house, rows, method, path, data=b"[" + b" " * 20_000 + b"]", content_type="application/json"
        )
        assert problem(answer, path)["status"] == 413, (method, path)


def huge() -> dict[str, Any]:
    steps = [{"id": f"s{i}", "stage": "trust", "kind": "wait", "config": {}} for i in range(10_000)]
    return {**DEFINITION, "steps": steps}


def cyclic() -> dict[str, Any]:
    """Stages that lead into one another without time, a step that leads to itself, arrows to nowhere."""
    return {
        "format": 1,
        "stages": [{"id": "a", "initial": "x"}, {"id": "b"}],
        "steps": [{"id": "x", "stage": "a", "kind": "tag", "config": {"add": ["t"]}}],
        "arrows": [
            {"id": "1", "from": "x", "exit": "next", "to": "x"},
            {"id": "2", "from": "a", "on": {"type": "done"}, "to": "b"},
            {"id": "3", "from": "b", "on": {"type": "done"}, "to": "a"},
        ],
        "entries": [{"id": "in", "on": {"type": "event", "name": "e"}, "to": "a"}],
    }


NONSENSE: dict[str, Any] = {
    "10,000 steps": huge(),
    "an arrow to nowhere": {
        **DEFINITION,
        "arrows": [{"id": "z", "from": "pause", "exit": "next", "to": "nowhere"}],
    },
    "an arrow from an arrow": {**DEFINITION, "arrows": [{"id": "z", "from": "z", "exit": "next", "to": "z"}]},
    "two of one id": {**DEFINITION, "ends": [{"id": "trust"}]},
    "an unknown kind": {**DEFINITION, "steps": [{"id": "pause", "stage": "trust", "kind": "rocket"}]},
    "an unknown key": {**DEFINITION, "hooks": []},
    "lists of the wrong things": {**DEFINITION, "stages": [1, None, "x", []]},
    "a stage that is its own step": {**DEFINITION, "steps": [{"id": "s", "stage": "s", "kind": "wait"}]},
    "a format to come": {**DEFINITION, "format": 2},
    "a wait for ever and a day": {
        **DEFINITION,
        "steps": [
            {"id": "pause", "stage": "trust", "kind": "wait", "config": {"until": {"for": "P9999999999999D"}}}
        ],
    },
    "a rule of rules": {
        **DEFINITION,
        "entries": [
            {"id": "i", "on": {"type": "hand"}, "to": "trust", "where": {"combinator": "xor", "rules": [[]]}}
        ],
    },
}


@pytest.mark.parametrize("name", NONSENSE)
def test_drawings_that_make_no_sense(house: House, name: str) -> None:
    rows = furnish(house, "main")
    before = everything(house)
    definition = NONSENSE[name]
    for method, path, body in (
        ("POST", "journeys", {"name": "x", "definition": definition}),
        ("PUT", "journeys/{journey_id}/draft", {"definition": definition}),
        ("POST", "journeys/{journey_id}/simulate", {"definition": definition, "contacts": 5, "days": 5}),
    ):
        told = problem(send(house, rows, method, path, json=body), f"{method} {path} {name}")
        assert told["status"] == 422 and told["errors"], told
        assert told["errors"][0]["path"].startswith(
            ("definition", "steps", "arrows", "stages", "entries", "")
        ), told
    answer = send(house, rows, "POST", "journeys/{journey_id}/check", json={"definition": definition})
    assert answer.status_code == 422 or answer.json["counts"]["error"] > 0
    assert everything(house) == before


def test_loops_without_time_are_drawn_but_never_published(house: House) -> None:
    owner = house.client()
    number = owner.post("journeys", json={"name": "loop", "definition": cyclic()}).json["id"]
    before = everything(house)
    refused = problem(owner.post(f"journeys/{number}/publish", json={"revision": 1}), "publish")
    assert refused["code"] == "not-publishable" and refused["problems"] and refused["errors"]
    played = owner.post(f"journeys/{number}/simulate", json={"contacts": 5, "days": 3})
    assert played.status_code in (200, 422)
    assert everything(house) == before


def test_nothing_of_a_batch_is_stored_by_half(house: House) -> None:
    owner, before = house.client(), everything(house)
    good, bad = {"external_id": "good"}, {"external_id": "bad", "attributes": {"a": {"nested": 1}}}
    answer = owner.post("contacts/batch", json={"contacts": [good, bad, {"external_id": "x", "hat": 1}]})
    assert answer.status_code == 200 and answer.json["created"] == 1
    assert {e["path"] for e in answer.json["errors"]} == {"contacts[1].attributes.a", "contacts[2].hat"}
    stored = everything(house)["contact"]
    assert len(stored) == len(before["contact"]) + 1
    refused = problem(owner.post("contacts/batch", json={"contacts": [bad]}), "all bad")
    assert refused["errors"][0]["path"] == "contacts[0].attributes.a"
    assert everything(house)["contact"] == stored


@pytest.mark.parametrize(
    "query",
    [
        "contacts?q=%00", "contacts?limit=0", "contacts?limit=x", "contacts?limit=99999999999999999999",
        "contacts?cursor=!!", "contacts?cursor=djE6eA", "contacts?nonsense=1", "contacts?q=a&q=b",
        "events?contact_id=99999999999999999999999", "events?contact_id=-1", "events?contact_id=%EF%BC%91",
        "messages?status=lost", "journeys?status=x", "contacts/1/timeline?cursor=djE6MjAyNg",
    ],
)  # fmt: skip
def test_queries(house: House, query: str) -> None:
    furnish(house, "main")
    told = problem(house.client().get(query), query)
    assert told["status"] == 422 and told["errors"][0]["path"] in query


@pytest.mark.parametrize(
    "path", ["contacts/99999999999999999999", "contacts/-1", "contacts/x", "nothing", "../etc"]
)
def test_addresses_that_are_none(house: House, path: str) -> None:
    assert problem(house.client().get(path), path)["status"] == 404


def test_another_method(house: House) -> None:
    answer = house.client().delete("contacts")
    assert problem(answer, "DELETE contacts")["status"] == 405 and "GET" in answer.headers["Allow"]
