"""Tagging many at once leaves the same contacts and the same signals as tagging them one by one."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import contacts, retagging
from audience.changes import Change
from audience.tables import Contact
from store.tables import Inbox
from tests.audience.conftest import NOW

WORN = ([], ["b"], ["a", "c"], ["a", "b", "c"])


@pytest.mark.parametrize(
    ("add", "remove"), [(("a",), ()), (("a", "z"), ("c",)), ((), ("b",)), (("a",), ("missing",))]
)
def test_many_at_once_as_one_by_one(
    session: Session,
    workspace: int,
    monkeypatch: pytest.MonkeyPatch,
    add: tuple[str, ...],
    remove: tuple[str, ...],
) -> None:
    chance = random.Random(7)
    given = [{"external_id": f"p{n}", "tags": list(chance.choice(WORN))} for n in range(80)]
    ids = contacts.upsert(session, workspace, given, NOW).ids
    first = max(session.scalars(select(Inbox.id)), default=0)
    changes = [Change(workspace, number or 0, NOW, {}, add, remove, number) for number in ids]
    before = {number: list(tags) for number, tags in session.execute(select(Contact.id, Contact.tags))}

    assert contacts.change(session, changes, NOW) == []
    at_once = _seen(session, first)
    assert any(tags != before[number] for number, tags in at_once[0])

    session.execute(Contact.__table__.update().values(tags=[]))
    for number, tags in before.items():
        session.execute(Contact.__table__.update().where(Contact.id == number).values(tags=tags))
    session.execute(Inbox.__table__.delete().where(Inbox.id > first))
    monkeypatch.setattr(contacts, "fits", lambda changes: False)
    assert contacts.change(session, changes, NOW) == []
    assert _seen(session, first) == at_once


def _seen(session: Session, first: int) -> tuple[Any, Any]:
    session.expire_all()
    rows = select(Inbox.contact_id, Inbox.source_id, Inbox.kind, Inbox.name, Inbox.data, Inbox.occurred_at)
    told = sorted(map(tuple, session.execute(rows.where(Inbox.id > first))), key=str)
    return sorted(map(tuple, session.execute(select(Contact.id, Contact.tags)))), told


def test_what_does_not_fit_is_left_to_the_ordinary_way(session: Session, workspace: int) -> None:
    ids = contacts.upsert(session, workspace, [{"external_id": f"p{n}"} for n in range(20)], NOW).ids
    alike = [Change(workspace, number or 0, NOW, {}, ("vip",)) for number in ids]
    assert retagging.fits(alike)
    assert not retagging.fits(alike[:5])
    assert not retagging.fits([*alike, alike[0]])
    assert not retagging.fits([*alike[1:], Change(workspace, ids[0] or 0, NOW, {"a": 1}, ("vip",))])
