"""The stop button: nothing of the workspace leaves from two seconds after the answer on, until somebody lets it go."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import func, select

from journeys.tables import Journey
from journeys.words import Shape, Text, Words
from store import audit, clock, stops
from store.database import db
from store.tables import Outbox
from store.tables_guards import SendingStop
from web.access import actor, here
from web.errors import Problem
from web.fields import At, Filled
from web.guarded import actors
from web.resource import Resource

stop = Resource("stop", "/stop", description="Stop everything that the workspace sends, and let it go again.")

NOT_STOPPED = Words("现在没有停发。", "Nothing is stopped.")
#: Messages counted at most.
MOST = 10_000


class StopArgs(Shape):
    reason = Filled(
        required=True, longest=500, metadata={"description": "Shown to everybody while it is stopped"}
    )


class ReleaseArgs(Shape):
    note = Text(longest=500, load_default="")


class StoppedOut(Schema):
    since = At(required=True)
    by = fields.Str(required=True, metadata={"description": "The name of whoever pressed it"})
    reason = fields.Str(required=True)
    until = At(required=True, allow_none=True)
    released_by = fields.Str(required=True)
    note = fields.Str(required=True)


class StopOut(Schema):
    state = fields.Str(
        required=True,
        metadata={
            "enum": ["sending", "stopped", "releasing"],
            "description": "releasing: let go, and what waited is on its way back into the queues",
        },
    )
    since = At(required=True, allow_none=True)
    by = fields.Str(required=True)
    reason = fields.Str(required=True)
    waiting = fields.Int(required=True, metadata={"description": f"Messages that wait, {MOST} at most"})
    history = fields.List(fields.Nested(StoppedOut), required=True, metadata={"description": "Newest first"})


@stop.get("", least="viewer")
@stop.response(200, StopOut)
def state() -> dict[str, Any]:
    """Whether the workspace sends, and who stopped it when and why."""
    return _shown()


@stop.post("", least="owner")
@stop.arguments(StopArgs)
@stop.response(200, StopOut)
def press(args: dict[str, Any]) -> dict[str, Any]:
    """Stop all messages and calls of the workspace, on every channel; journeys live on, and their messages wait.

    What is stopped already stays stopped by whoever was first.
    """
    session = db.session()
    now = clock.now(session)
    row = stops.stop(session, here(), actor().name, args["reason"], now)
    audit.record(
        session, here(), actor().name, "sending.stopped", f"stop:{row.id}", {"reason": args["reason"]}
    )
    return _shown()


@stop.delete("", least="owner")
@stop.arguments(ReleaseArgs, location="query")
@stop.response(200, StopOut)
def let_go(args: dict[str, Any]) -> dict[str, Any]:
    """Let messages go again: what waited goes out spread over a while, and what is not valid any more does not go."""
    session = db.session()
    now = clock.now(session)
    row = stops.release(session, here(), actor().name, args["note"], now)
    if row is None:
        raise Problem(409, "not-stopped", NOT_STOPPED)
    audit.record(session, here(), actor().name, "sending.released", f"stop:{row.id}", {"note": args["note"]})
    return _shown()


def _shown() -> dict[str, Any]:
    session = db.session()
    stands, held = stops.standing(session, here()), here() in stops.held(session)
    rows = stops.last(session, here())
    names = actors({row.by for row in rows} | {row.released_by for row in rows})
    return {
        "state": "stopped" if stands else "releasing" if held else "sending",
        "since": stands.since if stands else None,
        "by": names.get(stands.by, stands.by) if stands else "",
        "reason": stands.reason if stands else "",
        "waiting": _waiting() if held else 0,
        "history": [_told(row, names) for row in rows if row.until is not None],
    }


def _told(row: SendingStop, names: dict[str, str]) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in ("since", "reason", "until", "note")}
    return kept | {
        "by": names.get(row.by, row.by),
        "released_by": names.get(row.released_by, row.released_by),
    }


def _waiting() -> int:
    mine = select(Journey.id).where(Journey.workspace_id == here())
    some = select(Outbox.id).where(Outbox.state == "pending", Outbox.journey_id.in_(mine)).limit(MOST)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
