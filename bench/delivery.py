"""delivery: messages a second that one worker hands to each carrier, from the outbox to the written receipt; on PostgreSQL.

Every carrier speaks to a server of its own on this machine, in another process: a mail server, an SMS gateway, a system
of the brand's. The engine is the product's; only the rates of the accounts are switched off.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from audience import contacts, events
from bench.postgres import fresh, server
from connectors import dialing
from connectors.wecom.fake.server import Server
from connectors.wecom.fake.world import CORP_ID, SECRET, Customer, Follow
from content.tables import Material
from journeys import drafts, versions
from runtime.database import Database
from runtime.worker import Worker
from store.database import engine_options
from store.migrate import upgrade
from store.secrets import Vault
from store.tables import Outbox
from store.tables_connections import Connection
from store.workspaces import create_workspace

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
VAULT = Vault(["b" * 64])
#: carrier of the journey: (people, people if quick)
SIZES = {
    "sandbox": (40_000, 2_000),
    "smtp": (4_000, 100),
    "sms": (4_000, 100),
    "webhook": (10_000, 300),
    # The same words for all are few tasks for staff; words of one's own are a task, and a call, for each customer.
    "wecom": (10_000, 300),
    "wecom-own": (2_000, 60),
}
CARRIER = {
    "sandbox": "sms", "smtp": "email", "sms": "sms", "webhook": "webhook", "wecom": "wecom_direct", "wecom-own": "wecom_direct",
}  # fmt: skip
HOME = Path(__file__).resolve().parent.parent


class NotAll(AssertionError):
    """Not every message has reached its carrier: no figure of this run means anything."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: `per_second` of each carrier, one worker; and `seconds` each took."""
    figures: dict[str, Any] = {"people": {}, "per_second": {}}
    with server() as url, _servers() as ports:
        dialing.configure(("127.0.0.0/8",), tuple(ports.values()))
        here = fresh(url, "bench_delivery")
        upgrade(here)
        for name, sizes in SIZES.items():
            people = sizes[1] if quick else sizes[0]
            figures["people"][name] = people
            figures["per_second"][name] = round(people / _took(here, name, people, ports), 1)
    return figures


def _took(url: str, name: str, people: int, ports: dict[str, int]) -> float:
    workspace = _furnish(url, name, people, ports)
    database = Database(url)
    try:
        Worker(database, ("intake", "advance"), now=lambda _: NOW).run_until_idle()
        delivering = Worker(database, ("deliver",), now=lambda _: NOW, vault=VAULT)
        begun = time.perf_counter()
        _deliver(delivering)
        took = time.perf_counter() - begun
        with database.reading() as tx:
            mine = Outbox.workspace_id == workspace
            rows = tx.session.execute(
                select(Outbox.state, Outbox.reason, func.count())
                .where(mine)
                .group_by(Outbox.state, Outbox.reason)
            ).all()
            if sum(number for state, _, number in rows if state in ("sent", "delivered")) != people:
                raise NotAll(f"{name}: {NotAll.__doc__} {[tuple(row) for row in rows]}")
        delivering.deliver.release()
        return took
    finally:
        database.close()


def _deliver(worker: Worker) -> None:
    """Empty the outbox, and nothing else: a worker also reads the company's customers, which is no delivery."""
    while True:
        if not worker.deliver.run():
            soon = worker.deliver.soon()
            if soon is None:
                return
            time.sleep(soon)


def _furnish(url: str, name: str, people: int, ports: dict[str, int]) -> int:
    engine = create_engine(url, **engine_options(url))
    carrier = CARRIER[name]
    with Session(engine) as session:
        workspace = create_workspace(session, "花间", name, NOW)
        workspace.settings = {}
        session.flush()
        here = workspace.id
        for start in range(0, people, 1000):
            crowd = [_person(n) for n in range(start, min(people, start + 1000))]
            contacts.upsert(session, here, crowd, NOW)
        if carrier != "webhook":
            body = {
                "subject": "新品",
                "text": "新品到店" if name == "wecom" else "{{ contact.name }}，新品到店",
            }
            session.add(
                Material(
                    workspace_id=here, key="news", name="news", carrier=carrier, updated_at=NOW,
                    body=body if carrier == "email" else {"text": body["text"]},
                )
            )  # fmt: skip
        if name != "sandbox":
            _connect(session, here, name, ports)
        journey = drafts.create(session, here, name, _journey(carrier), now=NOW, actor="bench")
        session.flush()
        versions.publish(session, journey, 1, lambda _: [], now=NOW, actor="bench")
        rows = [{"name": "joined", "external_id": f"c{n}", "properties": {}} for n in range(people)]
        for start in range(0, people, 1000):
            events.take(session, here, rows[start : start + 1000], NOW)
        session.commit()
    engine.dispose()
    return int(here)


def _person(number: int) -> dict[str, Any]:
    names = {"phone": f"138{number:08}", "email": f"c{number}@example.com", "external_userid": f"wm{number}"}
    return {"external_id": f"c{number}", "name": f"客户{number}", "identities": names}


def _journey(carrier: str) -> dict[str, Any]:
    config = {"carrier": carrier, "content": "news"}
    step = {"id": "say", "stage": "s", "kind": "send", "config": config}
    if carrier == "webhook":
        step = {"id": "say", "stage": "s", "kind": "webhook", "config": {}}
    return {
        "format": 1, "subject": "contact", "ends": [], "goals": [], "arrows": [], "steps": [step],
        "entries": [{"id": "in-1", "on": {"type": "event", "name": "joined"}, "to": "s"}],
        "stages": [{"id": "s", "initial": "say"}], "settings": {"timezone": "Asia/Shanghai", "quiet_hours": None},
    }  # fmt: skip


def _connect(session: Session, workspace: int, name: str, ports: dict[str, int]) -> None:
    url = f"http://127.0.0.1:{ports.get(name, 0)}"
    settings: dict[str, dict[str, Any]] = {
        "smtp": {
            "host": "127.0.0.1", "port": ports["smtp"], "encryption": "none", "from_address": "hi@brand.example",
            "public_url": "https://rb.example",
        },
        "sms": {
            "url": url, "signature": "花间", "opt_out": "，退订回T", "success": "code=0", "reference": "msgid",
            "fields": "mobile={phone}\ncontent={text}\nuid={key}",
        },
        "webhook": {"url": url},
    }  # fmt: skip
    settings["wecom"] = settings["wecom-own"] = {"address": url, "corp_id": CORP_ID}
    connector = {"smtp": "email", "wecom-own": "wecom"}.get(name, name)
    row = Connection(
        workspace_id=workspace, connector=connector, name=name, carriers=[CARRIER[name]],
        settings={**settings[name], "per_second": 0}, callback_id=name, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if name == "webhook" or connector == "wecom":
        secret = {"secret": SECRET if connector == "wecom" else base64.b64encode(b"s" * 32).decode()}
        row.secrets = VAULT.seal(secret, f"connection:{workspace}:{row.id}")


@contextmanager
def _servers() -> Iterator[dict[str, int]]:
    """The other side of every carrier, in a process of its own."""
    command = [sys.executable, "-c", "from bench.delivery import serve; serve()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HOME
    ) as running:
        assert running.stdin is not None and running.stdout is not None
        yield json.loads(running.stdout.readline())
        running.stdin.close()


def serve() -> None:
    """Serve until nobody listens any more."""
    from tests.connectors.providers import Gateway, Hook
    from tests.connectors.servers import mail, web

    wecom = Server().begin()
    for number in range(SIZES["wecom"][0]):
        friend = f"wm{number}"
        wecom.world.customers[friend] = Customer(friend, f"客户{number}", follows={"lili": Follow(0.0)})
    with mail() as office, web(Gateway()) as gateway, web(Hook()) as hook:
        there = wecom.server_address[1]
        ports = {
            "smtp": office.port,
            "sms": gateway.port,
            "webhook": hook.port,
            "wecom": there,
            "wecom-own": there,
        }
        print(json.dumps(ports), flush=True)
        sys.stdin.read()
