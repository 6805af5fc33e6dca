"""poison: what one bad contact in a hundred costs the other ninety-nine, from entry to the second wait.

The same people twice, on two databases in turns: all sound, and one in a hundred with an attribute of the wrong shape, a
text that cannot be written for him, or refused by the carrier for good.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine, text

from bench.drawing import PHASES, START, populate
from bench.postgres import fresh, server
from connectors.base import Account, Message, Receipt
from connectors.registry import Registry
from connectors.sandbox import Sandbox
from content.tables import Material
from runtime.database import Database
from runtime.worker import Worker
from store.database import engine_options
from store.migrate import upgrade

PEOPLE, QUICK_PEOPLE = 20_000, 4_000
ROUNDS, QUICK_ROUNDS = 5, 3
SAYS = "{{ contact.name }} {{ 10 | divided_by: contact.parts }}"
SOUND = """UPDATE contact SET attributes = attributes || '{"parts": 2}'"""
BAD = """UPDATE contact SET attributes = attributes || CASE id / 100 % 3 WHEN 0 THEN '{"skin": [1, {"b": []}]}'::jsonb
  WHEN 1 THEN '{"parts": 0}' ELSE '{"refused": true}' END WHERE id % 100 = 0"""


class Held(AssertionError):
    """A sound contact was held up or lost by a bad one: no figure of this run means anything."""


class Strict(Sandbox):
    """The sandbox, but refusing some for good, as a provider's 400 does."""

    def __init__(self, refused: frozenset[int]) -> None:
        super().__init__()
        self.refused = refused

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        return [
            Receipt(r.key, "failed", datetime.now(UTC), reason="400") if m.contact_id in self.refused else r
            for m, r in zip(messages, super().send(messages), strict=True)
        ]


def run(quick: bool) -> dict[str, Any]:
    """Figures: seconds for all, sound and poisoned, and `delay`, by how much longer the poisoned took for the others."""
    people, rounds = (QUICK_PEOPLE, QUICK_ROUNDS) if quick else (PEOPLE, ROUNDS)
    took: dict[str, list[float]] = {"sound": [], "poisoned": []}
    with server() as url:
        for number in range(rounds):
            for kind in took if number % 2 else reversed(took):
                took[kind].append(_once(fresh(url, f"poison_{kind}"), people, kind == "poisoned"))
    sound, poisoned = (statistics.median(took[kind]) for kind in ("sound", "poisoned"))
    return {
        "people": people,
        "bad": people // 100,
        "sound_seconds": round(sound, 2),
        "poisoned_seconds": round(poisoned, 2),
        "delay": round(poisoned / sound - 1, 3),
    }


def _once(url: str, people: int, poisoned: bool) -> float:
    """Move everybody from the entry to the end, messages handed over; returns the seconds."""
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        populate(connection, people)
        connection.execute(text(SOUND))
        if poisoned:
            connection.execute(text(BAD))
        row = {"workspace_id": 1, "carrier": "sandbox", "body": {"text": SAYS}, "updated_at": START}
        for key in ("hello", "offer"):
            connection.execute(Material.__table__.insert().values(key=key, name=key, **row))
    refused = frozenset(n for n in range(100, people + 1, 100) if n // 100 % 3 == 2) if poisoned else ()
    now = [START]
    worker = Worker(Database(url), now=lambda session: now[0], registry=_registry(frozenset(refused)))
    begun = time.perf_counter()
    for after in PHASES.values():
        now[0] = START + after
        worker.run_until_idle()
    took = time.perf_counter() - begun
    _check(engine, people, poisoned)
    engine.dispose()
    return took


def _registry(refused: frozenset[int]) -> Registry:
    registry = Registry()
    registry.register("strict", lambda account: Strict(refused))
    registry.open(Account(1, "sandbox", "strict", {"per_second": 0}))
    return registry


def _check(engine: Any, people: int, poisoned: bool) -> None:
    with engine.connect() as connection:
        ended = connection.execute(
            text("SELECT count(*) FROM enrollment WHERE status = 'ended'")
        ).scalar_one()
        failed = connection.execute(
            text("SELECT count(*) FROM outbox WHERE state = 'failed' AND contact_id % 100 <> 0")
        ).scalar_one()
    if ended < people or failed:
        raise Held(f"{Held.__doc__} {people - ended} stand, {failed} sound messages failed.")
