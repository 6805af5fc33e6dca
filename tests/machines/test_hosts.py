"""P1, P2, P3, P15 over several hosts: workers die and cables are cut; nothing is lost, nothing is done twice."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from sqlalchemy import select

from store.tables import Outbox, WorkerBeat
from tests.faults.children import wait_for
from tests.faults.shaken import Shaken
from tests.machines.conftest import WORKERS, Field
from tests.machines.hosts import Host
from tests.runtime.charts import SHOP

pytestmark = [pytest.mark.faults, pytest.mark.postgres]

#: A link that lost its other end is noticed so soon.
NOTICED_SECS = 20
#: What a worker says then, whether it asked and was refused or waited and heard nothing.
NOT_READY = ("the database is not ready", "the link to the database was silent")


class Fleet(Shaken):
    """A world whose workers run on other hosts."""

    def __init__(self, field: Field, name: str, folder: Path) -> None:
        self.field, self.folder = field, folder
        field.postgres.fresh(name)
        self.far = field.postgres.far(name)
        super().__init__(field.postgres.near(name), folder / "provider.log")
        self.publish(SHOP)

    def start(self, what: str, where: Host) -> Popen[bytes]:
        """Start a worker, or beat, on a host."""
        return where.run(
            [
                sys.executable,
                "-m",
                "tests.machines.working",
                what,
                self.far,
                str(self.workspace),
                str(self.log),
            ],
            {
                "ROADBOOK_DATABASE_URL": self.far,
                "ROADBOOK_BROKER_URL": self.field.rabbit.url,
                "ROADBOOK_TEST_MODE": "1",
                "ROADBOOK_VAR": str(self.folder / "var"),
            },
            self.said(where),
        )

    def said(self, where: Host) -> Path:
        return self.folder / f"{where.name}.log"

    def happens(self, event: str, people: list[str]) -> None:
        for first in range(0, len(people), 300):
            self.events([(event, who, None, f"{event}:{who}", {}) for who in people[first : first + 300]])

    def sent(self) -> int:
        return self.count(Outbox, Outbox.state.in_(("sent", "delivered")))

    def finished(self, messages: int, secs: float) -> float:
        """Wait until so many messages are out and nothing is left to do; returns the seconds it took."""
        began = time.monotonic()
        wait_for(lambda: self.sent() == messages and self.unread() == 0, secs)
        return time.monotonic() - began

    def assert_whole(self) -> None:
        assert self.findings() == []
        attempts = self.provider.attempts()
        sent = {key for (key,) in self.rows(select(Outbox.key).where(Outbox.state == "delivered"))}
        assert set(attempts) == sent, "what the carrier heard of is what we say we sent"
        again = sum(number - 1 for number in attempts.values())
        # Whoever was killed between the carrier's answer and our commit asks again under the same key.
        assert again <= 100 and max(attempts.values()) <= 2


@pytest.fixture
def fleet(field: Field, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(field, f"fleet_{request.node.name[5:20]}", tmp_path)
    yield made
    for name in WORKERS:
        field.net[name].kill()
    made.close()


def people(first: int, number: int) -> list[str]:
    return [f"p{n}" for n in range(first, first + number)]


def test_plain_workers_on_hosts(fleet: Fleet, field: Field) -> None:
    net, crowd = field.net, people(0, 1200)
    fleet.people(crowd[:600])
    fleet.people(crowd[600:])
    rates = []
    for number, first in ((1, 0), (2, 200), (4, 400)):
        for name in WORKERS[fleet.count(WorkerBeat) : number]:
            fleet.start("plain", net[name])
        wait_for(lambda number=number: fleet.count(WorkerBeat) == number, 40)  # type: ignore[misc]
        some = crowd[first : first + 200]
        fleet.happens("joined", some)
        rates.append(f"{number}: {200 / fleet.finished(first + 200, 30):.0f}")
    print(f"\npeople a second from event to message by number of hosts: {', '.join(rates)}")
    fleet.happens("joined", crowd[600:900])
    wait_for(lambda: fleet.sent() > 600)
    net["w1"].kill()
    net["w2"].cut_off_from(net["db"])
    cut = time.monotonic()
    fleet.happens("joined", crowd[900:])
    took = fleet.finished(1200, 40)
    left = NOTICED_SECS - (time.monotonic() - cut)
    wait_for(lambda: any(words in fleet.said(net["w2"]).read_text() for words in NOT_READY), left)
    noticed = time.monotonic() - cut
    net["w2"].join_again(net["db"])
    fleet.happens("order_paid", crowd)
    fleet.finished(2400, 30)
    print(
        f"\nall out {took:.1f} s after one host died and one was cut off; cut off noticed in {noticed:.1f} s"
    )
    fleet.assert_whole()


def test_celery_workers_on_hosts(fleet: Fleet, field: Field) -> None:
    net, crowd = field.net, people(0, 900)
    fleet.people(crowd)
    fleet.start("beat", net["mq"])
    for name in WORKERS[:3]:
        fleet.start("celery", net[name])
    fleet.happens("joined", crowd[:300])
    fleet.finished(300, 40)
    net["w1"].kill()
    net["w2"].cut_off_from(net["mq"])
    fleet.happens("joined", crowd[300:600])
    fleet.finished(600, 30)
    field.rabbit.kill()
    field.rabbit.empty()
    fleet.happens("joined", crowd[600:])
    began = time.monotonic()
    field.rabbit.start()
    net["w2"].join_again(net["mq"])
    fleet.finished(900, 40)
    print(f"\nall out {time.monotonic() - began:.1f} s after the emptied broker began to start")
    fleet.assert_whole()
