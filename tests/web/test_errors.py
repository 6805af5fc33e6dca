"""The one translator: both languages, request ids, and nothing of the inside in any answer or log."""

from __future__ import annotations

import logging
import sqlite3

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from journeys.tables import Journey
from journeys.words import Words
from tests.web.conftest import House
from web.access import PUBLIC, needs
from web.errors import Problem
from web.strict_json import BadJson, read

SECRET = "SELECT password FROM account WHERE phone = '13800138000'"


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("fr", "zh"),
        ("fr, en;q=0.5", "en"),
        ("", "zh"),
    ],
)
def test_the_reader_is_answered_in_his_language(house: House, asked: str, language: str) -> None:
    answer = house.client().post("journeys", json={"name": 7}, headers={"Accept-Language": asked})
    told = answer.json
    assert answer.headers["Content-Language"] == language
    for text in (told["title"], told["detail"], told["errors"][0]["message"]):
        assert text.isascii() is (language == "en"), text


def test_every_answer_has_an_id_and_a_good_one_is_taken_over(house: House) -> None:
    caller = house.nobody()
    first, second = caller.get("/healthz"), caller.get("/healthz")
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    given = caller.get("journeys", headers={"X-Request-Id": "trace-0001"})
    assert given.headers["X-Request-Id"] == given.json["request_id"] == "trace-0001"
    forged = caller.get("journeys", headers={"X-Request-Id": "x y<script>"})
    assert "script" not in forged.headers["X-Request-Id"]


def failing(error: Exception) -> House:
    raise error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError(SECRET), 500),
        (KeyError(SECRET), 500),
        (ZeroDivisionError(), 500),
        (RecursionError(SECRET), 500),
        (
            OperationalError(
                SECRET, {"phone": "13800138000"}, sqlite3.OperationalError("database is locked")
            ),
            503,
        ),
        (IntegrityError(SECRET, {}, sqlite3.IntegrityError("UNIQUE")), 409),
        (DataError(SECRET, {}, sqlite3.DataError("too long")), 422),
        (Problem(418, "teapot", Words("茶壶", "teapot")), 418),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_nothing_of_the_inside_gets_out(
    house: House, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise error

    house.app.add_url_rule("/api/v1/fail", view_func=needs(PUBLIC)(fail), endpoint="fail")
    with caplog.at_level(logging.INFO):
        answer = house.nobody().get("fail")
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
    for part in ("SELECT", "13800138000", "Traceback", ".py", "sqlite", "web/"):
        assert part not in answer.text, part
    if status == 500:
        assert answer.json["request_id"] in caplog.text


def test_a_failure_in_the_middle_of_a_write_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.api import journeys

    def broken(_: object) -> list[dict[str, object]]:
        raise RuntimeError("after everything was written")

    monkeypatch.setattr(journeys, "shown", broken)
    key = {"Idempotency-Key": "k"}
    assert house.client().post("journeys", json={"name": "x"}, headers=key).status_code == 500
    monkeypatch.undo()
    assert house.client().get("journeys").json["items"] == []
    assert house.client().get("audit").json["items"] == []
    assert house.client().post("journeys", json={"name": "x"}, headers=key).status_code == 201


def test_a_write_that_lost_against_another_is_done_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.api import journeys

    class Deadlock(Exception):
        sqlstate = "40P01"

    real, tries = journeys.drafts.create, []

    def losing(*args: object, **options: object) -> Journey:
        made = real(*args, **options)  # type: ignore[arg-type]
        tries.append(made)
        if len(tries) < 3:
            raise OperationalError("x", {}, Deadlock())
        return made

    monkeypatch.setattr(journeys.drafts, "create", losing)
    assert house.client().post("journeys", json={"name": "x"}).status_code == 201
    assert len(tries) == 3 and len(house.client().get("journeys").json["items"]) == 1


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"a": {"b": [1, {"c": NaN}]}}', "a.b[1].c"),
        ('[{"a": "\\u0000"}]', "[0].a"),
        ('{"a": 1, "a": 1}', "a"),
        ('{"a": -9223372036854775809}', "a"),
        ("[" * 65 + "]" * 65, "[0]" * 64),
    ],
)
def test_strict_json_names_the_place(text: str, path: str) -> None:
    with pytest.raises(BadJson) as bad:
        read(text.encode())
    assert [found for found, _ in bad.value.problems] == [path] and not bad.value.malformed


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-9223372036854775808",
        "9223372036854775807",
        '"😀"',
        '"\\ud83d\\ude00"',
        "[" * 64 + "]" * 64,
        "1e308",
    ],
)
def test_strict_json_takes_what_is_good(text: str) -> None:
    import json

    assert read(text.encode()) == json.loads(text)
