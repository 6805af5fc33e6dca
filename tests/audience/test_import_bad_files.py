"""Bad files: never an error of ours, never a good row lost, and every refusal names its row."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy.orm import Session

from audience import imports
from audience.imports import BadImport
from audience.tables import Contact
from audience.tables_files import ImportProblem
from tests.audience.test_imports import begin, finish

BROKEN = [
    'x1,"left open\n', "x2,\x00\n", "x3," + "y" * 40_000 + "\n", "x4,a,b,c,d\n", '"",\n', "\n", "x6,'=1\n",
    "x7,\udcff\n", f'x8,"{"z" * 300}"\n', '"x9","a\nb"\n',
]  # fmt: skip


@settings(max_examples=12)
@given(
    parts=st.lists(st.sampled_from(BROKEN), max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_good_rows_arrive_among_broken_ones(
    parts: list[str], encoding: str, end: str, session: Session, workspace: int
) -> None:
    session.execute(sa.delete(Contact))
    good = [f"good{number},王{number}\n" for number in range(len(parts) + 1)]
    lines = [good[0], *(line for pair in zip(parts, good[1:], strict=True) for line in pair)]
    text = "".join(["id,name\n", *lines])
    errors = "replace" if encoding != "utf-8" else "surrogateescape"
    content = text.replace("\n", end).encode(encoding, errors)
    number = begin(session, workspace, content, mapping={"id": "external_id", "name": "name"})
    done = finish(session, number)
    assert done.state == "done"
    there = set(session.scalars(sa.select(Contact.external_id).where(Contact.workspace_id == workspace)))
    swallowed = 'x1,"left open\n' in parts and any(
        '"' in part for part in parts[parts.index('x1,"left open\n') + 1 :]
    )
    if not swallowed:  # a quote left open ends at the next quote, wherever that is: nobody can tell otherwise
        assert {f"good{number}" for number in range(len(good))} <= there
    named = session.scalars(sa.select(ImportProblem.row).where(ImportProblem.import_id == number))
    assert all(2 <= row <= done.rows + 1 for row in named)


@settings(max_examples=20)
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=120).map(lambda text: text.encode("utf-16", "surrogatepass"))
)
def test_any_bytes_are_read_or_refused(content: bytes, session: Session, workspace: int) -> None:
    try:
        mapping = imports.preview(content).mapping
        number = begin(session, workspace, content, mapping={next(iter(mapping)): "external_id"})
        assert finish(session, number).state == "done"
    except BadImport as bad:
        assert bad.problems and all(said["zh"] and said["en"] for _, said in bad.problems)
        session.rollback()


def book(rows: list[list[object]]) -> bytes:
    made, kept = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(kept)
    return kept.getvalue()


def test_a_workbook_is_read_as_it_was_typed(session: Session, workspace: int) -> None:
    content = book(
        [["id", "n", "day", "at", "yes", "phone"]]
        + [
            [f"w{n}", n / 2, date(2026, 3, 1), datetime(2026, 3, 1, 10, 5), True, 13800000000 + n]
            for n in range(30)
        ]
    )
    seen = imports.preview(content, "a.xlsx")
    assert (seen.form, seen.rows[2][1], seen.rows[0][3]) == ("xlsx", "1", "2026-03-01 10:05:00")
    done = finish(session, begin(session, workspace, content, mapping=seen.mapping))
    assert (done.created, done.failed, done.cut) == (30, 0, True)
    one = session.scalars(sa.select(Contact).where(Contact.external_id == "w3")).one()
    assert (
        one.attributes["n"] == 1.5 and one.attributes["day"] == "2026-03-01" and one.attributes["yes"] is True
    )


@pytest.mark.parametrize(
    ("quote", "filler"), [("", "x"), ("", "好"), ('"', "a,"), ('"', "a,\n"), ('"', "\r\n")]
)
def test_a_cell_of_ten_megabytes_is_refused_and_its_neighbours_arrive(
    session: Session, workspace: int, quote: str, filler: str
) -> None:
    huge = quote + filler * (10_000_000 // len(filler.encode())) + quote
    content = f"id,name\nbefore,王\nhuge,{huge}\nafter,李\n".encode()
    number = begin(session, workspace, content, mapping={"id": "external_id", "name": "name"})
    done = finish(session, number)
    assert (done.state, done.rows, done.created, done.failed) == ("done", 3, 2, 1)
    assert set(session.scalars(sa.select(Contact.external_id))) == {"before", "after"}
    (wrong,) = session.scalars(sa.select(ImportProblem))
    assert wrong.row == 3 and len(wrong.reason["zh"]) < 200


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_cell_of_many_lines_goes_with_its_row_and_a_quote_left_open_takes_no_other(
    session: Session, workspace: int, end: str
) -> None:
    lines = end.join(f'x{number},"" y' for number in range(30_000))
    rows = [f'"good-{number}","李{number}"' for number in range(1500)]
    content = ["id,name", "before,王", f'long,"{lines}"', f'two,"{lines}","{lines}"', *rows]
    content += ['torn,"left open', *(f"later-{number},张" for number in range(1500)), '"last","周"']
    number = begin(
        session, workspace, (end.join(content) + end).encode(), mapping={"id": "external_id", "name": "name"}
    )
    done = finish(session, number)
    wrong = {one.row: one.reason["en"][:17] for one in session.scalars(sa.select(ImportProblem))}
    assert wrong == {3: "A cell of this ro", 4: "A cell of this ro", 1505: "A quote is left o"}
    assert (done.state, done.rows, done.created, done.failed) == ("done", 3005, 3002, 3)


def test_bombs_and_what_only_looks_like_a_workbook_are_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(1200):
            archive.writestr(f"../{number}", b"")
    for content in (bomb.getvalue(), many.getvalue(), b"PK\x03\x04nonsense", b"\xd0\xcf\x11\xe0old"):
        with pytest.raises(BadImport):
            imports.preview(content, "a.xlsx")
