"""Every way in: by event, tag, hand, API, schedule and date; re-entry, keys, holdout; each judged before anybody moves."""

from __future__ import annotations

from journeys.tables import Enrollment, Schedule
from runtime.verify import verify
from store.tables import Inbox
from tests.runtime.charts import exits, journey, on_event, rule, send, step, wait
from tests.runtime.world import World, at

REST = [{"id": "s", "initial": None, "stay": True}]


def simple(entries: list[dict], **more: object) -> dict:  # type: ignore[type-arg]
    return journey(
        stages=REST,
        entries=entries,
        arrows=[on_event("out", "s", "left", "lost")],
        **more,  # type: ignore[arg-type]
    )


def test_the_first_entry_whose_rule_holds_opens(world: World) -> None:
    world.publish(
        simple(
            [
                {"id": "vip", "on": {"type": "event", "name": "joined"}, "where": rule("attribute.level", "=", "vip"), "to": "s"},
                {"id": "big", "on": {"type": "event", "name": "joined"}, "where": rule("event.amount", ">", 100), "to": "s"},
            ]
        )
    )  # fmt: skip
    world.person("vip", attributes={"level": "vip"})
    world.event("joined", "vip", amount=500)
    world.event("joined", "rich", amount=500)
    world.event("joined", "poor", amount=5)
    world.run()
    assert [e.entry_id for e in world.enrollments("vip")] == ["vip"]
    assert [e.entry_id for e in world.enrollments("rich")] == ["big"]
    assert world.enrollments("poor") == []


def test_the_event_counts_itself_in_the_history(world: World) -> None:
    where = rule("history.order_paid.count", ">=", 2)
    world.publish(
        simple([{"id": "second", "on": {"type": "event", "name": "order_paid"}, "where": where, "to": "s"}])
    )
    world.event("order_paid")
    world.run()
    assert world.enrollments() == []
    world.event("order_paid")
    world.run()
    assert len(world.enrollments()) == 1


def test_putting_on_a_tag_opens(world: World) -> None:
    world.publish(simple([{"id": "in", "on": {"type": "tag", "tag": "新客"}, "to": "s"}]))
    world.person("lin", tags=["老客"])
    world.run()
    assert world.enrollments() == []
    world.person("lin", tags=["新客"])
    world.run()
    assert len(world.enrollments()) == 1


def test_never_after_exit_and_the_minimum_time(world: World) -> None:
    entry = [{"id": "in", "on": {"type": "event", "name": "joined"}, "to": "s"}]
    world.publish(simple(entry, reentry={"mode": "never"}), "never")
    world.publish(simple(entry, reentry={"mode": "after_exit", "after": "P10D"}), "later")
    world.publish(simple(entry, reentry={"mode": "after_exit"}), "soon")
    for when, event in (
        ("2026-03-02 10:00", "joined"), ("2026-03-02 11:00", "joined"), ("2026-03-03 10:00", "left"),
        ("2026-03-05 10:00", "joined"), ("2026-03-06 10:00", "left"), ("2026-03-20 10:00", "joined"),
    ):  # fmt: skip
        world.go(when).event(event)
        world.run()
    journeys = [e.journey_id for e in world.enrollments()]
    assert sorted(journeys.count(number) for number in set(journeys)) == [1, 2, 3]


def test_what_ends_one_does_not_open_the_next_and_what_follows_does(world: World) -> None:
    """All of it arrives at once: the engine must end the first before it judges the third signal."""
    chart = journey(
        stages=REST,
        entries=[{"id": "in", "on": {"type": "event", "name": ["joined", "left"]}, "to": "s"}],
        arrows=[on_event("out", "s", "left", "lost")],
        reentry={"mode": "after_exit"},
    )
    world.publish(chart)
    world.events(
        [
            ("joined", "lin", None, None, {}),
            ("left", "lin", None, None, {}),
            ("joined", "lin", None, None, {}),
        ]
    )
    world.run()
    assert [e.result or e.status for e in world.enrollments()] == ["lost", "resting"]
    assert world.unread() == 0


def test_an_alarm_that_ends_it_comes_before_the_event_that_follows(world: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "day"}],
        steps=[wait("day", "s", **{"for": "P1D"})],
        arrows=[exits("a1", "day", "next", "won")],
        reentry={"mode": "after_exit"},
    )
    world.publish(chart)
    world.event("joined")
    world.run()
    # The worker was away over the alarm; the event after it must open anew.
    with world.database.transaction() as tx:
        from store import clock

        clock.set_now(tx.session, at("2026-03-05 10:00"))
    world.event("joined")
    world.run()
    assert [e.result or e.status for e in world.enrollments()] == ["converted", "waiting"]


def test_many_at_once_each_with_its_key(world: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "listen"}],
        steps=[step("listen", "s", "wait_event", events=[{"exit": "sent", "event": "shipped", "where": None}], longest=None)],
        arrows=[exits("a1", "listen", "sent", "won")],
        entries=[{"id": "in", "on": {"type": "event", "name": "order_paid"}, "to": "s"}],
        reentry={"mode": "many", "key": "event.order_id"},
    )  # fmt: skip
    world.publish(chart)
    for order in ("A", "B", "A"):
        world.event("order_paid", order_id=order)
    world.event("shipped", order_id="B")
    world.run()
    assert [(e.key, e.result or e.status) for e in world.enrollments()] == [
        ("A", "waiting"),
        ("B", "converted"),
    ]
    world.event("shipped")
    world.run()
    assert world.place()[0] == "converted" and world.enrollments()[0].status == "ended"


def test_by_hand_and_by_api(world: World) -> None:
    entries = [
        {"id": "in-event", "on": {"type": "event", "name": "joined"}, "to": "s"},
        {"id": "in-hand", "on": {"type": "hand"}, "to": "s"},
        {"id": "in-api", "on": {"type": "api"}, "to": "s"},
    ]
    world.publish(simple(entries))
    world.signal("enroll", "main", "anna", by="hand")
    world.signal("enroll", "main", "berta", by="api")
    world.signal("enroll", "main", "carla", by="api", entry="in-event")
    world.signal("enroll", "nowhere", "dora", by="api")
    world.run()
    assert [world.enrollments(who)[0].entry_id for who in ("anna", "berta", "carla")] == [
        "in-hand",
        "in-api",
        "in-event",
    ]
    assert world.enrollments("dora") == []
    assert [row.error for row in world.rows(Inbox.__table__.select().where(Inbox.state == "failed"))]


def test_a_schedule_looks_once_at_each_of_its_times(world: World) -> None:
    world.person("lin", attributes={"city": "上海"})
    world.person("wang", attributes={"city": "北京"})
    entry = {
        "id": "monday", "on": {"type": "schedule", "weekdays": [1], "at": "09:00"},
        "where": rule("attribute.city", "=", "上海"), "to": "s",
    }  # fmt: skip
    world.publish(simple([entry]))
    world.run()
    assert world.count(Enrollment) == 0
    world.go("2026-03-09 08:59")
    assert world.count(Enrollment) == 0
    world.go("2026-03-09 09:00")
    assert [e.entered_journey for e in world.enrollments()] == [at("2026-03-09 09:00")]
    assert world.enrollments("wang") == []
    assert world.rows(Schedule.__table__.select())[0].next_at == at("2026-03-16 09:00")
    for _ in range(3):
        world.publish(simple([entry]))  # saving and publishing again must not fire it again
    world.run()
    assert world.count(Enrollment) == 1


def test_a_schedule_catches_up_in_order_after_an_outage(world: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "days"}],
        steps=[wait("days", "s", **{"for": "P3D"})],
        entries=[{"id": "monday", "on": {"type": "schedule", "weekdays": [1], "at": "09:00"}, "to": "s"}],
        reentry={"mode": "after_exit"},
    )
    world.publish(chart)
    world.person("lin")
    world.run()
    world.go("2026-03-25 12:00")
    assert [e.entered_journey for e in world.enrollments()] == [
        at("2026-03-09 09:00"), at("2026-03-16 09:00"), at("2026-03-23 09:00"),
    ]  # fmt: skip
    assert [e.result or e.status for e in world.enrollments()] == ["completed", "completed", "waiting"]


def test_birthdays_once_a_year_in_everybodys_own_zone(world: World) -> None:
    entry = {
        "id": "birthday",
        "on": {"type": "date", "attribute": "birthday", "yearly": True, "offset": "-P3D", "at": "09:00"},
        "to": "s",
    }
    world.publish(simple([entry], reentry={"mode": "after_exit"}))
    world.person("lin", attributes={"birthday": "1990-03-12"})
    world.person("leap", attributes={"birthday": "1992-02-29"})
    world.person("york", attributes={"birthday": "1985-03-12"}, timezone="America/New_York")
    world.person("other", attributes={"birthday": "1990-06-01"})
    world.run()
    world.go("2026-03-09 08:59")
    assert world.count(Enrollment) == 0
    world.go("2026-03-09 09:00")
    assert [e.entered_journey for e in world.enrollments("lin")] == [at("2026-03-09 09:00")]
    assert world.enrollments("york") == []
    world.go("2026-03-10 00:00")
    assert [e.entered_journey.isoformat() for e in world.enrollments("york")] == ["2026-03-09T13:00:00+00:00"]
    world.event("left")
    world.go("2027-02-25 08:59")
    assert world.enrollments("leap") == []
    world.go("2027-02-25 09:00")
    assert len(world.enrollments("leap")) == 1
    world.go("2027-03-09 10:00")
    assert len(world.enrollments("lin")) == 2
    assert world.enrollments("other") != [] or world.count(Enrollment) == 5


def test_the_held_out_take_no_step_and_their_goals_are_told_apart(world: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "hello", "stay": True}],
        steps=[send("hello", "s")],
        goals=[{"id": "bought", "event": "order_paid", "within": "P10D"}],
        holdout_percent=100,
    )
    world.publish(chart)
    world.event("joined")
    world.run()
    world.event("order_paid")
    world.go("2026-03-05 10:00")
    assert world.place() == ("holdout", None, None)
    assert world.messages() == [] and world.goals() == ["bought"]
    world.go("2026-03-13 10:00")
    assert world.enrollments()[0].result == "holdout"
    with world.database.reading() as tx:
        assert verify(tx.session) == []


def test_goals_count_after_the_end(world: World) -> None:
    chart = journey(
        stages=REST,
        arrows=[on_event("out", "s", "left", "lost")],
        goals=[{"id": "back", "event": "order_paid", "within": "P10D"}],
    )
    world.publish(chart)
    world.event("joined")
    world.run()
    world.event("left")
    world.run()
    world.go("2026-03-06 10:00").event("order_paid")
    world.run()
    assert world.goals() == ["back"] and world.place()[0] == "lost"
    assert world.unread() == 0
