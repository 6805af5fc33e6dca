"""Groups of people by version: what is to happen to them, checked and asked for; and moves as the API gives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length
from sqlalchemy import select

from journeys import moves
from journeys.fields import Id
from journeys.moves import Group
from journeys.tables import Journey, JourneyMove, Version
from journeys.words import Many, Shape, Text, Whole, Words
from store.database import db
from web.access import actor, here
from web.confirming import confirmed
from web.errors import Problem, invalid
from web.fields import At, OneOf, between, several

MOST_GROUPS = 50
MOST_TARGETS = 1000
NO_VERSION = Words("没有这个版本。", "There is no such version.")
SAME_VERSION = Words("这些人已经在这个版本上了。", "These people are on this version already.")
TWICE = Words("每个版本只能出现一次。", "Each version may be named once.")
MISSING = Words(
    "有人停在新版里没有的位置；请为每个位置指定去处。",
    "People stand at places that the new drawing does not have; say for each where they go.",
)
NUMBER = between(1, 2**31 - 1)


class Targets(fields.Dict):
    """{place: target}: both ids of a drawing."""

    def __init__(self, **kwargs: Any):
        most = Words(f"最多 {MOST_TARGETS} 项。", f"At most {MOST_TARGETS}.")
        super().__init__(
            keys=Text(longest=64), values=Id(), validate=Length(max=MOST_TARGETS, error=most), **kwargs
        )


class GroupArgs(Shape):
    version = Whole(required=True, validate=NUMBER, metadata={"description": "On which they are now"})
    mode = OneOf(
        moves.MODES,
        load_default=moves.STAY,
        metadata={"description": "recompute: waits and alarms are reckoned anew"},
    )
    targets = Targets(
        load_default=dict,
        metadata={
            "description": "{step, or stage for those who rest: step, stage or end of the new drawing}"
        },
    )


class GroupsArgs(Shape):
    groups = Many(fields.Nested(GroupArgs), required=True, validate=several(MOST_GROUPS))
    confirm = Whole(metadata={"description": "How many people move, if more than 1,000"})


class MoveOut(Schema):
    id = fields.Int(required=True)
    from_version = fields.Int(required=True)
    to_version = fields.Int(required=True)
    mode = fields.Str(required=True, metadata={"enum": list(moves.MODES)})
    state = fields.Str(required=True, metadata={"enum": ["running", "done", "undone"]})
    total = fields.Int(required=True)
    moved = fields.Int(required=True)
    left = fields.Int(required=True, metadata={"description": "Who has not come over (yet)"})
    back = fields.Bool(
        required=True, metadata={"description": "True if it brings back those of another move"}
    )
    by = fields.Str(required=True)
    at = At(required=True)
    ended_at = At(required=True, allow_none=True)
    undoable = fields.Bool(required=True)


class MovesOut(Schema):
    moves = fields.List(fields.Nested(MoveOut), required=True)


def sources(journey: Journey, groups: Sequence[Group], path: str) -> list[Version]:
    """The versions that groups are about, in their order; 422 for one that is not there or named twice."""
    known = {
        version.number: version
        for version in db.session.scalars(
            select(Version).where(
                Version.workspace_id == here(),
                Version.journey_id == journey.id,
                Version.number.in_([group.version for group in groups]),
            )
        )
    }
    wrong: list[tuple[str, str]] = []
    seen: set[int] = set()
    for place, group in enumerate(groups):
        if group.version not in known:
            wrong.append((f"{path}.{place}.version", NO_VERSION))
        elif group.version in seen:
            wrong.append((f"{path}.{place}.version", TWICE))
        seen.add(group.version)
    if wrong:
        raise invalid(*wrong)
    return [known[group.version] for group in groups]


def read(groups: Iterable[dict[str, Any]]) -> list[Group]:
    """Groups as they were sent."""
    return [Group(group["version"], group["mode"], group["targets"]) for group in groups]


def begin(
    journey: Journey,
    target: Version,
    groups: Sequence[Group],
    *,
    confirm: int | None,
    now: datetime,
    path: str,
) -> list[JourneyMove]:
    """Ask for these groups to be moved; those who stay are left alone.

    409 `confirm-needed` for too many, 422 `target-missing` with the path of every place without a target.
    """
    session = db.session()
    found = [
        (place, source, group)
        for place, (source, group) in enumerate(zip(sources(journey, groups, path), groups, strict=True))
        if group.mode != moves.STAY
    ]
    same = [(f"{path}.{place}.version", SAME_VERSION) for place, source, _ in found if source.id == target.id]
    if same:
        raise invalid(*same)
    confirmed(sum(moves.inside(session, source) for _, source, _ in found), confirm)
    asked: list[JourneyMove] = []
    missing: list[tuple[str, Words]] = []
    for place, source, group in found:
        try:
            asked.append(moves.start(session, journey, source, target, group, now=now, actor=actor().name))
        except moves.TargetMissing as lacks:
            missing += [(f"{path}.{place}.{at}", words) for at, words in lacks.problems]
    if missing:
        raise Problem(422, "target-missing", MISSING, missing)
    return asked


def told(rows: Sequence[JourneyMove]) -> list[dict[str, Any]]:
    """Moves as the API gives them."""
    session = db.session()
    ids = {number for row in rows for number in (row.from_version_id, row.to_version_id)}
    numbers: dict[int, int] = dict(
        session.execute(
            select(Version.id, Version.number).where(Version.workspace_id == here(), Version.id.in_(ids))
        ).all()
    )
    undone = set(
        session.scalars(
            select(JourneyMove.undoes_id).where(
                JourneyMove.workspace_id == here(), JourneyMove.undoes_id.in_([row.id for row in rows])
            )
        )
    )
    return [
        {
            "id": row.id,
            "from_version": numbers[row.from_version_id],
            "to_version": numbers[row.to_version_id],
            "mode": row.mode,
            "state": row.state,
            "total": row.total,
            "moved": row.moved,
            "left": max(0, row.total - row.moved),
            "back": row.undoes_id is not None,
            "by": row.by,
            "at": row.at,
            "ended_at": row.ended_at,
            "undoable": row.undoes_id is None and row.state != "undone" and row.id not in undone,
        }
        for row in rows
    ]
