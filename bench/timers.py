"""timers: how late alarms ring, and that none rings early, while a worker has thousands a second to serve.

People wait, each for a moment of his own; a worker of the product runs beside. Somebody has moved once his new line
of the trail is committed; that is looked for twenty times a second, so a figure may be 50 ms too large.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg

from bench import postgres
from bench.serving import furnish, process

TIMERS, QUICK_TIMERS = 50_000, 12_000
SPAN_SECS, QUICK_SPAN_SECS = 60.0, 15.0
#: Time to write everybody down, before the first is due.
LEAD_SECS = 4.0
LOOK_SECS = 0.05
PATIENCE_SECS = 60.0
WORKING = ["-m", "flask", "--app", "wsgi", "worker", "--roles", "intake,advance"]

WAITING = """INSERT INTO enrollment (workspace_id, journey_id, version_id, subject_kind, subject_id, key, entry_id, status,
  stage, step, visit, seq, void_seq, entered_journey, entered_stage, step_begun, taken_at, step_due, due_at, state, epoch)
SELECT c.workspace_id, j.id, j.live_version_id, 'contact', c.id, '', 'in', 'waiting', 'care', 'first', 1, 2, 0, t.begun,
  t.begun, t.begun, t.begun, t.due, t.due, '{"entry": {"name": "friend_added"}}'::jsonb, 1
FROM (SELECT now() AS at) AS clock, journey j, contact c, LATERAL (
  SELECT clock.at + (%(lead)s + (hashint8(c.id) & 1048575) / 1048576.0 * %(span)s) * interval '1 second' AS due) AS d,
  LATERAL (SELECT d.due, d.due - interval '24 hours' AS begun) AS t"""


class Early(AssertionError):
    """Somebody was moved before his time."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: lateness in seconds, median, 99th percentile and worst; `early`, which must be 0."""
    timers, span = (QUICK_TIMERS, QUICK_SPAN_SECS) if quick else (TIMERS, SPAN_SECS)
    with postgres.server() as server:
        url = postgres.fresh(server, "timers")
        furnish(url, timers)
        with process(WORKING, url), psycopg.connect(url, autocommit=True) as connection:
            until_working(connection)
            connection.execute(WAITING, {"lead": LEAD_SECS, "span": span})
            connection.execute("ANALYZE enrollment")
            rows = connection.execute(
                "SELECT id, extract(epoch FROM due_at)::float8 FROM enrollment"
            ).fetchall()
            late = rung(connection, dict(rows), LEAD_SECS + span + PATIENCE_SECS)
    late.sort()
    early = sum(each < 0 for each in late)
    if early or len(late) < timers:
        raise Early(f"{Early.__doc__} {early} of {timers}; {timers - len(late)} never moved.")
    return {
        "timers": timers,
        "over_seconds": span,
        "per_second": round(timers / span),
        "p50_seconds": round(late[len(late) // 2], 3),
        "p99_seconds": round(late[int(len(late) * 0.99)], 3),
        "worst_seconds": round(late[-1], 3),
        "early": early,
        "never": timers - len(late),
    }


def until_working(connection: psycopg.Connection) -> None:
    """Return once the worker has said that it lives: how long Python takes to start is not what is measured."""
    deadline = time.monotonic() + PATIENCE_SECS
    while time.monotonic() < deadline:
        if connection.execute("SELECT 1 FROM worker_beat").fetchone():
            return
        time.sleep(LOOK_SECS)
    raise TimeoutError("The worker did not start.")


def rung(connection: psycopg.Connection, due: dict[int, float], secs: float) -> list[float]:
    """By how many seconds each was late, until all have moved or `secs` are over."""
    last, late = 0, list[float]()
    seen: set[int] = set()
    deadline = time.monotonic() + secs
    while len(seen) < len(due) and time.monotonic() < deadline:
        time.sleep(LOOK_SECS)
        rows = connection.execute(
            "SELECT id, enrollment_id FROM trail WHERE id > %s ORDER BY id", (last,)
        ).fetchall()
        now = time.time()
        for number, enrollment in rows:
            last = max(last, number - 5000)  # lines of a transaction still under way may have lower numbers
            if enrollment not in seen:
                seen.add(enrollment)
                late.append(now - due[enrollment])
    return late
