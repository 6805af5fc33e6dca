"""The engine's statements on SQLite: one writer, arrays as JSON, rows by executemany."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from journeys.position import Crumb, Position, SendMessage
from runtime import sqlite_sql as q
from runtime.rows import (
    Arrived,
    JourneyRow,
    Letter,
    Opening,
    Parcel,
    Place,
    Standing,
)
from runtime.statements import LEASE_SECS, Fenced, Waiting
from store.database import dumps

#: From so many rows on, what they share is written by one statement for all of them.
ENOUGH = 25


class SQLite:
    """`Statements` on SQLite."""

    def look(self, cursor: Any, now: datetime) -> Waiting:
        at = write_time(now)
        return Waiting(
            *map(bool, cursor.execute(q.LOOK, (at, at, write_time(_wall()), *(at,) * 4)).fetchone())
        )

    def journeys(self, cursor: Any) -> list[JourneyRow]:
        return [
            JourneyRow(
                *row[:5],
                read_time(row[5]),
                row[6],
                read_time(row[7]),
                *row[8:-1],
                tuple(_json(row[-1]) or ()),
            )
            for row in cursor.execute(q.JOURNEYS)
        ]

    def definition(self, cursor: Any, version_id: int) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(cursor.execute(q.DEFINITION, (version_id,)).fetchone()[0])
        return found

    def pauses(self, cursor: Any, workspace_id: int, journey_id: int) -> list[tuple[datetime, datetime, str]]:
        rows = cursor.execute(q.PAUSES, (workspace_id, journey_id))
        return [(_time(since), _time(until), on_resume) for since, until, on_resume in rows]

    def resumed(self, cursor: Any) -> list[int]:
        return [journey_id for (journey_id,) in cursor.execute(q.RESUMED)]

    def take_turn(self, cursor: Any) -> bool:
        return True  # whoever has begun to write is the only one

    def unread(self, cursor: Any, limit: int) -> list[Arrived]:
        return [_arrived(row) for row in cursor.execute(q.UNREAD, (limit,))]

    def unread_named(self, cursor: Any, names: Sequence[tuple[int, str]]) -> list[Arrived]:
        return [_arrived(row) for row in cursor.execute(q.UNREAD_NAMED, (dumps([list(n) for n in names]),))]

    def oldest_unread(self, cursor: Any) -> datetime | None:
        return read_time(cursor.execute(q.OLDEST_UNREAD).fetchone()[0])

    def places(self, cursor: Any, subject_ids: Iterable[int]) -> list[Place]:
        return [
            Place(*row[:6], read_time(row[6]), read_time(row[7]), read_time(row[8]), row[9])
            for row in cursor.execute(q.PLACES, (_array(subject_ids),))
        ]

    def standing(self, cursor: Any, ids: Iterable[int]) -> list[Standing]:
        rows = cursor.execute(f"{q.STANDING} WHERE id IN (SELECT value FROM json_each(?))", (_array(ids),))
        return _standings(rows)

    def open(self, cursor: Any, openings: Sequence[Opening]) -> dict[tuple[int, int, str], int]:
        made = {}
        for o in openings:
            at, state = write_time(o.position.entered_journey), dumps(o.position.state)
            row = cursor.execute(
                q.OPEN,
                (
                    *(o.workspace_id, o.journey_id, o.version_id, o.subject_id, o.key),
                    *(write_time(o.due_at), write_time(o.goal_until), o.parent_id, o.parent_visit),
                    *(o.position.entry_id, at, at, state),
                ),
            ).fetchone()
            if row:
                made[o.unique] = row[0]
        return made

    def knock(self, cursor: Any, knocks: Sequence[tuple[int, int, int]]) -> None:
        cursor.executemany(q.KNOCK, knocks)

    def wake(self, cursor: Any, due: Mapping[int, datetime]) -> None:
        cursor.executemany(q.WAKE, [(write_time(at), number) for number, at in due.items()])

    def read_off(self, cursor: Any, contacts: Sequence[tuple[int, int | None]]) -> None:
        cursor.executemany(q.READ_OFF, [(contact, number) for number, contact in contacts])

    def refuse(self, cursor: Any, refused: Sequence[tuple[int, str]]) -> None:
        cursor.executemany(q.REFUSE, [(error, number) for number, error in refused])

    def claim(self, cursor: Any, before: datetime, limit: int, paused: Sequence[int]) -> list[Standing]:
        return _standings(cursor.execute(q.CLAIM, (write_time(before), _array(paused), limit)))

    def claim_some(self, cursor: Any, ids: Sequence[int]) -> list[Standing]:
        return _standings(cursor.execute(q.CLAIM_SOME, (_array(ids),)))

    def leaving(self, cursor: Any, before: datetime, paused: Sequence[int], limit: int) -> list[int]:
        rows = cursor.execute(q.LEAVING, (write_time(before), _array(paused), limit))
        return [number for (number,) in rows.fetchall()]

    def park(self, cursor: Any, before: datetime, journeys: Sequence[int]) -> int:
        return int(cursor.execute(q.PARK, (write_time(before), _array(journeys))).rowcount)

    def unpark(self, cursor: Any, journey_id: int, now: datetime) -> None:
        cursor.execute(q.UNPARK, (write_time(now), journey_id))

    def woken(self, cursor: Any, journey_id: int) -> None:
        cursor.execute(q.WOKEN, (journey_id,))

    def people(
        self, cursor: Any, workspace_id: int, ids: Iterable[int], names: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = cursor.execute(q.PEOPLE, (_array(ids), workspace_id)).fetchall()
        return found

    def attributes(self, texts: Sequence[Any], names: Sequence[str]) -> Mapping[str, Any]:
        found: dict[str, Any] = orjson.loads(texts[0])
        return found

    def knocks(self, cursor: Any, ids: Sequence[int]) -> list[tuple[int, Arrived]]:
        taken = cursor.execute(q.KNOCKS, (_array(ids),)).fetchall()
        if not taken:
            return []
        rows = cursor.execute(q.STORED, (_array({signal for _, signal in taken}),))
        signals = {row[0]: _arrived(row) for row in rows}
        return [
            (number, signals[signal])
            for number, signal in sorted(taken, key=lambda k: k[1])
            if signal in signals
        ]

    def write(self, cursor: Any, standings: Sequence[Standing]) -> None:
        together: dict[int, list[Standing]] = {}
        for standing in standings:
            together.setdefault(id(standing.position), []).append(standing)
        count, rows = 0, []
        for members in together.values():
            first = members[0]
            written = _written(first, first.position)
            if len(members) >= ENOUGH:
                given = (*written, _array([s.id for s in members]), first.epoch)
                count += cursor.execute(q.WRITE_ALIKE, given).rowcount
            else:
                rows += [(*written, s.id, s.epoch) for s in members]
        if rows:
            cursor.executemany(q.WRITE, rows)
            count += cursor.rowcount
        if count != len(standings):
            raise Fenced(Fenced.__doc__)

    def trail(self, cursor: Any, crumbs: Sequence[tuple[Sequence[Standing], Sequence[Crumb]]]) -> None:
        rows: list[tuple[Any, ...]] = []
        for members, trail in crumbs:
            told = [_crumb(crumb) for crumb in trail]
            if len(members) >= ENOUGH:
                first = members[0]
                statement = q.TRAIL_ALIKE.replace("CRUMBS", ", ".join([q.NINE] * len(told)))
                flat = [value for crumb in told for value in crumb]
                ids = _array([s.id for s in members])
                cursor.execute(statement, (*flat, first.workspace_id, first.version_id, ids))
            else:
                rows += [(s.workspace_id, s.id, s.version_id, *rest) for s in members for rest in told]
        if rows:
            cursor.executemany(q.TRAIL, rows)

    def post(self, cursor: Any, messages: Sequence[tuple[Sequence[Standing], SendMessage]]) -> None:
        rows: list[tuple[Any, ...]] = []
        for members, m in messages:
            key, rest = f":{m.seq}:{m.n}", _posted(m)
            if len(members) >= ENOUGH:
                first = members[0]
                who = _array([[s.id, s.subject_id] for s in members])
                given = (first.workspace_id, key, first.journey_id, first.version_id, *rest, who)
                cursor.execute(q.POST_ALIKE, given)
            else:
                rows += [
                    (s.workspace_id, f"{s.id}{key}", s.journey_id, s.version_id, s.id, s.subject_id, *rest)
                    for s in members
                ]
        if rows:
            cursor.executemany(q.POST, rows)

    def send_letters(self, cursor: Any, letters: Sequence[Letter]) -> None:
        cursor.executemany(
            q.LETTERS,
            [
                (
                    *(x.workspace_id, x.kind, x.name, x.event_id, x.contact_id, x.enrollment_id, x.source_id),
                    *(write_time(x.at), write_time(x.stored_at), dumps(x.data), x.state),
                )
                for x in letters
            ],
        )

    def withdraw(self, cursor: Any, visits: Sequence[tuple[int, int]]) -> None:
        cursor.executemany(q.WITHDRAW, visits)

    def children(self, cursor: Any, parents: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        return [row for parent in parents for row in cursor.execute(q.CHILDREN, parent).fetchall()]

    def reach(
        self, cursor: Any, goals: Sequence[tuple[int, str, int, int, datetime, int]]
    ) -> list[tuple[int, str]]:
        rows = [(*goal[:4], write_time(goal[4]), goal[5]) for goal in goals]
        return [found for row in rows for found in cursor.execute(q.REACH, row).fetchall()]

    def count(self, cursor: Any, counts: Mapping[tuple[int, int, str], tuple[int, int]]) -> None:
        cursor.executemany(q.COUNT, [(*node, here, passed) for node, (here, passed) in counts.items()])

    def lease(
        self, cursor: Any, owner: str, now: datetime, limit: int, paused: Sequence[int]
    ) -> list[Parcel]:
        until = write_time(_wall() + timedelta(seconds=LEASE_SECS))
        rows = cursor.execute(q.LEASE, (owner, until, write_time(now), _array(paused), limit)).fetchall()
        return sorted((_parcel(row) for row in rows), key=lambda parcel: parcel.id)

    def lease_of(
        self, cursor: Any, owner: str, now: datetime, enrollments: Sequence[int], paused: Sequence[int]
    ) -> list[Parcel]:
        until = write_time(_wall() + timedelta(seconds=LEASE_SECS))
        given = (owner, until, _array(enrollments), write_time(now), _array(paused))
        rows = cursor.execute(q.LEASE_OF, given).fetchall()
        return sorted((_parcel(row) for row in rows), key=lambda parcel: parcel.id)

    def take_over(self, cursor: Any, owner: str, limit: int, paused: Sequence[int]) -> list[Parcel]:
        wall = _wall()
        until = write_time(wall + timedelta(seconds=LEASE_SECS))
        rows = cursor.execute(q.TAKE_OVER, (owner, until, write_time(wall), _array(paused), limit)).fetchall()
        return sorted((_parcel(row) for row in rows), key=lambda parcel: parcel.id)

    def hand_over(self, cursor: Any, owner: str, number: int) -> bool:
        return bool(cursor.execute(q.HAND_OVER, (number, owner)).rowcount)

    def keep_lease(self, cursor: Any, owner: str, ids: Sequence[int]) -> dict[int, str]:
        until = write_time(_wall() + timedelta(seconds=LEASE_SECS))
        return dict(cursor.execute(q.KEEP_LEASE, (until, _array(ids), owner)).fetchall())

    def release(self, cursor: Any, owner: str) -> None:
        cursor.execute(q.RELEASE, (owner,))

    def arrived(self, cursor: Any, key: str, state: str, reason: str | None) -> Parcel | None:
        row = cursor.execute(q.ARRIVED_LATER, (state, reason, key)).fetchone()
        return _parcel(row) if row else None

    def settle(self, cursor: Any, owner: str, results: Sequence[Mapping[str, Any]]) -> set[int]:
        written = set()
        for r in results:
            rendered = dumps(r["rendered"]) if r.get("rendered") is not None else None
            written |= {
                number
                for (number,) in cursor.execute(
                    q.SETTLE,
                    (
                        *(r["state"], write_time(r.get("not_before")), r.get("reason"), rendered),
                        *(write_time(r.get("sent_at")), r["id"], owner),
                    ),
                ).fetchall()
            }
        return written


def read_time(value: str | None) -> datetime | None:
    """A moment as SQLite keeps it."""
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def write_time(value: datetime | None) -> str | None:
    """A moment in the fixed width in which text order is time order."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]


def _wall() -> datetime:
    # The machine's clock is the database's: SQLite is never shared between machines.
    return datetime.now(UTC)


def _array(values: Iterable[Any]) -> str:
    return dumps(list(values))


def _json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)


def _arrived(row: Sequence[Any]) -> Arrived:
    return Arrived(
        *row[:6], _json(row[6]), row[7], row[8], _time(row[9]), _time(row[10]), _json(row[11]) or {}
    )


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value + "+00:00")


class _Times(dict[str | None, datetime | None]):
    """Texts as times, equal ones as one object."""

    def __missing__(self, text: str) -> datetime:
        found = self[text] = _time(text)
        return found


def _standings(rows: Iterable[Sequence[Any]]) -> list[Standing]:
    """Rows as standings; times, states and whole positions that read alike are one object, which nobody changes."""
    times: Any = _Times({None: None})
    states: dict[str, Any] = {}
    shared: dict[tuple[str, str], tuple[Any, ...]] = {}
    found = []
    for number, subject, state, text in rows:
        alike = shared.get((text, state))
        if alike is None:
            if state not in states:
                states[state] = orjson.loads(state)
            alike = shared[text, state] = _shared(orjson.loads(text), states[state], times)
        workspace, journey, version, key, due, goal, parent, visit, epoch, position = alike
        found.append(
            Standing(
                *(
                    number,
                    workspace,
                    journey,
                    version,
                    subject,
                    key,
                    due,
                    goal,
                    parent,
                    visit,
                    epoch,
                    position,
                )
            )
        )
    return found


def _shared(row: Sequence[Any], state: Any, times: Mapping[str | None, Any]) -> tuple[Any, ...]:
    """What several enrollments have in common, in the order of the fields of `Standing`."""
    p = row[9:]
    position = Position(
        *(p[0], p[1], times[p[2]], times[p[3]], *p[4:9], times[p[9]], times[p[10]]),
        *(times[p[11]], times[p[12]], p[13], times[p[14]], state),
    )
    return (*row[:4], times[row[4]], times[row[5]], *row[6:9], position)


def _written(s: Standing, p: Position) -> tuple[Any, ...]:
    return (
        *(
            p.status,
            write_time(p.entered_journey),
            write_time(p.taken_at),
            p.stage,
            p.step,
            p.visit,
            p.seq,
            p.void_seq,
        ),
        *(
            write_time(p.entered_stage),
            write_time(p.step_begun),
            write_time(p.step_due),
            write_time(p.stage_due),
        ),
        *(p.result, write_time(p.ended_at), write_time(s.due_at), dumps(p.state)),
    )


def _crumb(c: Crumb) -> tuple[Any, ...]:
    detail = None if c.detail is None else dumps(c.detail)
    return write_time(c.at), c.op, c.stage, c.step, c.exit, c.arrow, c.visit, c.seq, detail


def _posted(m: SendMessage) -> tuple[Any, ...]:
    at = write_time(m.at)
    return (
        *(m.step, m.visit, m.seq, m.carrier, m.content, dumps(m.scene), at, at, write_time(m.valid_until)),
        int(m.answer),
    )


def _parcel(row: Sequence[Any]) -> Parcel:
    return Parcel(
        *row[:11],
        orjson.loads(row[11]),
        *(_time(row[12]), _time(row[13]), read_time(row[14]), bool(row[15])),
        *row[16:],
    )
