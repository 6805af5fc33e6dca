"""Moving a claimed batch: facts in, the kernel's moves out, everything written in the caller's transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from audience import keeping
from journeys.lifecycle import ARCHIVED, LIVE
from journeys.pauses import Pause
from journeys.plan import Plan
from journeys.position import ENDED, HOLDOUT, NEW, Crumb, Move, Position, SendMessage, Signal
from journeys.reading import Reads
from runtime import cohorts, counting, facts, faults, issuing, reaching
from runtime.cohorts import Cohort
from runtime.database import Transaction
from runtime.deeds import Deeds
from runtime.facts import Known
from runtime.plans import Compiled
from runtime.routes import Routes
from runtime.rows import Arrived, Standing
from store.subjects import is_group

#: How the kernel calls what the inbox calls so.
KINDS = {"journey_ended": "ended"}


@dataclass(slots=True)
class Group:
    """Enrollments of one version that live equally far, no subject among them twice."""

    compiled: Compiled
    until: datetime
    members: list[Standing]


class Moving:
    """The work on one batch: groups of one version are moved together, and all of them written together."""

    def __init__(self, tx: Transaction, routes: Routes, until: datetime) -> None:
        self.tx, self.routes, self.until = tx, routes, until
        self.here: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        self.passed: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        self._begin()

    def _begin(self) -> None:
        self.written: list[Standing] = []
        self.crumbs: list[tuple[Sequence[Standing], Sequence[Crumb]]] = []
        self.deeds = Deeds(self.routes)
        self.goals: list[tuple[int, str, int, int, datetime, int]] = []
        self.ended: list[Sequence[Standing]] = []

    def move(self, standings: Sequence[Standing]) -> None:
        """Move these enrollments as far as their signals and alarms carry them."""
        signals: dict[int, list[Signal]] = defaultdict(list)
        for number, row in self.tx.sql.knocks(self.tx.cursor, [s.id for s in standings]):
            signals[number].append(_signal(row))
        reaching.lock(self.tx, self.routes, standings)
        for wave in self._waves(standings, signals):
            known = self._know(wave)
            for group in wave:
                self._move_group(group, signals, known)
            self._write()
        self._count()

    def write_one(self, standing: Standing, position: Position, crumb: Crumb) -> None:
        """Write a position that the kernel did not make."""
        before, standing.position = standing.position, position
        counting.count_move(before, position, self.here[standing.version_id, standing.workspace_id])
        standing.due_at = position.due_at
        self.tx.sql.write(self.tx.cursor, [standing])
        self.tx.sql.trail(self.tx.cursor, [([standing], [crumb])])
        self._count()

    def _waves(
        self, standings: Sequence[Standing], signals: Mapping[int, Sequence[Signal]]
    ) -> list[list[Group]]:
        """Groups in waves: another enrollment of the same subject must see what the one before has changed."""
        waves: list[dict[tuple[int, datetime], list[Standing]]] = []
        times: Counter[int] | None = None
        if len({standing.subject_id for standing in standings}) < len(standings):
            times = Counter()
            standings = sorted(standings, key=lambda standing: (standing.due_at or self.until, standing.id))
        for standing in standings:
            until, position = self.until, standing.position
            if standing.id in signals:
                until = max(until, *(signal.stored_at for signal in signals[standing.id]))
            if position.status == NEW and position.entered_journey > until:
                until = position.entered_journey
            wave = 0
            if times is not None:
                wave = times[standing.subject_id]
                times[standing.subject_id] += 1
            if wave == len(waves):
                waves.append(defaultdict(list))
            waves[wave][standing.version_id, until].append(standing)
        return [self._compiled(groups) for groups in waves]

    def _compiled(self, groups: Mapping[tuple[int, datetime], list[Standing]]) -> list[Group]:
        made = []
        for (version_id, until), members in groups.items():
            compiled = self.routes.compiled(self.tx, members[0].journey_id, version_id)
            if compiled is not None:
                made.append(Group(compiled, until, members))
        return made

    def _know(self, groups: Sequence[Group]) -> dict[int, Known]:
        """The facts of everybody in these groups, each as far as his plan reads them."""
        wanted: dict[tuple[int, bool, Reads], list[int]] = {}
        for group in groups:
            reads, first = group.compiled.plan.reads, group.members[0]
            subjects = [standing.subject_id for standing in group.members]
            wanted.setdefault((first.workspace_id, is_group(first.subject_id), reads), []).extend(subjects)
        known: dict[int, Known] = {}
        for (workspace_id, _, reads), subjects in wanted.items():
            found = facts.load(self.tx, workspace_id, subjects, reads)
            known = {**known, **found} if known else found
        return known

    def _move_group(
        self, group: Group, signals: Mapping[int, Sequence[Signal]], known: Mapping[int, Known]
    ) -> None:
        tx, plan, members, until = self.tx, group.compiled.plan, group.members, group.until
        if plan.reserves or plan.reads.pools:
            known = {s.subject_id: known[s.subject_id] for s in members if s.subject_id in known}
            known = reaching.tell(tx, self.routes, plan, members, known, until)
        journey = self.routes.by_id[members[0].journey_id]
        pauses = self.routes.pauses(tx, journey.id)
        if journey.status == LIVE:
            moved = cohorts.move_together(plan, members, signals, known, until, pauses)
            if plan.reads.pools:
                moved = issuing.claim(
                    tx, moved, known, partial(_again, plan, signals, until, pauses), self.until
                )
        else:
            # Of a paused journey only those are at hand who leave; an archived one lets everybody go.
            archived = journey.status == ARCHIVED
            moved = cohorts.send_out(plan, members, signals, known, until, archived=archived)
        self._gather(group.compiled, moved)

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
        self._gather(new, moved, bounds=bounds)
        self._write()
        self._count()

    def _gather(self, compiled: Compiled, moved: Sequence[Cohort], *, bounds: bool = False) -> None:
        """Note what these moves of one version will write; `bounds` if a stage of another version may bind journeys, too."""
        first = moved[0].members[0]
        here = self.here[first.version_id, first.workspace_id]
        passed = self.passed[first.version_id, first.workspace_id]
        bounds = bounds or any(stage.bounds for stage in compiled.plan.stages.values())
        for cohort in moved:
            move, members = cohort.move, cohort.members
            before, after = members[0].position, move.position
            counting.count_move(before, after, here, len(members))
            if move.trail:
                counting.count_trail(_told(move), compiled.ends, passed, len(members))
                self.crumbs.append((members, move.trail))
            due = after.due_at
            for standing in members:
                standing.position, standing.due_at = after, due
            self.written += members
            if move.deeds:
                self.deeds.take(members, move, bounds=bounds)
                for deed in move.deeds:
                    if isinstance(deed, SendMessage):
                        passed[counting.of_messages(deed.step, counting.WRITTEN)] += len(members)
            if after.status == ENDED != before.status:
                self.deeds.tell_parents(members)
                self.ended.append(members)
            held_out = int(HOLDOUT in (after.status, after.result))
            self.goals += [
                (s.id, goal, s.workspace_id, s.version_id, at, held_out)
                for goal, at in move.goals
                for s in members
            ]

    def _write(self) -> None:
        """Write what was gathered, a statement for each kind of thing."""
        tx = self.tx
        tx.sql.write(tx.cursor, self.written)
        tx.sql.trail(tx.cursor, self.crumbs)
        faults.hit("timer.before_insert")
        self.deeds.write(tx, self.until)
        tx.sql.reach(tx.cursor, self.goals)
        self._tell_rules()
        self._begin()

    def _tell_rules(self) -> None:
        """Let rules that ask who is in a journey hear of those who left."""
        left: dict[tuple[int, str], list[int]] = defaultdict(list)
        for members in self.ended:
            first = members[0]
            if not is_group(first.subject_id):
                name = f"journey.{self.routes.by_id[first.journey_id].key}"
                left[first.workspace_id, name] += [standing.subject_id for standing in members]
        if left:
            heard = keeping.heard_in(self.tx.session, sorted({workspace for workspace, _ in left}))
            them = [
                (workspace, subject)
                for (workspace, name), subjects in left.items()
                if name in heard.get(workspace, ())
                for subject in subjects
            ]
            keeping.note(self.tx.session, them)

    def _count(self) -> None:
        """Add to the counters, last of all, because other workers wait for the same few rows."""
        counts: dict[tuple[int, int, str], tuple[int, int]] = {}
        for version_id, workspace_id in sorted({*self.here, *self.passed}):
            here, passed = self.here[version_id, workspace_id], self.passed[version_id, workspace_id]
            for node in sorted({*here, *passed}):
                if here[node] or passed[node]:
                    counts[version_id, workspace_id, node] = (here[node], passed[node])
        self.tx.sql.count(self.tx.cursor, counts)


def nowhere(position: Position) -> Position:
    """The same position, as one that counts at no node."""
    return replace(position, status=NEW)


def _told(move: Move) -> list[counting.Told]:
    return [(c.op, c.stage, c.step, c.exit, c.arrow, c.detail) for c in move.trail]


def _again(
    plan: Plan,
    signals: Mapping[int, Sequence[Signal]],
    until: datetime,
    pauses: Sequence[Pause],
    some: Sequence[Standing],
    known: Mapping[int, Known],
) -> list[Cohort]:
    return cohorts.move_together(plan, some, signals, known, until, pauses)


def _signal(row: Arrived) -> Signal:
    kind = KINDS.get(row.kind, row.kind)
    return Signal(row.id, kind, row.name, row.occurred_at, row.stored_at, row.data)
