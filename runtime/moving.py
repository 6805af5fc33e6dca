"""Moving a claimed batch: facts in, the kernel's moves out, everything written in the caller's transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from audience import contacts, groups, keeping, points, tier_overrides
from audience.contacts import Change
from audience.tier_overrides import Given
from journeys.lifecycle import ARCHIVED, LIVE
from journeys.outgoing import withdraw_all
from journeys.pauses import Pause
from journeys.plan import Plan
from journeys.position import (
    ENDED,
    HOLDOUT,
    NEW,
    BookPoints,
    ChangeContact,
    ChangeTask,
    ChangeTier,
    Crumb,
    Facts,
    GiveTask,
    Move,
    Position,
    SendMessage,
    Signal,
    StartJourney,
    Withdraw,
)
from runtime import cohorts, counting, facts, faults, issuing, reaching, tasking
from runtime.cohorts import Cohort
from runtime.database import Transaction
from runtime.plans import Compiled
from runtime.routes import Routes
from runtime.rows import Arrived, Letter, Standing
from store.bulk import among
from store.subjects import is_group
from store.tables import Outbox

#: How the kernel calls what the inbox calls so.
KINDS = {"journey_ended": "ended"}


class Moving:
    """The work on one batch: groups of one version are moved together."""

    def __init__(self, tx: Transaction, routes: Routes, until: datetime) -> None:
        self.tx, self.routes, self.until = tx, routes, until
        self.here: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        self.passed: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)

    def move(self, standings: Sequence[Standing]) -> None:
        """Move these enrollments as far as their signals and alarms carry them."""
        signals: dict[int, list[Signal]] = defaultdict(list)
        for number, row in self.tx.sql.knocks(self.tx.cursor, [s.id for s in standings]):
            signals[number].append(_signal(row))
        reaching.lock(self.tx, self.routes, standings)
        for (version_id, until, _), group in self._groups(standings, signals).items():
            compiled = self.routes.compiled(self.tx, group[0].journey_id, version_id)
            if compiled is not None:
                self._move_group(compiled, group, signals, until)
        self._count()

    def write_one(self, standing: Standing, position: Position, crumb: Crumb) -> None:
        """Write a position that the kernel did not make."""
        before, standing.position = standing.position, position
        counting.count_move(before, position, self.here[standing.version_id, standing.workspace_id])
        standing.due_at = position.due_at
        self.tx.sql.write(self.tx.cursor, [standing])
        self.tx.sql.trail(self.tx.cursor, [([standing], [crumb])])
        self._count()

    def _groups(
        self, standings: Sequence[Standing], signals: dict[int, list[Signal]]
    ) -> dict[tuple[int, datetime, int], list[Standing]]:
        """Standings by version, by how far they live, and so that nobody is in one group twice."""
        groups: dict[tuple[int, datetime, int], list[Standing]] = defaultdict(list)
        times: Counter[tuple[int, int]] | None = None
        if len({standing.subject_id for standing in standings}) < len(standings):
            times = Counter()
        for standing in standings:
            until = self.until
            for signal in signals.get(standing.id, ()):
                until = max(until, signal.stored_at)
            if standing.position.status == NEW:
                until = max(until, standing.position.entered_journey)
            wave = 0
            if times is not None:
                # A second enrollment of the same person must see what the first one changed.
                wave = times[standing.version_id, standing.subject_id]
                times[standing.version_id, standing.subject_id] += 1
            groups[standing.version_id, until, wave].append(standing)
        return groups

    def _move_group(
        self,
        compiled: Compiled,
        group: Sequence[Standing],
        signals: dict[int, list[Signal]],
        until: datetime,
    ) -> None:
        tx, plan = self.tx, compiled.plan
        issuing.lock(tx.session, plan, [s.subject_id for s in group])
        known = facts.load(tx, group[0].workspace_id, [s.subject_id for s in group], plan.reads)
        reaching.tell(tx, self.routes, plan, group, known, until)
        pauses = self.routes.pauses(tx, group[0].journey_id)
        status = self.routes.by_id[group[0].journey_id].status
        if status == LIVE:
            moved = cohorts.move_together(plan, group, signals, known, until, pauses)
            if plan.reads.pools:
                moved = issuing.claim(
                    tx, moved, known, partial(_again, plan, signals, until, pauses), self.until
                )
        else:
            # Of a paused journey only those are at hand who leave; an archived one lets everybody go.
            moved = cohorts.send_out(plan, group, signals, known, until, archived=status == ARCHIVED)
        self._write(compiled, moved)

    def take_over(self, old: Compiled, new: Compiled, version_id: int, moved: Sequence[Cohort]) -> None:
        """Write the moves of people who came from another version; the rows themselves are the caller's to turn."""
        if new.plan.reads.pools:
            moved = issuing.claim(self.tx, list(moved), {}, None, self.until)
        first = moved[0].members[0]
        left = self.here[first.version_id, first.workspace_id]
        came = self.here[version_id, first.workspace_id]
        for cohort in moved:
            before, after = cohort.members[0].position, cohort.move.position
            counting.count_move(before, nowhere(before), left, len(cohort.members))
            counting.count_move(nowhere(after), before, came, len(cohort.members))
            for standing in cohort.members:
                standing.version_id = version_id
        bounds = any(stage.bounds for stage in old.plan.stages.values())
        self._write(new, moved, bounds=bounds)
        self._count()

    def _write(self, compiled: Compiled, moved: Sequence[Cohort], *, bounds: bool = False) -> None:
        tx, first = self.tx, moved[0].members[0]
        here = self.here[first.version_id, first.workspace_id]
        passed = self.passed[first.version_id, first.workspace_id]
        crumbs: list[tuple[Sequence[Standing], Sequence[Crumb]]] = []
        deeds = _Deeds(self.routes)
        goals: list[tuple[int, str, int, int, datetime, int]] = []
        ended: list[Standing] = []
        for cohort in moved:
            move, members = cohort.move, cohort.members
            before, after = members[0].position, move.position
            counting.count_move(before, after, here, len(members))
            if move.trail:
                counting.count_trail(_told(move), compiled.ends, passed, len(members))
                crumbs.append((members, move.trail))
            due = after.due_at
            for standing in members:
                standing.position, standing.due_at = after, due
            if move.deeds:
                deeds.take(members, move)
                for deed in move.deeds:
                    if isinstance(deed, SendMessage):
                        passed[counting.of_messages(deed.step, counting.WRITTEN)] += len(members)
            if after.status == ENDED != before.status:
                deeds.tell_parents(members)
                ended += members
            held_out = int(HOLDOUT in (after.status, after.result))
            goals += [
                (s.id, goal, s.workspace_id, s.version_id, at, held_out)
                for goal, at in move.goals
                for s in members
            ]
        tx.sql.write(tx.cursor, [standing for cohort in moved for standing in cohort.members])
        tx.sql.trail(tx.cursor, crumbs)
        faults.hit("timer.before_insert")
        bounds = bounds or any(stage.bounds for stage in compiled.plan.stages.values())
        deeds.write(tx, bounds, self.until)
        tx.sql.reach(tx.cursor, goals)
        if ended:
            self._tell_rules(ended)

    def _tell_rules(self, ended: Sequence[Standing]) -> None:
        """Let rules that ask who is in a journey hear of those who left."""
        name = f"journey.{self.routes.by_id[ended[0].journey_id].key}"
        left = [(s.workspace_id, s.subject_id, name) for s in ended if not is_group(s.subject_id)]
        keeping.heard(self.tx.session, left)

    def _count(self) -> None:
        """Add to the counters, last of all, because other workers wait for the same few rows."""
        counts: dict[tuple[int, int, str], tuple[int, int]] = {}
        for version_id, workspace_id in sorted({*self.here, *self.passed}):
            here, passed = self.here[version_id, workspace_id], self.passed[version_id, workspace_id]
            for node in sorted({*here, *passed}):
                if here[node] or passed[node]:
                    counts[version_id, workspace_id, node] = (here[node], passed[node])
        self.tx.sql.count(self.tx.cursor, counts)


class _Deeds:
    """What a group's moves want done, gathered for one statement each."""

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

    def take(self, members: Sequence[Standing], move: Move) -> None:
        """Note the deeds of one move of these."""
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
                    self._withdraw(standing, deed)

    def _level(self, standing: Standing, deed: ChangeTier) -> Given:
        given = (standing.workspace_id, standing.subject_id, deed.dimension, deed.level, deed.at, deed.until)
        by = f"journey:{self.routes.by_id[standing.journey_id].key}"
        return Given(*given, measure=deed.measure, by=by, source_id=standing.id)

    def _withdraw(self, standing: Standing, deed: Withdraw) -> None:
        if deed.whole:
            self.taken_out.append(standing.id)
        elif deed.messages:
            self.withdrawn.append((standing.id, deed.visit))
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

    def write(self, tx: Transaction, bounds: bool, now: datetime) -> None:
        """Do them all, messages before what may take them back; `bounds` tells whether a stage may bind journeys."""
        tx.sql.post(tx.cursor, self.messages)
        tx.sql.withdraw(tx.cursor, self.withdrawn)
        self.tasks.write(tx)
        if self.taken_out:
            withdraw_all(tx.session, among(tx.session, Outbox.enrollment_id, self.taken_out))
            tasking.withdraw_all(tx, self.taken_out, now)
        if self.left and bounds:
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


def nowhere(position: Position) -> Position:
    """The same position, as one that counts at no node."""
    return replace(position, status=NEW)


def _told(move: Move) -> list[counting.Told]:
    return [(c.op, c.stage, c.step, c.exit, c.arrow, c.detail) for c in move.trail]


def _again(
    plan: Plan,
    signals: dict[int, list[Signal]],
    until: datetime,
    pauses: Sequence[Pause],
    some: Sequence[Standing],
    known: Mapping[int, Facts],
) -> list[Cohort]:
    return cohorts.move_together(plan, some, signals, known, until, pauses)


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


def _signal(row: Arrived) -> Signal:
    kind = KINDS.get(row.kind, row.kind)
    return Signal(row.id, kind, row.name, row.occurred_at, row.stored_at, row.data)
