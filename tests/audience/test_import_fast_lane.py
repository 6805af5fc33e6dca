"""Rows taken together end as rows taken one by one: the same people, names, signals and knowledge."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from audience import import_contacts
from audience.contacts import upsert
from audience.file_rows import contact_of, problems_of
from audience.plain_rows import glance
from audience.staging import clean
from audience.tables import Contact, Identity, Known
from store.tables import Inbox, Workspace
from tests.audience.conftest import NOW

COLUMNS = ["id", "phone", "mail", "name", "zone", "tags", "n", "d", "t", "list"]
MAPPING = {
    "id": "external_id",
    "phone": "identity:phone",
    "mail": "identity:email",
    "name": "name",
    "zone": "timezone",
    "tags": "tags",
    "n": "attribute:n:number",
    "d": "attribute:d:date",
    "t": "attribute:t:text",
    "list": "attribute:l:list",
}
ODD = st.sampled_from(["", " ", "'=1", "'plain", "a\nb", "\x00", "\udcff", "=2", "x" * 300, "王\t\\N", '"q"'])
CELLS: dict[str, Any] = {
    "id": st.sampled_from(["", "a", "b", "c", "d ", " e"]) | ODD,
    "phone": st.sampled_from(["", "13800138000", "138 0013 8000", "+86 13800138000", "13900139000", "12"]),
    "mail": st.sampled_from(["", "A@x.cn", "a@x.cn", "b@x.cn", " "]),
    "name": st.sampled_from(["", "林", "周"]) | ODD,
    "zone": st.sampled_from(["", "", "Asia/Tokyo", "Nowhere/No"]),
    "tags": st.sampled_from(["", "新客", "新客、vip", "vip;新客;vip", "y" * 70]),
    "n": st.sampled_from(["", "1", "1.5", "-0", "007", "9" * 16, "x"]),
    "d": st.sampled_from(["", "2026-3-1", "2026年3月1日", "20260301", "31/12/2026", "2026-02-30"]),
    "t": st.sampled_from(["", "2026-03-01", "text", "5"]) | ODD,
    "list": st.sampled_from(["", "a,b", "a|a"]),
}
ROWS = st.lists(st.tuples(*(CELLS[name] for name in COLUMNS)).map(list), max_size=12)


def kept(session: Session, workspace: int) -> dict[str, Any]:
    """Everything that taking rows in leaves behind, without the numbers that rows happen to get."""
    people = session.execute(
        sa.select(
            Contact.id, Contact.external_id, Contact.name, Contact.timezone, Contact.attributes, Contact.tags
        ).where(Contact.workspace_id == workspace)
    ).all()
    names: dict[int, list[Any]] = {}
    rows = sa.select(Identity.contact_id, Identity.kind, Identity.value)
    for number, kind, value in session.execute(rows.where(Identity.workspace_id == workspace)):
        names.setdefault(number, []).append((kind, value))
    who = {number: repr((external, sorted(names.get(number, [])))) for number, external, *_ in people}
    told = sa.select(Inbox.contact_id, Inbox.kind, Inbox.name, Inbox.data, Inbox.occurred_at)
    known = sa.select(Known.kind, Known.name, Known.detail).where(Known.workspace_id == workspace)
    return {
        "people": sorted(repr((who[row[0]], *row[2:])) for row in people),
        "told": sorted(
            repr((who[number], *rest))
            for number, *rest in session.execute(told.where(Inbox.workspace_id == workspace))
        ),
        "known": sorted(repr(tuple(row)) for row in session.execute(known)),
    }


def slowly(session: Session, workspace: int, rows: list[list[str]]) -> tuple[int, int, set[Any]]:
    contacts, numbers, wrongs = [], [], []
    for number, raw in enumerate(rows, 2):
        row = [clean(cell) for cell in raw]
        if not any(row):
            continue
        contact, wrong = contact_of(COLUMNS, MAPPING, row)
        if wrong:
            wrongs += [(number, column, said["en"]) for column, said in wrong]
        else:
            contacts.append(contact)
            numbers.append(number)
    result = upsert(session, workspace, contacts, NOW, by="import:1")
    wrongs += [(n, c, said["en"]) for n, c, said in problems_of(MAPPING, result.errors, numbers)]
    return result.created, result.updated, set(wrongs)


def twin(session: Session, slug: str) -> int:
    found = session.scalar(sa.select(Workspace.id).where(Workspace.slug == slug))
    if found is None:
        made = Workspace(name=slug, slug=slug, settings={}, created_at=NOW)
        session.add(made)
        session.flush()
        found = made.id
        session.commit()
    return found


@settings(max_examples=40)
@given(before=ROWS, rows=ROWS)
def test_the_fast_lane_does_what_upsert_does(
    before: list[list[str]], rows: list[list[str]], session: Session
) -> None:
    one, two = twin(session, "one"), twin(session, "two")
    for some in (before, rows):
        fast = import_contacts.take(session, one, COLUMNS, MAPPING, some, 2, NOW, "import:1")
        created, updated, wrongs = slowly(session, two, some)
        assert (fast.created, fast.updated) == (created, updated)
        assert {(number, column, said["en"]) for number, column, said in fast.problems} == wrongs
    assert kept(session, one) == kept(session, two)
    session.rollback()


def test_ordinary_rows_are_plain() -> None:
    rows = [
        [f"c{n}", f"138{n:08d}", f"u{n}@x.cn", f"客户{n}", "", "新客", "5", "2026-03-01", "t", ""]
        for n in range(50)
    ]
    read = glance(COLUMNS, MAPPING, rows)
    assert len(read.plain) == 50
    assert read.plain[3].attributes == '{"n":5,"d":"2026-03-01","t":"t"}' and read.plain[3].tags == '["新客"]'
    rows[7][6] = "five"
    assert 7 not in glance(COLUMNS, MAPPING, rows).plain


def test_a_defined_tag_or_attribute_takes_the_slow_way(session: Session, workspace: int) -> None:
    assert import_contacts.may_hurry(session, workspace, MAPPING)
    assert not import_contacts.may_hurry(session, workspace, {"a": "attribute:no_marketing:boolean"})
