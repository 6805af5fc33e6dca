"""What moves want done besides the move itself: written in the transaction of the moves, a statement for each kind of deed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from audience import contacts, groups, points, tier_overrides
from audience.contacts import Change
from audience.tier_overrides import Given
from journeys.outgoing import withdraw_all
from journeys.position import (
    BookPoints,
    ChangeContact,
    ChangeTask,
    ChangeTier,
    GiveTask,
    Move,
    SendMessage,
    StartJourney,
    Withdraw,
)
from runtime import issuing, tasking
from runtime.database import Transaction
from runtime.routes import Routes
from runtime.rows import Letter, Standing
from store.bulk import among
from store.subjects import is_group
from store.tables import Outbox


class Deeds:
    """What the moves of a batch want done, gathered for one statement each."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.messages: list[tuple[Sequence[Standing], SendMessage]] = []
        self.changes: list[Change] = []
        self.levels: list[Given] = []
        self.points: dict[int, list[points.Line]] = defaultdict(list)
        self.letters: list[Letter] = []
        self.tasks = tasking.Tasks()
        self.withdrawn: list[tuple[int, int]] = []
        self.taken_out: list[int] = []
        self.left: list[tuple[int, int, int]] = []
        self.workspace_of: dict[int, tuple[int, datetime]] = {}

    def take(self, members: Sequence[Standing], move: Move, *, bounds: bool) -> None:
        """Note the deeds of one move of these; `bounds` tells whether a stage of theirs may bind journeys."""
        for deed in move.deeds:
            if isinstance(deed, SendMessage):
                self.messages.append((members, deed))
            elif isinstance(deed, ChangeContact):
                self.changes += [
                    Change(
                        s.workspace_id, s.subject_id, deed.at, deed.attributes, deed.add, deed.remove, s.id
                    )
                    for s in members
                ]
            elif isinstance(deed, ChangeTier):
                self.levels += [self._level(standing, deed) for standing in members]
            elif isinstance(deed, BookPoints):
                for standing in members:
                    key = self.routes.by_id[standing.journey_id].key
                    self.points[standing.workspace_id].append(issuing.line(standing, deed, key))
            elif isinstance(deed, StartJourney):
                self.letters += [_start(standing, deed) for standing in members]
            elif isinstance(deed, GiveTask | ChangeTask):
                self.tasks.take(members, deed)
            elif isinstance(deed, Withdraw):
                if deed.tasks and not deed.whole:
                    self.tasks.take(members, deed)
                for standing in members:
                    self._withdraw(standing, deed, bounds)

    def _level(self, standing: Standing, deed: ChangeTier) -> Given:
        given = (standing.workspace_id, standing.subject_id, deed.dimension, deed.level, deed.at, deed.until)
        by = f"journey:{self.routes.by_id[standing.journey_id].key}"
        return Given(*given, measure=deed.measure, by=by, source_id=standing.id)

    def _withdraw(self, standing: Standing, deed: Withdraw, bounds: bool) -> None:
        if deed.whole:
            self.taken_out.append(standing.id)
        elif deed.messages:
            self.withdrawn.append((standing.id, deed.visit))
        if bounds:
            self.left.append((standing.subject_id, standing.id, deed.visit))
            self.workspace_of[standing.id] = (standing.workspace_id, deed.at)

    def tell_parents(self, members: Sequence[Standing]) -> None:
        """Let the enrollments that started these hear how they ended, unless they cancelled them themselves."""
        position = members[0].position
        if position.result == "cancelled" or position.ended_at is None:
            return
        for standing in members:
            if standing.parent_id is not None:
                journey = self.routes.by_id[standing.journey_id]
                told = {"journey": journey.key, "result": position.result}
                self.letters.append(
                    Letter(
                        *(standing.workspace_id, "journey_ended", "journey_ended", standing.subject_id),
                        *(position.ended_at, position.ended_at, told),
                        enrollment_id=standing.parent_id,
                        source_id=standing.id,
                    )
                )

    def write(self, tx: Transaction, now: datetime) -> None:
        """Do them all, messages before what may take them back."""
        tx.sql.post(tx.cursor, self.messages)
        tx.sql.withdraw(tx.cursor, self.withdrawn)
        self.tasks.write(tx)
        if self.taken_out:
            withdraw_all(tx.session, among(tx.session, Outbox.enrollment_id, self.taken_out))
            tasking.withdraw_all(tx, self.taken_out, now)
        if self.left:
            self._cancel(tx)
        tx.sql.send_letters(tx.cursor, self.letters)
        if self.changes:
            contacts.change(tx.session, [one for one in self.changes if not is_group(one.contact_id)], now)
            groups.change(tx.session, [one for one in self.changes if is_group(one.contact_id)], now)
        if self.levels:
            tier_overrides.open_all(tx.session, self.levels, now)
        if self.points:
            issuing.book(tx.session, self.points, now)

    def _cancel(self, tx: Transaction) -> None:
        """End the journeys that are bound to a stage just left."""
        for child, subject, parent in tx.sql.children(tx.cursor, self.left):
            workspace_id, at = self.workspace_of[parent]
            self.letters.append(
                Letter(
                    *(workspace_id, "hand", "exit", subject, at, at, {"act": "exit", "result": "cancelled"}),
                    enrollment_id=child,
                    source_id=parent,
                )
            )


def _start(standing: Standing, deed: StartJourney) -> Letter:
    return Letter(
        *(standing.workspace_id, "enroll", deed.journey, standing.subject_id, deed.at, deed.at),
        {
            "entry": deed.entry,
            "by": "step",
            "parent": standing.id,
            "visit": deed.visit,
            "bound": deed.bound,
        },
        source_id=standing.id,
    )
