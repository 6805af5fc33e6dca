"""Exports: contacts, messages and events as files, written by the worker and found again for a week."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from audience import csv_text, export_rows, xlsx_writing
from audience import exports as files
from audience.tables_files import Export
from journeys.words import Many, Shape, Text, Words
from rules.errors import BadRule
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.errors import Problem, invalid
from web.fields import At, Bag, OneOf
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import SEES_PEOPLE

exports = Resource("exports", "/exports", description="Contacts, messages and events as files.")

MOST_OPEN = 5
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NO_COLUMN = Words("没有这一列。", "There is no such column.")
NOT_READY = Words("文件还没有写完。", "The file is not written yet.")
NOT_YOURS = Words(
    "这个文件里有完整的个人信息，需要“编辑者”以上的权限。",
    "This file has personal data in full, which takes the role editor.",
)
TOO_MANY = Words(
    f"已有 {MOST_OPEN} 个导出在进行；请等其中一个结束。",
    f"{MOST_OPEN} exports are under way already; wait for one to end.",
)
CANNOT = Words("这个导出现在不能这样做。", "This export cannot do that now.")


class ExportIn(Shape):
    kind = OneOf(export_rows.KINDS, required=True)
    name = Text(longest=120, metadata={"description": "Of the file, without its ending"})
    columns = Many(Text(longest=140), metadata={"description": "All if missing"})
    rule = Bag(metadata={"description": "Of contacts: only those for whom it holds"})
    segment = Text(longest=64, metadata={"description": "Of contacts: only those in it"})
    event = Text(longest=128, metadata={"description": "Of events: only those of this name"})


class ColumnsArgs(PageArgs):
    kind = OneOf(export_rows.KINDS, required=True)


class ColumnOut(Schema):
    column = fields.Str(required=True)


class ExportOut(Schema):
    id = fields.Int(required=True)
    kind = fields.Str(required=True, metadata={"enum": list(export_rows.KINDS)})
    filename = fields.Str(required=True)
    columns = fields.List(fields.Str(), required=True)
    masked = fields.Bool(required=True, metadata={"description": "Personal data is written with stars"})
    state = fields.Str(
        required=True,
        metadata={"enum": ["waiting", "running", "paused", "cancelled", "done", "failed"]},
    )
    rows = fields.Int(required=True, metadata={"description": "0 while nobody knows how many there will be"})
    done = fields.Int(required=True)
    reason = fields.Str(required=True, allow_none=True)
    created_at = At(required=True)
    created_by = fields.Str(required=True)
    finished_at = At(required=True, allow_none=True)


class FileArgs(Shape):
    form = OneOf(("csv", "xlsx"), data_key="as", load_default="csv")


@exports.post("", least="analyst")
@exports.arguments(ExportIn)
@exports.response(202, ExportOut)
def start(args: dict[str, Any]) -> Export:
    """Ask for a file; the worker writes it, and its progress can be read meanwhile."""
    session = db.session()
    now = clock.now(session)
    if files.open_count(session, here()) >= MOST_OPEN:
        raise Problem(409, "too-many", TOO_MANY)
    options = {name: args[name] for name in ("rule", "segment", "event") if args.get(name)}
    try:
        made = files.create(
            session,
            here(),
            kind=args["kind"],
            columns=args.get("columns") or [],
            options=options,
            masked=not actor().may(SEES_PEOPLE),
            filename=args.get("name") or f"{args['kind']}-{now:%Y%m%d-%H%M}",
            now=now,
            by=actor().name,
        )
    except export_rows.NoColumn as none:
        raise invalid((f"columns.{args['columns'].index(none.name)}", NO_COLUMN)) from None
    except BadRule as bad:
        raise invalid(*((path, Words(said["zh"], said["en"])) for path, said in bad.problems)) from None
    detail = {"kind": made.kind, "columns": made.columns, "masked": made.masked}
    audit.record(session, here(), actor().name, "export.made", f"export:{made.id}", detail, now)
    return made


@exports.get("", least="viewer")
@exports.arguments(PageArgs, location="query")
@exports.response(200, page_of(ExportOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The exports of the last week, newest first."""
    return page(scoped(Export), Export.id, args)


@exports.get("/columns", least="viewer")
@exports.arguments(ColumnsArgs, location="query")
@exports.response(200, page_of(ColumnOut))
def columns(args: dict[str, Any]) -> dict[str, Any]:
    """The columns that an export of this kind can have."""
    there = export_rows.available(db.session(), here(), args["kind"])
    return {"items": [{"column": one} for one in there], "next": None}


@exports.get("/<id:export_id>", least="viewer")
@exports.response(200, ExportOut)
def one(export_id: int) -> Export:
    """One export with its progress."""
    return found(Export, export_id)


@exports.get("/<id:export_id>/file", least="analyst")
@exports.arguments(FileArgs, location="query")
@exports.response(200, content_type="text/csv", description="The rows; as=xlsx for a workbook")
def file(args: dict[str, Any], export_id: int) -> Response:
    """The file, written while it is sent; no cell of it is taken for a formula."""
    made = found(Export, export_id)
    if not made.masked and not actor().may(SEES_PEOPLE):
        raise Problem(409, "personal-data", NOT_YOURS)
    if made.state != "done":
        raise Problem(409, "wrong-state", NOT_READY, state=made.state)
    session = db.session()
    head, form = export_rows.titles(made.kind, made.columns), args["form"]
    rows = files.rows_of(session, made)
    body: Any
    if form == "xlsx":
        body = xlsx_writing.write(head, rows)
    else:
        body = (line.encode("utf-8", "replace") for line in csv_text.write(_chained(head, rows)))
    name = f"export-{made.id}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_within(body), content_type=TYPES[form], headers=headers)


def _chained(head: list[str], rows: Any) -> Any:
    yield head
    yield from rows


def _within(body: Any) -> Any:
    """The pieces are read while the answer is sent: with the request still at hand."""
    from flask import stream_with_context

    return stream_with_context(body)


@exports.post("/<id:export_id>/pause", least="analyst")
@exports.response(200, ExportOut)
def pause(export_id: int) -> Export:
    """Let an export stand after the rows at hand."""
    return _steer(export_id, "pause")


@exports.post("/<id:export_id>/resume", least="analyst")
@exports.response(200, ExportOut)
def resume(export_id: int) -> Export:
    """Let a paused export go on where it stands."""
    return _steer(export_id, "resume")


@exports.post("/<id:export_id>/cancel", least="analyst")
@exports.response(200, ExportOut)
def cancel(export_id: int) -> Export:
    """Stop an export for good."""
    return _steer(export_id, "cancel")


def _steer(export_id: int, word: str) -> Export:
    session = db.session()
    made = found(Export, export_id)
    query = scoped(Export).where(Export.id == export_id).with_for_update()
    kept: Any = session.scalars(query.execution_options(populate_existing=True)).one()
    now = clock.now(session)
    if not files.steer(kept, word, now):
        raise Problem(409, "wrong-state", CANNOT, state=kept.state)
    detail = {"done": kept.done}
    audit.record(session, here(), actor().name, f"export.{word}", f"export:{kept.id}", detail, now)
    return made
