"""The night profile: kill web, scheduler and workers at random while people come in, then see whether history is whole.

python3 scripts/faults.py [--kills 2000] [--minutes 60] [--restarts N] [--stops N] [--seed N] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from runtime.database import Database
from runtime.statements import LEASE_SECS
from tests.faults import reckoning
from tests.faults.reckoning import Reckoning
from tests.faults.server import Breakable, breakable
from tests.faults.weather import Labourer, Web, furnish

#: Seconds between two blows, on average.
PACE = 0.3
#: The web needs some seconds to come back, so that it is hit less often than the others.
WEIGHTS = {"worker 1": 4, "worker 2": 4, "scheduler": 2, "web": 1}
#: Events of people who only look around, with each arrival; they move nobody and must not be lost either.
LOOKS = 60
#: Everything is given up as stuck when nothing has got nearer to rest for so long after the last blow.
REST_SECS = 120.0


@dataclass
class Blows:
    """What was done to the processes."""

    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WEIGHTS, 0))
    restarts: int = 0
    stops: int = 0
    secs: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.kills.values())


class Customers(threading.Thread):
    """Posts what people do over HTTP, sends it again until it is acknowledged, and remembers each acknowledged id."""

    def __init__(self, port: int, key: str, seed: int, rate: float) -> None:
        super().__init__(daemon=True)
        self.port, self.rate, self.dice = port, rate, random.Random(seed)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.acknowledged: set[str] = set()
        self.answers: dict[int | str, int] = {}
        self.number = self.taken = self.looks = 0
        self.over = threading.Event()

    def run(self) -> None:
        later: list[tuple[float, list[dict[str, str]]]] = []
        while not self.over.is_set():
            now = time.monotonic()
            due = [events for at, events in later if at <= now]
            later = [(at, events) for at, events in later if at > now]
            arriving = [self._arrive(later, now) for _ in range(self.dice.randint(1, 10))]
            self._introduce([event["external_id"] for event in arriving])
            self._post([event for events in due for event in events] + arriving + self._look_around())
            self.over.wait(len(arriving) / self.rate)
        self._post([event for _, events in later for event in events])

    def _arrive(self, later: list[tuple[float, list[dict[str, str]]]], now: float) -> dict[str, str]:
        self.number += 1
        who = f"c{self.number}"
        for name, chance in (("replied", 0.5), ("order_paid", 0.3)):
            if self.dice.random() < chance:
                at = now + self.dice.uniform(0.5, 5.5)
                later.append((at, [{"name": name, "external_id": who, "event_id": f"{name}:{who}"}]))
        return {"name": "joined", "external_id": who, "event_id": f"joined:{who}"}

    def _look_around(self) -> list[dict[str, str]]:
        """What those who are there look at."""
        first, self.looks = self.looks, self.looks + LOOKS
        return [
            {
                "name": "page_viewed",
                "external_id": f"c{self.dice.randint(1, self.number)}",
                "event_id": f"viewed:{n}",
            }
            for n in range(first, self.looks)
        ]

    def _introduce(self, people: list[str]) -> None:
        """Say by which names carriers reach them."""
        given = [
            {"external_id": who, "identities": {"external_userid": who, "phone": f"+86138{who[1:]:0>8}"}}
            for who in people
        ]
        self._until_taken("contacts/batch", {"contacts": given})

    def _post(self, events: list[dict[str, str]]) -> None:
        if events and self._until_taken("events", {"events": events}):
            self.acknowledged.update(event["event_id"] for event in events)

    def _until_taken(self, path: str, given: dict[str, Any]) -> bool:
        body = json.dumps(given)
        for _ in range(600):
            status = self._once(path, body)
            self.answers[status] = self.answers.get(status, 0) + 1
            if status in (200, 202):
                self.taken += 1
                return True
            time.sleep(0.1)
        return False

    def _once(self, path: str, body: str) -> int | str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", f"/api/v1/{path}", body, self.headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException):
            return "no answer"
        finally:
            connection.close()


class Storm:
    """One run; `blow` does the damage, `settle` waits for the calm."""

    def __init__(self, server: Breakable, folder: Path, options: argparse.Namespace) -> None:
        self.server, self.options, self.dice = server, options, random.Random(options.seed)
        self.url = server.database("storm")
        self.folder = folder
        self.workspace, key = furnish(self.url)
        given = (self.url, self.workspace, str(folder))
        moving = ("intake", "advance", "deliver")
        self.web = Web(self.url, folder)
        self.processes: dict[str, Labourer | Web] = {
            "worker 1": Labourer("worker 1", given, moving),
            "worker 2": Labourer("worker 2", given, moving),
            "scheduler": Labourer("scheduler", given, ("housekeeping",)),
            "web": self.web,
        }
        self.customers = Customers(self.web.port, key, options.seed, options.rate)
        self.blows = Blows()
        self._taken = 0

    def blow(self) -> None:
        began = time.monotonic()
        for process in self.processes.values():
            process.start()
        while not self.web.answers():
            time.sleep(0.1)
        self.customers.start()
        until = began + self.options.minutes * 60
        restart_every = max(1, self.options.kills // (self.options.restarts + 1))
        stop_every = max(1, self.options.kills // (self.options.stops + 1))
        while self.blows.total < self.options.kills and time.monotonic() < until:
            time.sleep(self.dice.expovariate(1 / PACE))
            self._raise_the_dead()
            before = self.blows.total
            self._strike()
            if before == self.blows.total:
                continue
            if self.blows.restarts < self.options.restarts and self.blows.total % restart_every == 0:
                self.server.restart()
                self.blows.restarts += 1
            if self.blows.stops < self.options.stops and self.blows.total % stop_every == 0:
                self._stop_one()
        self.blows.secs = time.monotonic() - began

    def _strike(self) -> None:
        name = self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        process = self.processes[name]
        if isinstance(process, Labourer) and (process.stopped_until or time.monotonic() < process.ripe_at):
            return
        if not process.alive or (process is self.web and not self._served_a_while()):
            return
        process.kill()
        self.blows.kills[name] += 1
        process.start(self.dice)

    def _served_a_while(self) -> bool:
        """The web is struck while it works, and not while it is still starting."""
        served = self.customers.taken > self._taken
        if served:
            self._taken = self.customers.taken
        return served

    def _stop_one(self) -> None:
        process = self.processes[self.dice.choice(("worker 1", "worker 2"))]
        if isinstance(process, Labourer) and process.alive and not process.stopped_until:
            process.stop_for(LEASE_SECS + 2)
            self.blows.stops += 1

    def _raise_the_dead(self) -> None:
        """Whoever died of a fault of his own is counted and started again; whoever stood still long enough goes on."""
        for name, process in self.processes.items():
            if isinstance(process, Labourer) and process.stopped_until:
                if time.monotonic() >= process.stopped_until:
                    process.wake()
            elif not process.alive:
                self.blows.kills[name] += 1
                process.start(self.dice)

    def settle(self, database: Database) -> float:
        """Start everybody sound, let the last customers in, and wait for rest; returns the seconds it took."""
        for process in self.processes.values():
            if isinstance(process, Labourer):
                process.wake()
                process.kill()
            if not process.alive:
                process.start()
        began = time.monotonic()
        self.customers.over.set()
        self.customers.join(REST_SECS)
        nearer, fewest = began, None
        while (left := reckoning.left(database)) and time.monotonic() - nearer < REST_SECS:
            if fewest is None or left < fewest:
                nearer, fewest = time.monotonic(), left
            time.sleep(0.25)
        return time.monotonic() - began

    def end(self) -> None:
        self.customers.over.set()
        for process in self.processes.values():
            process.end()


def run(options: argparse.Namespace) -> tuple[Blows, Reckoning]:
    """Blow, settle and reckon."""
    with tempfile.TemporaryDirectory(prefix="roadbook-storm-") as name, breakable() as server:
        storm = Storm(server, Path(name), options)
        database = Database(storm.url)
        try:
            storm.blow()
            rest = storm.settle(database)
        finally:
            storm.end()
        found = reckoning.reckon(database, Path(name), storm.customers.acknowledged, storm.blows.secs)
        found.rest_secs = round(rest, 1)
        found.answers = {
            str(status): count for status, count in sorted(storm.customers.answers.items(), key=str)
        }
        database.close()
        return storm.blows, found


def main(arguments: list[str]) -> int:
    words = argparse.ArgumentParser(prog="scripts/faults.py", description=str(__doc__).split("\n")[0])
    words.add_argument("--kills", type=int, default=2000)
    words.add_argument("--minutes", type=float, default=60)
    words.add_argument("--restarts", type=int, help="PostgreSQL, immediate; one in fifty kills unless said")
    words.add_argument("--stops", type=int, help="SIGSTOP beyond the lease; one in fifty kills unless said")
    words.add_argument("--rate", type=float, default=10, help="new people a second")
    words.add_argument("--seed", type=int, default=20260301)
    words.add_argument("--json", action="store_true")
    options = words.parse_args(arguments)
    options.restarts = options.kills // 50 if options.restarts is None else options.restarts
    options.stops = options.kills // 50 if options.stops is None else options.stops
    blows, found = run(options)
    if options.json:
        print(json.dumps({"seed": options.seed, "blows": asdict(blows), "found": asdict(found)}, default=str))
    else:
        print(reckoning.table(blows, found, options.seed))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
