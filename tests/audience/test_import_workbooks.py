"""Workbooks are read with no transaction open, cut bit by bit, and without those who were erased meanwhile."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from openpyxl import Workbook
from sqlalchemy.orm import Session

from audience import contacts, erasing, erasing_files, import_workbooks, imports, merging, staging
from audience.tables import Contact
from audience.tables_files import FilePiece, Import, ImportPart
from tests.audience.conftest import NOW
from tests.audience.test_imports import finish

ROWS = 60
MAPPING = {"id": "external_id", "phone": "identity:phone", "note": ""}
MARKS = ("zk41 marker", "138-0013-8000", "13800138000")


@pytest.fixture(autouse=True)
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(staging, "ROWS_IN_PART", 10)
    yield
    for number in list(import_workbooks._open):
        import_workbooks.forget(number)


def book() -> bytes:
    """People with numbers; one of them is who will be erased, by a name and by his phone in a column without a meaning."""
    made = Workbook(write_only=True)
    sheet = made.create_sheet()
    sheet.append(["id", "phone", "note"])
    for number in range(ROWS):
        sheet.append([f"c{number}", f"139{number:08d}", f"n{number}"])
    sheet.append([f"{MARKS[0]}", "+86 138-0013-8000", "x"])
    sheet.append(["somebody", "", "13800138000"])
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


def uploaded(session: Session, workspace: int) -> int:
    made = imports.create(
        session, workspace, filename="people.xlsx", content=book(), mapping=MAPPING, now=NOW
    )
    session.commit()
    return made.id


def ahead(session: Session) -> None:
    """Do what the worker does before it opens a transaction."""
    ((number, reached),) = import_workbooks.uncut(session)
    file = import_workbooks.fetched(session, number)
    session.commit()
    import_workbooks.read_ahead(number, reached, file)


def erased(session: Session, workspace: int) -> None:
    identities = {"phone": "13800138000"}
    (person,) = contacts.upsert(
        session, workspace, [{"external_id": "zk41 marker", "identities": identities}], NOW
    ).ids
    assert person is not None
    session.commit()
    names = erasing.names_of(session, workspace, person)
    seen = erasing_files.clean_imports(session, workspace, names, go_on=session.commit)
    merging.take_turn(session, workspace)
    erasing.erase(session, workspace, person, "me", NOW, seen=seen)
    session.commit()


def told(session: Session) -> str:
    """Everything that is kept of files, unpacked."""
    found = [str(row) for row in session.execute(sa.select(Import.options, Import.mapping))]
    found += [zlib.decompress(body).decode() for body in session.scalars(sa.select(ImportPart.cells))]
    for piece in session.scalars(sa.select(FilePiece.body)):
        for row in import_workbooks.workbooks.rows_of(io.BytesIO(piece)):
            found += row
    session.rollback()
    return "\n".join(found)


def test_rows_read_ahead_are_cut_and_no_workbook_is_opened_in_a_transaction(
    session: Session, workspace: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = uploaded(session, workspace)
    ahead(session)
    monkeypatch.setattr(import_workbooks, "pieces", None)
    cut = []
    while not session.get_one(Import, number).cut:
        ahead(session)
        imports.run_chunk(session, number, NOW)
        session.commit()
        cut.append(session.get_one(Import, number).rows)
    assert cut == [10, 20, 30, 40, 50, 60, 62]
    assert finish(session, number).created == ROWS + 2


def test_what_was_cut_and_not_committed_is_read_anew(session: Session, workspace: int) -> None:
    number = uploaded(session, workspace)
    for turn in range(20):
        if session.get_one(Import, number).cut:
            break
        ahead(session)
        imports.run_chunk(session, number, NOW)
        session.rollback() if turn % 2 == 0 else session.commit()
    done = finish(session, number)
    assert (done.rows, done.created, done.failed) == (ROWS + 2, ROWS + 2, 0)


def test_what_another_process_has_cut_is_gone_past(session: Session, workspace: int) -> None:
    number = uploaded(session, workspace)
    ahead(session)
    mine = dict(import_workbooks._open)
    import_workbooks._open.clear()  # another process
    for _ in range(3):
        imports.run_chunk(session, number, NOW)
        session.commit()
    import_workbooks.forget(number)
    import_workbooks._open.update(mine)
    assert session.get_one(Import, number).rows == 30
    assert finish(session, number).created == ROWS + 2
    assert session.scalar(sa.select(sa.func.count()).select_from(Contact)) == ROWS + 2


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("begun", [False, True])
def test_who_is_erased_is_in_no_workbook_that_waits(
    session: Session, workspace: int, paused: bool, begun: bool
) -> None:
    number = uploaded(session, workspace)
    if begun:
        imports.run_chunk(session, number, NOW)
    if paused:
        imports.pause(session, session.get_one(Import, number))
    session.commit()
    assert any(mark in told(session) for mark in MARKS)
    erased(session, workspace)
    while session.scalars(sa.select(FilePiece)).first() is not None:  # the worker, paused or not
        assert number in imports.pending(session)
        imports.run_chunk(session, number, NOW)
        session.commit()
    assert not any(mark in told(session) for mark in (*MARKS, "somebody"))
    running = session.get_one(Import, number)
    if paused:
        assert running.state == "paused" and number not in imports.pending(session)
        imports.resume(session, running)
        session.commit()
    done = finish(session, number)
    assert (done.state, done.rows, done.created, done.failed) == ("done", ROWS + 2, ROWS, 0)


def test_what_is_given_up_keeps_no_names(session: Session, workspace: int) -> None:
    number = uploaded(session, workspace)
    erased(session, workspace)
    assert session.get_one(Import, number).options["forget"]
    imports.cancel(session, session.get_one(Import, number), NOW)
    session.commit()
    assert not any(mark in told(session) for mark in MARKS)
    other = uploaded(session, workspace)
    erasing_files.clean_imports(session, workspace, [("external_id", "zk41 marker")])
    imports.fail(session, other, "x", NOW)
    session.commit()
    assert not any(mark in told(session) for mark in MARKS)
