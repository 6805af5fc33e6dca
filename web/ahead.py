"""What a move would do, before anybody is moved: places, targets, counts, and a dry run with real people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from journeys import moves
from journeys.diff import differences
from journeys.foreseeing import Inside, foresee
from journeys.moves import Group, Stand
from journeys.naming import Drawing
from journeys.pauses import Pause
from journeys.position import ENDED
from journeys.rehoming import Rehoming
from journeys.suggesting import Suggestions
from journeys.tables import Enrollment, Journey, Version
from store.database import db
from web import groups
from web.access import here
from web.real import facts_of, pauses_of, plan_of, position_of, sample

#: Real people who are played ahead.
MOST_PLAYED = 500


class Seen:
    """One group as the author sees it before he moves it."""

    def __init__(self, group: Group, source: Version, definition: Mapping[str, Any], given: bool) -> None:
        session = db.session()
        self.group, self.source = group, source
        self.old, self.new = Drawing(source.definition), Drawing(definition)
        self.inside = moves.inside(session, source)
        self.stands = moves.standing(session, source)
        self.suggested = Suggestions(source.definition, definition)
        self.touched = _touched(source.definition, definition)
        self.targets: dict[str, str] = dict(group.targets)
        if not given:
            # Nothing was chosen yet: what is suggested is filled in.
            for stand in self.stands:
                target = None if self._kept(stand) else self.suggested.of(stand.place)
                if target is not None:
                    self.targets[stand.place] = target

    def _kept(self, stand: Stand) -> bool:
        return self.new.kind_of.get(stand.place) == ("steps" if stand.step else "stages")

    @property
    def missing(self) -> list[str]:
        """Places that are gone and have no target that exists."""
        return [
            stand.place
            for stand in self.stands
            if (stand.place in self.targets or not self._kept(stand))
            and self.new.kind_of.get(self.targets.get(stand.place, "")) not in ("stages", "steps", "ends")
        ]

    def json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "version": self.source.number,
            "inside": self.inside,
            "mode": self.group.mode,
            "places": [self._place(stand) for stand in self.stands],
            "missing": self.missing,
        }

    def _place(self, stand: Stand) -> dict[str, Any]:
        kept, target = self._kept(stand), self.targets.get(stand.place)
        step = self.old.parts["steps"].get(stand.step or "")
        return {
            "place": stand.place,
            "stage": stand.stage,
            "stage_name": self.old.name(stand.stage) if stand.stage else None,
            "step": stand.step,
            "step_name": self.old.name(stand.step) if stand.step else None,
            "kind": step["kind"] if step else None,
            "here": stand.here,
            "kept": kept,
            "changed": kept and stand.place in self.touched,
            "target": target,
            "target_name": self.new.name(target) if target else None,
            "suggestion": None if kept else self.suggested.of(stand.place),
        }

    @property
    def before(self) -> Counter[str]:
        """Where they stand now, by node."""
        found: Counter[str] = Counter()
        for stand in self.stands:
            found.update({node: stand.here for node in {stand.stage, stand.step} if node})
        return found

    @property
    def after(self) -> Counter[str]:
        """Where they would stand right after the move; those who stay, and who have no place, stand as before."""
        found: Counter[str] = Counter()
        missing = set(self.missing)
        for stand in self.stands:
            nodes = {stand.stage, stand.step}
            if self.group.mode != moves.STAY and stand.place not in missing:
                nodes = self._nodes(
                    self.targets.get(stand.place, stand.place), led=stand.place in self.targets
                )
            found.update({node: stand.here for node in nodes if node})
        return found

    def _nodes(self, place: str, *, led: bool) -> set[str | None]:
        step = self.new.parts["steps"].get(place)
        if step is not None:
            return {place, step.get("stage")}
        stage = self.new.parts["stages"].get(place)
        # Whoever is led to a stage enters it anew; who rests in it goes on resting.
        return {place, stage.get("initial") if stage is not None and led else None}


def all_older(journey: Journey, to: int | None) -> list[Group]:
    """Every version but the target on which somebody is, as a group that stays."""
    rows = db.session.execute(
        select(Version.number)
        .join(Enrollment, Enrollment.version_id == Version.id)
        .where(
            Version.workspace_id == here(),
            Version.journey_id == journey.id,
            Enrollment.journey_id == journey.id,
            Enrollment.status != ENDED,
        )
        .group_by(Version.number)
        .having(func.count() > 0)
        .order_by(Version.number.desc())
    )
    return [Group(number) for (number,) in rows if number != to][: groups.MOST_GROUPS]


def _touched(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Nodes that are not as they were: changed themselves, or with another way on."""
    touched: set[str] = set()
    arrows = [*Drawing(old).parts["arrows"].values(), *Drawing(new).parts["arrows"].values()]
    changed = {change.node for change in differences(old, new) if change.what != "note"}
    for arrow in arrows:
        if arrow["id"] in changed:
            touched.update([arrow["from"]] if isinstance(arrow["from"], str) else arrow["from"])
    return touched | changed


def counted(parts: Iterable[Counter[str]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in parts:
        total.update(one)
    return dict(total)


def dry_run(
    journey: Journey,
    seen: Sequence[Seen],
    definition: Mapping[str, Any],
    now: datetime,
    days: int,
    given: bool,
) -> dict[str, Any] | None:
    """Play some of the real people ahead, once staying and once moved; None if nobody is inside."""
    by_version = {one.source.id: one for one in seen}
    rows, of = sample(list(by_version), MOST_PLAYED)
    if not rows:
        return None
    new = plan_of(journey, definition)
    plans = {number: plan_of(journey, one.source.definition) for number, one in by_version.items()}
    known = facts_of({row.subject_id for row in rows}, [new, *plans.values()])
    pauses = pauses_of(journey)
    hows = {number: _how(one, pauses, given) for number, one in by_version.items()}
    people = [
        (
            Inside(plans[row.version_id], position_of(row), known[row.subject_id], pauses),
            hows[row.version_id],
        )
        for row in rows
        if row.subject_id in known
    ]
    db.session().rollback()  # playing takes a while and holds no connection
    stay, moved = foresee(people, new, now, days)
    return {"sample": len(people), "of": of, "days": days, "stay": stay.json(), "move": moved.json()}


def _how(one: Seen, pauses: Sequence[Pause], given: bool) -> Rehoming | None:
    """How a group is moved in the dry run; before anything is chosen, everybody is."""
    if given and one.group.mode == moves.STAY:
        return None
    there = {k: v for k, v in one.targets.items() if v in one.new.kind_of}
    return Rehoming(there, one.group.mode == moves.RECOMPUTE, pauses=pauses)
