"""Static lists: people put on and taken off by names and by files, with what could not be taken told row by row."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import contacts, segment_lists, segment_making
from audience.segment_making import BadSegment
from audience.tables_segments import Segment, SegmentMember
from store.tables import Inbox
from tests.audience.conftest import NOW


@pytest.fixture
def kept(session: Session, workspace: int) -> Segment:
    """A list, and three people: a, b, c with phones ending 1, 2, 3."""
    given = [
        {"external_id": name, "identities": {"phone": f"1380013800{number}", "email": f"{name}@x.cn"}}
        for number, name in enumerate("abc", 1)
    ]
    contacts.upsert(session, workspace, given, NOW)
    made = segment_making.create(session, workspace, name="名单", key="vip", kind="static", now=NOW)
    session.commit()
    return made


def inside(session: Session) -> list[int]:
    return sorted(session.scalars(select(SegmentMember.contact_id)))


def signals(session: Session) -> int:
    return len(session.scalars(select(Inbox.id).where(Inbox.name == "segment.vip")).all())


def test_people_by_every_name(session: Session, workspace: int, kept: Segment) -> None:
    named: dict[str, list[Any]] = {
        "external_ids": ["a", "nobody"],
        "identities": [{"phone": "+86 138 0013 8002"}, {"email": "B@x.cn"}, {"phone": "1", "email": "2"}],
        "contact_ids": [10**9],
    }
    found, problems = segment_lists.find(session, workspace, named)
    assert len(found) == 2
    assert {where for where, _ in problems} == {"contact_ids.0", "identities.2", "external_ids.1"}
    assert len(segment_lists.add(session, kept, found, NOW).entered) == 2
    assert not segment_lists.add(session, kept, found, NOW)
    assert inside(session) == sorted(found) and signals(session) == 2
    assert segment_lists.take_off(session, kept, found[:1], NOW).left == found[:1]
    assert not segment_lists.take_off(session, kept, found[:1], NOW)
    assert signals(session) == 3


def test_other_peoples_people_are_nobody(session: Session, other: int, kept: Segment) -> None:
    (theirs,) = contacts.upsert(session, other, [{"external_id": "a"}], NOW).ids
    found, problems = segment_lists.find(session, kept.workspace_id, {"contact_ids": [theirs]})
    assert found == [] and len(problems) == 1


@pytest.mark.parametrize(
    ("content", "column", "kind"),
    [
        ("手机号,备注\n13800138001,x\n138 0013 8002,y\n", "手机号", "phone"),
        ("备注,手机\nx,13800138001\ny,+8613800138002\n", "手机", "phone"),
        ("13800138001\n13800138002\n", "13800138001", "phone"),
        ("哪一位客户\n13800138001\n13800138002\n", "哪一位客户", "phone"),
        ("哪一位客户\na@x.cn\nB@X.cn\n", "哪一位客户", "email"),
        ("external_id\na\nb\n", "external_id", "external_id"),
        ("哪一位客户\na\nb\n", "哪一位客户", "external_id"),
        ("\ufeff邮箱;x\na@x.cn;1\nb@x.cn;2\n", "邮箱", "email"),
    ],
)
def test_files_of_every_habit(session: Session, kept: Segment, content: str, column: str, kind: str) -> None:
    for written in (
        content.encode(),
        codecs.BOM_UTF8 + content.lstrip("\ufeff").encode(),
        content.encode("gb18030"),
    ):
        done = segment_lists.upload(session, kept, written, NOW)
        assert (done.column, done.kind, done.rows, done.failed) == (column, kind, 2, 0)
        assert done.added + done.already == 2
    assert len(inside(session)) == 2 == signals(session)


def test_what_a_file_names_wrongly_is_told_by_row(session: Session, kept: Segment) -> None:
    content = "手机号,名字\n13800138001,甲\n13999999999,乙\n,丙\n\n13800138001,又是甲\n".encode()
    done = segment_lists.upload(session, kept, content, NOW)
    assert (done.rows, done.added, done.already, done.failed) == (4, 1, 0, 2)
    assert sorted((row, cell) for row, cell, _ in done.errors) == [(3, "13999999999"), (4, "")]


def test_a_named_column_and_kind_win(session: Session, kept: Segment) -> None:
    content = "external_id,谁\na,13800138002\n".encode()
    done = segment_lists.upload(session, kept, content, NOW, column="谁", kind="phone")
    assert (done.column, done.kind, done.added) == ("谁", "phone", 1)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00", b'a\n"' + b"x" * 40_000])
def test_files_that_are_none(session: Session, kept: Segment, content: bytes) -> None:
    with pytest.raises(BadSegment) as bad:
        segment_lists.upload(session, kept, content, NOW)
    assert bad.value.problems[0].path == "file"


def test_only_lists_take_people_by_hand(session: Session, workspace: int, kept: Segment) -> None:
    rule = {"field": "attribute.city", "operator": "=", "value": "x"}
    made = segment_making.create(session, workspace, name="r", kind="rule", rule=rule, now=NOW)
    for act in (segment_lists.add, segment_lists.take_off):
        with pytest.raises(BadSegment):
            act(session, made, [1], NOW)
    with pytest.raises(BadSegment):
        segment_lists.upload(session, made, b"phone\n1\n", NOW)
