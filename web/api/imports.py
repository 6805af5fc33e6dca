"""Imports: a file of contacts or events is looked at, kept, and taken in part by part by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Response, g, request
from marshmallow import Schema, fields
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from audience import catalogue as people
from audience import import_lists
from audience import imports as files
from audience.columns import READABLE
from audience.staging import stage
from audience.tables_files import Import
from audience.values import EVENT_NAME
from journeys.words import Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.errors import Problem, invalid
from web.fields import At
from web.language import language
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located
from web.strict_json import BadJson, read

imports = Resource("imports", "/imports", description="Contacts and events from files.")

NO_FORM = Words("请用 multipart/form-data 上传文件。", "Upload the file as multipart/form-data.")
NO_FILE = Words("请附上文件（file）。", "Attach the file (file).")
NO_MAPPING = Words(
    '请给出 mapping，例如 {"手机": "identity:phone", "城市": "attribute:city"}。',
    'Give the mapping, such as {"phone": "identity:phone", "city": "attribute:city"}.',
)
NO_KIND = Words("须是 contacts、events 或 list。", "Use contacts, events or list.")
NO_EVENT = Words("须是一个事件名。", "Give the name of an event.")
OVER = Words("这次导入已经结束。", "This import is over.")
NOT_RUNNING = Words("这次导入没有在进行。", "This import is not under way.")
NOT_PAUSED = Words("这次导入没有暂停。", "This import is not paused.")
KINDS = ("contacts", "events", "list")
PARTS: dict[str, Any] = {
    "file": {
        "type": "string",
        "format": "binary",
        "description": "CSV or XLSX with a header row; events also as JSON lines",
    },
    "kind": {"type": "string", "enum": list(KINDS), "description": "Contacts unless said"},
}
MORE: dict[str, Any] = {
    "mapping": {
        "type": "string",
        "description": "JSON: {column: external_id | name | tags | attribute:NAME[:TYPE] | identity:KIND}; of events "
        "{column: event_name | occurred_at | event_id | external_id | identity:KIND | property:NAME[:TYPE]}",
    },
    "event": {"type": "string", "description": "Of events: the name of all, where no column says it"},
    "list": {"type": "string", "description": "Of a list: the key of the static list"},
}


def _form(parts: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": parts}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


class PreviewOut(Schema):
    columns = fields.List(fields.Str(), required=True)
    rows = fields.List(fields.List(fields.Str()), required=True, metadata={"description": "The first ten"})
    mapping = fields.Dict(required=True, metadata={"description": "What each column probably means"})
    encoding = fields.Str(required=True)
    delimiter = fields.Str(required=True)
    form = fields.Str(required=True, metadata={"enum": ["csv", "xlsx", "jsonl"]})


class ImportOut(Schema):
    id = fields.Int(required=True)
    kind = fields.Str(required=True, metadata={"enum": list(KINDS)})
    form = fields.Str(required=True, metadata={"enum": ["csv", "xlsx", "jsonl"]})
    size = fields.Int(required=True, metadata={"description": "Bytes"})
    options = fields.Method("asked", metadata={"type": "object"})
    filename = fields.Str(required=True)
    mapping = fields.Dict(required=True)
    state = fields.Str(
        required=True,
        metadata={"enum": ["arriving", "waiting", "running", "paused", "cancelled", "done", "failed"]},
    )
    cut = fields.Bool(
        required=True, metadata={"description": "False while rows are still being read out of a workbook"}
    )
    rows = fields.Int(required=True)
    done = fields.Int(required=True)
    problems = fields.Int(
        required=True, metadata={"description": "Things that were wrong; errors.csv names the first 10,000"}
    )
    created = fields.Int(required=True)
    updated = fields.Int(required=True)
    failed = fields.Int(required=True, metadata={"description": "Rows that were refused; see errors.csv"})
    reason = fields.Str(required=True, allow_none=True)
    created_at = At(required=True)
    created_by = fields.Str(required=True)
    finished_at = At(required=True, allow_none=True)

    def asked(self, made: Import) -> dict[str, Any]:
        return {name: made.options[name] for name in ("event", "list") if name in (made.options or {})}


@imports.post("/preview", least="editor", reads=True, uploads=True)
@imports.response(200, PreviewOut)
@imports.doc(**_form(PARTS, ["file"]))
def preview() -> files.Preview:
    """Look at the beginning of a file: its columns, some rows, and what each column probably means.

    Of CSV the first few hundred KiB are enough.
    """
    file = _file()
    try:
        seen = files.preview(file.stream, file.filename or "", _kind())
    except files.BadImport as bad:
        raise invalid(*located(bad.problems)) from None
    types = people.load(db.session(), here()).attributes
    return replace(seen, mapping={column: _typed(place, types) for column, place in seen.mapping.items()})


def _typed(place: str, types: Mapping[str, str]) -> str:
    """An attribute that the workspace knows is read as what it is there, not as what this file looks like."""
    known = types.get(place.removeprefix("attribute:")) if place.startswith("attribute:") else None
    return f"{place}:{known}" if known in READABLE and place.count(":") == 1 else place


def _stage() -> int:
    """Keep the file, in short transactions; it is an import only once `start` says so."""
    session = db.session()
    file, kind = _file(), _kind()
    mapping = _mapping(required=not (file.filename or "").lower().endswith((".jsonl", ".ndjson")))
    options = _options(session, kind)
    try:
        made = stage(
            session,
            here(),
            filename=file.filename or "contacts.csv",
            file=file.stream,
            mapping=mapping,
            now=clock.now(session),
            by=actor().name,
            kind=kind,
            options=options,
            step=session.commit,
        )
    except files.BadImport as bad:
        session.rollback()
        raise invalid(*located(bad.problems)) from None
    number = made.id
    session.commit()
    file.stream.seek(0)
    return number


@imports.post("", least="editor", uploads=True, first=_stage)
@imports.response(202, ImportOut)
@imports.doc(**_form({**PARTS, **MORE}, ["file", "mapping"]))
def start() -> Import:
    """Keep a file; the worker takes its rows in, and its progress can be read meanwhile.

    The file is kept piece by piece as it comes, so that it may be large; nothing of it is taken before it is whole.
    """
    session = db.session()
    now = clock.now(session)
    made = files.begin(session, found(Import, g.first), now)
    detail = {"kind": made.kind, "rows": made.rows, "bytes": made.size}
    audit.record(session, here(), actor().name, "import.made", f"import:{made.id}", detail, now)
    return made


@imports.post("/<id:import_id>/pause", least="editor")
@imports.response(200, ImportOut)
def pause(import_id: int) -> Import:
    """Let an import stand after the rows at hand."""
    return _steer(import_id, "paused", lambda one, _: files.pause(db.session(), one), NOT_RUNNING)


@imports.post("/<id:import_id>/resume", least="editor")
@imports.response(200, ImportOut)
def resume(import_id: int) -> Import:
    """Let a paused import go on where it stands."""
    return _steer(import_id, "resumed", lambda one, _: files.resume(db.session(), one), NOT_PAUSED)


@imports.post("/<id:import_id>/cancel", least="editor")
@imports.response(200, ImportOut)
def cancel(import_id: int) -> Import:
    """Stop an import for good; what was taken in stays."""
    return _steer(import_id, "cancelled", lambda one, now: files.cancel(db.session(), one, now), OVER)


def _steer(import_id: int, word: str, act: Callable[[Import, Any], bool], refusal: Words) -> Import:
    session = db.session()
    found(Import, import_id)
    query = scoped(Import).where(Import.id == import_id).with_for_update()
    kept: Import = session.scalars(query.execution_options(populate_existing=True)).one()  # type: ignore[assignment]
    now = clock.now(session)
    if not act(kept, now):
        raise Problem(409, "wrong-state", refusal, state=kept.state)
    audit.record(
        session, here(), actor().name, f"import.{word}", f"import:{kept.id}", {"done": kept.done}, now
    )
    return kept


@imports.get("", least="viewer")
@imports.arguments(PageArgs, location="query")
@imports.response(200, page_of(ImportOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The imports, newest first."""
    return page(scoped(Import).where(Import.state != "arriving"), Import.id, args)


@imports.get("/<id:import_id>", least="viewer")
@imports.response(200, ImportOut)
def one(import_id: int) -> Import:
    """One import with its progress."""
    return found(Import, import_id)


@imports.get("/<id:import_id>/errors.csv", least="editor")
@imports.response(200, content_type="text/csv", description="row, column, reason")
def errors(import_id: int) -> Response:
    """The rows that were refused and why, safe to open in a spreadsheet."""
    kept = found(Import, import_id)
    lines = files.errors_csv(db.session(), here(), kept.id, language())
    headers = {"Content-Disposition": f'attachment; filename="import-{kept.id}-errors.csv"'}
    return Response("".join(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _file() -> FileStorage:
    if request.mimetype != "multipart/form-data":
        raise Problem(415, "unsupported-media-type", NO_FORM)
    file = request.files.get("file")
    if file is None:
        raise invalid(("file", NO_FILE))
    return file


def _kind() -> str:
    kind = request.form.get("kind") or "contacts"
    if kind not in KINDS:
        raise invalid(("kind", NO_KIND))
    return kind


def _options(session: Session, kind: str) -> dict[str, Any]:
    if kind == "list":
        key = request.form.get("list")
        wrong = import_lists.problems_of(session, here(), key)
        if wrong:
            raise invalid(*located(wrong))
        return {"list": key}
    event = request.form.get("event") if kind == "events" else None
    if event is not None and not EVENT_NAME.fullmatch(event):
        raise invalid(("event", NO_EVENT))
    return {} if event is None else {"event": event}


def _mapping(*, required: bool) -> dict[str, str]:
    text = request.form.get("mapping")
    if text is None:
        if not required:
            return {}
        raise invalid(("mapping", NO_MAPPING))
    try:
        mapping = read(text.encode("utf-8", "surrogatepass"))
    except BadJson as bad:
        raise invalid(
            *((f"mapping.{path}" if path else "mapping", said) for path, said in bad.problems)
        ) from None
    if not isinstance(mapping, dict) or not all(isinstance(target, str) for target in mapping.values()):
        raise invalid(("mapping", NO_MAPPING))
    return mapping
