"""The fixtures themselves: a fresh database really is fresh, on both, and a need speaks up."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.databases import Databases
from tests.needs import need


def tables(url: str) -> set[str]:
    engine = sa.create_engine(url)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_fresh_databases_share_nothing(databases: Databases) -> None:
    first, second = databases.fresh(), databases.fresh()
    assert first != second and "workspace" in tables(first)
    engine = sa.create_engine(first)
    with engine.begin() as connection:
        connection.execute(sa.text("create table only_here (id integer)"))
    engine.dispose()
    assert "only_here" in tables(first) and "only_here" not in tables(second)
    assert "only_here" not in tables(databases.fresh())


def test_a_bare_database_has_no_table(databases: Databases) -> None:
    assert tables(databases.bare()) == set()


def test_a_need_skips_or_fails_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    need("air", True, "never said")
    monkeypatch.delenv("ROADBOOK_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="air: open a window"):
        need("air", False, "open a window")
    monkeypatch.setenv("ROADBOOK_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="air: open a window"):
        need("air", False, "open a window")
