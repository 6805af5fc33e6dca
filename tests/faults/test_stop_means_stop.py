"""P16 for pause, exit and consent: once they are acknowledged, no message begins its way more than two seconds later."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from audience import consent, contacts
from audience.tables import Contact
from audience.tables_people import ConsentChange
from connectors.base import Message, Receipt
from journeys.tables import Enrollment
from runtime.worker import Worker
from store import clock
from store.inbox import NewSignal, put
from store.tables import Outbox
from tests.faults import children
from tests.faults.provider import CARRIERS, registry
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP

pytestmark = pytest.mark.faults

PEOPLE = [f"p{number}" for number in range(600)]
GRACE_SECS = 2.0


class Slow:
    """A carrier that takes its time, and writes down when each call began."""

    carriers = CARRIERS

    def __init__(self, path: Path, *, keeps_keys: bool) -> None:
        self.path, self.keeps_keys, self.most = path, keeps_keys, 10 if keeps_keys else 1

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, "".join(f"{time.monotonic()} {m.key}\n" for m in messages).encode())
        os.close(descriptor)
        time.sleep(0.1 if self.keeps_keys else 0.05)
        return [Receipt(message.key, "delivered", datetime.now(UTC), "p") for message in messages]

    def later(self) -> list[Receipt]:
        return []

    def begun(self) -> list[tuple[float, str]]:
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [(float(at), key) for at, key in map(str.split, lines)]


@pytest.fixture(params=["keeps keys", "knows no keys"])
def storm(request: pytest.FixtureRequest, shaken: Shaken, tmp_path: Path) -> Iterator[tuple[Shaken, Slow]]:
    """Six hundred greetings on their way through one worker that does everything."""
    slow = Slow(tmp_path / "slow.log", keeps_keys=request.param == "keeps keys")
    shaken.publish(SHOP)
    shaken.people(PEOPLE)
    shaken.events([("joined", who, None, None, {}) for who in PEOPLE])
    shaken.worker.intake.run()
    while shaken.worker.advance.run():
        pass
    worker = Worker(shaken.database, registry=registry(slow, shaken.workspace))  # type: ignore[arg-type]
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    children.wait_for(lambda: len(slow.begun()) >= 20)
    yield shaken, slow
    worker.stop()
    thread.join(60)


def quiet(shaken: Shaken, slow: Slow, *states: str) -> None:
    """Wait until nothing is sent any more."""
    children.wait_for(lambda: not shaken.count(Outbox, Outbox.state.in_(states)), 60)
    told = len(slow.begun())
    time.sleep(0.3)
    assert len(slow.begun()) == told


def test_p16_after_a_pause_nothing_begins(storm: tuple[Shaken, Slow]) -> None:
    shaken, slow = storm
    shaken.pause(1)
    paused = time.monotonic()
    quiet(shaken, slow, "sending")
    begun = slow.begun()
    assert max(at for at, _ in begun) - paused <= GRACE_SECS
    assert len(begun) < len(PEOPLE), "the storm was over before the pause: nothing was shown"
    assert shaken.count(Outbox, Outbox.state == "pending") > 0


def test_p16_after_an_exit_nothing_begins_for_whoever_left(storm: tuple[Shaken, Slow]) -> None:
    shaken, slow = storm
    ids = [row.id for row in shaken.rows(Enrollment.__table__.select())]
    with shaken.database.transaction() as tx:  # as the API stores an act upon many
        now = clock.now(tx.session)
        act = {"act": "exit", "by": "account:1", "result": "exited"}
        put(
            tx.session,
            [NewSignal(shaken.workspace, "hand", "exit", now, act, enrollment_id=i) for i in ids],
            now,
        )
    left = time.monotonic()
    quiet(shaken, slow, "pending", "sending")
    begun = slow.begun()
    assert max(at for at, _ in begun) - left <= GRACE_SECS
    assert shaken.count(Outbox, Outbox.state == "withdrawn") > 0
    assert len(begun) < len(PEOPLE)
    assert shaken.findings() == []


def test_p16_after_consent_is_withdrawn_nothing_begins_for_whoever_withdrew(
    storm: tuple[Shaken, Slow],
) -> None:
    shaken, slow = storm
    with shaken.database.transaction() as tx:  # as the API keeps what a contact says
        ids = list(tx.session.scalars(select(Contact.id)))
        now = clock.now(tx.session)
        words = consent.attributes({"wecom_direct": False})
        said = [contacts.Change(shaken.workspace, number, now, attributes=words) for number in ids]
        assert contacts.change(tx.session, said, now, said=consent.Said("account:1", "link")) == []
    withdrawn = time.monotonic()
    quiet(shaken, slow, "pending", "sending")
    begun = slow.begun()
    assert max(at for at, _ in begun) - withdrawn <= GRACE_SECS
    assert len(begun) < len(PEOPLE)
    assert shaken.count(Outbox, Outbox.state == "refused") > 0
    assert shaken.count(ConsentChange, ConsentChange.source == "link") == len(PEOPLE)
    assert shaken.findings() == []
