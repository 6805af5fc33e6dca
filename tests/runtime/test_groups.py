"""Customer groups as subjects of journeys: every way in, days and rhythms, and nothing heard by the wrong one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from journeys.checks import check
from runtime.verify import verify
from store.subjects import of_group
from store.tables import Inbox, Outbox
from tests.runtime.charts import exits, journey, on_event, rule, send, step, wait
from tests.runtime.group_charts import cold_start, daily, say
from tests.runtime.grouped import Grouped

REST = [{"id": "s", "initial": None, "stay": True}]


@pytest.fixture
def world(database_url: str) -> Iterator[Grouped]:
    made = Grouped(database_url)
    yield made
    made.close()


def resting(entries: list[dict], **more: object) -> dict:  # type: ignore[type-arg]
    out = [on_event("out", "s", "left", "lost")]
    return journey(stages=REST, entries=entries, arrows=out, **more) | {"subject": "group"}  # type: ignore[arg-type]


def test_a_cold_start_goes_by_the_days_of_the_group(world: Grouped) -> None:
    world.publish(cold_start())
    number = world.group("g1", name="花间 1 群")
    world.run()
    world.go("2026-03-04 23:00")
    assert world.said_in() == [
        *(("welcome", "03-02 10:00"), ("rules", "03-02 10:00"), ("form", "03-02 11:00")),
        *(("topic", "03-04 20:00"), ("ask", "03-04 20:00")),
    ]
    world.in_group("checked_in", who="lin", when="2026-03-04 22:00")
    world.go("2026-03-06 12:00")
    # Nobody checked in on the next day, so the group is reminded; two more and the hook is done.
    assert world.said_in()[5:] == [("remind", "03-05 21:00")]
    world.in_group("checked_in", who="wu")
    world.in_group("checked_in", who="chen")
    world.run()
    assert world.standing(of_group(number)) == [("converted", "hook", None)]
    assert world.one().tags == ["三天打卡"]
    with world.database.transaction() as tx:
        assert verify(tx.session) == []


def test_a_mature_group_is_spoken_to_three_times_a_day_for_weeks(world: Grouped) -> None:
    world.publish(daily())
    number = world.group("g1")
    world.enroll("main", of_group(number), by="hand")
    world.run()
    world.go("2026-03-30 10:01")
    said = world.said_in()
    # From noon of the first day to the morning of the 29th: 28 whole days, whatever hour they began at.
    assert said[:4] == [
        *(("morning", "03-03 08:30"), ("noon", "03-03 15:00"), ("evening", "03-03 20:00")),
        ("morning", "03-04 08:30"),
    ]
    assert len(said) == 27 * 3 + 1
    assert {time[6:] for _, time in said} == {"08:30", "15:00", "20:00"}
    world.group("g1", dismissed_at="2026-03-30T10:30:00+08:00")
    world.go("2026-04-02 10:00")
    assert (
        world.standing(of_group(number)) == [("lost", None, None)]
        or world.standing(of_group(number))[0][0] == "lost"
    )
    assert len(world.said_in()) == 27 * 3 + 1


def test_a_schedule_finds_the_groups_that_its_rule_is_about(world: Grouped) -> None:
    every = {"type": "schedule", "at": "08:30"}
    grown = rule("attribute.member_count", ">=", 2)
    world.publish(resting([{"id": "m", "on": every, "where": grown, "to": "s"}]))
    big, small, gone = world.group("big"), world.group("small"), world.group("gone")
    for who in ("lin", "wu"):
        world.in_group("group_joined", "big", who)
        world.in_group("group_joined", "gone", who)
    world.in_group("group_joined", "small", "lin")
    world.group("gone", dismissed_at="2026-03-02T11:00:00+08:00")
    world.run()
    world.go("2026-03-03 09:00")
    assert [len(world.standing(of_group(one))) for one in (big, small, gone)] == [1, 0, 0]
    assert world.one("big").attributes["member_count"] == 2


def test_a_date_of_the_group_and_a_tag_open_too(world: Grouped) -> None:
    week = {"type": "date", "attribute": "created_on", "offset": "P7D", "at": "09:00"}
    world.publish(resting([{"id": "d", "on": week, "to": "s"}]), "week")
    world.publish(resting([{"id": "t", "on": {"type": "tag", "tag": "重点"}, "to": "s"}]), "tagged")
    old = world.group("old", created_at="2026-02-25T23:30:00+08:00")
    new = world.group("new", tags=["重点"])
    world.run()
    world.go("2026-03-04 10:00")
    assert [len(world.standing(of_group(one))) for one in (old, new)] == [1, 1]
    world.go("2026-03-09 10:00")
    assert [len(world.standing(of_group(one))) for one in (old, new)] == [1, 2]


def test_what_happens_to_a_member_is_a_signal_to_both_and_counts_once(world: Grouped) -> None:
    world.publish(
        resting([{"id": "e", "on": {"type": "event", "name": "group_joined"}, "to": "s"}]), "groups"
    )
    persons = resting([{"id": "e", "on": {"type": "event", "name": "group_joined"}, "to": "s"}])
    world.publish(persons | {"subject": "contact"}, "persons")
    for _ in range(2):
        world.in_group(
            "group_joined", "g1", "lin", id="e-1", data={"role": "manager", "invited_by": "staff-9"}
        )
    world.run()
    lin, number = world.person("lin"), world.one().id
    assert len(world.standing(lin)) == len(world.standing(of_group(number))) == 1
    assert world.members() == {lin: True} and world.one().member_count == 1
    assert world.count(Inbox, Inbox.kind == "event", Inbox.name == "group_joined") == 2
    world.in_group("group_left", "g1", "lin")
    world.run()
    assert world.members() == {lin: False} and world.one().member_count == 0


def test_what_came_late_does_not_undo_what_is_known(world: Grouped) -> None:
    world.in_group("group_left", "g1", "lin", when="2026-03-02 09:00")
    world.run()
    world.in_group("group_joined", "g1", "lin", when="2026-03-01 09:00")
    world.run()
    assert list(world.members().values()) == [False]
    world.in_group("group_joined", "g1", "lin", when="2026-03-02 09:30")
    world.run()
    assert list(world.members().values()) == [True]


def test_a_rule_about_members_hears_them_come(world: Grouped) -> None:
    full = {"type": "when", "rule": rule("attribute.member_count", ">=", 3)}
    drawn = journey(
        stages=[*REST, {"id": "full", "initial": "hello"}],
        entries=[{"id": "e", "on": {"type": "event", "name": "group_created"}, "to": "s"}],
        steps=[say("hello", "full")],
        arrows=[{"id": "w", "from": "s", "on": full, "to": "full"}],
    )
    world.publish(drawn | {"subject": "group"})
    world.group("g1")
    for who in ("a", "b"):
        world.in_group("group_joined", "g1", who)
    world.run()
    assert world.said_in() == []
    world.in_group("group_joined", "g1", "c")
    world.run()
    assert [content for content, _ in world.said_in()] == ["hello"]


def test_updates_and_texts_are_about_the_group(world: Grouped) -> None:
    drawn = journey(
        stages=[{"id": "s", "initial": "set"}],
        entries=[{"id": "e", "on": {"type": "event", "name": "group_created"}, "to": "s"}],
        steps=[
            step("set", "s", "update", set=[{"target": "attribute", "name": "phase", "value": "build"}]),
            say("hello", "s"),
        ],
        arrows=[exits("x", "set", "next", "hello")],
    )
    world.publish(drawn | {"subject": "group"})
    world.group("g1", name="花间 1 群", attributes={"city": "上海"})
    world.run()
    assert world.one().attributes["phase"] == "build"
    sent = world.rows(Outbox.__table__.select())
    assert [(row.state, row.rendered["text"]) for row in sent] == [("delivered", "hello: 花间 1 群")]


def test_carriers_of_the_other_subject_are_refused_before_publishing() -> None:
    def codes(drawn: dict) -> list[str]:  # type: ignore[type-arg]
        return [p.code for p in check(drawn) if p.severity == "error"]

    entry = [{"id": "e", "on": {"type": "hand"}, "to": "s"}]
    stages = [{"id": "s", "initial": "hello", "stay": True}]
    to_one = journey(stages=stages, entries=entry, steps=[send("hello", "s")])
    to_group = journey(stages=stages, entries=entry, steps=[say("hello", "s")])
    assert codes(to_one) == codes(to_group | {"subject": "group"}) == []
    assert codes(to_one | {"subject": "group"}) == codes(to_group) == ["carrier-of-other-subject"]


def test_enrolling_the_wrong_kind_of_subject_is_refused(world: Grouped) -> None:
    world.publish(resting([{"id": "h", "on": {"type": "hand"}, "to": "s"}]), "groups")
    persons = resting([{"id": "h", "on": {"type": "hand"}, "to": "s"}])
    world.publish(persons | {"subject": "contact"}, "persons")
    lin, group = world.person("lin"), of_group(world.group("g1"))
    world.enroll("groups", lin)
    world.enroll("persons", group)
    world.run()
    assert world.standing(lin) == world.standing(group) == []
    assert world.count(Inbox, Inbox.state == "failed") == 2


def test_a_waiting_group_takes_its_reply_from_its_own_events_only(world: Grouped) -> None:
    asks = {"events": [{"exit": "yes", "event": "replied", "where": None}], "longest": {"for": "P1D"}}
    drawn = journey(
        stages=[{"id": "s", "initial": "ask"}],
        entries=[{"id": "h", "on": {"type": "hand"}, "to": "s"}],
        steps=[step("ask", "s", "wait_event", **asks), wait("w", "s", **{"for": "PT1H"})],
        arrows=[exits("y", "ask", "yes", "won"), exits("n", "ask", "timeout", "lost")],
    )
    world.publish(drawn | {"subject": "group"}, "groups")
    world.publish(drawn, "persons")
    lin, group = world.person("lin"), of_group(world.group("g1"))
    assert lin == -group, "the test is about a person and a group with the same id"
    world.enroll("groups", group)
    world.enroll("persons", lin)
    world.run()
    world.event("replied", "lin")
    world.run()
    assert world.standing(lin)[0][0] == "converted" and world.standing(group)[0][0] == "waiting"
    world.in_group("replied", "g1")
    world.run()
    assert world.standing(group)[0][0] == "converted"
