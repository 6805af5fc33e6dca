"""Opening enrollments: each signal is judged on the people as they stand before it moves anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from audience import keeping
from journeys.position import ENDED, fresh
from rules.scene import Reads
from runtime import entering, facts
from runtime.database import Transaction
from runtime.facts import UNKNOWN, Known
from runtime.listening import JUST_BEFORE, Listening
from runtime.routes import Routes, Start
from runtime.rows import Arrived, Opening, Place
from store.subjects import is_group, kind_of


class Openings:
    """Judges the entries of one batch of signals, in order of arrival."""

    def __init__(self, tx: Transaction, routes: Routes, places: dict[int, list[Place]]) -> None:
        self.tx, self.routes, self.places = tx, routes, places
        self.refused: list[tuple[int, str]] = []
        self._starts: dict[int, list[Start]] = {}

    def ready(self, rows: Sequence[Arrived], listening: Listening) -> list[Arrived]:
        """The signals that can be judged now.

        One that may follow an end which is still to come must wait until the engine has caught up with its time,
        and with it everything behind it of the same contact.
        """
        behind: set[int | None] = set()
        moving: dict[tuple[int, int, str], datetime] = {}
        for subject, places in self.places.items():
            for place in places:
                if place.status != ENDED and place.due_at is not None:
                    moving[place.journey_id, subject, place.key] = place.due_at
        kept = []
        for row in rows:
            starts = self._starts[row.id] = self._find(row)
            if row.contact_id in behind or any(self._must_wait(row, start, moving) for start in starts):
                behind.add(row.contact_id)
                continue
            kept.append(row)
            soon = row.stored_at - JUST_BEFORE
            for start in starts:
                moving.setdefault(_name(start, row), soon)
            for place in listening.reached_by(row):
                name = (place.journey_id, place.subject_id, place.key)
                moving[name] = min(moving.get(name, soon), soon)
        return kept

    def judge(self, rows: Sequence[Arrived]) -> dict[int, list[Place]]:
        """Open what the signals open; returns the new places by signal."""
        tx = self.tx
        known = self._facts(rows)
        wanted: dict[tuple[int, int, str], tuple[int, Opening]] = {}
        for row in rows:
            for start in self._starts[row.id]:
                made = self._judge(row, start, known, wanted)
                if made is not None:
                    wanted[made.unique] = (row.id, made)
        ids = tx.sql.open(tx.cursor, [made for _, made in wanted.values()])
        opened: dict[int, list[Place]] = {}
        for unique, (signal, made) in wanted.items():
            if unique in ids:
                place = Place(
                    *(ids[unique], made.journey_id, made.version_id, made.subject_id, made.key, "new"),
                    *(made.due_at, None, made.goal_until, 0),
                )
                self.places.setdefault(made.subject_id, []).append(place)
                opened.setdefault(signal, []).append(place)
        if ids:
            self._tell_rules(made for _, made in wanted.values() if made.unique in ids)
        return opened

    def _tell_rules(self, opened: Iterable[Opening]) -> None:
        """Let rules that ask who is in a journey hear of those who came in."""
        keeping.heard(
            self.tx.session,
            [
                (made.workspace_id, made.subject_id, f"journey.{self.routes.by_id[made.journey_id].key}")
                for made in opened
                if not is_group(made.subject_id)
            ],
        )

    def _find(self, row: Arrived) -> list[Start]:
        """The journeys whose entries wait for a signal like this one."""
        if row.contact_id is None:
            return []
        subject = kind_of(row.contact_id)
        if row.kind == "event":
            return self.routes.event_starts(self.tx, row.workspace_id, row.name, row.data, subject)
        if row.kind == "changed" and row.name == "tags":
            put_on = set(row.data.get("new") or ()) - set(row.data.get("old") or ())
            return self.routes.tag_starts(self.tx, row.workspace_id, put_on, subject)
        if row.kind == "changed" and row.name.startswith("segment.") and row.data.get("new"):
            key = row.name.removeprefix("segment.")
            return self.routes.starts(self.tx, row.workspace_id, "segment", key, subject)
        if row.kind == "enroll":
            start = self.routes.start_of(self.tx, row.workspace_id, row.name, dict(row.data), subject)
            if start is None:
                self.refused.append(
                    (row.id, "no such journey is live, or it has no such entry, or is about other subjects")
                )
                return []
            return [start] if self._parent_waits(row) else []
        return []

    def _parent_waits(self, row: Arrived) -> bool:
        """False if a bound journey is to start for a visit that is over already."""
        if not row.data.get("bound"):
            return True
        parent = row.data.get("parent")
        places = self.places.get(row.contact_id or 0, ())
        return any(p.id == parent and p.status != ENDED and p.visit == row.data.get("visit") for p in places)

    def _must_wait(self, row: Arrived, start: Start, moving: dict[tuple[int, int, str], datetime]) -> bool:
        due = moving.get(_name(start, row))
        if due is None or due >= row.stored_at:
            return False
        return entering.may_end_in_time(start.compiled.plan, due, entering.signal_time(row))

    def _judge(
        self,
        row: Arrived,
        start: Start,
        known: dict[tuple[int, int], dict[int, Known]],
        wanted: dict[tuple[int, int, str], tuple[int, Opening]],
    ) -> Opening | None:
        name = _name(start, row)
        journey, subject, key = name
        if name in wanted:
            return None
        plan, at = start.compiled.plan, entering.signal_time(row)
        places = self.places.get(subject, ())
        if not entering.may_enter(plan, at, (p for p in places if p.journey_id == journey and p.key == key)):
            return None
        facts_now = known.get((row.workspace_id, journey), {}).get(subject, UNKNOWN).of(subject)
        entry = entering.pick(plan, row, start.entries[0].id, facts_now, at)
        if entry is None:
            return None
        position = fresh(entry.id, at, entering.properties(row), holdout=plan.holdout(str(subject)))
        parent = row.data.get("parent") if row.kind == "enroll" else None
        return Opening(
            *(row.workspace_id, journey, start.journey.live_version_id or 0, subject, key),
            *(row.stored_at - JUST_BEFORE, plan.goals_until(at), parent),
            *(row.data.get("visit") if parent and row.data.get("bound") else None, position),
        )

    def _facts(self, rows: Sequence[Arrived]) -> dict[tuple[int, int], dict[int, Known]]:
        """What the entries' rules read, for those contacts whose signals they judge."""
        wanted: dict[tuple[int, int], tuple[Reads, set[int]]] = {}
        for row in rows:
            for start in self._starts[row.id]:
                reads = _reads(start)
                if reads is not None and row.contact_id is not None:
                    name = (row.workspace_id, start.journey.id)
                    before, people = wanted.get(name, (reads, set()))
                    wanted[name] = (before | reads, people | {row.contact_id})
        return {
            (workspace_id, journey_id): facts.load(self.tx, workspace_id, people, reads)
            for (workspace_id, journey_id), (reads, people) in wanted.items()
        }


def _reads(start: Start) -> Reads | None:
    rules: Iterable[Any] = [entry.where for entry in start.entries if entry.where is not None]
    reads: Reads | None = None
    for rule in rules:
        reads = rule.reads if reads is None else reads | rule.reads
    return reads


def _name(start: Start, row: Arrived) -> tuple[int, int, str]:
    plan = start.compiled.plan
    key = plan.key_of(entering.properties(row)) if plan.key_field else ""
    return start.journey.id, row.contact_id or 0, key
