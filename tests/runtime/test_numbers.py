"""The numbers that are shown equal a new count of the trail, and what the simulator says of the same lives."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from audience import events
from journeys.plan import compile_plan
from journeys.played import report
from journeys.position import ENDED
from journeys.simulate import Life
from journeys.tables import Enrollment, Trail
from runtime.verify import verify
from store import clock
from store.tables import Outbox
from tests.runtime.charts import after, exits, journey, on_event, rule, send, wait
from tests.runtime.world import START, World, at

#: Interruptions (paid, left), a weekly loop, a stage that is passed through, a stage that is come back to, ends.
LIVELY = journey(
    stages=[
        {"id": "trust", "initial": "greet"},
        {"id": "sorted", "initial": "hello"},
        {"id": "bought", "initial": "thank", "stay": True},
        {"id": "helped", "initial": "sorry"},
    ],
    steps=[
        send("greet", "trust", "welcome"),
        wait("two-days", "trust", **{"for": "P2D", "at": "10:00"}),
        send("hello", "sorted", "hello"),
        send("thank", "bought", "thanks"),
        wait("week", "bought", weekdays=[1], at="10:00"),
        send("weekly", "bought", "weekly"),
        send("sorry", "helped", "sorry", window={"window": ["09:00", "18:00"]}),
        wait("an-hour", "helped", **{"for": "PT1H"}),
    ],
    arrows=[
        exits("x1", "greet", "sent", "two-days"),
        exits("x2", "two-days", "next", "sorted"),
        {"id": "through", "from": "sorted", "on": {"type": "when", "rule": rule("tags", "hasNot", "vip")},
         "to": "bought"},
        exits("x3", "thank", "sent", "week"),
        exits("x4", "week", "next", "weekly"),
        exits("x5", "weekly", "sent", "week"),
        on_event("paid", ["trust", "bought"], "paid", "bought"),
        on_event("asked", ["trust", "bought"], "asked", "helped"),
        exits("x6", "sorry", "sent", "an-hour"),
        exits("x7", "an-hour", "next", "won"),
        {"id": "back", "from": "helped", "on": {"type": "event", "name": "answered"}, "to": "bought",
         "enter": "last"},
        on_event("left", "*", "left", "lost"),
        after("long", "bought", "P40D", "won"),
    ],
    goals=[{"id": "g1", "event": "paid", "within": "P30D"}],
    reentry={"mode": "after_exit"},
)  # fmt: skip
DAYS, PEOPLE = 30, 60


def lives() -> list[Life]:
    """People who join in the first days and then pay, ask, are answered and leave at odd times."""
    dice = random.Random(11)
    found = []
    for n in range(PEOPLE):
        # Odd seconds, so that nothing happens in the very second of an alarm.
        when = at(START) + timedelta(seconds=dice.randrange(1, 5 * 86_400) + 0.5)
        does: list[Any] = [(when, "joined", {})]
        for name, chance in (
            ("paid", 0.6),
            ("asked", 0.5),
            ("answered", 0.5),
            ("left", 0.2),
            ("joined", 0.3),
        ):
            later = when
            while dice.random() < chance:
                later += timedelta(seconds=dice.randrange(3600, 9 * 86_400) + 0.5)
                does.append((later, name, {}))
        until = at(START) + timedelta(days=DAYS)
        does = sorted((one for one in does if one[0] < until), key=lambda one: one[0])
        found.append(Life(f"p{n}", does, {}, ["vip"] if n % 3 else []))
    return found


def played(world: World) -> list[Life]:
    """Live them through the engine, hour by hour."""
    world.publish(LIVELY)
    people = lives()
    for life in people:
        world.person(life.subject, tags=life.tags)
    happenings = sorted((when, life.subject, name) for life in people for when, name, _ in life.events)
    time, end = at(START), at(START) + timedelta(days=DAYS)
    while time < end:
        time += timedelta(hours=6)
        now = [h for h in happenings if time - timedelta(hours=6) < h[0] <= time]
        rows = [
            {"name": name, "external_id": who, "occurred_at": when, "properties": {}}
            for when, who, name in now
        ]
        with world.database.transaction() as tx:
            taken = events.take(tx.session, world.workspace, rows, clock.now(tx.session))
            assert not taken.errors, taken.errors
            clock.set_now(tx.session, time)
        world.run()
    return people


def counted(world: World) -> tuple[Counter[str], Counter[str]]:
    """Who stands where, and what was passed, counted from rows and lines by plain reading."""
    here: Counter[str] = Counter()
    for status, stage, step in world.rows(select(Enrollment.status, Enrollment.stage, Enrollment.step)):
        if status != ENDED:
            here[stage] += 1
            here[step or f"{stage} resting"] += 1
    lines = defaultdict(list)
    for number, *line in world.rows(
        select(Trail.enrollment_id, Trail.op, Trail.stage, Trail.step, Trail.exit, Trail.arrow, Trail.detail)
        .order_by(Trail.enrollment_id, Trail.id)
    ):  # fmt: skip
        lines[number].append(line)
    passed: Counter[str] = Counter()
    for trail in lines.values():
        pending = None
        for op, stage, step, exit, arrow, detail in trail:
            detail = detail or {}
            if op == "open":
                passed[detail["entry"]] += 1
            elif op == "goal":
                passed[detail["goal"]] += 1
            elif op == "step":
                passed[step] += 1
                passed[f"{step} {exit}"] += 1
            elif op in ("stage", "through"):
                passed[stage] += 1
            elif op == "end":
                passed[f"{stage} >{detail['result']}"] += 1
                if arrow:
                    passed[{"left": "lost", "long": "won", "x7": "won"}[arrow]] += 1
            # An arrow that leaves a step is told again where it arrives; every other is told once.
            arrived = detail.get("by") if op == "through" else arrow
            if arrived and op != "passed_over" and not (op != "step" and arrived == pending):
                passed[arrived] += 1
            if op == "through":
                passed[arrow] += 1
            if op != "passed_over":
                pending = arrow if op in ("step", "through") else None
    return here, passed


def test_kept_numbers_equal_a_new_count_of_the_trail(world: World) -> None:
    people = played(world)
    kept = {node: numbers for node, numbers in world.counters().items() if "@" not in node}
    here, passed = counted(world)
    assert {n: h for n, (h, _) in kept.items() if h} == dict(here)
    assert {n: p for n, (_, p) in kept.items() if p} == dict(passed)
    # Everything that makes counting hard has really happened.
    for rare in ("through", "back", "paid", "asked", "x5", "x6", "lost", "won", "g1", "trust >lost"):
        assert passed[rare] > 0, f"{rare} never happened"
    assert world.count(Trail, Trail.op == "hold") > 0
    with world.database.reading() as tx:
        assert verify(tx.session) == []
    # And the simulator, which keeps no counters, says the same of the same people.
    told = report(compile_plan(LIVELY), people, at(START), DAYS)
    stages_and_steps = {part["id"] for key in ("stages", "steps") for part in LIVELY[key]}
    for node in stages_and_steps:
        assert told["nodes"].get(node, {"here": 0, "passed": 0}) == {
            "here": here.get(node, 0),
            "passed": passed.get(node, 0),
        }, node
    assert told["arrows"] == {a["id"]: passed[a["id"]] for a in LIVELY["arrows"] if passed[a["id"]]}
    assert told["exits"] == {
        node.replace(" ", ":"): n for node, n in passed.items() if " " in node and ">" not in node
    }
    assert told["messages"] == world.count(Outbox)
    assert told["entered"] == world.rows(select(func.count()).select_from(Enrollment))[0][0]
