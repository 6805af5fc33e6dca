"""Imports: a file of contacts is looked at, kept, and taken in row by row by the worker."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields
from werkzeug.datastructures import FileStorage

from audience import imports as files
from audience.tables_files import Import
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

imports = Resource("imports", "/imports", description="Contacts from CSV files.")

NO_FORM = Words("请用 multipart/form-data 上传文件。", "Upload the file as multipart/form-data.")
NO_FILE = Words("请附上文件（file）。", "Attach the file (file).")
NO_MAPPING = Words(
    '请给出 mapping，例如 {"手机": "identity:phone", "城市": "attribute:city"}。',
    'Give the mapping, such as {"phone": "identity:phone", "city": "attribute:city"}.',
)
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "CSV with a header row"}
                    },
                }
            }
        },
    }
}
UPLOAD_WITH_MAPPING = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "mapping"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV with a header row",
                        },
                        "mapping": {
                            "type": "string",
                            "description": "JSON: {column: external_id | name | tags | attribute:NAME | identity:KIND}",
                        },
                    },
                }
            }
        },
    }
}


class PreviewOut(Schema):
    columns = fields.List(fields.Str(), required=True)
    rows = fields.List(fields.List(fields.Str()), required=True, metadata={"description": "The first ten"})
    mapping = fields.Dict(required=True, metadata={"description": "What each column probably means"})
    encoding = fields.Str(required=True)
    delimiter = fields.Str(required=True)


class ImportOut(Schema):
    id = fields.Int(required=True)
    filename = fields.Str(required=True)
    mapping = fields.Dict(required=True)
    state = fields.Str(required=True, metadata={"enum": ["waiting", "running", "done", "failed"]})
    rows = fields.Int(required=True)
    done = fields.Int(required=True)
    created = fields.Int(required=True)
    updated = fields.Int(required=True)
    failed = fields.Int(required=True, metadata={"description": "Rows that were refused; see errors.csv"})
    reason = fields.Str(required=True, allow_none=True)
    created_at = At(required=True)
    created_by = fields.Str(required=True)
    finished_at = At(required=True, allow_none=True)


@imports.post("/preview", least="editor", reads=True, uploads=True)
@imports.response(200, PreviewOut)
@imports.doc(**UPLOAD)
def preview() -> files.Preview:
    """Look at the beginning of a file: its columns, some rows, and what each column probably means."""
    try:
        return files.preview(_file().read())
    except files.BadImport as bad:
        raise invalid(*located(bad.problems)) from None


@imports.post("", least="editor", uploads=True)
@imports.response(202, ImportOut)
@imports.doc(**UPLOAD_WITH_MAPPING)
def start() -> Import:
    """Keep a file; the worker takes its rows in, and its progress can be read meanwhile."""
    file, mapping = _file(), _mapping()
    session = db.session()
    now = clock.now(session)
    try:
        made = files.create(
            session,
            here(),
            filename=file.filename or "contacts.csv",
            content=file.read(),
            mapping=mapping,
            now=now,
            by=actor().name,
        )
    except files.BadImport as bad:
        raise invalid(*located(bad.problems)) from None
    audit.record(session, here(), actor().name, "import.made", f"import:{made.id}", {"rows": made.rows}, now)
    return made


@imports.get("", least="viewer")
@imports.arguments(PageArgs, location="query")
@imports.response(200, page_of(ImportOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The imports, newest first."""
    return page(scoped(Import), Import.id, args)


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


def _mapping() -> dict[str, str]:
    text = request.form.get("mapping")
    if text is None:
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
