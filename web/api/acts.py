"""What a person does to people inside by hand: exit, move, skip, retry; one of them, or many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import Select, func, select

from journeys.acting import EXIT, MOVE, RETRY, SKIP
from journeys.lifecycle import PAUSED
from journeys.position import ENDED, HOLDOUT, STOPPED, WAITING
from journeys.tables import Enrollment, Journey
from journeys.words import Many, Part, Shape, Text, Whole, Words
from store import audit, clock, inbox
from store.bulk import among
from store.database import db
from web import names
from web.access import actor, found, here
from web.api.contacts import WrongOut
from web.api.enrollments import STATUSES
from web.api.publishing import version_of
from web.confirming import confirmed
from web.errors import Problem, invalid
from web.fields import Filled, OneOf, RowNumber, between, several
from web.language import say
from web.resource import Resource

acts = Resource("acts", description="Exit, move, skip, retry: acts on people inside, by hand.")

MOST = 1000
#: Signals stored in one statement.
CHUNK = 5000
#: Parts of a drawing to which somebody can be moved.
TARGETS = ("stage", "step", "end")
OVER = Words("这个人已经离开旅程了。", "This person has left the journey already.")
NO_STEP = Words(
    "这个人现在不停在任何步骤上；可以移动或让他退出。",
    "This person stands at no step now; move them, or let them exit.",
)
HELD_OUT = Words(
    "这个人属于对照组，不走任何步骤；只能让他退出。",
    "This person is held out and takes no step; they can only exit.",
)
STRANGER = Words("这个旅程里没有这个人。", "Nobody of this number is in this journey.")
WHO = Words("请给出 ids 或 where，二选一。", "Give either ids or where.")


class ExitArgs(Shape):
    result = Filled(longest=64, metadata={"description": "The result it ends with; `exited` if left out"})


class MoveArgs(Shape):
    to = Text(required=True, longest=64, metadata={"description": "Id of a stage, a step or an end"})


class PlainArgs(Shape):
    pass


class WhereArgs(Shape):
    version = Whole(validate=between(1, 2**31 - 1))
    stage = Text(longest=64)
    step = Text(longest=64)
    status = OneOf(tuple(status for status in STATUSES if status != ENDED))


class ManyArgs(Shape):
    ids = Many(RowNumber(), validate=several(MOST))
    where = Part(WhereArgs, metadata={"description": "Everybody inside who fits; {} for all"})
    confirm = Whole(metadata={"description": "How many people, if they are more than 1,000"})

    @validates_schema(skip_on_field_errors=True)
    def somebody(self, data: dict[str, Any], **_: Any) -> None:
        if ("ids" in data) == ("where" in data):
            raise ValidationError(WHO)


class ManyExitArgs(ManyArgs, ExitArgs):
    pass


class ManyMoveArgs(ManyArgs, MoveArgs):
    pass


class ActedOut(Schema):
    accepted = fields.Int(required=True, metadata={"description": "How many people it will be done to"})
    on_resuming = fields.Bool(
        required=True,
        metadata={"description": "True if the journey is paused and nobody moves before it is resumed"},
    )
    errors = fields.List(fields.Nested(WrongOut), required=True, metadata={"description": "Of ids given"})


def _one(act: str, args: type[Shape], doc: str) -> None:
    """Put an act on one person up as a route."""

    def view(args: dict[str, Any], enrollment_id: int) -> dict[str, Any]:
        row = found(Enrollment, enrollment_id)
        if row.status == ENDED:
            raise Problem(409, "ended", OVER)
        if act != EXIT and row.status == HOLDOUT:
            raise Problem(409, "held-out", HELD_OUT)
        if act in (SKIP, RETRY) and not _stands(row):
            raise Problem(409, "no-step", NO_STEP)
        if act == MOVE:
            _check_target(args["to"], [row.version_id])
        return _put(act, [(row.id, row.subject_id)], args, f"enrollment:{row.id}", row.journey_id)

    _place(view, f"/enrollments/<id:enrollment_id>/{act}", f"{act}_one", args, doc)


def _many(act: str, args: type[Shape], doc: str) -> None:
    """Put an act on many people of one journey up as a route."""

    def view(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
        journey = found(Journey, journey_id)
        people, errors = _wanted(act, journey, args)
        confirmed(len(people), args.get("confirm"))
        if act == MOVE:
            _check_target(args["to"], {version for _, _, version in people})
        told = _put(act, [row[:2] for row in people], args, f"journey:{journey.id}", journey.id)
        return told | {"errors": errors}

    _place(view, f"/journeys/<id:journey_id>/enrollments/{act}", f"{act}_many", args, doc)


def _place(view: Callable[..., Any], path: str, name: str, args: type[Shape], doc: str) -> None:
    view.__name__, view.__doc__ = name, doc
    taken = acts.arguments(args, required=MoveArgs in args.__mro__ or ManyArgs in args.__mro__)
    acts.post(path, least="editor")(taken(acts.response(202, ActedOut)(view)))


def _stands(row: Enrollment) -> bool:
    return row.step is not None and row.status in (WAITING, STOPPED)


def _wanted(
    act: str, journey: Journey, args: dict[str, Any]
) -> tuple[Sequence[tuple[int, int, int]], list[dict[str, str]]]:
    """Whom a bulk act is for, as (enrollment, contact, version), and what is wrong with the ids given."""
    query = _fitting(act, journey)
    session = db.session()
    if "ids" in args:
        ids = list(dict.fromkeys(args["ids"]))
        rows = session.execute(query.where(among(session, Enrollment.id, ids))).all()
        known = {row[0] for row in rows}
        wrong = [(f"ids[{n}]", STRANGER) for n, number in enumerate(args["ids"]) if number not in known]
        return [tuple(row) for row in rows], [{"path": p, "message": say(words)} for p, words in wrong]
    where = args["where"]
    if "version" in where:
        query = query.where(Enrollment.version_id == version_of(journey, where["version"]).id)
    for column in ("stage", "step", "status"):
        if column in where:
            query = query.where(getattr(Enrollment, column) == where[column])
    # Counted first: nobody loads a million rows to be told that they must be confirmed.
    people = session.scalars(select(func.count()).select_from(query.subquery())).one()
    confirmed(people, args.get("confirm"))
    return [tuple(row) for row in session.execute(query)], []


def _fitting(act: str, journey: Journey) -> Select[Any]:
    """Those inside to whom this act can be done."""
    query = select(Enrollment.id, Enrollment.subject_id, Enrollment.version_id).where(
        Enrollment.workspace_id == here(), Enrollment.journey_id == journey.id, Enrollment.status != ENDED
    )
    if act != EXIT:
        query = query.where(Enrollment.status != HOLDOUT)
    if act in (SKIP, RETRY):
        query = query.where(Enrollment.step.is_not(None), Enrollment.status.in_((WAITING, STOPPED)))
    return query.order_by(Enrollment.id)


def _check_target(to: str, versions: Iterable[int]) -> None:
    """422 with the list of what exists unless every one of these versions has this place."""
    for drawing in sorted(names.drawn(versions).values(), key=lambda drawn: drawn.number):
        if drawing.parts.get(to) in TARGETS:
            continue
        there = {node: part for node, part in drawing.parts.items() if part in TARGETS}
        listed = ", ".join(there)
        words = Words(
            f"第 {drawing.number} 版里没有这个阶段、步骤或终点；可以是：{listed}。",
            f"Version {drawing.number} has no such stage, step or end; it has: {listed}.",
        )
        places = [{"id": node, "name": drawing.name(node), "part": part} for node, part in there.items()]
        problem = invalid(("to", words))
        problem.more |= {"version": drawing.number, "places": places}
        raise problem


def _put(
    act: str, people: Sequence[tuple[int, int]], args: dict[str, Any], target: str, journey_id: int
) -> dict[str, Any]:
    """Leave a signal for each of (enrollment, contact); the engine carries it out in a moment."""
    session = db.session()
    now = clock.now(session)
    data = {"act": act, "by": actor().name} | {k: args[k] for k in ("to", "result") if k in args}
    accepted = 0
    for first in range(0, len(people), CHUNK):
        signals = [
            inbox.NewSignal(here(), "hand", act, now, data, contact_id=contact, enrollment_id=number)
            for number, contact in people[first : first + CHUNK]
        ]
        accepted += inbox.put(session, signals, now)
    note = {k: data[k] for k in ("to", "result") if k in data} | {"people": accepted}
    audit.record(session, here(), actor().name, f"enrollment.{act}", target, note, now)
    paused = session.get_one(Journey, journey_id).status == PAUSED
    return {"accepted": accepted, "on_resuming": paused and act != EXIT, "errors": []}


_one(EXIT, ExitArgs, "Let one person leave the journey now, also while it is paused.")
_one(MOVE, MoveArgs, "Move one person to a stage, a step or an end of the version they are on.")
_one(SKIP, PlainArgs, "Let one person go on from the step they stand at, as if nothing had come.")
_one(RETRY, PlainArgs, "Begin the step at which one person stands once more, also after an error.")
_many(EXIT, ManyExitArgs, "Let people leave the journey now: those with these ids, or all who fit.")
_many(MOVE, ManyMoveArgs, "Move people to a stage, a step or an end that their versions have.")
_many(SKIP, ManyArgs, "Let people go on from the steps they stand at.")
_many(RETRY, ManyArgs, "Begin the steps at which people stand once more.")
