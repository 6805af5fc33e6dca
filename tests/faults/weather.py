"""What a storm blows over: a workspace, two journeys in real time, carriers of both kinds, and the processes to kill."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select

from connectors.base import Account, Message, Receipt
from connectors.registry import Registry
from content.tables import Material
from journeys import drafts, versions
from journeys.tables import Draft
from runtime import faults
from runtime.database import Database
from runtime.worker import Worker
from store import clock
from store.workspaces import create_workspace
from tests.faults.children import CONTEXT
from tests.runtime.charts import exits, journey, on_event, rule, step, wait
from web import keys

CONTEXT.set_forkserver_preload(["tests.faults.children", "tests.faults.weather"])
ROOT = Path(__file__).parents[2]
KEYED, KEYLESS = "wecom_direct", "sms"
#: Where a killed worker may die on purpose, besides dying at any moment.
POINTS = tuple(p for p in faults.POINTS if p.split(".")[0] not in ("import", "schedule", "publish", "migration", "erase", "wecom"))  # fmt: skip


def says(id: str, stage: str, carrier: str) -> dict[str, Any]:
    return step(id, stage, "send", carrier=carrier, content=f"{id}-{carrier}")


#: Greets, waits a second, listens for four; an order interrupts. Nobody comes twice, and everybody reaches an end.
MAIN = journey(
    stages=[{"id": "meet", "initial": "hello"}, {"id": "bought", "initial": "thanks"}],
    steps=[
        says("hello", "meet", KEYED),
        wait("nap", "meet", **{"for": "PT1S"}),
        step("listen", "meet", "wait_event", events=[{"exit": "came", "event": "replied", "where": None}], longest={"for": "PT4S"}),
        step("warm", "meet", "tag", add=["warm"], remove=[]),
        says("answer", "meet", KEYLESS),
        says("nudge", "meet", KEYED),
        says("thanks", "bought", KEYED),
        wait("days", "bought", **{"for": "PT2S"}),
        says("ask", "bought", KEYLESS),
    ],
    arrows=[
        exits("a1", "hello", "sent", "nap"),
        exits("a2", "nap", "next", "listen"),
        exits("a3", "listen", "came", "warm"),
        exits("a4", "warm", "next", "answer"),
        exits("a5", "answer", "sent", "won"),
        exits("a6", "listen", "timeout", "nudge"),
        exits("a7", "nudge", "sent", "lost"),
        exits("a8", "thanks", "sent", "days"),
        exits("a9", "days", "next", "ask"),
        exits("a10", "ask", "sent", "won"),
        on_event("a11", "meet", "order_paid", "bought"),
    ],
    reentry={"mode": "never"},
)  # fmt: skip

#: Every seven seconds the scheduler looks for whoever replied, and greets them once in their life.
ROUND = journey(
    stages=[{"id": "round", "initial": "news"}],
    steps=[says("news", "round", KEYED)],
    arrows=[exits("a1", "news", "sent", "won")],
    entries=[
        {
            "id": "look", "on": {"type": "schedule", "every": "PT7S"}, "to": "round",
            "where": {"combinator": "and", "not": False, "rules": [rule("tags", "has", "warm")["rules"][0]]},
        }
    ],
    reentry={"mode": "never"},
)  # fmt: skip


def furnish(url: str) -> tuple[int, str]:
    """A workspace with both journeys live: (its id, an editor's API key)."""
    database = Database(url)
    with database.transaction() as tx:
        now = datetime.now(UTC)
        room = create_workspace(tx.session, "Storm", "storm", now)
        tx.session.flush()
        secret, _ = keys.make(tx.session, room.id, "storm", "editor", now)
        for name, chart in (("main", MAIN), ("round", ROUND)):
            for one in chart["steps"]:
                if one["kind"] == "send":
                    key, carrier = one["config"]["content"], one["config"]["carrier"]
                    tx.session.add(
                        Material(workspace_id=room.id, key=key, name=key, carrier=carrier, body={"text": key}, updated_at=now)
                    )  # fmt: skip
            made = drafts.create(tx.session, room.id, name, chart, now=now, actor="storm", key=name)
            tx.session.flush()
            revision = tx.session.scalars(select(Draft.revision).where(Draft.journey_id == made.id)).one()
            versions.publish(tx.session, made, revision, lambda _: [], now=now, actor="storm")
        number = room.id
    database.close()
    return number, secret


class Carrier:
    """Writes a line for each message before it answers: monotonic time, key."""

    def __init__(self, path: Path, *, keeps_keys: bool) -> None:
        self.path, self.keeps_keys, self.most = path, keeps_keys, 100 if keeps_keys else 1
        self.carriers = frozenset({KEYED if keeps_keys else KEYLESS})

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        with self.path.open("ab", buffering=0) as log:
            log.write("".join(f"{time.monotonic():.3f} {m.key}\n" for m in messages).encode())
        return [Receipt(message.key, "delivered", datetime.now(UTC), "p") for message in messages]

    def later(self) -> list[Receipt]:
        return []


def logs(folder: Path) -> dict[str, Path]:
    return {carrier: folder / f"{carrier}.log" for carrier in (KEYED, KEYLESS)}


def labour(
    url: str, workspace: int, folder: str, roles: tuple[str, ...], fault: tuple[str, int] | None
) -> None:
    """The life of a worker in the storm."""
    clock.configure(True)  # the virtual clock that nobody ever sets is the system's
    if fault is not None:
        faults.arm(faults.Fault(fault[0], "kill", fault[1]))
    registry = Registry()
    registry.register("storm", lambda account: Carrier(logs(Path(folder))[account.carrier], keeps_keys=account.carrier == KEYED))  # fmt: skip
    for carrier in (KEYED, KEYLESS):
        registry.open(Account(workspace, carrier, "storm"))
    database = Database(url)
    Worker(database, roles, registry=registry).run()
    database.close()


class Labourer:
    """A worker that is started again whenever it has died."""

    def __init__(self, name: str, given: tuple[str, int, str], roles: tuple[str, ...]) -> None:
        self.name, self.given, self.roles = name, given, roles
        self.process: BaseProcess | None = None
        self.stopped_until = self.ripe_at = 0.0

    def start(self, dice: random.Random | None = None) -> None:
        fault = None
        # Whoever is struck before he has begun to work shows nothing.
        self.ripe_at = time.monotonic() + (dice.uniform(0.3, 3.0) if dice is not None else 0.0)
        if dice is not None and dice.random() < 0.4:
            fault = (dice.choice(POINTS), dice.randint(1, 12))
        self.process = CONTEXT.Process(target=labour, args=(*self.given, self.roles, fault), daemon=True)
        self.process.start()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.is_alive()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
        self.stopped_until = 0.0

    def stop_for(self, secs: float) -> None:
        """Stand still, lease or no lease."""
        assert self.process is not None and self.process.pid
        os.kill(self.process.pid, signal.SIGSTOP)
        self.stopped_until = time.monotonic() + secs

    def wake(self) -> None:
        self.stopped_until = 0.0
        if self.process is not None and self.process.pid and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGCONT)

    def end(self) -> None:
        if self.process is not None:
            self.wake()
            self.process.terminate()
            self.process.join(30)


class Web:
    """The web as it is served: gunicorn, its master and its workers, killed all together."""

    name = "web"

    def __init__(self, url: str, folder: Path, root: Path = ROOT) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder, self.root = folder, root
        self.env = {
            **os.environ,
            "ROADBOOK_DATABASE_URL": url,
            "ROADBOOK_VAR": str(folder / "var"),
            "ROADBOOK_SECRET_KEY": "s" * 64,
            "ROADBOOK_PORT": str(self.port),
            "ROADBOOK_DEMO": "0",
            "WEB_CONCURRENCY": "1",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, _: random.Random | None = None) -> None:
        with (self.folder / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
                cwd=self.root, env=self.env, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def answers(self) -> bool:
        """True when the app itself answers; the port is open long before."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    end = kill
