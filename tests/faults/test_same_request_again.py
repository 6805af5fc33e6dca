"""P13: the web is killed around a commit; the same request again is answered as if nothing had happened."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from journeys.tables import Journey
from store.database import db
from store.tables import Audit, Idempotency
from tests.faults import children
from tests.web.conftest import House, furnish, settings_for
from web.app import create_app

pytestmark = pytest.mark.faults

KEY = {"Idempotency-Key": "order-1"}
#: Both are asked with the same words.
BODY = json.dumps({"name": "一"})


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def serve(url: str, folder: str, port: int, when: str | None) -> None:
    """The web in a process of its own, which dies before its first commit of a key, or after it and before the reply."""
    app = create_app(settings_for(url, Path(folder)))
    if when == "before the commit":
        event.listen(Session, "before_commit", lambda session: _claims(session) and die())
    inner = app.wsgi_app

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answer = list(inner(environ, start))  # type: ignore[arg-type]
        if when == "before the reply" and environ["REQUEST_METHOD"] == "POST":
            die()
        return answer

    app.wsgi_app = outer  # type: ignore[method-assign]
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def _claims(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(Idempotency)) != 0


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def post(port: int, key: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {**KEY, "Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    connection.request("POST", "/api/v1/journeys", BODY, headers)
    connection.getresponse()


@pytest.mark.parametrize("when", ["before the commit", "before the reply"])
def test_p13_a_write_whose_reply_was_lost_is_done_once(database_url: str, tmp_path: Path, when: str) -> None:
    house: House = furnish(create_app(settings_for(database_url, tmp_path)))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with house.app.app_context():
        db.engine.dispose()
    first = children.CONTEXT.Process(
        target=serve, args=(database_url, str(tmp_path), port, when), daemon=True
    )
    first.start()
    children.wait_for(lambda: answers(port), 60)
    with pytest.raises((OSError, http.client.HTTPException)):
        post(port, house.keys["main", "owner"])
    first.join(20)
    assert first.exitcode == -9
    # Another process of the web, here the test's own, gets the same request again.
    again = [
        house.client().post("journeys", data=BODY, content_type="application/json", headers=KEY)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in again] == [201, 201] and again[0].data == again[1].data
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in again]
    assert replayed == ["true" if when == "before the reply" else None, "true"]
    with house.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Journey)) == 1
        made = select(func.count()).where(Audit.action == "journey.created")
        assert db.session.scalar(made) == 1
        db.session.remove()
        db.engine.dispose()
