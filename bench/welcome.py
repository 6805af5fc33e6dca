"""welcome: two hundred people a second add a member of staff; how long until each has his greeting.

All of it is real but WeCom: a fake one calls the web of two processes, a worker's lane of welcomes takes each call from the
database, lets it into a journey, renders the text and sends it with the code over HTTP to the fake, which writes down how
long after the adding it came. The fake, PostgreSQL, the web, the worker and whoever adds share this machine.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from bench import postgres
from bench.broker import free_port
from bench.serving import process, web
from connectors.wecom.crypto import new_key
from connectors.wecom.fake.world import AGENT_ID, CORP_ID, SECRET
from content.tables import Material
from journeys.tables import Journey, Version
from store import workspaces
from store.database import engine_options
from store.migrate import upgrade
from store.secrets import Vault
from store.tables import Outbox
from store.tables_connections import Connection

PER_SECOND = 200
SECS, QUICK_SECS = 40, 5
#: WeCom gives twenty seconds; a greeting that comes later than this was not worth much.
LATE_SECS = 2.0
HANDS = 8
PATIENCE_SECS = 60.0
KEY = "of-the-benchmark-" * 3
#: The processes may speak to a WeCom on this machine.
NEAR = {"ROADBOOK_SECRET_KEY": KEY, "ROADBOOK_ALLOW_SUBNETS": "127.0.0.0/8", "ROADBOOK_DEMO": "0"}
TEXT = "{{ contact.name | default: '你好' }}，我是你的专属顾问。回复“1”领取新人礼。"
STEPS = [
    {"id": "hello", "stage": "s", "kind": "send", "config": {"carrier": "wecom_direct", "content": "hello"}}
]
DEFINITION = {
    "format": 1,
    "subject": "contact",
    "entries": [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "s"}],
    "stages": [{"id": "s", "initial": "hello"}],
    "steps": STEPS,
    "arrows": [{"id": "a1", "from": "hello", "exit": "sent", "to": "e"}],
    "ends": [{"id": "e", "result": "greeted"}],
    "goals": [],
    "settings": {"timezone": "Asia/Shanghai", "quiet_hours": None},
}


def run(quick: bool) -> dict[str, Any]:
    """Figures: friends a second, milliseconds until the greeting, how many came late or not at all."""
    secs = QUICK_SECS if quick else SECS
    with postgres.server() as server:
        url = postgres.fresh(server, "welcome")
        with fake() as address, near(address), web(url_ready(url, address)) as (port, _):
            call(address, "callback", url=f"http://127.0.0.1:{port}/callbacks/wecom/bench", **CALLS)
            call(address, "staff", userid="adviser", capacity=10**6)
            working = ["-m", "flask", "--app", "wsgi", "worker"]
            with process(working, url):
                warm(address)
                begun = time.time()
                driven = drive(address, secs)
                arrived = settled(address, PER_SECOND * secs)
        sent = states(url)
    took = sorted(one["after_seconds"] for one in arrived)
    number = PER_SECOND * secs
    return {
        "friends": number,
        "asked_per_second": PER_SECOND,
        "per_second": round(len(took) / (max(one["at"] for one in arrived) - begun), 1) if took else 0.0,
        "driven_per_second": round(number / driven, 1),
        "p50_ms": percentile(took, 50),
        "p99_ms": percentile(took, 99),
        "worst_ms": percentile(took, 100),
        "late": sum(one > LATE_SECS for one in took),
        "lost": number - len(took),
        "greetings": sent,
    }


CALLS = {"token": "bench-token", "encoding_aes_key": new_key(), "secret": SECRET}


@contextmanager
def near(address: str = "") -> Iterator[None]:
    """What every process of this run has in its environment; they may speak to the fake at `address`."""
    before = dict(os.environ)
    os.environ.update(NEAR)
    if address:
        os.environ["ROADBOOK_ALLOW_PORTS"] = str(urlsplit(address).port)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def fake() -> Iterator[str]:
    """A fake WeCom in a process of its own; gives its address."""
    port = free_port()
    command = ["-m", "flask", "--app", "wsgi", "fake-wecom", "--port", str(port)]
    with near(), process(command, "sqlite://"):
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + PATIENCE_SECS
        while True:
            try:
                state(address)
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        yield address


def url_ready(url: str, address: str) -> str:
    """Make a workspace that is connected with the fake and greets new friends; returns `url`."""
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    now = datetime.now(UTC)
    with Session(engine) as session:
        room = workspaces.create_workspace(session, "Bench", "bench", now)
        at = {"created_at": now, "updated_at": now}
        row = Connection(
            workspace_id=room.id, connector="wecom", name="WeCom", carriers=["wecom_direct"], state="on",
            settings={"corp_id": CORP_ID, "agent_id": str(AGENT_ID), "address": address}, callback_id="bench", **at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        secrets = {
            "secret": SECRET,
            "callback_token": CALLS["token"],
            "callback_aes_key": CALLS["encoding_aes_key"],
        }
        row.secrets = Vault([KEY]).seal(secrets, f"connection:{room.id}:{row.id}")
        material = Material(
            workspace_id=room.id, key="hello", name="hello", carrier="wecom_direct", body={"text": TEXT}, updated_at=now
        )  # fmt: skip
        journey = Journey(
            workspace_id=room.id, key="bench", name="Bench", status="live", on_resume="skip", **at
        )
        session.add_all([material, journey])
        session.flush()
        version = Version(
            workspace_id=room.id, journey_id=journey.id, number=1, digest="bench", definition=DEFINITION,
            published_at=now, published_by="bench",
        )  # fmt: skip
        session.add(version)
        session.flush()
        journey.live_version_id = version.id
        session.commit()
    engine.dispose()
    return url


def warm(address: str) -> None:
    """Let everybody have done it once."""
    call(address, "customer/add", userid="adviser", external_userid="wmwarm")
    until = time.monotonic() + PATIENCE_SECS
    while not any(one["arrived"] for one in state(address)["customers"]) and time.monotonic() < until:
        time.sleep(0.1)


def drive(address: str, secs: int) -> float:
    """Add so many friends, evenly over the time; returns how long that took."""
    begun = time.monotonic()
    numbers = iter(range(PER_SECOND * secs))
    lock = threading.Lock()

    def hand() -> None:
        wire = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return wire.close()
            time.sleep(max(0.0, begun + number / PER_SECOND - time.monotonic()))
            _ask(wire, "customer/add", {"userid": "adviser", "external_userid": f"wm{number:08}"})

    hands = [threading.Thread(target=hand) for _ in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    return time.monotonic() - begun


def settled(address: str, number: int) -> list[dict[str, Any]]:
    """What arrived, once everything has or nothing more comes."""
    until, before = time.monotonic() + PATIENCE_SECS, -1
    while True:
        found = [
            one
            for customer in state(address)["customers"]
            if customer["external_userid"] != "wmwarm"
            for one in customer["arrived"]
            if one["kind"] == "welcome"
        ]
        if len(found) >= number or (len(found) == before and time.monotonic() > until):
            return found
        before = len(found)
        time.sleep(0.5)


def states(url: str) -> dict[str, int]:
    """How many messages stand in which state."""
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        rows = session.execute(select(Outbox.state, func.count()).group_by(Outbox.state)).all()
    engine.dispose()
    return dict(rows)


def percentile(values: list[float], percent: int) -> float:
    """In milliseconds; of nothing 0."""
    if not values:
        return 0.0
    return round(values[min(len(values) - 1, len(values) * percent // 100)] * 1000, 1)


def call(address: str, door: str, **body: Any) -> Any:
    """Go through a door of the fake."""
    wire = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        return _ask(wire, door, body)
    finally:
        wire.close()


def _ask(wire: http.client.HTTPConnection, door: str, body: dict[str, Any]) -> Any:
    wire.request("POST", f"/fake/{door}", json.dumps(body), {"Content-Type": "application/json"})
    answer = wire.getresponse()
    told = json.loads(answer.read())
    if answer.status != 200:
        raise RuntimeError(f"{door}: {told}")
    return told


def state(address: str) -> Any:
    """What there is to see in the fake."""
    wire = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        wire.request("GET", "/fake/state")
        return json.loads(wire.getresponse().read())
    finally:
        wire.close()
