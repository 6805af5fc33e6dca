"""Links to PostgreSQL that are not waited on for ever: after a silence somebody asks whether our server still works.

Keepalives notice an end that is gone; they do not notice a proxy that holds the line and passes nothing on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from typing import Any

import psycopg

log = logging.getLogger(__name__)

#: So long an answer may take before its link is doubted; then again and again.
SILENCE_SECS = 10.0
#: So long a second link may take to be made and to answer.
SECOND_SECS = 5


class Silent(psycopg.OperationalError):
    """The link to the database has fallen silent; it was given up."""


class Impatient(psycopg.Connection[Any]):
    """A connection that gives up on an answer when the server does not work on it, or cannot be reached any more."""

    #: How a second link is made.
    again: dict[str, Any]

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **more: Any) -> Any:
        return super().wait(self._watched(gen), *args, **more)

    def _watched(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Pass on what the driver waits for, and look up now and then while nothing comes."""
        given: Any = None
        heard = time.monotonic()
        while True:
            try:
                wanted = gen.send(given)
            except StopIteration as end:
                return end.value
            given = yield wanted
            if given:
                heard = time.monotonic()
            elif time.monotonic() - heard >= SILENCE_SECS:
                if not self._at_work():
                    log.warning("the link to the database was silent for %.0f s", time.monotonic() - heard)
                    self.pgconn.finish()
                    raise Silent(str(Silent.__doc__))
                heard = time.monotonic()

    def _at_work(self) -> bool:
        """True while our server process, asked about over a second link, is busy with what we wait for."""
        again = getattr(self, "again", None)
        if again is None:
            return True
        try:
            with _Brief.connect(**{**again, "autocommit": True, "connect_timeout": SECOND_SECS}) as second:
                row = second.execute(
                    "SELECT state FROM pg_stat_activity WHERE pid = %s", (self.info.backend_pid,)
                ).fetchone()
        except psycopg.Error:
            return False
        # Behind a pooler the number is the pooler's own, and nothing is known of it.
        return row is None or row[0] == "active"


class _Brief(psycopg.Connection[Any]):
    """A connection that waits for nothing longer than a moment."""

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **more: Any) -> Any:
        return super().wait(gen, *args, **{**more, "timeout": SECOND_SECS})


def connect(given: dict[str, Any]) -> Impatient:
    """Connect with the driver's own arguments."""
    made = Impatient.connect(**given)
    made.again = given
    return made
