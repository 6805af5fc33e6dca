"""Scene matching: tables of who gets which product in which moment, and what they have for one contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, request
from sqlalchemy import select

from audience import csv_text, scene_asking, scene_sheets, scenes, xlsx_writing
from audience.csv_text import BadFile
from audience.scenes import Wanted
from audience.tables import Contact
from audience.tables_matching import SceneTable
from content.tables import Material
from journeys.words import Words
from rules.conditions import parse
from rules.matching import who_of
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.tables import Workspace
from web.access import actor, found, here
from web.api.scene_shapes import SceneArgs, SceneChoiceOut, SceneOut, SheetArgs, TryArgs
from web.errors import Problem, invalid, not_found
from web.language import language
from web.matched import scene_for
from web.paging import PageArgs, page_of, whole
from web.resource import Resource
from web.shown import located
from web.titles import rule_titles

tables = Resource("scenes", "/scenes", description="Who gets which product in which moment.")

MOVED = Words("这个场景刚被别人改过；请重新载入。", "Somebody has changed this scene since; load it again.")
KEY_STAYS = Words("键不能改；请另建一个场景。", "A scene's key cannot be changed; make another one.")
NO_FORM = Words("请用 multipart/form-data 上传文件。", "Upload the file as multipart/form-data.")
NO_FILE = Words("请选择一个 CSV 或 XLSX 文件。", "Choose a CSV or XLSX file.")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@tables.get("", least="viewer")
@tables.arguments(PageArgs, location="query")
@tables.response(200, page_of(SceneOut))
def listed(_: dict[str, Any]) -> dict[str, Any]:
    """All tables of the workspace."""
    return whole(shown(scenes.all_of(db.session(), here())))


@tables.post("", least="editor")
@tables.arguments(SceneArgs)
@tables.response(201, SceneOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a table."""
    session, now = db.session(), clock.now(db.session())
    args.pop("revision", None)
    _materials_exist(args["rows"])
    try:
        made = scenes.create(session, here(), Wanted(**args), now, actor().name)
    except scenes.BadScene as bad:
        raise invalid(*located(bad.problems)) from None
    note(made, "scene.made", now)
    return shown([made])[0]


@tables.get("/<scene_key>", least="viewer")
@tables.response(200, SceneOut)
def one(scene_key: str) -> dict[str, Any]:
    """One table."""
    return shown([kept(scene_key)])[0]


@tables.put("/<scene_key>", least="editor")
@tables.arguments(SceneArgs)
@tables.response(200, SceneOut)
def change(args: dict[str, Any], scene_key: str) -> dict[str, Any]:
    """Replace a table; it takes effect at once."""
    row = kept(scene_key)
    if args["key"] not in ("", row.key):
        raise invalid(("key", KEY_STAYS))
    return _changed(row, args, args.pop("revision", None), "scene.changed")


@tables.delete("/<scene_key>", least="editor")
@tables.response(204)
def remove(scene_key: str) -> str:
    """Delete a table; journeys that still ask it find nothing there."""
    row = kept(scene_key)
    note(row, "scene.deleted", clock.now(db.session()))
    db.session.delete(row)
    db.session.flush()
    return ""


@tables.post("/<scene_key>/try", least="viewer", reads=True)
@tables.arguments(TryArgs)
@tables.response(200, SceneChoiceOut)
def ask(args: dict[str, Any], scene_key: str) -> dict[str, Any]:
    """What a table has for one contact now or at a time, when to send it, and what became of each row."""
    session, key = db.session(), kept(scene_key).key
    contact = found(Contact, args["contact_id"])
    zone = zone_of(contact.timezone or session.get_one(Workspace, here()).timezone)
    scene = scene_for(contact, {key}, zone, args.get("at") or clock.now(session))
    choice = scene.matchings[key].choose(scene)
    told = scene_asking.spoken(scene.matchings, scene).get(key, {})
    return {
        "row": choice.row.key if choice.row else None,
        "product": choice.row.product if choice.row else None,
        "moment": choice.window.key if choice.window else None,
        "send_at": choice.send_at,
        "local_time": told.get("send_at", ""),
        "now": choice.send_at == scene.now,
        "reasons": scene_asking.explained(choice, scene),
    }


@tables.get("/<scene_key>/export", least="viewer")
@tables.arguments(SheetArgs, location="query")
@tables.response(200, content_type="text/csv", description="The rows; as=xlsx for a workbook")
def export(args: dict[str, Any], scene_key: str) -> Response:
    """The rows as a sheet that can be brought back; no cell of it is taken for a formula."""
    row, form = kept(scene_key), args["form"]
    head, lines = scene_sheets.titles(language()), list(scene_sheets.lines(row.rows, row.moments))
    if form == "xlsx":
        body = b"".join(xlsx_writing.write(head, lines))
    else:
        body = "".join(csv_text.write([head, *lines])).encode("utf-8", "replace")
    headers = {"Content-Disposition": f'attachment; filename="scene-{row.key}.{form}"'}
    return Response(body, content_type=TYPES[form], headers=headers)


@tables.post("/<scene_key>/upload", least="editor", uploads=True)
@tables.response(200, SceneOut)
@tables.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "CSV or XLSX"}
                    },
                }
            }
        },
    }
)
def bring_in(scene_key: str) -> dict[str, Any]:
    """Replace the rows by those of a CSV or XLSX; if any line is wrong nothing is changed."""
    row = kept(scene_key)
    if request.mimetype != "multipart/form-data":
        raise Problem(415, "unsupported-media-type", NO_FORM)
    file = request.files.get("file")
    if file is None:
        raise invalid(("file", NO_FILE))
    try:
        rows, wrong = scene_sheets.read(file.stream, file.filename or "", row.moments)
    except BadFile as bad:
        raise invalid(("file", Words(bad.words["zh"], bad.words["en"]))) from None
    if wrong:
        raise invalid(*located(wrong))
    args = {"name": row.name, "description": row.description, "moments": row.moments, "rows": rows}
    return _changed(row, args, None, "scene.imported")


def _changed(row: SceneTable, args: dict[str, Any], revision: int | None, action: str) -> dict[str, Any]:
    session, now = db.session(), clock.now(db.session())
    _materials_exist(args["rows"])
    try:
        scenes.change(session, row, Wanted(**args), revision, now, actor().name)
    except scenes.BadScene as bad:
        raise invalid(*located(bad.problems)) from None
    except scenes.SceneMoved as moved:
        raise Problem(409, "scene-moved", MOVED, theirs=moved.revision) from None
    note(row, action, now)
    return shown([row])[0]


def _materials_exist(rows: Sequence[dict[str, Any]]) -> None:
    named = {row["product"]["material"] for row in rows} - {""}
    query = select(Material.key).where(Material.workspace_id == here(), Material.key.in_(sorted(named)))
    known = set(db.session.scalars(query)) if named else set()
    missing = [
        (f"rows[{place}].product.material", Words(f"没有素材“{key}”。", f'There is no material "{key}".'))
        for place, row in enumerate(rows)
        if (key := row["product"]["material"]) and key not in known
    ]
    if missing:
        raise invalid(*missing)


def kept(key: str) -> SceneTable:
    """The table of this workspace with this key; 404 for any other."""
    mine = select(SceneTable).where(SceneTable.workspace_id == here(), SceneTable.key == key)
    row = db.session.scalars(mine).one_or_none()
    if row is None:
        raise not_found()
    return row


def shown(rows: Sequence[SceneTable]) -> list[dict[str, Any]]:
    """Tables as the API gives them, with the people of each row said in words."""
    titles, lang = rule_titles() if rows else {}, language()
    columns = ("key", "name", "description", "moments", "revision", "updated_at", "updated_by")
    return [
        {column: getattr(row, column) for column in columns}
        | {"rows": [{**one, "people": parse(who_of(one)).say(lang, titles)} for one in row.rows]}
        for row in rows
    ]


def note(row: SceneTable, action: str, now: datetime) -> None:
    detail = {"key": row.key, "rows": len(row.rows), "revision": row.revision}
    audit.record(db.session(), here(), actor().name, action, f"scene:{row.key}", detail, now)
