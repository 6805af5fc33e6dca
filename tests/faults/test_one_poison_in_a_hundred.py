"""P11: one bad contact among a hundred, of every kind at once: the others lose nothing, and each bad one can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from audience import events
from audience.tables import Contact
from connectors.base import Message, Receipt
from content.tables import Material
from journeys.tables import Enrollment
from runtime.worker import Worker
from store import clock
from store.tables import Outbox
from tests.faults.provider import Provider, registry
from tests.faults.shaken import Shaken
from tests.runtime.charts import exits, journey, rule, send, step, wait

pytestmark = pytest.mark.faults

GOOD = [f"p{number}" for number in range(600)]
#: Attributes that no form would take, as an import of old might have left them.
BAD: dict[str, Any] = {
    "a list for a number": {"age": [1, {"b": []}]},
    "ten megabytes": {"note": "x" * 10_000_000},
    "a text that cannot be written": {"parts": 0},
    "refused by the carrier": {},
}

CHART = journey(
    stages=[{"id": "s", "initial": "ask"}],
    steps=[
        step("ask", "s", "branch", rules=[{"exit": "old", "rule": rule("attribute.age", ">", 30)}]),
        send("hello", "s", "hello"),
        wait("days", "s", **{"for": "P2D"}),
    ],
    arrows=[
        exits("a1", "ask", "old", "hello"),
        exits("a2", "ask", "else", "hello"),
        exits("a3", "hello", "sent", "days"),
    ],
)


class Strict(Provider):
    """Refuses, as a 400 does, whatever goes to one person."""

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        receipts = super().send(messages)
        return [
            Receipt(m.key, "failed", datetime.now(UTC), reason="400: no such user")
            if m.to == "refused by the carrier"
            else receipt
            for m, receipt in zip(messages, receipts, strict=True)
        ]


def test_p11_the_others_do_not_notice(shaken: Shaken) -> None:
    shaken.worker = Worker(
        shaken.database, registry=registry(Strict(shaken.log, keeps_keys=True), shaken.workspace)
    )
    shaken.publish(CHART)
    everybody = sorted([*GOOD, *BAD])
    shaken.people(everybody)
    with shaken.database.transaction() as tx:
        text = "{{ contact.name }} {% if contact.parts %}{% endif %}{{ 10 | divided_by: contact.parts }}"
        tx.session.execute(update(Contact).values(attributes={"age": 40, "parts": 2}))
        tx.session.execute(update(Material).where(Material.key == "hello").values(body={"text": text}))
        for who, attributes in BAD.items():
            tx.session.execute(
                update(Contact)
                .where(Contact.external_id == who)
                .values(attributes={"parts": 2, **attributes})
            )
    shaken.events([("joined", who, None, None, {}) for who in everybody])
    shaken.run()
    places = dict(
        shaken.rows(
            select(Contact.external_id, Enrollment.step).join(Enrollment, Enrollment.subject_id == Contact.id)
        )
    )
    assert places == dict.fromkeys(everybody, "days"), "nobody holds anybody up"
    states = dict(
        shaken.rows(select(Contact.external_id, Outbox.state).join(Outbox, Outbox.contact_id == Contact.id))
    )
    assert {states[who] for who in GOOD} == {"delivered"}
    failed = {who for who, state in states.items() if state == "failed"}
    assert failed == {"a text that cannot be written", "refused by the carrier"}
    reasons = shaken.rows(select(Outbox.reason).where(Outbox.state == "failed"))
    assert all(reason for (reason,) in reasons)
    assert shaken.findings() == []


def test_p11_what_no_database_takes_is_refused_at_the_door_and_alone(shaken: Shaken) -> None:
    shaken.publish(CHART)
    bad = {"a NUL": "a\0b", "half a character": "\ud800"}
    given = [{"name": "joined", "external_id": who, "properties": {"text": "well"}} for who in GOOD[:100]]
    given += [
        {"name": "joined", "external_id": who, "properties": {"text": text}} for who, text in bad.items()
    ]
    with shaken.database.transaction() as tx:
        taken = events.take(tx.session, shaken.workspace, given, clock.now(tx.session))
    assert taken.accepted == 100 and len(taken.errors) == len(bad)
    shaken.run()
    assert shaken.count(Enrollment) == 100 and shaken.findings() == []
