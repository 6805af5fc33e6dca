"""Many rows in one statement do on both databases what one row at a time would."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from store.bulk import NoTimeZone, among, insert_new, insert_rows, keeping_plans, update_rows
from store.database import begin_write
from store.tables import Account, Idempotency, Workspace
from tests.store.conftest import NOW


def accounts(*names: str) -> list[dict[str, object]]:
    return [
        {
            "email": f"{name}@x.cn",
            "name": name,
            "password_hash": "h",
            "active": name != "b",
            "created_at": NOW,
        }
        for name in names
    ]


def test_rows_are_stored_in_order_and_found_again(session: Session) -> None:
    table = Account.__table__
    assert insert_rows(session, table, accounts("a", "b", "'c\";--")) == 3
    assert insert_rows(session, table, accounts("d", "a", "d"), skip_known=True) == 1
    rows = session.scalars(sa.select(Account).order_by(Account.id)).all()
    assert [row.name for row in rows] == ["a", "b", "'c\";--", "d"]
    assert [row.active for row in rows] == [True, False, True, True]
    assert rows[0].created_at == NOW
    assert insert_rows(session, table, []) == 0


def test_a_taken_key_is_an_error_unless_it_may_be_skipped(session: Session) -> None:
    insert_rows(session, Account.__table__, accounts("a"))
    with pytest.raises(sa.exc.IntegrityError):
        insert_rows(session, Account.__table__, accounts("b", "a"))


def test_each_row_is_changed_by_its_own_values(session: Session) -> None:
    insert_rows(session, Account.__table__, accounts("a", "b", "c"))
    ids = {row.name: row.id for row in session.scalars(sa.select(Account))}
    later = NOW + timedelta(days=1)
    rows = [
        {"id": ids["a"], "name": "A", "active": False, "created_at": later},
        {"id": ids["c"], "name": "C", "active": True, "created_at": NOW},
        {"id": 10**12, "name": "nobody", "active": True, "created_at": NOW},
    ]
    assert update_rows(session, Account.__table__, rows) == 2
    session.expire_all()
    found = [(row.name, row.active) for row in session.scalars(sa.select(Account).order_by(Account.id))]
    assert found == [("A", False), ("b", False), ("C", True)]
    by_email = [{"email": "b@x.cn", "name": "B"}]
    assert update_rows(session, Account.__table__, by_email, ("email",)) == 1
    assert update_rows(session, Account.__table__, []) == 0


def test_json_and_null_keep_their_difference(session: Session) -> None:
    rows = [
        {"name": "n", "slug": slug, "timezone": "UTC", "settings": value, "created_at": NOW}
        for slug, value in (("a", {}), ("b", {"quiet_hours": None, "深": [1, {"x": 2.5}]}))
    ]
    insert_rows(session, Workspace.__table__, rows)
    kept = session.scalars(sa.select(Workspace.settings).order_by(Workspace.slug)).all()
    assert kept == [{}, {"quiet_hours": None, "深": [1, {"x": 2.5}]}]


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    rows = accounts("a")
    rows[0]["created_at"] = NOW.replace(tzinfo=None)
    with pytest.raises(NoTimeZone):
        insert_rows(session, Account.__table__, rows)


def test_many_values_are_one_parameter(session: Session) -> None:
    insert_rows(session, Account.__table__, accounts(*(f"n{number}" for number in range(50))))
    wanted = [f"n{number}" for number in range(0, 100_000, 7)]
    found = session.scalars(sa.select(Account.name).where(among(session, Account.name, wanted))).all()
    assert sorted(found) == sorted(f"n{number}" for number in range(0, 50, 7))
    ids = session.scalars(sa.select(Account.id)).all()
    query = sa.select(sa.func.count()).select_from(Account).where(among(session, Account.id, ids))
    assert session.scalar(query) == 50
    assert session.scalar(sa.select(Account.id).where(among(session, Account.name, []))) is None


def test_a_writer_takes_its_turn_before_it_reads(engine: sa.Engine) -> None:
    with Session(engine) as first, Session(engine) as second:
        begin_write(first)
        insert_rows(first, Account.__table__, accounts("a"))
        assert second.scalar(sa.select(sa.func.count()).select_from(Account)) == 0, "a reader is not held up"
        first.commit()
        second.rollback()
        begin_write(second)
        assert second.scalar(sa.select(sa.func.count()).select_from(Account)) == 1
        begin_write(second)  # a second time, within the transaction, it means nothing
        insert_rows(second, Account.__table__, accounts("b"))
        second.commit()
        assert first.scalar(sa.select(sa.func.count()).select_from(Account)) == 2


def test_new_ids_come_in_the_order_of_the_rows(session: Session) -> None:
    begin_write(session)
    for names in (["z", "y"], [f"n{number:04d}" for number in range(999, -1, -1)], []):
        ids = insert_new(session, Account.__table__, accounts(*names))
        stored = dict(session.execute(sa.select(Account.id, Account.name)).all())
        assert [stored[number] for number in ids] == names
        assert ids == sorted(ids)
    session.commit()


def test_the_checks_of_many_rows_keep_their_plan_and_nothing_after_them(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        return  # plans every statement once

    def mode() -> str | None:
        return session.scalar(sa.text("SHOW plan_cache_mode"))

    usual = mode()
    with keeping_plans(session):
        assert mode() == "auto"
    assert mode() == usual == "force_custom_plan"
    rooms = [
        {"name": f"w{n}", "slug": f"w{n}", "timezone": "UTC", "settings": {}, "created_at": NOW}
        for n in range(60)
    ]
    rows = [
        {"workspace_id": number, "key": "k", "request_hash": "h", "created_at": NOW}
        for number in insert_new(session, Workspace.__table__, rooms)
    ]
    assert insert_rows(session, Idempotency.__table__, rows) == 60
    assert mode() == usual
    with pytest.raises(sa.exc.IntegrityError):
        insert_rows(session, Idempotency.__table__, [{**row, "workspace_id": 10**9} for row in rows])
