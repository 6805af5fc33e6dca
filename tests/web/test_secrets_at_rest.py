"""Secrets at rest: ten are planted and then looked for everywhere; keys are changed while everything goes on."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select

from connectors import dialing
from runtime.database import Database
from runtime.worker import Worker
from store.database import db, engine_options
from store.secrets import CannotOpen, Vault
from store.tables_connections import Connection
from tests.connectors.servers import AT_HOME
from tests.web.conftest import House, settings_for
from web.app import create_app

#: Each is in a form of its connector: SMTP, webhooks, gateways, Aliyun, official accounts.
PLANTED = [base64.b64encode(f"pl4nted-secret-number-{n:02}-of-10".encode()).decode() for n in range(10)]
#: A port at which nobody listens.
NOBODY = "http://127.0.0.1:9/"


def connections() -> list[dict[str, Any]]:
    p = iter(PLANTED)
    mail = {
        "host": "127.0.0.1",
        "port": 2525,
        "from_address": "a@b.example",
        "public_url": "https://b.example",
    }
    gateway = {"url": NOBODY + "?p={password}", "fields": "p={password}"}
    aliyun = {"access_key_id": "A", "template_code": "S", "endpoint": NOBODY, "signature": "花间"}
    weixin = {"app_id": "w", "template_id": "T", "endpoint": NOBODY}
    return [
        {"connector": "email", "settings": mail, "secrets": {"password": next(p)}},
        {"connector": "email", "settings": {**mail, "encryption": "tls"}, "secrets": {"password": next(p)}},
        {
            "connector": "webhook",
            "settings": {"url": NOBODY},
            "secrets": {"secret": next(p), "authorization": next(p)},
        },
        {"connector": "webhook", "settings": {"url": NOBODY}, "secrets": {"secret": next(p)}},
        {"connector": "sms", "settings": gateway, "secrets": {"password": next(p)}},
        {"connector": "sms", "settings": {**gateway, "method": "GET"}, "secrets": {"password": next(p)}},
        {"connector": "sms_aliyun", "settings": aliyun, "secrets": {"access_key_secret": next(p)}},
        {"connector": "official_account", "settings": weixin, "secrets": {"app_secret": next(p)}},
        {"connector": "official_account", "settings": weixin, "secrets": {"app_secret": next(p)}},
    ]


def dump(url: str) -> bytes:
    """Everything that stands in the database, as its driver gives it."""
    engine = create_engine(url, **engine_options(url))
    meta = MetaData()
    meta.reflect(engine)
    with engine.connect() as link:
        said = [
            repr(tuple(row)).encode() for table in meta.sorted_tables for row in link.execute(select(table))
        ]
        blobs = [bytes(row[0] or b"") for row in link.execute(select(meta.tables["connection"].c.secrets))]
    engine.dispose()
    return b"\n".join([*said, *blobs])


def test_ten_planted_secrets_are_found_nowhere(
    house: House, database_url: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, answers = house.client(), []
    with caplog.at_level(logging.DEBUG):
        for n, one in enumerate(connections()):
            made = owner.post("connections", json={"name": f"c{n}", **one})
            assert made.status_code == 201, made.text
            wrong = owner.patch(
                f"connections/{made.json['id']}", json={"secrets": {**one["secrets"], "no": "x"}}
            )
            tried = owner.post(f"connections/{made.json['id']}/test", json={"to": "13800138000"})
            answers += [made.text, wrong.text, tried.text]
        dialing.configure(AT_HOME, (9,))
        database = Database(database_url)
        worker = Worker(database, vault=Vault(["t" * 64]))
        while worker.trying.run():
            pass
        database.close()
        dialing.configure()
        for row in owner.get("connections").json["items"]:
            answers += [owner.get(f"connections/{row['id']}{rest}").text for rest in ("", "/errors")]
            answers += [owner.get(f"connections/{row['id']}/tests/{n}").text for n in range(1, 12)]
        answers += [
            owner.get(path).text for path in ("audit", "connections", "connections/connectors", "carriers")
        ]
    told = capsys.readouterr()
    everywhere = dump(database_url) + "\n".join([*answers, caplog.text, told.err, told.out]).encode()
    assert b"no answer" in everywhere or b"Nobody answers" in everywhere, "the tests have been tried"
    for secret in PLANTED:
        for form in (secret, base64.b64decode(secret).decode(), secret[:24]):
            assert form.encode() not in everywhere, form


def test_sealed_for_one_workspace_it_opens_for_no_other(house: House) -> None:
    body = connections()[0]
    numbers = [
        house.client(slug=slug).post("connections", json={"name": "c", **body}).json["id"]
        for slug in ("main", "other")
    ]
    with house.app.app_context():
        mine, theirs = (db.session.get_one(Connection, number) for number in numbers)
        vault = Vault(["t" * 64])
        with pytest.raises(CannotOpen):
            vault.open(mine.secrets or b"", f"connection:{theirs.workspace_id}:{theirs.id}")


def test_keys_are_changed_in_two_steps(
    house: House, database_url: str, make_app: Callable[..., Any], tmp_path: Any
) -> None:
    for n, one in enumerate(connections()):
        house.client().post("connections", json={"name": f"c{n}", **one})
    new = create_app(settings_for(database_url, tmp_path, old_secret_keys=("t" * 64,)))
    new.config["ROADBOOK"] = settings_for(
        database_url, tmp_path, secret_key="n" * 64, old_secret_keys=("t" * 64,)
    )
    run = new.test_cli_runner()
    first, again = (run.invoke(args=["secrets", "rekey"]) for _ in range(2))
    assert first.exit_code == 0 and first.output.startswith("9 sealed anew"), first.output
    assert again.output.startswith("0 sealed anew, 9 were so")
    with new.app_context():
        for row in db.session.scalars(select(Connection)):
            assert Vault(["n" * 64]).open(row.secrets or b"", f"connection:{row.workspace_id}:{row.id}")
        db.session.remove()
        db.engine.dispose()
    lost = create_app(settings_for(database_url, tmp_path))
    lost.config["ROADBOOK"] = settings_for(database_url, tmp_path, secret_key="x" * 64)
    said = lost.test_cli_runner().invoke(args=["secrets", "rekey"])
    assert said.exit_code == 1 and "cannot be opened" in said.output
    with lost.app_context():
        db.session.remove()
        db.engine.dispose()
