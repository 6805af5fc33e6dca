"""Asking for people to be moved between versions; the engine does it, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from journeys.drafts import note
from journeys.errors import JourneyError
from journeys.tables import Enrollment, Journey, JourneyMove, Version
from journeys.words import Words

STAY, MOVE, RECOMPUTE = "stay", "move", "recompute"
MODES = (STAY, MOVE, RECOMPUTE)


class TargetMissing(JourneyError):
    """Some of the places where people stand are gone in the new drawing; say for each where they go."""

    code = "target-missing"
    status = 422

    def __init__(self, problems: list[tuple[str, Words]]):
        super().__init__()
        self.problems = problems


class MoveRunning(JourneyError):
    """People of this version are being moved already; wait until that is done."""

    code = "move-running"
    words = Words(
        "这个版本里的人正在迁移；请等它完成。",
        "People of this version are being moved already; wait until that is done.",
    )


@dataclass(frozen=True, slots=True)
class Group:
    """What is to happen to those inside on one version."""

    version: int
    mode: str = STAY
    targets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stand:
    """A place on a version at which people stand: a step, or a stage in which they rest."""

    place: str
    stage: str | None
    step: str | None
    here: int


def standing(session: Session, version: Version) -> list[Stand]:
    """Where the people of a version stand, and how many at each place; the held out stand at none."""
    rows = session.execute(
        select(Enrollment.stage, Enrollment.step, func.count())
        .where(
            Enrollment.workspace_id == version.workspace_id,
            Enrollment.version_id == version.id,
            Enrollment.status.not_in(("ended", "new", "holdout")),
        )
        .group_by(Enrollment.stage, Enrollment.step)
    )
    return sorted(
        (Stand(step or stage or "", stage, step, here) for stage, step, here in rows), key=lambda s: s.place
    )


def inside(session: Session, version: Version) -> int:
    """How many are in the journey on this version."""
    return session.scalars(
        select(func.count()).where(
            Enrollment.workspace_id == version.workspace_id,
            Enrollment.version_id == version.id,
            Enrollment.status != "ended",
        )
    ).one()


def places_of(definition: Mapping[str, Any]) -> dict[str, str]:
    """Every id that can be a place or a target, with its part: stage, step or end."""
    parts = (("stage", "stages"), ("step", "steps"), ("end", "ends"))
    return {node["id"]: part for part, plural in parts for node in definition.get(plural, ())}


def check_group(session: Session, source: Version, group: Group, definition: Mapping[str, Any]) -> list[str]:
    """The places of `source` at which people stand and for which `definition` has none; raises for bad targets."""
    there = places_of(definition)
    wrong = [
        (
            f"targets.{place}",
            Words(f"新版里没有「{target}」。", f"The new drawing has no stage, step or end {target}."),
        )
        for place, target in group.targets.items()
        if target not in there
    ]
    if wrong:
        raise TargetMissing(wrong)
    return [
        stand.place
        for stand in standing(session, source)
        if stand.place not in group.targets and there.get(stand.place) not in ("stage", "step")
    ]


def start(
    session: Session,
    journey: Journey,
    source: Version,
    target: Version,
    group: Group,
    *,
    now: datetime,
    actor: str,
    undoes: JourneyMove | None = None,
) -> JourneyMove:
    """Ask for those on `source` to be moved to `target`; the engine takes it up at once.

    Raises TargetMissing when people stand at a place that has none in `target`, MoveRunning when `source` is being
    emptied already. Bringing back (`undoes`) needs no targets: who has none stays.
    """
    if running(session, source) is not None:
        raise MoveRunning()
    if undoes is None:
        missing = check_group(session, source, group, target.definition)
        if missing:
            raise TargetMissing(
                [
                    (
                        f"targets.{place}",
                        Words(
                            "有人停在这里，但新版里没有它；请指定去处。",
                            "People stand here; say where they go.",
                        ),
                    )
                    for place in missing
                ]
            )
    move = JourneyMove(
        workspace_id=journey.workspace_id,
        journey_id=journey.id,
        from_version_id=source.id,
        to_version_id=target.id,
        mode=group.mode,
        targets=dict(group.targets),
        undoes_id=undoes.id if undoes else None,
        state="running",
        total=undoes.moved if undoes else inside(session, source),
        moved=0,
        at=now,
        by=actor,
    )
    session.add(move)
    session.flush()
    what = {
        "move": move.id,
        "from": source.number,
        "to": target.number,
        "mode": group.mode,
        "people": move.total,
    }
    note(session, journey, "journey.move_back" if undoes else "journey.move", now, actor, what)
    return move


def running(session: Session, source: Version) -> JourneyMove | None:
    """The move that is emptying this version, if there is one."""
    return session.scalars(
        select(JourneyMove).where(
            JourneyMove.workspace_id == source.workspace_id,
            JourneyMove.from_version_id == source.id,
            JourneyMove.state == "running",
        )
    ).first()


def undoable(session: Session, journey: Journey, target: Version) -> Sequence[JourneyMove]:
    """The moves that brought people from `target` to another version and were not undone, newest first."""
    return session.scalars(
        select(JourneyMove)
        .where(
            JourneyMove.workspace_id == journey.workspace_id,
            JourneyMove.journey_id == journey.id,
            JourneyMove.from_version_id == target.id,
            JourneyMove.undoes_id.is_(None),
            JourneyMove.state != "undone",
        )
        .order_by(JourneyMove.id.desc())
    ).all()


def halt(session: Session, move: JourneyMove, now: datetime) -> None:
    """Let a move go no further; who has come over stays over."""
    session.execute(
        update(JourneyMove)
        .where(JourneyMove.id == move.id, JourneyMove.state == "running")
        .values(state="done", ended_at=now)
    )
    session.refresh(move)
