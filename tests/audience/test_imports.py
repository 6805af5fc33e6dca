"""A file becomes contacts part by part; what cannot be taken is named by row and column."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from audience import imports
from audience.csv_text import write
from audience.imports import BadImport
from audience.tables import Contact, Identity
from audience.tables_files import Import, ImportPart
from store.tables import Inbox
from tests.audience.conftest import NOW

FILE = (
    "客户编号,姓名,手机,标签,年龄,生日,会员\n"
    'c1,林,138 0013 8000,"新客,美妆",31,1995/2/28,是\n'
    'c2,"王 ""小""",13900139000,新客、老客,,2000-01-01,否\n'
    ",,,,,,\n"
    "c3,陈,13800138000,,40,,\n"
    "c4,赵,,,四十,,是\n"
)


def mapping(content: bytes) -> dict[str, str]:
    return imports.preview(content).mapping


def begin(session: Session, workspace: int, content: bytes, **given: Any) -> int:
    made = imports.create(
        session,
        workspace,
        filename="客户.csv",
        content=content,
        mapping=given.get("mapping") or mapping(content),
        now=NOW,
        by="a@b.cn",
    )
    number = made.id
    session.commit()
    return number


def finish(session: Session, number: int) -> Import:
    while imports.run_chunk(session, number, NOW):
        session.commit()
    session.commit()
    return session.get_one(Import, number)


def test_a_preview_shows_the_beginning_and_guesses() -> None:
    seen = imports.preview(FILE.encode("gbk"))
    assert (seen.encoding, seen.delimiter) == ("gb18030", ",")
    assert seen.columns == ["客户编号", "姓名", "手机", "标签", "年龄", "生日", "会员"]
    assert seen.rows[1] == ["c2", '王 "小"', "13900139000", "新客、老客", "", "2000-01-01", "否"]
    assert seen.mapping["手机"] == "identity:phone" and seen.mapping["会员"] == "attribute:column_7"
    with pytest.raises(BadImport) as caught:
        imports.preview(b"")
    assert caught.value.problems[0].path == "file"


def test_a_preview_of_json_lines_shows_what_the_objects_say() -> None:
    lines = b'{"name":"paid","external_id":"c1","properties":{"amount":9}}\n[1]\nnonsense\n{"name":"paid","at":null}\n'
    seen = imports.preview(lines, "events.jsonl", "events")
    assert seen.columns == ["name", "external_id", "properties", "at"]
    assert seen.rows == [["paid", "c1", '{"amount":9}', ""], ["paid", "", "", ""]]
    assert (seen.form, seen.mapping) == ("jsonl", {})


def test_a_file_becomes_contacts_and_errors(session: Session, workspace: int, other: int) -> None:
    content = FILE.encode("utf-8-sig")
    meaning = mapping(content) | {"会员": "attribute:member", "年龄": "attribute:age:number"}
    number = begin(session, workspace, content, mapping=meaning)
    done = finish(session, number)
    assert (done.state, done.rows, done.done, done.created, done.updated, done.failed) == (
        "done",
        5,
        5,
        2,
        0,
        2,
    )
    assert done.finished_at == NOW
    contacts = {one.external_id: one for one in session.scalars(sa.select(Contact))}
    assert set(contacts) == {"c1", "c2"}
    assert contacts["c1"].attributes == {"age": 31, "birthday": "1995-02-28", "member": True}
    assert contacts["c2"].attributes == {"birthday": "2000-01-01", "member": False}
    assert contacts["c2"].name == '王 "小"' and contacts["c2"].tags == sorted(["新客", "老客"])
    assert (
        session.scalar(sa.select(Identity.value).where(Identity.contact_id == contacts["c1"].id))
        == "13800138000"
    )
    text = "".join(imports.errors_csv(session, workspace, number))
    assert text == ("\ufeff行,列,原因\r\n5,手机,该标识属于另一个联系人，请先核对。\r\n6,年龄,须是数字。\r\n")
    english = "".join(imports.errors_csv(session, workspace, number, "en"))
    assert "row,column,reason" in english and "6,年龄,Give a number." in english
    assert "".join(imports.errors_csv(session, other, number)).count("\n") == 1
    assert imports.get(session, other, number) is None and imports.page(session, other) == ([], None)
    assert session.scalar(sa.select(sa.func.count()).select_from(ImportPart)) == 0


def test_importing_twice_changes_and_tells_nothing_new(session: Session, workspace: int) -> None:
    content = b"id,tags,points\na,x,1\nb,,2\n"
    finish(session, begin(session, workspace, content))
    told = session.scalar(sa.select(sa.func.count()).select_from(Inbox))
    done = finish(session, begin(session, workspace, content))
    assert (done.created, done.updated, done.failed) == (0, 2, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Inbox)) == told


def test_a_kill_in_the_middle_loses_and_repeats_nothing(
    engine: sa.Engine, session: Session, workspace: int
) -> None:
    rows = "".join(f"c{number},{number},t{number % 3}\n" for number in range(1300))
    number = begin(session, workspace, ("id,points,tags\n" + rows).encode())
    runs = 0
    for killed in (False, True, True, False, True, False, False):
        with Session(engine) as worker:
            imports.run_chunk(worker, number, NOW)
            runs += 1
            if killed:
                worker.rollback()
            else:
                worker.commit()
    session.expire_all()
    done = session.get_one(Import, number)
    assert (done.state, done.rows, done.done, done.created, done.updated) == ("done", 1300, 1300, 1300, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Contact)) == 1300
    assert session.scalar(sa.select(sa.func.count()).select_from(Inbox)) == 1300
    assert not imports.run_chunk(session, number, NOW)


def test_the_worker_finds_what_is_waiting(session: Session, workspace: int) -> None:
    first = begin(session, workspace, b"id\na\n")
    second = begin(session, workspace, b"id\nb\n")
    empty = begin(session, workspace, b"id\n")
    assert session.get_one(Import, empty).state == "done"
    assert imports.pending(session) == [first, second]
    session.commit()
    imports.fail(session, first, "broken", NOW)
    session.commit()
    assert imports.pending(session) == [second]
    failed = session.get_one(Import, first)
    assert (failed.state, failed.reason, failed.finished_at) == ("failed", "broken", NOW)
    assert not imports.run_chunk(session, first, NOW)
    newest, after = imports.page(session, workspace, limit=2)
    assert [one.id for one in newest] == [empty, second] and after == second
    assert [one.id for one in imports.page(session, workspace, before=after)[0]] == [first]


def test_rows_that_do_not_fit_the_header_are_named(session: Session, workspace: int) -> None:
    content = b"id,name\na,x,extra\nb\n,nobody\n'=1,ok\nd,\x00bad\n"
    number = begin(session, workspace, content)
    done = finish(session, number)
    assert (done.created, done.failed) == (2, 3)
    lines = "".join(imports.errors_csv(session, workspace, number, "en")).splitlines()[1:]
    assert [line.split(",")[:2] for line in lines] == [["2", ""], ["4", ""], ["6", "name"]]
    assert sorted(session.scalars(sa.select(Contact.external_id))) == ["=1", "b"]


def test_a_wrong_mapping_or_file_keeps_nothing(session: Session, workspace: int) -> None:
    for content, meaning in ((b"id\na\n", {"id": "name"}), (b"\n\n", {"id": "external_id"})):
        with pytest.raises(BadImport):
            begin(session, workspace, content, mapping=meaning)
        session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Import)) == 0


NAMES = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10)
    .map(str.strip)
    .filter(bool)
)


@settings(max_examples=15)
@given(
    names=st.lists(NAMES, min_size=1, max_size=6, unique=True),
    encoding=st.sampled_from(["utf-8-sig", "gb18030"]),
)
def test_names_arrive_as_they_were_exported(
    names: list[str], encoding: str, session: Session, workspace: int
) -> None:
    session.execute(sa.delete(Contact))
    session.commit()
    rows = [["id", "name"], *([f"k{number}", name] for number, name in enumerate(names))]
    text = "".join(write(rows)).removeprefix("\ufeff")
    finish(session, begin(session, workspace, text.encode(encoding)))
    stored = dict(session.execute(sa.select(Contact.external_id, Contact.name)).all())
    expected = {f"k{number}": name.strip(" \t\u00a0\u3000") for number, name in enumerate(names)}
    assert stored == expected
