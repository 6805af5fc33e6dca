"""A workspace on a virtual clock with the real engine over a real database: what story tests speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from audience import contacts, events
from audience.tables import Contact
from content.tables import Material
from journeys import drafts, versions
from journeys.position import fresh
from journeys.tables import Counter, Draft, Enrollment, GoalHit, Journey, Knock, Trail
from runtime.database import Database
from runtime.worker import Worker
from store import clock
from store.inbox import NewSignal, put
from store.tables import Inbox, Outbox
from store.workspaces import create_workspace

__all__ = ["World", "at", "fresh"]
START = "2026-03-02 10:00"


def at(text: str) -> datetime:
    """A time as it is read in Shanghai: `2026-03-01 10:00`."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


class World:
    """One workspace, its journeys, its people, and a worker."""

    def __init__(self, url: str, start: str = START, *, fresh_workspace: bool = True) -> None:
        clock.configure(True)
        self.database = Database(url)
        self.worker = Worker(self.database)
        if fresh_workspace:
            with self.database.transaction() as tx:
                clock.set_now(tx.session, at(start))
                made = create_workspace(tx.session, "花间", "huajian", at(start))
                made.settings = {}
                tx.session.flush()
        with self.database.reading() as tx:
            from store.tables import Workspace

            self.workspace = tx.session.scalars(select(Workspace.id)).first() or 0

    def close(self) -> None:
        self.database.close()
        clock.configure(False)

    # -- what people do -------------------------------------------------------------------------------------

    def publish(self, definition: Mapping[str, Any], key: str = "main") -> int:
        """Publish a definition, with a material for whatever it sends; returns the journey's id."""
        with self.database.transaction() as tx:
            now = clock.now(tx.session)
            wanted = {s["config"]["content"] for s in definition.get("steps", ()) if s["kind"] == "send"}
            known = set(tx.session.scalars(select(Material.key)))
            tx.session.add_all(
                Material(
                    workspace_id=self.workspace, key=name, name=name, carrier="wecom_direct",
                    body={"text": f"{name}: {{{{contact.name | default: '朋友'}}}}"}, updated_at=now,
                )
                for name in sorted(wanted - known)
            )  # fmt: skip
            journey = tx.session.scalars(select(Journey).where(Journey.key == key)).first()
            if journey is None:
                journey = drafts.create(
                    tx.session, self.workspace, key, definition, now=now, actor="test", key=key
                )
            else:
                draft = drafts.opened(tx.session, journey)
                drafts.save(tx.session, journey, definition, draft.revision, now=now, actor="test")
            tx.session.flush()
            revision = tx.session.scalars(select(Draft.revision).where(Draft.journey_id == journey.id)).one()
            versions.publish(tx.session, journey, revision, lambda _: [], now=now, actor="test")
            return journey.id

    def pause(self, journey: int, on_resume: str | None = None) -> None:
        with self.database.transaction() as tx:
            row = tx.session.get(Journey, journey)
            versions.pause(tx.session, row, now=clock.now(tx.session), actor="test", on_resume=on_resume)

    def resume(self, journey: int) -> None:
        with self.database.transaction() as tx:
            row = tx.session.get(Journey, journey)
            versions.resume(tx.session, row, now=clock.now(tx.session), actor="test")

    def person(self, who: str = "lin", **facts: Any) -> int:
        """Make or change a contact; returns its id."""
        with self.database.transaction() as tx:
            given = {"external_id": who, **facts}
            result = contacts.upsert(tx.session, self.workspace, [given], clock.now(tx.session))
            assert not result.errors, result.errors
            return result.ids[0] or 0

    def event(
        self, name: str, who: str = "lin", when: str | None = None, id: str | None = None, **data: Any
    ) -> None:
        """Post an event as the API does; `when` is its own time."""
        self.events([(name, who, when, id, data)])

    def events(self, given: Sequence[tuple[str, str, str | None, str | None, Mapping[str, Any]]]) -> None:
        rows = []
        for name, who, when, id, data in given:
            row: dict[str, Any] = {"name": name, "external_id": who, "properties": dict(data)}
            if when:
                row["occurred_at"] = at(when)
            if id:
                row["event_id"] = id
            rows.append(row)
        for first in range(0, len(rows), 1000):
            with self.database.transaction() as tx:
                some = rows[first : first + 1000]
                taken = events.take(tx.session, self.workspace, some, clock.now(tx.session))
                assert not taken.errors, taken.errors

    def signal(
        self, kind: str, name: str, who: str = "lin", enrollment: int | None = None, **data: Any
    ) -> None:
        """Put a signal of ours into the inbox, as the API does for enrolling and for acts by hand."""
        number = self.person(who)
        with self.database.transaction() as tx:
            now = clock.now(tx.session)
            row = NewSignal(
                self.workspace, kind, name, now, data, contact_id=number, enrollment_id=enrollment
            )
            put(tx.session, [row], now)

    # -- time -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Let the worker do what is to be done now."""
        self.worker.run_until_idle(100_000)

    def go(self, when: str) -> World:
        """Turn the clock to `when` and let the worker work."""
        with self.database.transaction() as tx:
            clock.set_now(tx.session, at(when))
        self.run()
        return self

    # -- what is seen ---------------------------------------------------------------------------------------

    def rows(self, query: Any) -> list[Any]:
        with self.database.reading() as tx:
            return list(tx.session.execute(query).all())

    def enrollments(self, who: str = "lin") -> list[Enrollment]:
        """The enrollments of somebody, the oldest first."""
        with self.database.reading() as tx:
            query = (
                select(Enrollment)
                .join(Contact, Contact.id == Enrollment.subject_id)
                .where(Contact.external_id == who)
                .order_by(Enrollment.id)
            )
            return list(tx.session.scalars(query))

    def place(self, who: str = "lin") -> tuple[str, str | None, str | None]:
        """(status or result, stage, step) of the newest enrollment."""
        one = self.enrollments(who)[-1]
        return one.result or one.status, one.stage, one.step

    def path(self, who: str = "lin") -> list[str]:
        """The whole trail of somebody as words: `stage trust`, `step hello sent`, `end lost`."""
        found = []
        rows = self.rows(
            select(Trail.op, Trail.stage, Trail.step, Trail.exit, Trail.detail)
            .join(Enrollment, Enrollment.id == Trail.enrollment_id)
            .join(Contact, Contact.id == Enrollment.subject_id)
            .where(Contact.external_id == who)
            .order_by(Trail.enrollment_id, Trail.id)
        )
        for op, stage, step, exit, detail in rows:
            if op == "step":
                found.append(f"step {step} {exit}")
            elif op == "end":
                found.append(f"end {detail['result']}")
            elif op == "goal":
                found.append(f"goal {detail['goal']}")
            elif op == "open":
                found.append("open")
            else:
                found.append(f"{op} {stage}")
        return found

    def messages(self, who: str = "lin") -> list[tuple[str, str]]:
        """(content, state) of every message for somebody, in order."""
        rows = self.rows(
            select(Outbox.content, Outbox.state)
            .join(Contact, Contact.id == Outbox.contact_id)
            .where(Contact.external_id == who)
            .order_by(Outbox.id)
        )
        return [(content, state) for content, state in rows]

    def texts(self, who: str = "lin") -> list[str]:
        """What was really said to somebody."""
        rows = self.rows(
            select(Outbox.rendered)
            .join(Contact, Contact.id == Outbox.contact_id)
            .where(Contact.external_id == who, Outbox.state.in_(("sent", "delivered")))
            .order_by(Outbox.id)
        )
        return [rendered["text"] for (rendered,) in rows]

    def counters(self) -> dict[str, tuple[int, int]]:
        return {n: (h, p) for n, h, p in self.rows(select(Counter.node, Counter.here, Counter.passed))}

    def count(self, table: Any = Enrollment, *where: Any) -> int:
        return int(self.rows(select(func.count()).select_from(table).where(*where))[0][0])

    def goals(self) -> list[str]:
        return [goal for (goal,) in self.rows(select(GoalHit.goal).order_by(GoalHit.goal))]

    def unread(self) -> int:
        return self.count(Inbox, Inbox.state == "new") + self.count(Knock)

    def tags(self, who: str = "lin") -> list[str]:
        return list(self.rows(select(Contact.tags).where(Contact.external_id == who))[0][0])
