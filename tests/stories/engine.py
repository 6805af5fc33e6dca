"""The engine's driver: the same stories through inbox, worker, database and outbox."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from audience import events, segments, task_acts
from audience.tables import Contact
from audience.tables_segments import Segment
from audience.tables_tasks import StaffTask
from journeys import moves, versions
from journeys.position import ENDED, Crumb
from journeys.tables import Enrollment, Journey, JourneyMove, Trail, Version
from runtime.worker import ROLES, Worker
from store import clock
from store.database import db
from store.inbox import NewSignal, put
from store.tables import Outbox, Workspace
from tests.runtime.world import World
from tests.stories.story import JUST, START

WHO = "lin"


class EngineDriver:
    """Plays one contact of a fresh database; stories whose sends wait for an answer bring the answer themselves."""

    def __init__(self, url: str):
        self.url = url
        self.world: World | None = None

    def publish(self, definition: Mapping[str, Any], quiet_hours: Sequence[str] | None) -> None:
        self.close()
        self._empty()
        self.world = World(self.url, "2026-03-01 10:00")
        drawn = _on_real_carriers(definition)
        waits = False
        for step in drawn["steps"]:
            waits |= bool(step["config"].get("until") == "delivered")
        waits |= any(arrow.get("exit") == "failed" for arrow in drawn["arrows"])
        if waits:
            self.world.worker = Worker(self.world.database, [role for role in ROLES if role != "deliver"])
        if quiet_hours:
            with self.world.database.transaction() as tx:
                workspace = tx.session.scalars(select(Workspace)).one()
                workspace.settings = {"quiet_hours": list(quiet_hours)}
        self._clock(START - JUST)
        self.journey = self.world.publish(drawn)
        self.contact = self.world.person(WHO)
        self.world.run()

    def know(self, attributes: Mapping[str, Any], tags: Sequence[str]) -> None:
        self.at.person(WHO, attributes=dict(attributes), tags=list(tags))
        self.at.run()

    def enter(self, at: datetime) -> None:
        self._clock(at)
        with self.at.database.transaction() as tx:
            key = tx.session.get_one(Journey, self.journey).key
            put(
                tx.session, [NewSignal(self.at.workspace, "enroll", key, at, {}, contact_id=self.contact)], at
            )
        self.at.run()

    def event(self, name: str, at: datetime, data: Mapping[str, Any], stored: datetime) -> None:
        self.run(stored - JUST)
        self._clock(stored)
        given = {"name": name, "external_id": WHO, "properties": dict(data), "occurred_at": at}
        with self.at.database.transaction() as tx:
            taken = events.take(tx.session, self.at.workspace, [given], stored)
            assert taken.accepted == 1, taken
        self.at.run()

    def change(self, field: str, value: Any, at: datetime) -> None:
        self.run(at - JUST)
        self._clock(at)
        if field.startswith(("segment.", "tier.")):
            self._sort(field, value, at)
            self.at.run()
            return
        self.at.person(WHO, attributes={field.removeprefix("attribute."): value})
        self.at.run()

    def _sort(self, field: str, value: Any, at: datetime) -> None:
        """Put the contact into a segment or take him out of it, or put him into a level, and tell the inbox."""
        family, _, name = field.partition(".")
        with self.at.database.transaction() as tx:
            if family == "segment":
                segment_of(tx.session, self.at.workspace, name, at)
                moved = {"inside" if value else "outside": [self.contact]}
                assert segments.move(tx.session, self.at.workspace, name, at, **moved)
                return
            contact = tx.session.get_one(Contact, self.contact)
            data = {"field": field, "old": contact.tiers.get(name), "new": value}
            contact.tiers = {**contact.tiers, name: value}
            put(tx.session, [NewSignal(self.at.workspace, "changed", field, at, data, self.contact)], at)

    def receipt(self, state: str, at: datetime, stored: datetime) -> None:
        self.run(stored - JUST)
        self._clock(stored)
        with self.at.database.transaction() as tx:
            last = tx.session.scalars(select(Outbox).order_by(Outbox.id.desc())).first()
            assert last is not None
            data = {"seq": last.seq, "state": state, "key": last.key}
            signal = NewSignal(
                self.at.workspace,
                "receipt",
                "receipt",
                at,
                data,
                self.contact,
                enrollment_id=last.enrollment_id,
            )
            put(tx.session, [signal], stored)
        self.at.run()

    def task(self, result: str, at: datetime) -> None:
        self.run(at - JUST)
        self._clock(at)
        with self.at.database.transaction() as tx:
            number = tx.session.scalars(select(StaffTask.id).order_by(StaffTask.id.desc())).first() or 0
            last = task_acts.take(tx.session, self.at.workspace, number)
            assert last is not None
            task_acts.finish(tx.session, last, result, "account:1", at)
        self.at.run()

    def pause(self, at: datetime) -> None:
        self.run(at - JUST)
        self._clock(at)
        self.at.pause(self.journey)

    def resume(self, at: datetime, on_resume: str) -> None:
        self._clock(at)
        with self.at.database.transaction() as tx:
            journey = tx.session.get_one(Journey, self.journey)
            versions.resume(tx.session, journey, now=at, actor="test", on_resume=on_resume)
        self.at.run()

    def republish(
        self, definition: Mapping[str, Any], at: datetime, mode: str, to: Mapping[str, str]
    ) -> None:
        self.run(at)
        self.former = self._live()
        self.at.publish(_on_real_carriers(definition), self._key())
        self.move = None
        if mode != "stay":
            self.move = self._start(self.former, self._live(), moves.Group(0, mode, dict(to)))
        self.at.run()

    def bring_back(self, at: datetime, to: Mapping[str, str]) -> None:
        self.run(at)
        self._start(self._live(), self.former, moves.Group(0, "move", dict(to)), undoes=self.move)
        self.at.run()

    def _start(self, source: int, target: int, group: moves.Group, undoes: int | None = None) -> int:
        with self.at.database.transaction() as tx:
            get = tx.session.get_one
            undone = get(JourneyMove, undoes) if undoes else None
            made = moves.start(
                *(tx.session, get(Journey, self.journey), get(Version, source), get(Version, target), group),
                now=clock.now(tx.session),
                actor="test",
                undoes=undone,
            )
            return made.id

    def _live(self) -> int:
        with self.at.database.reading() as tx:
            return tx.session.get_one(Journey, self.journey).live_version_id or 0

    def _key(self) -> str:
        with self.at.database.reading() as tx:
            return tx.session.get_one(Journey, self.journey).key

    def run(self, until: datetime) -> None:
        self._clock(until)
        self.at.run()

    def trail(self) -> list[list[Crumb]]:
        found: list[list[Crumb]] = []
        with self.at.database.reading() as tx:
            for enrollment in tx.session.scalars(select(Enrollment.id).order_by(Enrollment.id)):
                rows = tx.session.scalars(
                    select(Trail).where(Trail.enrollment_id == enrollment).order_by(Trail.id)
                )
                found.append(
                    [
                        Crumb(r.at, r.op, r.stage, r.step, r.exit, r.arrow, r.visit, r.seq, r.detail)
                        for r in rows
                    ]
                )
        return found

    def places(self) -> list[tuple[str, str | None, str | None]]:
        return [
            (e.status, e.result if e.status == ENDED else e.stage, e.step) for e in self.at.enrollments(WHO)
        ]

    def messages(self) -> list[tuple[str, str]]:
        return [
            (content, "sent" if state == "delivered" else state) for content, state in self.at.messages(WHO)
        ]

    def tags(self) -> list[str]:
        with self.at.database.reading() as tx:
            return list(tx.session.scalars(select(Contact.tags).where(Contact.id == self.contact)).one())

    @property
    def at(self) -> World:
        assert self.world is not None, "tell the story of a journey first"
        return self.world

    def close(self) -> None:
        """Give the database back."""
        if self.world is not None:
            self.world.close()

    def _empty(self) -> None:
        """Begin with nothing; much faster than a new database for each journey of a story."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())
        engine.dispose()

    def _clock(self, at: datetime) -> None:
        with self.at.database.transaction() as tx:
            clock.set_now(tx.session, max(at, clock.now(tx.session)))


def segment_of(session: Session, workspace_id: int, key: str, at: datetime) -> Segment:
    """The segment with this key, made by hand if there is none."""
    query = select(Segment).where(Segment.workspace_id == workspace_id, Segment.key == key)
    found = session.scalars(query).first()
    if found is None:
        found = Segment(
            workspace_id=workspace_id, key=key, name=key, kind="static", created_at=at, updated_at=at
        )
        found.state = "static"
        session.add(found)
        session.flush()
    return found


def _on_real_carriers(definition: Mapping[str, Any]) -> dict[str, Any]:
    drawn = copy.deepcopy(dict(definition))
    for step in drawn["steps"]:
        if step["kind"] == "send" and step["config"]["carrier"] == "sandbox":
            step["config"] = {**step["config"], "carrier": "wecom_direct"}
    return drawn
