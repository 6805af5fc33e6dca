"""The engine's statements on PostgreSQL: SKIP LOCKED claims, arrays in, COPY out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from journeys.position import Crumb, Position, SendMessage
from runtime import postgresql_sql as q
from runtime import postgresql_text as form
from runtime.lowwater import ANYWHERE, Begins, Firsts, LowWater
from runtime.rows import (
    ARRIVED,
    HEAD_COUNT,
    Arrived,
    JourneyRow,
    Letter,
    Opening,
    Parcel,
    Place,
    Standing,
)
from runtime.statements import Fenced, Waiting
from store.database import dumps
from store.inbox import INTAKE_TURN

#: So many of those that nobody has taken are looked at for the oldest.
FIRST_UNREAD = 100
#: From so many rows on, one position is written to all of them by a statement of its own.
ENOUGH = 25


class PostgreSQL:
    """`Statements` on PostgreSQL."""

    def __init__(self) -> None:
        self.low_water = LowWater()

    def look(self, cursor: Any, now: datetime) -> Waiting:
        start = self.low_water.begins()
        waiting = self._look(cursor, now, start)
        if start is not ANYWHERE and not any(waiting):
            # That there is nothing at all is said by nobody who has not looked everywhere.
            waiting = self._look(cursor, now, ANYWHERE)
        return waiting

    def _look(self, cursor: Any, now: datetime, start: Begins) -> Waiting:
        begun = time.monotonic()
        self._from(cursor, q.LOOK, start, "signal", "due", "message", "lease", now=now)
        signal, stored_at, due, resumed, message, lease, stopped, *others = cursor.fetchone()
        took = time.monotonic() - begun
        found = Waiting(
            signal is not None,
            (due is not None and due <= now) or resumed,
            (message is not None and message <= now) or stopped,
            *others,
        )
        past = resumed or found.schedules or found.moves
        self.low_water.looked(start, took, Firsts(signal, stored_at, due, message, lease), now, past=past)
        return found

    def _from(self, cursor: Any, statement: str, start: Begins, *queues: str, **given: Any) -> None:
        """Execute a statement that reads queues, each from where it begins."""
        where = {name: getattr(start, name) for name in queues}
        known = {name: begin for name, begin in where.items() if begin is not None}
        cursor.execute(
            statement.format(**{name: q.FROM[name] if name in known else "" for name in queues}),
            {**given, **known},
        )

    def journeys(self, cursor: Any) -> list[JourneyRow]:
        cursor.execute(q.JOURNEYS)
        return [JourneyRow(*row[:-1], tuple(row[-1] or ())) for row in cursor]

    def definition(self, cursor: Any, version_id: int) -> dict[str, Any]:
        cursor.execute(q.DEFINITION, (version_id,))
        found: dict[str, Any] = cursor.fetchone()[0]
        return found

    def pauses(self, cursor: Any, workspace_id: int, journey_id: int) -> list[tuple[datetime, datetime, str]]:
        cursor.execute(q.PAUSES, (workspace_id, journey_id))
        found: list[tuple[datetime, datetime, str]] = cursor.fetchall()
        return found

    def resumed(self, cursor: Any) -> list[int]:
        cursor.execute(q.RESUMED)
        return [journey_id for (journey_id,) in cursor.fetchall()]

    def take_turn(self, cursor: Any) -> bool:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (INTAKE_TURN,))
        return bool(cursor.fetchone()[0])

    def unread(self, cursor: Any, limit: int) -> list[Arrived]:
        self._from(cursor, q.UNREAD, self.low_water.begins(), "signal", limit=limit)
        return [Arrived(*row) for row in cursor]

    def unread_named(self, cursor: Any, names: Sequence[tuple[int, str]]) -> list[Arrived]:
        cursor.execute(q.UNREAD_NAMED, (form.integers([n for n, _ in names]), [event for _, event in names]))
        return [Arrived(*row) for row in cursor]

    def oldest_unread(self, cursor: Any) -> datetime | None:
        self._from(cursor, q.OLDEST_UNREAD, self.low_water.begins(), "signal", limit=FIRST_UNREAD)
        found: datetime | None = cursor.fetchone()[0]
        return found

    def places(self, cursor: Any, subject_ids: Iterable[int]) -> list[Place]:
        cursor.execute(q.PLACES, (form.integers(set(subject_ids)),))
        return [Place(*row) for row in cursor]

    def standing(self, cursor: Any, ids: Iterable[int]) -> list[Standing]:
        cursor.execute(f"{q.STANDING} WHERE id = ANY(%s::bigint[])", (form.integers(ids),))
        return _standings(cursor)

    def open(self, cursor: Any, openings: Sequence[Opening]) -> dict[tuple[int, int, str], int]:
        if not openings:
            return {}
        cursor.execute(
            q.OPEN,
            (
                form.integers(o.workspace_id for o in openings),
                form.integers(o.journey_id for o in openings),
                form.integers(o.version_id for o in openings),
                form.integers(o.subject_id for o in openings),
                form.texts(o.key for o in openings),
                form.times(o.due_at for o in openings),
                form.times(o.goal_until for o in openings),
                form.integers(o.parent_id for o in openings),
                form.integers(o.parent_visit for o in openings),
                form.texts(o.position.entry_id for o in openings),
                form.times(o.position.entered_journey for o in openings),
                form.texts(dumps(o.position.state) for o in openings),
            ),
        )
        return {(journey, subject, key): number for number, journey, subject, key in cursor}

    def knock(self, cursor: Any, knocks: Sequence[tuple[int, int, int]]) -> None:
        if knocks:
            cursor.execute(q.KNOCK, [form.integers(column) for column in zip(*knocks, strict=True)])

    def wake(self, cursor: Any, due: Mapping[int, datetime]) -> None:
        if due:
            cursor.execute(q.WAKE, (form.integers(due), form.times(due.values())))

    def read_off(self, cursor: Any, contacts: Sequence[tuple[int, int | None]]) -> None:
        if contacts:
            cursor.execute(q.READ_OFF, [form.integers(column) for column in zip(*contacts, strict=True)])

    def refuse(self, cursor: Any, refused: Sequence[tuple[int, str]]) -> None:
        cursor.execute(q.REFUSE, (form.integers(i for i, _ in refused), form.texts(e for _, e in refused)))

    def claim(self, cursor: Any, before: datetime, limit: int, paused: Sequence[int]) -> list[Standing]:
        statement = q.CLAIM.replace("{limit}", str(int(limit)))
        given = {"before": before, "paused": form.integers(paused)}
        self._from(cursor, statement, self.low_water.begins(), "due", **given)
        return _standings(cursor)

    def claim_some(self, cursor: Any, ids: Sequence[int]) -> list[Standing]:
        cursor.execute(q.CLAIM_SOME, (form.integers(ids),))
        return _standings(cursor)

    def leaving(self, cursor: Any, before: datetime, paused: Sequence[int], limit: int) -> list[int]:
        cursor.execute(q.LEAVING, (before, form.integers(paused), limit))
        return [number for (number,) in cursor.fetchall()]

    def park(self, cursor: Any, before: datetime, journeys: Sequence[int]) -> int:
        cursor.execute(q.PARK, (before, form.integers(journeys)))
        return int(cursor.rowcount)

    def unpark(self, cursor: Any, journey_id: int, now: datetime) -> None:
        cursor.execute(q.UNPARK, {"now": now, "journey": journey_id})

    def woken(self, cursor: Any, journey_id: int) -> None:
        cursor.execute(q.WOKEN, (journey_id,))

    def people(
        self, cursor: Any, workspace_id: int, ids: Iterable[int], names: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        columns = "".join([", (attributes -> %s::text)::text"] * len(names))
        cursor.execute(q.PEOPLE.format(columns=columns), (*names, form.integers(ids), workspace_id))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def attributes(self, texts: Sequence[Any], names: Sequence[str]) -> Mapping[str, Any]:
        pairs = zip(names, texts, strict=True)
        return {name: orjson.loads(text) for name, text in pairs if text is not None}

    def knocks(self, cursor: Any, ids: Sequence[int]) -> list[tuple[int, Arrived]]:
        cursor.execute(q.KNOCKS, (form.integers(ids),))
        taken = cursor.fetchall()
        if not taken:
            return []
        cursor.execute(q.STORED.format(columns=ARRIVED), (form.integers({signal for _, signal in taken}),))
        signals = {row[0]: Arrived(*row) for row in cursor}
        return [
            (number, signals[signal])
            for number, signal in sorted(taken, key=lambda k: k[1])
            if signal in signals
        ]

    def write(self, cursor: Any, standings: Sequence[Standing]) -> None:
        together: dict[int, list[Standing]] = {}
        for standing in standings:
            together.setdefault(id(standing.position), []).append(standing)
        single = []
        for members in together.values():
            if len(members) >= ENOUGH:
                self._write_alike(cursor, members)
            else:
                single += members
        if single:
            self._write_each(cursor, single)

    def _write_alike(self, cursor: Any, standings: Sequence[Standing]) -> None:
        """Write one position to many rows, which were all read at one epoch."""
        first, p = standings[0], standings[0].position
        cursor.execute(
            q.WRITE_ALIKE,
            (
                *(p.status, p.entered_journey, p.taken_at, p.stage, p.step, p.visit, p.seq, p.void_seq),
                *(p.entered_stage, p.step_begun, p.step_due, p.stage_due, p.result, p.ended_at, first.due_at),
                *(dumps(p.state), form.integers([s.id for s in standings]), first.epoch),
            ),
        )
        if cursor.rowcount != len(standings):
            raise Fenced(Fenced.__doc__)

    def _write_each(self, cursor: Any, standings: Sequence[Standing]) -> None:
        positions, moments = [s.position for s in standings], form.Moments()
        cursor.execute(
            q.WRITE,
            (
                form.integers(s.id for s in standings),
                form.integers(s.epoch for s in standings),
                form.words(p.status for p in positions),
                moments.array(p.entered_journey for p in positions),
                moments.array(p.taken_at for p in positions),
                form.words(p.stage for p in positions),
                form.words(p.step for p in positions),
                form.integers(p.visit for p in positions),
                form.integers(p.seq for p in positions),
                form.integers(p.void_seq for p in positions),
                moments.array(p.entered_stage for p in positions),
                moments.array(p.step_begun for p in positions),
                moments.array(p.step_due for p in positions),
                moments.array(p.stage_due for p in positions),
                form.texts(p.result for p in positions),
                moments.array(p.ended_at for p in positions),
                moments.array(s.due_at for s in standings),
                form.texts(dumps(p.state) for p in positions),
            ),
        )
        if cursor.rowcount != len(standings):
            raise Fenced(Fenced.__doc__)

    def trail(self, cursor: Any, crumbs: Sequence[tuple[Sequence[Standing], Sequence[Crumb]]]) -> None:
        lines = form.trail_lines(crumbs)
        if lines:
            with cursor.copy(q.TRAIL) as copy:
                copy.write(lines)

    def post(self, cursor: Any, messages: Sequence[tuple[Sequence[Standing], SendMessage]]) -> None:
        if messages:
            with cursor.copy(q.POST) as copy:
                copy.write(form.outbox_lines(messages))

    def send_letters(self, cursor: Any, letters: Sequence[Letter]) -> None:
        if letters:
            cursor.execute(
                q.LETTERS,
                (
                    form.integers(x.workspace_id for x in letters),
                    form.texts(x.kind for x in letters),
                    form.texts(x.name for x in letters),
                    form.texts(x.event_id for x in letters),
                    form.integers(x.contact_id for x in letters),
                    form.integers(x.enrollment_id for x in letters),
                    form.integers(x.source_id for x in letters),
                    form.times(x.at for x in letters),
                    form.times(x.stored_at for x in letters),
                    form.texts(dumps(x.data) for x in letters),
                    form.texts(x.state for x in letters),
                ),
            )

    def withdraw(self, cursor: Any, visits: Sequence[tuple[int, int]]) -> None:
        if visits:
            cursor.execute(q.WITHDRAW, [form.integers(column) for column in zip(*visits, strict=True)])

    def children(self, cursor: Any, parents: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        if not parents:
            return []
        cursor.execute(q.CHILDREN, [form.integers(column) for column in zip(*parents, strict=True)])
        found: list[tuple[int, int, int]] = cursor.fetchall()
        return found

    def reach(
        self, cursor: Any, goals: Sequence[tuple[int, str, int, int, datetime, int]]
    ) -> list[tuple[int, str]]:
        if not goals:
            return []
        ids, names, workspaces, versions, at, holdouts = zip(*goals, strict=True)
        cursor.execute(
            q.REACH,
            (
                form.integers(ids),
                form.words(names),
                form.integers(workspaces),
                form.integers(versions),
                form.times(at),
                form.integers(holdouts),
            ),
        )
        found: list[tuple[int, str]] = cursor.fetchall()
        return found

    def count(self, cursor: Any, counts: Mapping[tuple[int, int, str], tuple[int, int]]) -> None:
        if counts:
            cursor.execute(
                q.COUNT,
                (
                    form.integers(version for version, _, _ in counts),
                    form.integers(workspace for _, workspace, _ in counts),
                    form.texts(node for _, _, node in counts),
                    form.integers(here for here, _ in counts.values()),
                    form.integers(passed for _, passed in counts.values()),
                ),
            )

    def lease(
        self, cursor: Any, owner: str, now: datetime, limit: int, paused: Sequence[int]
    ) -> list[Parcel]:
        statement = q.LEASE.replace("{limit}", str(int(limit)))
        given = {"owner": owner, "now": now, "paused": form.integers(paused)}
        self._from(cursor, statement, self.low_water.begins(), "message", **given)
        return sorted((Parcel(*row) for row in cursor), key=lambda parcel: parcel.id)

    def lease_of(
        self, cursor: Any, owner: str, now: datetime, enrollments: Sequence[int], paused: Sequence[int]
    ) -> list[Parcel]:
        cursor.execute(q.LEASE_OF, (owner, form.integers(enrollments), now, form.integers(paused)))
        return sorted((Parcel(*row) for row in cursor), key=lambda parcel: parcel.id)

    def take_over(self, cursor: Any, owner: str, limit: int, paused: Sequence[int]) -> list[Parcel]:
        statement = q.TAKE_OVER.replace("{limit}", str(int(limit)))
        given = {"owner": owner, "paused": form.integers(paused)}
        self._from(cursor, statement, self.low_water.begins(), "lease", **given)
        return sorted((Parcel(*row) for row in cursor), key=lambda parcel: parcel.id)

    def hand_over(self, cursor: Any, owner: str, number: int) -> bool:
        cursor.execute(q.HAND_OVER, (number, owner))
        return bool(cursor.rowcount)

    def keep_lease(self, cursor: Any, owner: str, ids: Sequence[int]) -> dict[int, str]:
        cursor.execute(q.LOCK_OUTBOX, (form.integers(ids),))
        cursor.execute(q.KEEP_LEASE, (form.integers(ids), owner))
        return dict(cursor.fetchall())

    def release(self, cursor: Any, owner: str) -> None:
        cursor.execute(q.RELEASE, (owner,))

    def arrived(self, cursor: Any, key: str, state: str, reason: str | None) -> Parcel | None:
        cursor.execute(q.ARRIVED_LATER, (state, reason, key))
        row = cursor.fetchone()
        return Parcel(*row) if row else None

    def settle(self, cursor: Any, owner: str, results: Sequence[Mapping[str, Any]]) -> set[int]:
        cursor.execute(q.LOCK_OUTBOX, (form.integers(r["id"] for r in results),))
        cursor.execute(
            q.SETTLE,
            (
                form.integers(r["id"] for r in results),
                form.texts(r["state"] for r in results),
                form.times(r.get("not_before") for r in results),
                form.texts(r.get("reason") for r in results),
                form.texts(dumps(r["rendered"]) if r.get("rendered") is not None else None for r in results),
                form.times(r.get("sent_at") for r in results),
                owner,
            ),
        )
        return {number for (number,) in cursor}


def _standings(cursor: Any) -> list[Standing]:
    """Rows as standings; states and whole positions that read alike are one object, which nobody changes."""
    states: dict[str, Any] = {}
    positions: dict[Sequence[Any], Position] = {}
    found = []
    for row in cursor.fetchall():
        p = row[HEAD_COUNT:]
        position = positions.get(p)
        if position is None:
            text = p[-1]
            if text not in states:
                states[text] = orjson.loads(text)
            position = positions[p] = Position(*p[:-1], states[text])
        found.append(Standing(*row[:HEAD_COUNT], position))
    return found
