"""Tagging many at once: jobs that can be watched, paused and cancelled."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request
from marshmallow import Schema, ValidationError, fields

from audience import tag_jobs as making
from audience.csv_text import BadFile
from audience.tables_tags import TagJob
from audience.tag_definitions import BadTags
from audience.tag_job_files import lines_of
from journeys.words import Many, Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.errors import Problem, flat, invalid
from web.fields import At, Bag, OneOf, RowNumber
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located

tag_jobs = Resource("tag-jobs", "/tags/jobs", description="Tagging many contacts at once.")

NO_FORM = Words("请以 multipart/form-data 上传文件。", "Send the file as multipart/form-data.")
NO_FILE = Words("请附上文件（file）。", "Attach the file (file).")
NO_SUCH_STATE = Words(
    "这个任务现在不能这样操作；请刷新后再看。", "The job is in no state for that now; load it again."
)
NO_ORDER = Words(
    '请给出 job，例如 {"add": ["vip"], "kind": "phone"}。',
    'Give job, such as {"add": ["vip"], "kind": "phone"}.',
)
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "job"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "A text or CSV file; its first column has one name a line",
                        },
                        "job": {"type": "string", "description": "JSON: {name, add, remove, kind}"},
                    },
                }
            }
        },
    }
}


class TagJobArgs(Shape):
    name = Text(longest=200)
    add = Many(Text(longest=64))
    remove = Many(Text(longest=64))
    contact_ids = Many(RowNumber(), metadata={"maxItems": making.MOST_IDS})
    segment = Text(longest=64, metadata={"description": "The key of a segment"})
    rule = Bag(metadata={"description": "The tree of the rule editor"})


class UploadedJobArgs(Shape):
    name = Text(longest=200)
    add = Many(Text(longest=64))
    remove = Many(Text(longest=64))
    kind = OneOf(making.KINDS, required=True)


class TagJobOut(Schema):
    id = fields.Int(required=True)
    name = fields.Str(required=True)
    whom = fields.Str(required=True, metadata={"enum": ["contacts", "segment", "rule", "upload"]})
    add = fields.List(fields.Str(), required=True)
    remove = fields.List(fields.Str(), required=True)
    state = fields.Str(
        required=True, metadata={"enum": ["waiting", "running", "paused", "done", "cancelled", "failed"]}
    )
    total = fields.Int(required=True, metadata={"description": "Contacts or lines to be looked at"})
    done = fields.Int(required=True)
    changed = fields.Int(required=True, metadata={"description": "Contacts whose tags changed"})
    missing = fields.Int(required=True, metadata={"description": "Lines or ids that name nobody"})
    reason = fields.Str(required=True, allow_none=True)
    created_at = At(required=True)
    created_by = fields.Str(required=True)
    finished_at = At(required=True, allow_none=True)


@tag_jobs.get("", least="viewer")
@tag_jobs.arguments(PageArgs, location="query")
@tag_jobs.response(200, page_of(TagJobOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The jobs, newest first."""
    return page(scoped(TagJob), TagJob.id, args)


@tag_jobs.post("", least="editor")
@tag_jobs.arguments(TagJobArgs)
@tag_jobs.response(202, TagJobOut)
def create(args: dict[str, Any]) -> TagJob:
    """Tag contacts named by id, those of a segment, or those for whom a rule holds; the worker does it."""
    return _create(args, None)


@tag_jobs.post("/upload", least="editor", uploads=True)
@tag_jobs.response(202, TagJobOut)
@tag_jobs.doc(**UPLOAD)
def upload() -> TagJob:
    """Tag the contacts that a file names, one a line; a heading in the first line is left out if it names nobody."""
    if request.mimetype != "multipart/form-data":
        raise Problem(415, "unsupported-media-type", NO_FORM)
    file = request.files.get("file")
    if file is None:
        raise invalid(("file", NO_FILE))
    try:
        given = UploadedJobArgs().load(orjson.loads(request.form.get("job", "")))
    except ValidationError as error:
        raise invalid(*flat(error.messages, "job")) from None
    except ValueError:
        raise invalid(("job", NO_ORDER)) from None
    try:
        lines = lines_of(file.read())
    except BadFile as bad:
        raise invalid(("file", Words(bad.words["zh"], bad.words["en"]))) from None
    return _create(given, lines)


@tag_jobs.get("/<id:job_id>", least="viewer")
@tag_jobs.response(200, TagJobOut)
def one(job_id: int) -> TagJob:
    """One job with its progress."""
    return found(TagJob, job_id)


@tag_jobs.post("/<id:job_id>/pause", least="editor")
@tag_jobs.response(200, TagJobOut)
def pause(job_id: int) -> TagJob:
    """Let a job rest."""
    return _act(job_id, "pause")


@tag_jobs.post("/<id:job_id>/resume", least="editor")
@tag_jobs.response(200, TagJobOut)
def resume(job_id: int) -> TagJob:
    """Go on with a job that rests."""
    return _act(job_id, "resume")


@tag_jobs.post("/<id:job_id>/cancel", least="editor")
@tag_jobs.response(200, TagJobOut)
def cancel(job_id: int) -> TagJob:
    """Give a job up; who has been tagged stays so."""
    return _act(job_id, "cancel")


def _create(given: dict[str, Any], lines: list[str] | None) -> TagJob:
    session = db.session()
    now = clock.now(session)
    try:
        made = making.create(session, here(), given, now, by=actor().name, lines=lines)
    except BadTags as bad:
        raise invalid(*located(bad.problems)) from None
    detail = {"add": made.add, "remove": made.remove, "total": made.total, "whom": made.whom}
    audit.record(session, here(), actor().name, "tag_job.made", f"tag_job:{made.id}", detail, now)
    return made


def _act(job_id: int, what: str) -> TagJob:
    session = db.session()
    job = found(TagJob, job_id)
    now = clock.now(session)
    if not making.act(session, job, what, now):
        raise Problem(409, "job-state", NO_SUCH_STATE)
    detail = {"done": job.done, "total": job.total}
    audit.record(session, here(), actor().name, f"tag_job.{what}", f"tag_job:{job.id}", detail, now)
    return job
