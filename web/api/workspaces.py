"""The workspaces one may enter, and the settings of the one at hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import g
from marshmallow import Schema, ValidationError, fields

from journeys.words import Many, Shape, Text, Words
from store import asking, audit, workspaces
from store.database import db
from store.tables import Workspace
from store.workspaces import LANGUAGE, LANGUAGES
from web.access import actor, here
from web.errors import not_found
from web.fields import Filled, OneOf, Zone
from web.merging import SETTING, STRONG, WEAK
from web.paging import PageArgs, page_of, whole
from web.resource import Resource

rooms = Resource("workspaces", "/workspaces", description="Workspaces and their settings.")
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class ClockTime(Text):
    """HH:MM."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not CLOCK_TIME.fullmatch(text):
            raise ValidationError(Words("钟点写成 22:00 这样。", "Write a time of day such as 22:00."))
        return str(text)


class QuietHours(Many):
    """From and until when nobody is disturbed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        hours: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        if len(hours) != 2:
            raise ValidationError(Words("要两个钟点：[开始, 结束]。", "Give two times: [from, until]."))
        return hours


class WorkspaceArgs(Shape):
    name = Filled(longest=200)
    timezone = Zone(longest=64)
    quiet_hours = QuietHours(ClockTime(), allow_none=True, metadata={"minItems": 2, "maxItems": 2})
    language = OneOf(
        LANGUAGES,
        metadata={"description": "Of what members are told by mail and by WeCom; zh if none was chosen"},
    )
    merge_on_identify = Many(
        OneOf((*STRONG, *WEAK)),
        metadata={
            "description": "Kinds of names by which two contacts are taken for one person; [] never merges by itself"
        },
    )


class WorkspaceOut(Schema):
    id = fields.Int(required=True)
    name = fields.Str(required=True)
    slug = fields.Str(required=True)
    timezone = fields.Str(required=True)
    role = fields.Str(required=True)
    quiet_hours = fields.List(fields.Str(), required=True, allow_none=True)
    language = fields.Str(required=True, metadata={"enum": list(LANGUAGES)})
    merge_on_identify = fields.List(fields.Str(), required=True)


@rooms.get("", least="viewer")
@rooms.arguments(PageArgs, location="query")
@rooms.response(200, page_of(WorkspaceOut))
def mine(_: dict[str, Any]) -> dict[str, Any]:
    """The workspaces one is a member of; for an API key its own."""
    if actor().account_id is None:
        return whole([_shown(db.session.get_one(Workspace, here()), actor().role)])
    return whole([_shown(*pair) for pair in workspaces.memberships(db.session(), actor().account_id)])


@rooms.patch("/<id:workspace_id>", least="owner")
@rooms.arguments(WorkspaceArgs)
@rooms.response(200, WorkspaceOut)
def change(args: dict[str, Any], workspace_id: int) -> dict[str, Any]:
    """Change the settings of the workspace at hand."""
    if workspace_id != here():
        raise not_found()
    workspace = db.session.get_one(Workspace, workspace_id)
    if "quiet_hours" in args:
        workspace.settings = {**workspace.settings, "quiet_hours": args["quiet_hours"]}
        asking.ask_again(db.session(), workspace_id)
    if LANGUAGE in args:
        workspace.settings = {**workspace.settings, LANGUAGE: args[LANGUAGE]}
    if SETTING in args:
        kinds = list(dict.fromkeys(args[SETTING]))
        workspace.settings = {**workspace.settings, SETTING: kinds}
    workspace.name = args.get("name", workspace.name)
    workspace.timezone = args.get("timezone", workspace.timezone)
    audit.record(
        db.session(),
        here(),
        actor().name,
        "workspace.changed",
        f"workspace:{here()}",
        args,
        datetime.now(UTC),
    )
    return _shown(workspace, g.actor.role)


def _shown(workspace: Workspace, role: str) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "slug": workspace.slug,
        "timezone": workspace.timezone,
        "role": role,
        "quiet_hours": (workspace.settings or {}).get("quiet_hours"),
        "language": workspaces.language_in(workspace.settings or {}),
        "merge_on_identify": list((workspace.settings or {}).get(SETTING, STRONG)),
    }
