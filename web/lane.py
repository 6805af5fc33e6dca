"""The lane for events: what a program sends in thousands is taken before the desk, if nothing about it is in doubt.

Anything else goes on to the desk (the Flask app), which says what is wrong; so both answer alike, and the lane
knows no error of its own. Here several requests are stored by one commit, each answered after it.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import orjson
from flask import Flask, request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from audience import events as happenings
from audience.plain_events import glance
from journeys.words import Words
from settings import Settings
from store import clock
from store.database import db
from store.inbox import NewSignal
from store.posting import Full, Posting, into_inbox
from web import access_log, headers, keys, traced
from web.access import SENDER, Actor
from web.api.events import AHEAD, MOST
from web.api.health import count_one
from web.errors import Problem
from web.keys import RING
from web.strict_json import BadJson, read

PATH = "/api/v1/events"
ENDPOINT = "events.take"
#: What only the desk deals with: answers kept by key, and whatever a browser says of where it comes from.
DESK = (
    "HTTP_IDEMPOTENCY_KEY",
    "HTTP_ORIGIN",
    "HTTP_SEC_FETCH_SITE",
    "HTTP_TRANSFER_ENCODING",
    "QUERY_STRING",
)
#: Under this name the lane hands the desk an error that it is to answer.
FAILED = "roadbook.failed"
CROWDED = Words(
    "现在等着保存的事件太多了，这一次没有保存；请稍后再发。",
    "Too many events are waiting to be stored; these were not. Send them again in a moment.",
)

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


def register(app: Flask) -> None:
    """Let `app` answer what the lane has met and cannot answer."""

    @app.before_request
    def failed() -> None:
        error = request.environ.get(FAILED)
        if error is not None:
            raise error


class Lane:
    """Answers plain events by itself and lets everything else pass."""

    def __init__(self, app: Flask, desk: Wsgi, settings: Settings) -> None:
        self.app, self.desk, self.settings = app, desk, settings
        self._engine: Engine | None = None
        self._posting: Posting | None = None

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == PATH and environ.get("REQUEST_METHOD") == "POST":
            begun = time.perf_counter()
            actor = self._admitted(environ)
            if actor is not None:
                answer = self._take(environ, actor)
                if answer is not None:
                    return self._answer(environ, start, answer, actor, begun)
        return self.desk(environ, start)

    def _admitted(self, environ: dict[str, Any]) -> Actor | None:
        """Who sends what looks like events by a key that may; None for everything that the desk must judge."""
        if any(environ.get(name) for name in DESK):
            return None
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
            return None
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isdecimal() or not 0 < int(length) <= self.settings.max_body_bytes:
            return None
        scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        actor = RING.holder(secret.strip()) or self._ask(secret.strip())
        return actor if actor is not None and actor.may(SENDER) else None

    def _ask(self, secret: str) -> Actor | None:
        try:
            with Session(self._database()) as session:
                actor = keys.holder(session, secret)
        except SQLAlchemyError:
            return None  # the desk asks again, and says so if the database is away
        if actor is not None:
            RING.remember(secret, actor)
        return actor

    def _take(self, environ: dict[str, Any], actor: Actor) -> dict[str, Any] | None:
        """Read, check and store; None, with the body as if unread, if the desk must look at it."""
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        if len(body) != int(environ["CONTENT_LENGTH"]):
            return None
        try:
            signals = self._signals(read(body), actor.workspace_id)
            if signals is None:
                return None
            accepted = self._post(signals)
        except BadJson:
            return None
        except Full:
            environ[FAILED] = Problem(503, "crowded", CROWDED, headers={"Retry-After": "1"})
            return None
        except Exception as error:  # noqa: BLE001 - the desk raises it and answers
            environ[FAILED] = error
            return None
        return {"accepted": accepted, "duplicates": len(signals) - accepted, "errors": []}

    def _signals(self, given: Any, workspace_id: int) -> list[NewSignal] | None:
        if type(given) is not dict:
            return None
        now = self._now()
        if "events" not in given:
            signals = [glance(workspace_id, given, now)]
        else:
            several = given["events"]
            if len(given) > 1 or type(several) is not list or not 0 < len(several) <= MOST:
                return None
            signals = [_read(workspace_id, event, now) for event in several]
        latest = now + AHEAD
        good = [signal for signal in signals if signal is not None and signal.occurred_at <= latest]
        return good if len(good) == len(signals) else None

    def _now(self) -> datetime:
        if not self.settings.test_mode:
            return clock.system()
        with Session(self._database()) as session:
            return clock.now(session)

    def _post(self, signals: list[NewSignal]) -> int:
        if self._posting is None:
            self._posting = Posting(self._database(), into_inbox)
        return self._posting.post(signals)

    def _database(self) -> Engine:
        if self._engine is None:
            with self.app.app_context():
                self._engine = db.engine
        return self._engine

    def _answer(
        self, environ: dict[str, Any], start: Start, answer: dict[str, Any], actor: Actor, begun: float
    ) -> list[bytes]:
        body = orjson.dumps(answer)
        request_id = headers.named(environ.get("HTTP_X_REQUEST_ID", ""))
        said = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        said += headers.of_answer(request_id)
        if self.settings.production and environ.get("wsgi.url_scheme") == "https":
            said.append(("Strict-Transport-Security", headers.ONLY_TLS))
        secs = time.perf_counter() - begun
        access_log.write(request_id, "POST", PATH, 202, round(secs * 1000, 1), actor)
        count_one(ENDPOINT, 202, secs)
        environ |= {traced.ROUTE: PATH, traced.REQUEST: request_id}
        start("202 ACCEPTED", said)
        return [body]


def _read(workspace_id: int, event: Any, now: datetime) -> NewSignal | None:
    """One event of a list; None if it names its contact by a number, which must be looked up, or a group, or is none."""
    if type(event) is not dict or happenings.names_group(event):
        return None
    signal, _ = happenings.read(workspace_id, event, now, "")
    return signal if signal is not None and signal.contact_id is None else None
