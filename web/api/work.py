"""Long work of the whole workspace: moves of people between versions and imports, wherever they were asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import or_, select

from audience import reading_state
from audience.tables_files import Export, Import
from audience.tables_tags import TagJob
from journeys.tables import Journey, JourneyMove
from store import clock
from store.database import db
from store.tables_connections import ON, Connection
from store.tables_wecom import WecomCursor
from web.access import here, scoped
from web.fields import At
from web.resource import Resource

work = Resource("work", "/work", description="What the workspace's workers are busy with for long.")

#: A move that has ended is told of for so long; an import has a list of its own, where its end is seen.
RECENT = timedelta(hours=1)
MOST = 20
OVER = ("done", "failed", "cancelled")


class WorkOut(Schema):
    kind = fields.Str(required=True, metadata={"enum": ["move", "import", "export", "tags", "wecom"]})
    id = fields.Int(required=True)
    name = fields.Str(required=True, metadata={"description": "The journey's name, or the file's"})
    journey_id = fields.Int(required=True, allow_none=True)
    state = fields.Str(required=True)
    running = fields.Bool(required=True)
    done = fields.Int(required=True, metadata={"description": "People, or rows"})
    total = fields.Int(required=True)
    back = fields.Bool(
        required=True, metadata={"description": "True for a move that brings people back to where they were"}
    )
    at = At(required=True, metadata={"description": "When it was asked for"})


class WorksOut(Schema):
    items = fields.List(fields.Nested(WorkOut), required=True)


@work.get("", least="viewer")
@work.response(200, WorksOut)
def listed() -> dict[str, Any]:
    """Moves of all journeys that run or have ended within the hour, and imports, exports, taggings
    and readings of WeCom that are not over; newest first."""
    return {"items": [*_moves(), *_imports(), *_exports(), *_tag_jobs(), *_readings()]}


def _moves() -> list[dict[str, Any]]:
    session = db.session()
    since = clock.now(session) - RECENT
    rows = session.execute(
        select(JourneyMove, Journey.name)
        .join(Journey, Journey.id == JourneyMove.journey_id)
        .where(JourneyMove.workspace_id == here(), Journey.workspace_id == here())
        .where(or_(JourneyMove.state == "running", JourneyMove.ended_at > since))
        .order_by(JourneyMove.id.desc())
        .limit(MOST)
    )
    return [
        {
            "kind": "move",
            "id": move.id,
            "name": name,
            "journey_id": move.journey_id,
            "state": move.state,
            "running": move.state == "running",
            "done": move.moved,
            "total": move.total,
            "back": move.undoes_id is not None,
            "at": move.at,
        }
        for move, name in rows
    ]


def _imports() -> list[dict[str, Any]]:
    query = scoped(Import).where(Import.state.not_in(OVER)).order_by(Import.id.desc()).limit(MOST)
    return [_line("import", job, job.filename, job.rows) for job in db.session.scalars(query)]


def _exports() -> list[dict[str, Any]]:
    query = scoped(Export).where(Export.state.not_in(OVER)).order_by(Export.id.desc()).limit(MOST)
    return [_line("export", job, job.filename, job.rows) for job in db.session.scalars(query)]


def _tag_jobs() -> list[dict[str, Any]]:
    query = scoped(TagJob).where(TagJob.finished_at.is_(None)).order_by(TagJob.id.desc()).limit(MOST)
    return [
        _line("tags", job, job.name or ", ".join([*job.add, *job.remove][:3]), job.total)
        for job in db.session.scalars(query)
    ]


def _readings() -> list[dict[str, Any]]:
    query = (
        select(Connection, WecomCursor.place)
        .join(WecomCursor, WecomCursor.connection_id == Connection.id)
        .where(
            Connection.workspace_id == here(), Connection.state == ON, WecomCursor.what == reading_state.WHAT
        )
        .order_by(Connection.id.desc())
        .limit(MOST)
    )
    return [
        {
            "kind": "wecom",
            "id": connection.id,
            "name": connection.name,
            "journey_id": None,
            "state": place["stage"],
            "running": True,
            "done": int(place["done"]),
            "total": max(int(place.get("last", 0)), int(place["done"])),
            "back": False,
            "at": datetime.fromisoformat(place["began"]),
        }
        for connection, place in db.session.execute(query)
        if "stage" in place
    ]


def _line(kind: str, job: Import | Export | TagJob, name: str, total: int) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": job.id,
        "name": name,
        "journey_id": None,
        "state": job.state,
        "running": job.state != "paused",
        "done": job.done,
        "total": total,
        "back": False,
        "at": job.created_at,
    }
