"""A crowd of contacts with odd facts, as scenes and as rows; and random rules about them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, String, Table, insert

from rules.condition_fields import OPERATORS, VALUE_SHAPE, read_field
from rules.conditions import Scene
from rules.zones import zone_of
from store.columns import Id, Json, UTCDateTime

#: A Sunday on which New York puts its clocks forward, in the afternoon there.
NOW = datetime(2026, 3, 8, 20, 15, tzinfo=UTC)
CROWD = 200
METADATA = MetaData()
CONTACT = Table(
    "contact",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("workspace_id", Id),
    Column("timezone", String(64)),
    Column("attributes", Json),
    Column("tags", Json),
    Column("tiers", Json),
)
MEMBER = Table(
    "member",
    METADATA,
    Column("workspace_id", Id),
    Column("contact_id", Id),
    Column("key", String(64)),
)
ENROLLMENT = Table(
    "enrollment",
    METADATA,
    Column("workspace_id", Id),
    Column("contact_id", Id),
    Column("key", String(64)),
    Column("status", String(16)),
)
EVENT = Table(
    "event",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("workspace_id", Id),
    Column("contact_id", Id),
    Column("name", String(128)),
    Column("occurred_at", UTCDateTime),
    Column("properties", Json),
)
ZONES = ("Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", None, "Mars/Olympus")
NUMBERS = [0, 1, 5, -3, 5.5, 5.0, 0.1, 100, 2**53 - 1, 2**53, 2**60, 1e25, 13800001111]
CODES = [
    "0",
    "5",
    "5.0",
    "05",
    "-3",
    "1e3",
    " 5",
    "+5",
    "5\n",
    "9" * 15,
    "9" * 20,
    "-0",
    "5.1234567",
    "13800001111",
]
TEXTS = [
    "",
    "abc",
    "ABC",
    "a%b",
    "a_b",
    "axb",
    "%",
    "会员",
    "会员金",
    "金😀",
    "a'b",
    'a"b',
    "a\\b",
    "\n",
    "true",
    "null",
]
DATES = [
    "2026-03-08", "2026-03-07", "2026-03-09", "2025-02-29", "2024-02-29", "2026-02-30", "1900-02-29", "2026-3-8",
    "2026-03-08 10:00", "2026-03-08T03:30", "2026-03-07T23:59:59.999999", "2026-03-08T23:30:00-05:00",
    "2026-03-08T00:30:00+08:00", "2026-03-08T16:00:00Z", "2026-03-09T05:00:00+00:00", "2026-03-08T25:00",
    "2026-03-08T10:00:00+19:00", "1987-08-01", "2026-03-08T04:59:59.999999Z", "2026-03-08T05:00Z", "20260308",
]  # fmt: skip
OTHERS: list[Any] = [None, True, False, [], {}, [5], ["abc"], {"a": 5}, [[]]]
VALUES = [*NUMBERS, *CODES, *TEXTS, *DATES, *OTHERS]
NAMES = ["a", "b", "born", "会员 等级", "a.b", "it's", "x[0]", "$"]
TAGS = ["vip", "新客", "a'b", 'a"b', "%", "5", "a\\b"]
EVENTS = ["order_paid", "viewed", "never:seen"]
SEGMENTS = ["big", "small", "nobody"]
LEVELS = ["high", "low", "gone"]
JOURNEYS = ["welcome", "recall", "empty"]


@dataclass(frozen=True)
class Tables:
    contact: Table = CONTACT
    event: Table = EVENT
    member: Table = MEMBER
    enrollment: Table = ENROLLMENT


@cache
def crowd() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of contacts and of events, the same in every run."""
    draw = random.Random(7)
    contacts, events = [], []
    for number in range(1, CROWD + 1):
        attributes = {name: draw.choice(VALUES) for name in NAMES if draw.random() < 0.75}
        if draw.random() < 0.7:
            attributes["born"] = draw.choice(DATES)
        contacts.append(
            {
                "id": number,
                "workspace_id": 1 + number % 2,
                "timezone": draw.choice(ZONES),
                "attributes": attributes,
                "tags": sorted(draw.sample(TAGS, draw.randint(0, 3))),
            }
        )
        for _ in range(draw.randint(0, 6)):
            events.append(_event(draw, len(events) + 1, number))
    return contacts, events


def _event(draw: random.Random, number: int, contact: int) -> dict[str, Any]:
    ago = draw.choice(
        [timedelta(0), timedelta(hours=1), timedelta(days=7), timedelta(hours=167), timedelta(minutes=-1)]
    )
    at = NOW - ago if draw.random() < 0.5 else NOW - timedelta(minutes=draw.randint(-600, 60 * 24 * 60))
    # Some rows carry another workspace than their contact: nobody may see them.
    return {
        "id": number,
        "workspace_id": 1 + contact % 2 if draw.random() < 0.95 else 9,
        "contact_id": contact,
        "name": draw.choice(EVENTS[:2]),
        "occurred_at": at,
        "properties": {
            "amount": draw.choice([0, 19.9, 100, "30.5", "x", None, 0.1, 0.2, 1e25]),
            "sku": draw.choice(VALUES),
        },
    }


@cache
def standings() -> tuple[dict[int, dict[str, str]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Everybody's tiers, the rows of who is in which segment, and those of who is in which journey."""
    draw = random.Random(8)
    tiers, members, enrollments = {}, [], []
    for number in range(1, CROWD + 1):
        tiers[number] = {name: draw.choice(LEVELS) for name in ("value", "activity") if draw.random() < 0.6}
        # Some rows are another workspace's: nobody may see them.
        own = 1 + number % 2 if draw.random() < 0.9 else 9
        row = {"workspace_id": own, "contact_id": number}
        members += [row | {"key": key} for key in SEGMENTS[:2] if draw.random() < 0.4]
        for key in JOURNEYS[:2]:
            for _ in range(draw.choice([0, 0, 1, 2])):
                status = draw.choice(["waiting", "ended", "ended", "stopped"])
                enrollments.append(row | {"key": key, "status": status})
    return tiers, members, enrollments


def fill(engine: Engine) -> None:
    """Make the tables and put the crowd in."""
    METADATA.create_all(engine)
    contacts, events = crowd()
    tiers, members, enrollments = standings()
    contacts = [contact | {"tiers": tiers[contact["id"]]} for contact in contacts]
    with engine.begin() as connection:
        connection.execute(insert(CONTACT), contacts)
        connection.execute(insert(EVENT), events)
        connection.execute(insert(MEMBER), members)
        connection.execute(insert(ENROLLMENT), enrollments)


@cache
def scenes() -> dict[int, Scene]:
    """Every contact's scene, by id."""
    contacts, events = crowd()
    history: dict[int, dict[str, list[tuple[datetime, Mapping[str, Any]]]]] = {}
    for event in sorted(events, key=lambda e: (e["occurred_at"], e["id"])):
        if event["workspace_id"] == 1 + event["contact_id"] % 2:
            mine = history.setdefault(event["contact_id"], {})
            mine.setdefault(event["name"], []).append((event["occurred_at"], event["properties"]))
    tiers, members, enrollments = standings()
    segments: dict[int, set[str]] = {}
    for row in members:
        if row["workspace_id"] == 1 + row["contact_id"] % 2:
            segments.setdefault(row["contact_id"], set()).add(row["key"])
    journeys: dict[int, dict[str, str]] = {}
    for row in enrollments:
        if row["workspace_id"] == 1 + row["contact_id"] % 2:
            mine_now = journeys.setdefault(row["contact_id"], {})
            if row["status"] != "ended" or row["key"] not in mine_now:
                mine_now[row["key"]] = "ended" if row["status"] == "ended" else "inside"
    return {
        c["id"]: Scene(
            c["attributes"],
            frozenset(c["tags"]),
            NOW,
            history=history.get(c["id"], {}),
            segments=segments.get(c["id"], set()),
            tiers=tiers[c["id"]],
            journeys=journeys.get(c["id"], {}),
            zone=zone_of(c["timezone"]),
        )
        for c in contacts
    }


# ---- random rules

SOUND = [v for v in [*NUMBERS, *CODES, *TEXTS, *DATES, True, False] if v not in ("", 2**53, 2**60, 1e25)]
DURATIONS = ["PT1H", "P7D", "P1M", "PT168H", "P1DT1H", "P100Y"]
OPERANDS: dict[str, st.SearchStrategy[Any]] = {
    "any": st.sampled_from(SOUND),
    "number": st.sampled_from([0, 1, 2, 3, 5, "2", 0.3, 30.5, 100, -1, 7]),
    "days": st.sampled_from([0, 1, -1, 2, 7, "30", 14000, -400, 36600]),
    "flag": st.sampled_from([True, False, "true"]),
    "clock": st.sampled_from(["00:00", "08:00", "16:15", "22:00", "24:00"]),
    "date": st.sampled_from(["2026-03-08", "2026-03-09", "2026-01-01"]),
    "time": st.sampled_from(
        ["2026-03-08", "2026-03-01", "2026-03-08T13:15", "2026-03-01T20:15:00Z", "2026-01-31"]
    ),
    "tags": st.sampled_from(TAGS),
    "segments": st.sampled_from(SEGMENTS),
    "level": st.sampled_from(LEVELS),
    "state": st.sampled_from(["inside", "ended", "never"]),
}
AFTERS = ["PT1H", "P1D", "P7D", "P40D"]
OWN_FIELDS = (
    [f"attribute.{name}" for name in NAMES]
    + ["tags", "since.born", "until.born", "since.a"]
    + ["segments", "tier.value", "tier.activity", "tier.none"]
    + [f"journey.{key}" for key in JOURNEYS]
    + ["history.viewed.without.order_paid", "history.order_paid.without.order_paid"]
    + [f"now.{what}" for what in ("weekday", "monthday", "is_month_end", "is_workday", "time", "date")]
    + [
        f"history.{event}.{what}"
        for event in EVENTS
        for what in ("count", "sum.amount", "first", "last", "last.sku", "last.amount")
    ]
)


@st.composite
def leaf(draw: st.DrawFn, fields: list[str] = OWN_FIELDS) -> dict[str, Any]:
    name = draw(st.sampled_from(fields))
    field = read_field(name)
    assert field is not None
    operator = draw(st.sampled_from(OPERATORS[field.type]))
    operand = OPERANDS[field.type]
    shapes = {
        "none": st.none(),
        "one": operand,
        "many": st.lists(operand, max_size=4),
        "pair": st.lists(operand, min_size=2, max_size=2),
    }
    made = {"field": name, "operator": operator, "value": draw(shapes[VALUE_SHAPE[operator]])}
    if field.family == "history":
        if draw(st.booleans()):
            made["within"] = draw(st.sampled_from(DURATIONS))
        if field.what == "without":
            made["after"] = draw(st.sampled_from(AFTERS))
        if draw(st.integers(0, 3)) == 0:
            made["where"] = draw(rules(["event.sku", "event.amount", "event.none"], depth=1))
    return made


@st.composite
def rules(draw: st.DrawFn, fields: list[str] = OWN_FIELDS, depth: int = 3) -> dict[str, Any]:
    """A random tree of groups and comparisons."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(leaf(fields))
    return {
        "combinator": draw(st.sampled_from(["and", "or"])),
        "not": draw(st.booleans()),
        "rules": draw(st.lists(rules(fields, depth - 1), max_size=3)),
    }
