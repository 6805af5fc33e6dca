"""A world that is shaken: phases of a small shop's life, each with a worker that may die in the middle."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update

from audience import contacts
from audience.tables import Contact
from journeys.tables import Enrollment, Trail
from runtime.verify import Finding, verify
from runtime.worker import Worker
from store import clock
from store.tables import Outbox
from tests.faults import children
from tests.faults.provider import Provider, registry
from tests.runtime.charts import SHOP
from tests.runtime.world import World, at

PEOPLE = [f"c{number}" for number in range(12)]
#: What happens when, and to whom: (clock, event, people).
PHASES = (
    ("2026-03-02 10:00", "joined", PEOPLE),
    ("2026-03-03 11:00", "order_paid", PEOPLE[:4]),
    ("2026-03-04 10:00", "viewed", PEOPLE[4:8]),
    ("2026-03-06 12:00", "order_paid", PEOPLE[2:6]),
    ("2026-03-13 12:00", "friend_deleted", PEOPLE[:2]),
    ("2026-03-14 09:00", "joined", PEOPLE[:3]),
    ("2026-04-20 09:00", "order_paid", PEOPLE[9:]),
)


class Shaken(World):
    """A world with a provider that outlives its workers."""

    def __init__(self, url: str, log: Path, *, keeps_keys: bool = True, fresh_workspace: bool = True) -> None:
        super().__init__(url, fresh_workspace=fresh_workspace)
        self.log, self.keeps_keys = log, keeps_keys
        self.provider = Provider(log, keeps_keys=keeps_keys)
        self.worker = Worker(self.database, registry=registry(self.provider, self.workspace))
        self.kills = 0

    def live(self, fault: tuple[str, str, int, float] | None = None) -> None:
        """Go through all phases; in each, with a fault, a child may die before the rest is done."""
        self.publish(SHOP)
        self.people(PEOPLE)
        for number, (when, event, people) in enumerate(PHASES):
            self._turn(when)
            self.events([(event, who, None, f"{event}:{number}:{who}", {}) for who in people])
            if fault is not None:
                self.database.engine.dispose()
                child = children.start(
                    self.database.url, self.workspace, str(self.log), fault, self.keeps_keys
                )
                child.join(30)
                self.kills += child.exitcode == -9
                assert child.exitcode in (0, -9), f"the worker ended with {child.exitcode}"
                self.expire_leases()
            self.run()

    def people(self, names: list[str]) -> None:
        """Make contacts whom the provider can reach."""
        given = [{"external_id": who, "identities": {"external_userid": who}} for who in names]
        for first in range(0, len(given), 1000):
            with self.database.transaction() as tx:
                some = given[first : first + 1000]
                assert not contacts.upsert(tx.session, self.workspace, some, clock.now(tx.session)).errors

    def _turn(self, when: str) -> None:
        with self.database.transaction() as tx:
            clock.set_now(tx.session, max(at(when), clock.now(tx.session)))

    def expire_leases(self) -> None:
        """Let 15 seconds go by for those who hold leases."""
        with self.database.transaction() as tx:
            tx.session.execute(
                update(Outbox).where(Outbox.state == "sending").values(lease_until=at("2020-01-01 00:00"))
            )

    def history(self) -> dict[str, list[tuple[object, ...]]]:
        """Everybody's trail, without the numbers that a rolled-back insert may shift."""
        rows = self.rows(
            select(
                Contact.external_id, Trail.at, Trail.op, Trail.stage, Trail.step, Trail.exit, Trail.arrow,
                Trail.visit, Trail.seq,
            )
            .join(Enrollment, Enrollment.id == Trail.enrollment_id)
            .join(Contact, Contact.id == Enrollment.subject_id)
            .order_by(Trail.enrollment_id, Trail.id)
        )  # fmt: skip
        found: dict[str, list[tuple[object, ...]]] = {}
        for who, *crumb in rows:
            found.setdefault(who, []).append(tuple(crumb))
        return found

    def findings(self) -> list[Finding]:
        with self.database.reading() as tx:
            return verify(tx.session)
