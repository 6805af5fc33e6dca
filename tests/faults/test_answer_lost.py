"""P2, P13: the web is killed between the commit and the answer; the sender repeats, and it is still one event."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from settings import Settings
from store.database import engine_options
from store.posting import Posting
from store.tables import Inbox
from tests.faults.children import CONTEXT
from tests.web.conftest import furnish
from web.app import create_app

pytestmark = pytest.mark.faults
EVENTS = {"events": [{"event_id": f"e{n}", "name": "order_paid", "external_id": "c1"} for n in range(5)]}


def send(url: str, folder: str, secret: str, deadly: bool) -> Any:
    """The life of a web process that takes one request, and may be killed once it is committed."""
    app = create_app(Settings(var=Path(folder), database_url=url, secret_key="t" * 64, test_mode=True))
    if deadly:
        commit = Posting._commit

        def and_die(self: Posting, group: Any) -> None:
            commit(self, group)
            os.kill(os.getpid(), signal.SIGKILL)

        Posting._commit = and_die  # type: ignore[method-assign]
    bearer = {"Authorization": f"Bearer {secret}"}
    return app.test_client().post("/api/v1/events", json=EVENTS, headers=bearer)


def test_what_was_stored_but_not_answered_is_stored_once(database_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(var=tmp_path, database_url=database_url, secret_key="t" * 64, test_mode=True))
    secret = furnish(app).keys["main", "editor"]
    child = CONTEXT.Process(target=send, args=(database_url, str(tmp_path), secret, True), daemon=True)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    answer = send(database_url, str(tmp_path), secret, False)
    assert answer.json == {"accepted": 0, "duplicates": 5, "errors": []}
    engine = sa.create_engine(database_url, **engine_options(database_url))
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(Inbox)).scalar_one() == 5
    engine.dispose()
