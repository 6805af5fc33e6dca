"""Intake: signals of the inbox become history, new enrollments, and knocks; one transaction a batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from audience import (
    contacts,
    erasing,
    events,
    friends,
    group_members,
    group_news,
    groups,
    keeping,
    merging,
    rewards_heard,
    tag_history,
)
from audience.group_events import GROUP
from audience.identities import well_known
from audience.rewards_heard import Happened
from audience.suppression import suppressed
from runtime import faults
from runtime.advance import uncollected
from runtime.database import Database, Transaction, passes
from runtime.entering import signal_time
from runtime.listening import Listening
from runtime.opening import Openings
from runtime.routes import Routes
from runtime.rows import Arrived, Place
from store import tracing
from store.subjects import GROUP_KEY, is_group, of_group
from store.wecom_calls import by_reading

log = logging.getLogger(__name__)

#: Signals taken in one transaction.
BATCH = 2000
#: The kinds of signals after which segments, tag rules and tiers may have to be asked again.
HEARD = ("event", "changed", "retimed")


class Intake:
    """Takes the inbox in, oldest signal first; one transaction at a time does so, on however many machines."""

    def __init__(self, database: Database, routes: Routes, now: Callable[[Session], datetime]) -> None:
        self.database, self.routes, self.now = database, routes, now

    def run(self, limit: int = BATCH) -> int:
        """Take one batch and return how many signals are done; a signal that cannot be taken is set aside."""
        while True:
            try:
                return self._batch(limit)
            except Exception as error:
                if passes(error):
                    raise
                if limit == 1:
                    return self._set_aside(error)
                # One of them is bad: halve until it stands alone, so that it holds nobody else.
                limit //= 2

    @uncollected()
    def _batch(self, limit: int) -> int:
        with self.database.transaction() as tx:
            if not tx.sql.take_turn(tx.cursor):
                return 0
            self.routes.refresh(tx)
            rows = tx.sql.unread(tx.cursor, limit)
            if not rows:
                return 0
            with tracing.span("intake", signals=len(rows)):
                done = _Batch(tx, self.routes, self.now(tx.session)).take(rows)
            faults.hit("counter.before_commit")
        return done

    def _set_aside(self, error: Exception) -> int:
        with self.database.transaction() as tx:
            if not tx.sql.take_turn(tx.cursor):
                return 0
            rows = tx.sql.unread(tx.cursor, 1)
            # The kind of error says enough; its text may quote what a person wrote.
            log.error("signal %s cannot be taken: %s", [row.id for row in rows], type(error).__name__)
            tx.sql.refuse(tx.cursor, [(row.id, f"cannot be taken: {type(error).__name__}") for row in rows])
        return len(rows)


def take(tx: Transaction, routes: Routes, now: datetime, rows: list[Arrived]) -> int:
    """Take these signals in, out of their turn, and return how many are done; the caller holds intake's turn."""
    return _Batch(tx, routes, now).take(rows)


class _Batch:
    """The work on one batch inside its transaction."""

    def __init__(self, tx: Transaction, routes: Routes, now: datetime) -> None:
        self.tx, self.routes, self.now = tx, routes, now
        self.refused: list[tuple[int, str]] = []
        #: How many signals say again what was told before.
        self.repeated = 0

    def take(self, rows: list[Arrived]) -> int:
        tx = self.tx
        # In the order of their own time: what came in the wrong order is put right, as far as it came together.
        rows = sorted(self._news(self._resolve(rows)), key=lambda row: (signal_time(row), row.id))
        places = _by_subject(
            tx.sql.places(tx.cursor, {r.contact_id for r in rows if r.contact_id is not None})
        )
        openings = Openings(tx, self.routes, places)
        listening = Listening(tx, self.routes, places)
        kept = openings.ready(rows, listening)
        self._record(kept)
        tag_history.record(
            tx.session,
            [
                row.id
                for row in kept
                if row.kind == "changed" and row.name == "tags" and not is_group(row.contact_id)
            ],
        )
        keeping.heard(
            tx.session,
            (
                (row.workspace_id, row.contact_id, row.name)
                for row in kept
                if row.kind in HEARD and not is_group(row.contact_id)
            ),
            [
                (row.occurred_at, row.workspace_id, row.contact_id, row.name)
                for row in kept
                if row.kind == "event" and row.occurred_at > self.now and not is_group(row.contact_id)
            ],
        )
        faults.hit("event.before_match")
        opened = openings.judge(kept)
        self.refused += openings.refused
        faults.hit("wait.before_register")
        listening.offer(kept, opened)
        listening.write()
        faults.hit("wait.after_register")
        refused = {number for number, _ in self.refused}
        tx.sql.read_off(tx.cursor, [(row.id, row.contact_id) for row in kept if row.id not in refused])
        if self.refused:
            tx.sql.refuse(tx.cursor, self.refused)
        return len({row.id for row in kept} | refused) + self.repeated

    def _news(self, rows: list[Arrived]) -> list[Arrived]:
        """Leave out what WeCom has told before in another way: nobody joins a group twice by being listed, too."""
        steps = []
        for row in rows:
            read = by_reading(row.event_id) if row.name in group_members.MOVES else None
            key = row.data.get(GROUP) if read is not None else None
            if read is not None and isinstance(key, str) and row.contact_id and not is_group(row.contact_id):
                place = row.id, row.workspace_id, key, row.contact_id
                steps.append(group_news.Told(*place, row.name, row.occurred_at, read))
        known = group_news.repeated(self.tx.session, steps) if steps else set()
        if not known:
            return rows
        self.repeated = len(known)
        self.tx.sql.read_off(self.tx.cursor, [(row.id, row.contact_id) for row in rows if row.id in known])
        return [row for row in rows if row.id not in known]

    def _resolve(self, rows: list[Arrived]) -> list[Arrived]:
        """Find, or make, the contacts of rows that name theirs otherwise than by id."""
        rows = self._forward(rows)
        unknown: dict[int, list[Arrived]] = {}
        for row in rows:
            if row.contact_id is None and row.identity:
                unknown.setdefault(row.workspace_id, []).append(row)
        for workspace_id, strangers in unknown.items():
            self._find_groups(workspace_id, [row for row in strangers if GROUP_KEY in (row.identity or {})])
            # Most are known by the very name that they come with; only the others need a closer look.
            for find in (well_known, partial(contacts.resolve, now=self.now)):
                nobody = [row for row in strangers if row.contact_id is None]
                if nobody:
                    found = find(self.tx.session, workspace_id, [row.identity or {} for row in nobody])
                    for row, number in zip(nobody, found, strict=True):
                        row.contact_id = number
            self._forget(workspace_id, [row for row in strangers if row.contact_id is None])
        known = []
        for row in rows:
            if row.contact_id is None and row.enrollment_id is None:
                self.refused.append((row.id, "its identity belongs to nobody, or to two contacts"))
            else:
                known.append(row)
        return known

    def _forget(self, workspace_id: int, nobody: list[Arrived]) -> None:
        """Keep nothing of what comes for people who were erased."""
        if nobody:
            names = [list((row.identity or {}).items()) for row in nobody]
            erased = suppressed(self.tx.session, workspace_id, names)
            erasing.blank(self.tx.session, [nobody[place].id for place in erased])

    def _find_groups(self, workspace_id: int, rows: list[Arrived]) -> None:
        """Let rows that name a customer group be about it; one that nobody knows yet is made."""
        if rows:
            keys = {str((row.identity or {})[GROUP_KEY]) for row in rows}
            found = groups.resolve(self.tx.session, workspace_id, keys, self.now)
            for row in rows:
                number = found.get(str((row.identity or {})[GROUP_KEY]))
                row.contact_id = None if number is None else of_group(number)

    def _keep_members(self, happened: list[Arrived]) -> None:
        """Persons who joined a group or left it are its members, or are so no more."""
        steps: dict[int, list[group_members.Step]] = {}
        for row in happened:
            key = row.data.get(GROUP) if row.name in group_members.MOVES else None
            if isinstance(key, str) and row.contact_id and not is_group(row.contact_id):
                step = group_members.Step(key, row.contact_id, row.name, row.occurred_at, row.data)
                steps.setdefault(row.workspace_id, []).append(step)
        for workspace_id, theirs in steps.items():
            group_members.keep(self.tx.session, workspace_id, theirs, self.now)

    def _forward(self, rows: list[Arrived]) -> list[Arrived]:
        """Lead what names a contact that is no more to whom he was merged into; of the erased nothing is taken."""
        keepers = merging.keepers(self.tx.session, {r.contact_id for r in rows if r.contact_id is not None})
        if not keepers:
            return rows
        kept = []
        erasing.blank(
            self.tx.session,
            [r.id for r in rows if r.contact_id in keepers and keepers[r.contact_id] is None],
        )
        for row in rows:
            gone = row.contact_id in keepers and row.enrollment_id is None
            if row.contact_id is not None and keepers.get(row.contact_id) is not None:
                row.contact_id = keepers[row.contact_id]
            elif gone:
                self.refused.append((row.id, "this person was erased"))
                continue
            kept.append(row)
        return kept

    def _record(self, rows: list[Arrived]) -> None:
        """Let events enter the history, and let the workspace learn names it has not met."""
        happened = [row for row in rows if row.kind == "event" and row.contact_id is not None]
        events.record(self.tx.session, {row.id: row.contact_id for row in happened if row.contact_id})
        faults.hit("event.after_persist")
        self._keep_members(happened)
        for workspace_id, steps in friends.steps_of(happened).items():
            friends.keep(self.tx.session, workspace_id, steps, self.now)
        rewards_heard.heard(
            self.tx.session,
            (
                Happened(row.id, row.workspace_id, row.contact_id, row.name, row.occurred_at, row.data)
                for row in happened
                if row.contact_id and not is_group(row.contact_id)
            ),
            self.now,
        )
        met: dict[int, list[tuple[str, Any]]] = {}
        for row in happened:
            met.setdefault(row.workspace_id, []).append((row.name, row.data))
        for workspace_id, names in met.items():
            events.learn(self.tx.session, workspace_id, names, self.now)


def _by_subject(places: Iterable[Place]) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = {}
    for place in places:
        found.setdefault(place.subject_id, []).append(place)
    return found
