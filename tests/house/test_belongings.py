"""Whatever is kept of a contact is known where contacts are merged, told and erased."""

from __future__ import annotations

from audience.belongings import BELONGINGS, OWNED_BY, SEARCHED
from store import migrate
from store.database import db

migrate.load_tables()


def test_every_table_with_something_of_a_contact_is_listed() -> None:
    listed = {(one.table, one.column) for one in BELONGINGS}
    wanted = {
        (table.name, column)
        for table in db.metadata.tables.values()
        for column in OWNED_BY
        if column in table.c
    }
    # What says whose it is by the contact needs no second word by the enrollment.
    owners = {name for name, column in wanted if column != "enrollment_id"}
    wanted = {(name, column) for name, column in wanted if column != "enrollment_id" or name not in owners}
    missing = sorted(wanted - listed)
    assert missing == [], (
        "say in audience/belongings.py what becomes of these when contacts merge or are erased"
    )


def test_the_list_names_what_there_is() -> None:
    tables = db.metadata.tables
    for one in BELONGINGS:
        assert one.column in tables[one.table].c, one.table
        if isinstance(one.erase, dict):
            assert set(one.erase) <= set(tables[one.table].c.keys())
        if one.counted is not None:
            assert one.counted.by in tables[one.table].c
            assert one.counted.column in tables[one.counted.table].c
    for place in SEARCHED:
        assert place.column in tables[place.table].c


def test_no_table_is_listed_twice() -> None:
    names = [one.table for one in BELONGINGS]
    assert len(names) == len(set(names))
