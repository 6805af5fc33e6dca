"""Definitions decide what is worn together, what is refused and how long; many at once as one by one."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from audience import contacts, retagging, tag_definitions
from audience.changes import Change
from audience.tables import Contact
from audience.tables_tags import TagExpiry, TagRefusal
from audience.tag_shelf import shelf_of
from store.tables import Inbox
from tests.audience.conftest import NOW

STYLE = {
    "name": "style",
    "values": [{"value": "business"}, {"value": "casual"}, {"value": "sport"}],
    "exclusive": True,
    "days": 30,
}
WORN = ([], ["a"], ["a", "style=casual"], ["style=sport"], ["style=business"])


def define(session: Session, workspace: int, **given: Any) -> None:
    tag_definitions.save(session, workspace, given, NOW, by="account:1")
    session.commit()


@pytest.mark.parametrize(
    ("add", "remove", "source"),
    [
        (("style=business",), (), False),
        (("style=business", "b"), ("a",), False),
        (("style=business",), (), True),
        ((), ("style=casual",), False),
        (("style=business", "style=sport"), (), False),
        (("style=unknown", "b"), (), True),
    ],
)
def test_many_at_once_as_one_by_one(
    session: Session,
    workspace: int,
    monkeypatch: pytest.MonkeyPatch,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    source: bool,
) -> None:
    chance = random.Random(5)
    given = [{"external_id": f"p{n}", "tags": list(chance.choice(WORN))} for n in range(80)]
    ids = contacts.upsert(session, workspace, given, NOW).ids
    define(session, workspace, **STYLE)
    first = max(session.scalars(select(Inbox.id)), default=0)
    before = {number: list(tags) for number, tags in session.execute(select(Contact.id, Contact.tags))}
    who = None if source else "rule:x"
    changes = [
        Change(workspace, number or 0, NOW, {}, add, remove, number if source else None, who)
        for number in ids
    ]
    contacts.change(session, changes, NOW)
    at_once = _seen(session, first)

    for number, tags in before.items():
        session.execute(update(Contact).where(Contact.id == number).values(tags=tags))
    session.execute(delete(Inbox).where(Inbox.id > first))
    for table in (TagExpiry, TagRefusal):
        session.execute(delete(table))
    monkeypatch.setattr(contacts, "fits", lambda changes: False)
    contacts.change(session, changes, NOW)
    assert _seen(session, first) == at_once
    worn = [tags for _, tags in at_once[0]]
    assert all(sum(tag.startswith("style=") for tag in tags) <= 1 for tags in worn)
    assert len(changes) > retagging.ENOUGH


def _seen(session: Session, first: int) -> tuple[Any, ...]:
    session.expire_all()
    rows = select(Inbox.contact_id, Inbox.source_id, Inbox.kind, Inbox.name, Inbox.data)
    told = sorted(map(tuple, session.execute(rows.where(Inbox.id > first))), key=str)
    lasting = select(TagExpiry.contact_id, TagExpiry.tag, TagExpiry.until)
    refused = select(TagRefusal.tag, TagRefusal.times)
    return (
        sorted(map(tuple, session.execute(select(Contact.id, Contact.tags)))),
        told,
        sorted(map(tuple, session.execute(lasting))),
        sorted(map(tuple, session.execute(refused))),
    )


def test_the_last_of_exclusive_values_wins_and_lasts(session: Session, workspace: int) -> None:
    define(session, workspace, **STYLE)
    item = {"external_id": "a", "tags": ["style=casual", "free", "style=sport"]}
    assert contacts.upsert(session, workspace, [item], NOW).errors == []
    later = NOW + timedelta(days=3)
    contacts.upsert(session, workspace, [{"external_id": "a", "tags": ["style=sport"]}], later)
    assert session.scalars(select(Contact.tags)).all() == [["free", "style=sport"]]
    query = select(TagExpiry.tag, TagExpiry.until)
    assert [tuple(row) for row in session.execute(query)] == [("style=sport", later + timedelta(days=30))]
    contacts.upsert(session, workspace, [{"external_id": "a", "untag": ["style=sport"]}], later)
    assert session.execute(query).all() == []


def test_a_wrong_value_is_refused_with_its_path_and_the_rest_is_taken(
    session: Session, workspace: int
) -> None:
    define(session, workspace, **STYLE)
    items = [{"external_id": "a", "tags": ["ok", "style=pink", "style"]}]
    result = contacts.upsert(session, workspace, items, NOW)
    assert [wrong.path for wrong in result.errors] == ["contacts.0.tags.1", "contacts.0.tags.2"]
    assert "style=business" in result.errors[0].words["zh"]
    assert session.scalars(select(Contact.tags)).all() == [["ok"]]
    assert session.scalars(select(TagRefusal.tag)).all() == []


def test_a_change_of_definitions_is_seen_at_once_and_one_taken_back_is_not(
    session: Session, workspace: int, other: int
) -> None:
    define(session, workspace, **STYLE)
    assert not shelf_of(session, workspace).allows("style=pink")
    tag_definitions.save(session, workspace, {"name": "mood", "values": [{"value": "x"}]}, NOW, by="")
    assert not shelf_of(session, workspace).allows("mood=y")
    session.rollback()
    assert shelf_of(session, workspace).allows("mood=y")
    assert shelf_of(session, other).allows("style=pink")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": "a=b"}, "name"),
        ({"name": " a"}, "name"),
        ({"name": "x" * 60, "values": [{"value": "long!"}]}, "values.0.value"),
        ({"name": "a", "values": [{"value": "b"}, {"value": "b"}]}, "values.1.value"),
        ({"name": "a", "exclusive": True}, "exclusive"),
        ({"name": "a", "category": "nowhere"}, "category"),
    ],
)
def test_what_cannot_be_a_definition(session: Session, workspace: int, given: Any, path: str) -> None:
    with pytest.raises(tag_definitions.BadTags) as bad:
        tag_definitions.save(session, workspace, given, NOW, by="")
    assert [wrong.path for wrong in bad.value.problems] == [path]
