"""A person who is erased is in no file that waits; everybody else stays in it."""

from __future__ import annotations

import json
import zlib

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from audience import contacts, erasing, erasing_files, imports, merging, staging
from audience.erasing_files import emptied
from audience.identities import Key
from audience.tables import Contact
from audience.tables_files import Import, ImportPart
from tests.audience.conftest import NOW
from tests.audience.test_imports import begin, finish

NAMES: list[Key] = [("external_id", "12"), ("phone", "13800138000"), ("email", "lin@x.cn")]
COLUMNS = ["id", "phone", "mail", "points", "note"]
MAPPING = {
    "id": "external_id",
    "phone": "identity:phone",
    "mail": "identity:email",
    "points": "attribute:p:number",
}


def packed(text: str) -> bytes:
    return zlib.compress(text.encode())


def left(rows: list[str]) -> list[bool]:
    """Which rows are still there."""
    fresh = emptied(packed("\n".join(rows) + "\n"), "csv", ",", COLUMNS, MAPPING, NAMES)
    return [True] * len(rows) if fresh is None else [bool(row) for row in json.loads(fresh)]


@pytest.mark.parametrize(
    "row",
    [
        "12,,,,",
        "x,138 0013-8000,,,",
        "x,+86 13800138000,,,",
        "x,,LIN@X.cn ,,",
        '"12","a",,,',
        "x,,,,13800138000",
    ],
)
def test_a_row_goes_however_the_name_is_written(row: str) -> None:
    assert left(["y,,,,", row, "z,,,12,"]) == [True, False, True]


def test_a_short_name_is_looked_for_where_names_stand(row: str = "112,,,12,12") -> None:
    assert left([row, "x,13800138001,lina@x.cn,12,"]) == [True, True]


def test_lines_of_json_go_by_what_they_say() -> None:
    lines = [
        '{"name":"paid","external_id":"12"}',
        '{"name":"paid","external_id":"13","properties":{"n":"12"}}',
        '{"name":"paid","identity":{"phone":"+86 138 0013 8000"}}',
        "torn 13800138000",
        "",
    ]
    fresh = emptied(packed("\n".join(lines)), "jsonl", "\t", [], {}, NAMES)
    assert fresh is not None
    assert zlib.decompress(fresh).decode().split("\n") == ["", lines[1], "", "", ""]


def test_who_is_erased_is_in_no_file_that_waits(
    session: Session, workspace: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "ROWS_IN_PART", 10)
    monkeypatch.setattr(erasing_files, "AT_ONCE", 2)
    made = contacts.upsert(
        session, workspace, [{"external_id": "12", "identities": {"phone": "13800138000"}}], NOW
    )
    session.commit()
    lines = [f"c{n},139{n:08d},{n}" for n in range(60)]
    lines[37] = "somebody,+86 138-0013-8000,7"
    file = "\n".join(["id,phone,points", *lines]).encode()
    number = begin(session, workspace, file, mapping=imports.preview(file).mapping)
    (person,) = made.ids
    assert person is not None
    names = erasing.names_of(session, workspace, person)
    session.commit()
    commits: list[int] = []
    seen = erasing_files.clean_imports(
        session, workspace, names, go_on=lambda: commits.append(1) or session.commit()
    )
    assert (len(seen), len(commits)) == (6, 4)
    merging.take_turn(session, workspace)
    erasing.erase(session, workspace, person, "me", NOW, seen=seen)
    session.commit()
    for cells in session.scalars(sa.select(ImportPart.cells)):
        told = cells if cells.startswith(b"[") else zlib.decompress(cells)
        assert b"138-0013-8000" not in told and b"somebody" not in told
    session.commit()
    done = finish(session, number)
    assert (done.state, done.done, done.created, done.failed) == ("done", 60, 59, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Contact)) == 59
    assert session.get_one(Import, number).problems == 0
