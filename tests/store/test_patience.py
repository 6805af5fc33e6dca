"""A link that falls silent is given up in time, and a statement that merely takes long is not."""

from __future__ import annotations

import time

import psycopg
import pytest
import sqlalchemy as sa

from store import patience
from store.database import engine_options
from tests.databases import Databases
from tests.faults.server import Link

pytestmark = pytest.mark.postgres


@pytest.fixture
def link(postgres_databases: Databases) -> Link:
    return Link(postgres_databases.bare())


def through(link: Link) -> sa.Engine:
    url = link.address(link.url)
    return sa.create_engine(url, **engine_options(url))


def test_a_link_that_falls_silent_is_given_up(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SILENCE_SECS", 0.5)
    monkeypatch.setattr(patience, "SECOND_SECS", 1)
    engine = through(link)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
        link.silent.set()
        began = time.monotonic()
        with pytest.raises(sa.exc.OperationalError) as raised:
            connection.execute(sa.text("SELECT 1"))
        assert isinstance(raised.value.orig, patience.Silent) and raised.value.connection_invalidated
        assert time.monotonic() - began < 10
    link.silent.clear()
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    engine.dispose()
    link.close()


def test_a_long_statement_is_waited_for(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    real = patience.Impatient._at_work

    def at_work(self: patience.Impatient) -> bool:
        asked.append(real(self))
        return asked[-1]

    monkeypatch.setattr(patience, "SILENCE_SECS", 0.3)
    monkeypatch.setattr(patience.Impatient, "_at_work", at_work)
    engine = through(link)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1 FROM pg_sleep(1.2)")).scalar_one() == 1
    assert asked and all(asked)
    engine.dispose()
    link.close()


def test_a_server_process_that_waits_for_us_does_not_work_for_us(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link was lost on the way there: the server never heard the question."""
    with psycopg.connect(link.address(link.url)) as bare:
        made = patience.Impatient.connect(link.address(link.url))
        made.again = {"conninfo": link.address(link.url)}
        bare.execute("SELECT 1")
        assert made._at_work() is False
        made.close()
    link.close()
