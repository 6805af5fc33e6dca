"""Versions: frozen once, numbered without gaps, and only from a drawing that was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from journeys import drafts, versions
from journeys.checks import check
from journeys.errors import DraftMoved, NotPublishable
from journeys.lifecycle import NotAllowed
from journeys.tables import Enrollment, Journey, Schedule, Version
from store.tables import Audit
from tests.journeys.desk import DRAWING, NOW, Desk

LATER = NOW + timedelta(days=3)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def number(desk: Desk) -> int:
    with desk.begin() as session:
        journey = drafts.create(session, desk.workspace_id, "新客", DRAWING, now=NOW, actor="me")
        session.commit()
        return journey.id


def publish(desk: Desk, number: int, revision: int, at: Any = NOW) -> tuple[int, bool]:
    with desk.begin() as session:
        journey = session.get_one(Journey, number)
        done = versions.publish(session, journey, revision, check, now=at, actor="me")
        session.commit()
        return done.version.number, done.new


def redraw(desk: Desk, number: int, revision: int, **parts: Any) -> None:
    with desk.begin() as session:
        journey = session.get_one(Journey, number)
        drafts.save(session, journey, {**DRAWING, **parts}, revision, now=NOW, actor="me")
        session.commit()


def act(desk: Desk, number: int, what: Any, **more: Any) -> str:
    with desk.begin() as session:
        journey = session.get_one(Journey, number)
        what(session, journey, now=NOW, actor="me", **more)
        session.commit()
        return journey.status


def test_each_publishing_of_a_new_meaning_is_the_next_version(desk: Desk, number: int) -> None:
    assert publish(desk, number, 1) == (1, True)
    redraw(desk, number, 1, goals=[{"id": "g", "event": "order_paid"}])
    assert publish(desk, number, 2, LATER) == (2, True)
    with desk.begin() as session:
        first, second = session.scalars(select(Version).order_by(Version.number))
        assert first.definition == DRAWING and first.digest != second.digest
        assert session.get_one(Journey, number).live_version_id == second.id
        assert (second.published_at, second.published_by) == (LATER, "me")


def test_layout_alone_makes_no_version(desk: Desk, number: int) -> None:
    publish(desk, number, 1)
    redraw(desk, number, 1, layout={"trust": {"x": 500, "y": 9}}, notes=[{"id": "n", "x": 1, "y": 2}])
    assert publish(desk, number, 2) == (1, False)


def test_going_back_to_an_older_meaning_is_a_new_version(desk: Desk, number: int) -> None:
    publish(desk, number, 1)
    redraw(desk, number, 1, goals=[{"id": "g", "event": "order_paid"}])
    publish(desk, number, 2)
    redraw(desk, number, 2)
    assert publish(desk, number, 3) == (3, True)


def test_a_draft_that_moved_is_not_published(desk: Desk, number: int) -> None:
    redraw(desk, number, 1)
    with pytest.raises(DraftMoved) as moved:
        publish(desk, number, 1)
    assert (moved.value.theirs, moved.value.yours) == (2, 1)


def test_errors_stop_publishing_and_nothing_is_left(desk: Desk, number: int) -> None:
    redraw(desk, number, 1, steps=[{"id": "pause", "stage": "trust", "kind": "wait", "config": {}}])
    with pytest.raises(NotPublishable) as refused:
        publish(desk, number, 2)
    assert any(p.severity == "error" and p.node == "pause" for p in refused.value.problems)
    with desk.begin() as session:
        assert session.scalars(select(Version)).all() == []
        assert session.get_one(Journey, number).status == "draft"
    assert "journey.published" not in desk.audit()


def test_many_publishers_at_once_make_one_version(desk: Desk, number: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = Counter(pool.map(lambda _: publish(desk, number, 1), range(8)))
    assert told == {(1, True): 1, (1, False): 7}


def test_entries_that_look_for_people_begin_to_look(desk: Desk, number: int) -> None:
    publish(desk, number, 1)
    entries = [
        DRAWING["entries"][1],
        {"id": "monday", "on": {"type": "schedule", "weekdays": [1], "at": "10:00"}, "to": "trust"},
    ]
    redraw(desk, number, 1, entries=entries)
    publish(desk, number, 2, LATER)
    with desk.begin() as session:
        rows = {row.entry_id: row for row in session.scalars(select(Schedule))}
        newest = session.get_one(Journey, number).live_version_id
        assert set(rows) == {"birthday", "monday"}
        assert {row.version_id for row in rows.values()} == {newest}
        assert rows["birthday"].done_until == NOW and rows["monday"].done_until == LATER
    redraw(desk, number, 2, entries=entries[1:])
    publish(desk, number, 3)
    with desk.begin() as session:
        assert [row.entry_id for row in session.scalars(select(Schedule))] == ["monday"]


def test_pause_and_resume_are_told_to_the_engine_by_the_audit(desk: Desk, number: int) -> None:
    publish(desk, number, 1)
    assert act(desk, number, versions.pause, on_resume="shift") == "paused"
    with desk.begin() as session:
        assert session.get_one(Journey, number).paused_at == NOW
    assert act(desk, number, versions.resume) == "live"
    with desk.begin() as session:
        assert session.get_one(Journey, number).paused_at is None
        lines = {line.action: line for line in session.scalars(select(Audit))}
        assert lines["journey.paused"].detail == {"on_resume": "shift"}
        assert lines["journey.resumed"].target == f"journey:{number}"
        assert lines["journey.paused"].at == lines["journey.resumed"].at == NOW
    with pytest.raises(NotAllowed):
        act(desk, number, versions.resume)


def test_a_new_version_of_a_paused_journey_leaves_it_paused(desk: Desk, number: int) -> None:
    publish(desk, number, 1)
    act(desk, number, versions.pause)
    redraw(desk, number, 1, goals=[{"id": "g", "event": "order_paid"}])
    assert publish(desk, number, 2) == (2, True)
    with desk.begin() as session:
        assert session.get_one(Journey, number).status == "paused"


def test_nobody_is_archived_alive(desk: Desk, number: int) -> None:
    publish(desk, number, 1)
    with desk.begin() as session:
        version = session.scalars(select(Version)).one()
        session.add(
            Enrollment(
                workspace_id=desk.workspace_id,
                journey_id=number,
                version_id=version.id,
                subject_id=1,
                entry_id="in",
                status="waiting",
                entered_journey=NOW,
                taken_at=NOW,
                state={},
            )
        )
        session.commit()
    with pytest.raises(versions.StillInside) as refused:
        act(desk, number, versions.archive)
    assert refused.value.inside == 1
    with desk.begin() as session:
        session.scalars(select(Enrollment)).one().status = "ended"
        session.commit()
    assert act(desk, number, versions.archive) == "archived"
    with desk.begin() as session:
        assert session.scalars(select(Schedule)).all() == []
    with pytest.raises(NotAllowed):
        publish(desk, number, 1)
