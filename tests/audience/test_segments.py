"""Segments: made, filled, kept right, told of, combined, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import contacts, keeping, segment_making, segments
from audience.segment_looking import history, overlap
from audience.segment_making import BadSegment, SegmentMoved
from audience.tables_segments import Segment, SegmentMember, SegmentStay
from store.tables import Inbox
from tests.audience.conftest import NOW


def leaf(city: str) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": city}]}


def people(session: Session, workspace: int, cities: dict[str, str | None]) -> list[int]:
    given = [{"external_id": name, "attributes": {"city": city}} for name, city in cities.items()]
    ids = contacts.upsert(session, workspace, given, NOW).ids
    session.commit()
    return [one for one in ids if one is not None]


def looked(session: Session, hear: bool = True) -> None:
    """Do what the worker does until nothing is left: take signals in, ask the rules."""
    while True:
        rows = session.execute(select(Inbox).where(Inbox.state == "new").order_by(Inbox.id)).scalars().all()
        if hear:
            keeping.heard(session, [(row.workspace_id, row.contact_id, row.name) for row in rows])
        for row in rows:
            row.state = "done"
        more = keeping.look(session, NOW)
        session.commit()
        if not more and not rows:
            return


def inside(session: Session, segment: Segment) -> set[int]:
    session.expire_all()
    found = set(
        session.scalars(select(SegmentMember.contact_id).where(SegmentMember.segment_id == segment.id))
    )
    assert segment.count == len(found)
    return found


def told(session: Session, key: str) -> list[tuple[int | None, bool]]:
    query = select(Inbox.contact_id, Inbox.data).where(Inbox.name == f"segment.{key}").order_by(Inbox.id)
    return [(contact, data["new"]) for contact, data in session.execute(query)]


Make = Callable[..., Segment]


@pytest.fixture
def make(session: Session, workspace: int) -> Make:
    def made(key: str, **given: Any) -> Segment:
        given = {
            "kind": "rule" if "rule" in given else "combined" if "combine" in given else "static"
        } | given
        kept = segment_making.create(session, workspace, name=key, key=key, now=NOW, **given)
        session.commit()
        return kept

    return made


def test_a_rule_fills_quietly_and_then_tells(session: Session, workspace: int, make: Make) -> None:
    a, b, c = people(session, workspace, {"a": "杭州", "b": "杭州", "c": "上海"})
    kept = make("hangzhou", rule=leaf("杭州"))
    assert segment_making.progress(session, workspace) == {"hangzhou": 0.0}
    looked(session)
    assert inside(session, kept) == {a, b} and told(session, "hangzhou") == []
    assert segment_making.progress(session, workspace) == {}
    people(session, workspace, {"a": "上海", "c": "杭州"})
    looked(session)
    assert inside(session, kept) == {b, c}
    assert sorted(told(session, "hangzhou")) == [(a, False), (c, True)]
    looked(session)
    assert len(told(session, "hangzhou")) == 2


def stays(session: Session, segment: Segment) -> list[tuple[int, Any, Any]]:
    query = select(SegmentStay.contact_id, SegmentStay.since, SegmentStay.until)
    query = query.where(
        SegmentStay.segment_id == segment.id, SegmentStay.workspace_id == segment.workspace_id
    )
    return [tuple(row) for row in session.execute(query.order_by(SegmentStay.id))]


def test_who_left_is_known_from_when_until_when(session: Session, workspace: int, make: Make) -> None:
    a, b = people(session, workspace, {"a": "杭州", "b": "杭州"})
    kept, chosen = make("hangzhou", rule=leaf("杭州")), make("chosen")
    looked(session)
    people(session, workspace, {"a": "上海"})
    looked(session)
    assert stays(session, kept) == [(a, NOW, NOW)]
    later = NOW + timedelta(hours=1)
    for minute, ids in enumerate(([a, b], [], [a])):  # on and off a list, by hand
        gone = [one for one in (a, b) if one not in ids]
        segments.move(
            session, workspace, "chosen", later + timedelta(minutes=minute), inside=ids, outside=gone
        )
    left = later + timedelta(minutes=1)
    assert stays(session, chosen) == [(a, later, left), (b, later, left)]
    assert inside(session, chosen) == {a}
    # A changed rule moves people quietly, and is remembered nevertheless.
    segment_making.change(session, kept, now=NOW, rule=leaf("上海"))
    session.commit()
    looked(session)
    assert [row[0] for row in stays(session, kept)] == [a, b]


def test_stays_are_forgotten_in_time(session: Session, workspace: int, make: Make) -> None:
    (a,) = people(session, workspace, {"a": None})
    chosen = make("chosen")
    for day in range(3):
        then = NOW + timedelta(days=day)
        segments.move(session, workspace, "chosen", then, inside=[a])
        segments.move(session, workspace, "chosen", then + timedelta(hours=1), outside=[a])
    assert segments.forget(session, NOW) == 0
    assert segments.forget(session, NOW + timedelta(days=2)) == 2
    assert [row[1] for row in stays(session, chosen)] == [NOW + timedelta(days=2)]


def test_days_count_what_was_told_and_how_many_there_were(
    session: Session, workspace: int, make: Make
) -> None:
    people(session, workspace, {"a": "杭州", "b": "杭州"})
    kept = make("hangzhou", rule=leaf("杭州"))
    looked(session)
    people(session, workspace, {"a": "上海", "c": "杭州", "d": "杭州"})
    looked(session)
    today = NOW.date()
    days = history(session, workspace, [kept], today + timedelta(days=2), 30)[kept.id]
    assert [(day.entered, day.left, day.count) for day in days] == [(2, 1, 3), (0, 0, 3), (0, 0, 3)]
    later = history(session, workspace, [kept], today + timedelta(days=40), 30)[kept.id]
    assert len(later) == 30 and {day.count for day in later} == {3}


def test_combined_ones_follow_what_they_are_made_of(session: Session, workspace: int, make: Make) -> None:
    a, b, c = people(session, workspace, {"a": "杭州", "b": "杭州", "c": "上海"})
    city = make("hangzhou", rule=leaf("杭州"))
    chosen = make("chosen")
    both = make("both", combine={"all": ["hangzhou", "chosen"]})
    rest = make("rest", combine={"any": ["hangzhou", "chosen"], "none": ["both"]})
    looked(session)
    assert inside(session, both) == set() and inside(session, rest) == {a, b}
    segments.move(session, workspace, "chosen", NOW, inside=[b, c])
    session.commit()
    looked(session)
    assert inside(session, chosen) == {b, c}
    assert inside(session, both) == {b} and inside(session, rest) == {a, c}
    assert told(session, "both") == [(b, True)]
    assert sorted(told(session, "rest")) == [(b, False), (c, True)]
    people(session, workspace, {"b": "上海"})
    looked(session)
    assert inside(session, city) == {a}
    assert inside(session, both) == set() and inside(session, rest) == {a, b, c}


def test_a_changed_rule_tells_nobody_not_even_of_what_is_built_on_it(
    session: Session, workspace: int, make: Make
) -> None:
    a, b, c = people(session, workspace, {"a": "杭州", "b": "杭州", "c": "上海"})
    late = make("late", rule=leaf("杭州"))
    on_it = make("on_it", combine={"all": ["late"]})
    looked(session)
    segment_making.change(session, late, now=NOW, rule=leaf("上海"))
    session.commit()
    looked(session)
    assert inside(session, late) == {c} == inside(session, on_it)
    assert told(session, "late") == [] == told(session, "on_it")
    assert a != b


def test_overlap_counts_every_region(session: Session, workspace: int, make: Make) -> None:
    a, b, c, d = people(session, workspace, dict.fromkeys("abcd"))
    lists = [make("x"), make("y"), make("z")]
    for key, ids in (("x", [a, b, c]), ("y", [b, c]), ("z", [c, d])):
        segments.move(session, workspace, key, NOW, inside=ids)
    session.commit()
    counts = {region.inside: region.count for region in overlap(session, lists)}
    assert counts == {
        ("x",): 1, ("y",): 0, ("z",): 1,
        ("x", "y"): 1, ("x", "z"): 0, ("y", "z"): 0, ("x", "y", "z"): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"kind": "rule", "rule": None}, "rule"),
        ({"kind": "rule", "rule": {"combinator": "and", "rules": []}}, "rule"),
        ({"kind": "rule", "rule": {"field": "attribute.x", "operator": "?"}}, "rule.operator"),
        ({"kind": "rule", "rule": {"field": "stage", "operator": "=", "value": "x"}}, "rule"),
        ({"kind": "rule", "rule": {"field": "segments", "operator": "has", "value": "no"}}, "rule"),
        ({"kind": "combined", "combine": {}}, "combine"),
        ({"kind": "combined", "combine": {"none": ["there"]}}, "combine"),
        ({"kind": "combined", "combine": {"all": ["no"]}}, "combine"),
        ({"kind": "combined", "combine": {"all": "there"}}, "combine"),
        ({"kind": "static", "rule": leaf("x")}, "rule"),
        ({"kind": "static", "key": "There"}, "key"),
        ({"kind": "static", "key": "there"}, "key"),
        ({"kind": "static", "key": "overlap"}, "key"),
    ],
)
def test_what_cannot_be(
    session: Session, workspace: int, make: Make, given: dict[str, Any], path: str
) -> None:
    make("there")
    with pytest.raises(BadSegment) as bad:
        segment_making.create(session, workspace, name="x", now=NOW, **given)
    assert [where for where, _ in bad.value.problems] == [path]


def test_no_segment_is_built_on_itself(session: Session, workspace: int, make: Make) -> None:
    make("base")
    first = make("first", combine={"all": ["base"]})
    make("second", combine={"all": ["first"]})
    with pytest.raises(BadSegment):
        segment_making.change(session, first, now=NOW, combine={"all": ["second"]})
    with pytest.raises(BadSegment):
        segment_making.change(session, first, now=NOW, combine={"all": ["first"]})


def test_two_who_change_one_segment(session: Session, workspace: int, make: Make) -> None:
    kept = make("list")
    segment_making.change(session, kept, now=NOW, revision=1, name="新名字")
    with pytest.raises(SegmentMoved):
        segment_making.change(session, kept, now=NOW, revision=1, name="别的名字")


def test_keys_are_made_of_names(session: Session, workspace: int) -> None:
    names = ["沉睡客户", "VIP in Hangzhou", "另一个", "VIP in Hangzhou"]
    keys = [
        segment_making.create(session, workspace, name=name, kind="static", now=NOW).key for name in names
    ]
    assert keys == ["segment_1", "vip_in_hangzhou", "segment_2", "vip_in_hangzhou_1"]


def test_deleting_takes_everything_along(session: Session, workspace: int, make: Make) -> None:
    (a,) = people(session, workspace, {"a": "杭州"})
    base = make("base", rule=leaf("杭州"))
    made = make("made", combine={"all": ["base"]})
    looked(session)
    assert segment_making.users(session, workspace, "base") == {"segment": ["made"]}
    segment_making.remove(session, made)
    assert segment_making.users(session, workspace, "base") == {}
    segment_making.remove(session, base)
    session.commit()
    assert session.scalars(select(SegmentMember)).all() == []
    looked(session)
    assert a


def test_other_workspaces_have_their_own(
    session: Session, workspace: int, other: int, make: Make, engine: sa.Engine
) -> None:
    (a,) = people(session, workspace, {"a": "杭州"})
    (b,) = people(session, other, {"a": "杭州"})
    mine = make("same", rule=leaf("杭州"))
    theirs = segment_making.create(
        session, other, name="same", key="same", kind="rule", rule=leaf("杭州"), now=NOW
    )
    session.commit()
    looked(session)
    assert inside(session, mine) == {a} and inside(session, theirs) == {b}
