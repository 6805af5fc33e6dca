"""What goes out as a file runs nothing in a spreadsheet, and comes back as it was."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from audience import csv_text, export_rows, exports, imports, workbooks, xlsx_writing
from audience.contacts import upsert
from audience.tables import Contact, Identity
from audience.tables_files import Export, FilePiece
from tests.audience.conftest import NOW
from tests.audience.test_imports import finish

PAYLOADS = [
    "=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1", "＋1", "－1", "＠1",
    "\ufeff=1", " \u00a0=1", '"=1', "fine\n=cmd|' /C calc'!A0",
]  # fmt: skip


def made(session: Session, workspace: int, kind: str = "contacts", **given: Any) -> Export:
    asked = {"columns": [], "options": {}, "masked": False, "filename": "x", **given}
    one = exports.create(session, workspace, kind=kind, now=NOW, **asked)
    while exports.run_chunk(session, one.id, NOW):
        session.commit()
    session.commit()
    assert one.state == "done"
    return one


def as_csv(session: Session, one: Export) -> bytes:
    head = export_rows.titles(one.kind, one.columns)
    return "".join(csv_text.write([head, *exports.rows_of(session, one)])).encode()


def as_xlsx(session: Session, one: Export) -> bytes:
    return b"".join(
        xlsx_writing.write(export_rows.titles(one.kind, one.columns), exports.rows_of(session, one))
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_is_a_formula(payload: str) -> None:
    (cell,) = next(
        csv.reader(io.StringIO("".join(csv_text.write([[payload]])).removeprefix("\ufeff"), newline=""))
    )
    assert cell.startswith("'") or cell.split("\n")[-1].startswith("'")
    assert csv_text.plain(cell) == payload
    book = load_workbook(io.BytesIO(b"".join(xlsx_writing.write(["a"], [[payload]]))))
    assert book.worksheets[0]["A2"].data_type in ("s", "inlineStr", "n"), (
        "a text, or nothing: never a formula"
    )


def everything(session: Session, workspace: int) -> list[Any]:
    rows = session.scalars(
        sa.select(Contact).where(Contact.workspace_id == workspace).order_by(Contact.external_id)
    )
    names = {
        (number, kind): value
        for number, kind, value in session.execute(
            sa.select(Identity.contact_id, Identity.kind, Identity.value)
        )
    }
    return [
        (
            one.external_id,
            one.name,
            one.timezone,
            one.attributes,
            one.tags,
            names.get((one.id, "phone")),
            names.get((one.id, "wechat")),
        )
        for one in rows
    ]


#: Blanks around a cell mean nothing to an import, and control characters nothing to a spreadsheet.
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Cf"]), min_size=1, max_size=8
) | st.sampled_from(["=1", "'=1", "'plain", "+86 1", "a\n=b", "-5", "007", "@x", "是", '"=1', "2026-01-01"])


@settings(max_examples=15)
@given(
    rows=st.lists(
        st.tuples(WORDS, WORDS, st.integers(-(10**6), 10**6), st.booleans()), min_size=1, max_size=5
    )
)
@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_what_is_exported_comes_back_as_it_was(
    write: Any, rows: list[Any], session: Session, workspace: int
) -> None:
    people = [
        {
            "external_id": f"k{number}",
            "name": name,
            "identities": {"phone": f"+4915{number:06d}", "wechat": f"w{number}"},
            "attributes": {"city": words, "points": points, "member": yes, "born": "1990-02-03"},
            "tags": ["新客", "vip"][: number % 3],
        }
        for number, (name, words, points, yes) in enumerate(rows)
    ]
    for model in (Identity, Contact):
        session.execute(sa.delete(model))
    upsert(session, workspace, people, NOW)
    session.commit()
    before = everything(session, workspace)
    content = write(session, made(session, workspace))
    for model in (Identity, Contact):
        session.execute(sa.delete(model))
    session.commit()
    mapping = imports.preview(content).mapping
    assert mapping["identity:wechat"] == "identity:wechat" and mapping["phone"] == "identity:phone"
    typed = {c: {"attribute:city": "attribute:city:text"}.get(t, t) for c, t in mapping.items()}
    one = imports.create(session, workspace, filename="back", content=content, mapping=typed, now=NOW)
    number = one.id
    session.commit()
    done = finish(session, number)
    assert (done.failed, done.created) == (0, len(rows))
    assert everything(session, workspace) == before


def test_an_export_is_written_in_pieces_masked_and_forgotten_after_a_week(
    session: Session, workspace: int, other: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "CHUNK", 3)
    people = [
        {"external_id": f"c{n}", "identities": {"phone": f"1380013800{n}"}, "attributes": {"n": n}}
        for n in range(8)
    ]
    upsert(session, workspace, people, NOW)
    upsert(session, other, people[:1], NOW)
    session.commit()
    asked = {"rule": {"field": "attribute.n", "operator": ">=", "value": 2}}
    one = made(session, workspace, masked=True, columns=["identity:phone", "attribute:n"], options=asked)
    assert (one.done, one.pieces) == (6, 2)
    assert next(iter(exports.rows_of(session, one))) == ["138****8002", "2"]
    with pytest.raises(export_rows.NoColumn):
        made(session, workspace, columns=["attribute:nothing"])
    paused = exports.create(
        session, workspace, kind="contacts", columns=[], options={}, masked=False, filename="x", now=NOW
    )
    assert exports.steer(paused, "pause", NOW) and not exports.run_chunk(session, paused.id, NOW)
    assert exports.steer(paused, "resume", NOW) and exports.steer(paused, "cancel", NOW)
    assert not exports.steer(paused, "resume", NOW)
    session.commit()
    assert exports.sweep(session, NOW + exports.KEPT * 2) == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(FilePiece)) == 0


@pytest.mark.parametrize("count", [0, 1, 2500])
def test_a_workbook_of_ours_is_read_back(count: int) -> None:
    rows = [[str(number), "王\n二", "<&>"] for number in range(count)]
    content = b"".join(xlsx_writing.write(["a", "b", "c"], rows))
    assert list(workbooks.rows_of(io.BytesIO(content))) == [["a", "b", "c"], *rows]
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
