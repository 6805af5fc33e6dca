"""The trail by month: no line is ever refused, months are dropped whole, and what is left can be read and verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, text

from journeys.tables import Enrollment, Trail, TrailKept
from runtime.trail_months import PARTS, TrailMonths, later, part_of
from runtime.verify import verify
from store import clock
from tests.databases import Databases
from tests.runtime.charts import SHOP
from tests.runtime.world import World, at


@pytest.fixture
def lived(world: World) -> Iterator[World]:
    """A shop's people over four months, with lines in each of them."""
    world.publish(SHOP)
    for month in ("2026-03", "2026-04", "2026-05", "2026-06"):
        world.go(f"{month}-10 10:00")
        world.event("joined", f"of-{month}")
        world.run()
        world.go(f"{month}-20 10:00")
    yield world


def months(world: World, kept: int) -> TrailMonths:
    return TrailMonths(world.database, clock.now, kept)


def parts(world: World) -> list[str]:
    with world.database.reading() as tx:
        return list(tx.session.execute(text(PARTS)).scalars())


def count(world: World, part: str = "trail") -> int:
    with world.database.reading() as tx:
        return int(tx.session.execute(text(f"SELECT count(*) FROM {part}")).scalar_one())


def lines(world: World) -> list[tuple[object, ...]]:
    with world.database.reading() as tx:
        query = select(Trail.enrollment_id, Trail.at, Trail.op, Trail.step, Trail.seq).order_by(Trail.id)
        return [tuple(row) for row in tx.session.execute(query)]


def findings(world: World) -> list[object]:
    with world.database.reading() as tx:
        return list(verify(tx.session))


def test_keeping_everything_loses_no_line(lived: World) -> None:
    before = lines(lived)
    months(lived, 0).keep()
    assert lines(lived) == before and findings(lived) == []
    with lived.database.reading() as tx:
        assert tx.session.scalar(select(TrailKept.since)) is None


def test_old_lines_go_and_the_rest_is_whole(lived: World) -> None:
    before, cut = lines(lived), datetime(2026, 5, 1, tzinfo=UTC)
    wanted = [line for line in before if line[1] >= cut]  # type: ignore[operator]
    assert wanted and len(wanted) < len(before)
    months(lived, 1).keep()
    assert lines(lived) == wanted
    assert findings(lived) == []
    months(lived, 1).keep()
    assert lines(lived) == wanted, "the second time something else went"
    # Life goes on: whoever entered in the months that are gone still moves, and history is whole.
    lived.go("2026-07-20 10:00")
    assert len(lines(lived)) > len(wanted) and findings(lived) == []


def test_what_is_lost_after_the_cut_is_still_found(lived: World) -> None:
    months(lived, 1).keep()
    with lived.database.transaction() as tx:
        who = tx.session.scalar(select(func.max(Enrollment.id)))
        first = tx.session.scalar(select(func.min(Trail.id)).where(Trail.enrollment_id == who))
        tx.session.execute(text("DELETE FROM trail WHERE id = :id"), {"id": first})
    assert {finding.code for finding in findings(lived)} >= {"no-opening"}  # type: ignore[attr-defined]


@pytest.fixture
def parted(postgres_databases: Databases) -> Iterator[World]:
    """A world on PostgreSQL; on SQLite the trail is one table."""
    made = World(postgres_databases.fresh())
    yield made
    made.close()


def write(world: World, moments: list[datetime]) -> None:
    with world.database.transaction() as tx:
        rows = [
            {
                "workspace_id": 1,
                "enrollment_id": 900,
                "version_id": 1,
                "at": moment,
                "op": "goal",
                "visit": 0,
                "seq": 0,
            }
            for moment in moments
        ]
        tx.session.execute(insert(Trail), rows)


@pytest.mark.postgres
def test_lines_of_every_month_find_their_part(parted: World) -> None:
    """Before, in and after the months that are there; those of no month wait in the default part."""
    months(parted, 0).keep()  # it is March 2026 here
    made = [part_of(later(datetime(2026, 3, 1, tzinfo=UTC), n)) for n in range(4)]
    assert set(made) <= set(parts(parted))
    edges = [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC) - timedelta(microseconds=1)]
    write(parted, [*edges, datetime(2026, 4, 1, tzinfo=UTC), at("1997-01-01 10:00"), at("2031-12-31 23:59")])
    assert [count(parted, part) for part in ("trail_2026_03", "trail_2026_04", "trail_default")] == [2, 1, 2]
    assert count(parted) == 5


@pytest.mark.postgres
def test_a_month_made_late_takes_its_lines_out_of_the_default(parted: World) -> None:
    write(parted, [at("2026-08-15 10:00"), at("2026-09-15 10:00"), at("2035-01-01 10:00")])
    assert count(parted, "trail_default") == 3
    parted.go("2026-08-20 10:00")
    months(parted, 0).keep()
    assert [count(parted, p) for p in ("trail_2026_08", "trail_2026_09", "trail_default")] == [1, 1, 1]
    assert count(parted) == 3


@pytest.mark.postgres
def test_a_month_is_dropped_as_a_whole(parted: World) -> None:
    months(parted, 0).keep()
    write(parted, [at("2026-03-15 10:00")] * 3 + [at("2026-05-15 10:00"), at("2025-01-01 10:00")])
    with parted.database.reading() as tx:
        oid = tx.session.execute(text("SELECT 'trail_2026_05'::regclass::oid")).scalar_one()
    parted.go("2026-06-20 10:00")
    months(parted, 2).keep()
    assert "trail_2026_03" not in parts(parted) and count(parted) == 1 and count(parted, "trail_default") == 0
    with parted.database.reading() as tx:
        assert tx.session.execute(text("SELECT 'trail_2026_05'::regclass::oid")).scalar_one() == oid


@pytest.mark.postgres
def test_whoever_reads_is_not_pushed_aside(parted: World) -> None:
    """A month in use is dropped the next time."""
    months(parted, 0).keep()
    write(parted, [at("2026-03-15 10:00")])
    parted.go("2026-08-20 10:00")
    with parted.database.reading() as tx:
        assert tx.session.execute(text("SELECT count(*) FROM trail")).scalar_one() == 1
        months(parted, 1).keep()
        assert tx.session.execute(text("SELECT count(*) FROM trail")).scalar_one() == 1
    months(parted, 1).keep()
    assert count(parted) == 0
