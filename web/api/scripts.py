"""Scripts: questions of customers with what staff may answer, beside the task at hand."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from content import scripts as keeping
from content.tables_materials import Script
from journeys.words import Many, Shape, Text, Whole
from store import audit, clock
from store.database import db
from web.access import actor, found, here
from web.errors import invalid, not_found
from web.fields import At, between
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located

scripts = Resource("scripts", "/scripts", description="Questions of customers, and answers for staff.")


class ScriptListArgs(PageArgs):
    q = Text(longest=200, metadata={"description": "Words of the question, an answer or a tag"})
    tag = Text(longest=40)
    journey = Text(longest=128, metadata={"description": "Key of a journey; those for any come as well"})
    stage = Text(longest=64)


class ScriptArgs(Shape):
    question = Text(longest=keeping.LONGEST_QUESTION, required=True)
    answers = Many(Text(longest=keeping.LONGEST_ANSWER), required=True)
    tags = Many(Text(longest=40))
    journey = Text(longest=128, metadata={"description": "Key of a journey; empty: any"})
    stage = Text(longest=64, metadata={"description": "Id of one of its stages; empty: any"})


class CopiedArgs(Shape):
    answer = Whole(required=True, validate=between(0, keeping.MOST_ANSWERS - 1))


class ScriptOut(Schema):
    id = fields.Int(required=True)
    question = fields.Str(required=True)
    answers = fields.List(fields.Str(), required=True)
    tags = fields.List(fields.Str(), required=True)
    journey = fields.Str(required=True)
    stage = fields.Str(required=True)
    copies = fields.List(fields.Int(), required=True, metadata={"description": "Of each answer"})
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


@scripts.get("", least="signed_in")
@scripts.arguments(ScriptListArgs, location="query")
@scripts.response(200, page_of(ScriptOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The scripts, newest first."""
    wanted = {name: args[name] for name in ("q", "tag", "journey", "stage") if name in args}
    return page(keeping.query(here(), **wanted), Script.id, args)


@scripts.post("", least="editor")
@scripts.arguments(ScriptArgs)
@scripts.response(201, ScriptOut)
def create(args: dict[str, Any]) -> Script:
    """Write a script."""
    return _keep(Script(workspace_id=here()), args, "script.made")


@scripts.get("/<id:script_id>", least="signed_in")
@scripts.response(200, ScriptOut)
def one(script_id: int) -> Script:
    """One script."""
    return found(Script, script_id)


@scripts.put("/<id:script_id>", least="editor")
@scripts.arguments(ScriptArgs)
@scripts.response(200, ScriptOut)
def change(args: dict[str, Any], script_id: int) -> Script:
    """Replace a script; what was copied of answers that stay is counted on."""
    return _keep(found(Script, script_id), args, "script.changed")


@scripts.delete("/<id:script_id>", least="editor")
@scripts.response(204)
def remove(script_id: int) -> str:
    """Delete a script."""
    row = found(Script, script_id)
    _note(row, "script.deleted")
    db.session.delete(row)
    return ""


@scripts.post("/<id:script_id>/copied", least="signed_in")
@scripts.arguments(CopiedArgs)
@scripts.response(200, ScriptOut)
def copied(args: dict[str, Any], script_id: int) -> Script:
    """Count that an answer was copied."""
    row = found(Script, script_id)
    try:
        keeping.copied(db.session(), row, args["answer"])
    except IndexError:
        raise not_found() from None
    return row


def _keep(row: Script, args: dict[str, Any], action: str) -> Script:
    session = db.session()
    row.updated_at, row.updated_by = clock.now(session), actor().name
    try:
        keeping.keep(session, row, args)
    except keeping.BadScript as bad:
        raise invalid(*located(bad.problems)) from None
    session.flush()
    _note(row, action)
    return row


def _note(row: Script, action: str) -> None:
    session = db.session()
    audit.record(session, here(), actor().name, action, f"script:{row.id}", {}, clock.now(session))
