"""Guards as the web shows them: what they are about, in names that people know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from audience.tables_people import Staff
from content.tables import Material
from journeys.tables import Journey
from journeys.words import Words
from rules import guards
from store.database import db
from store.tables import Account
from store.tables_guards import Guard, GuardTrip
from web.access import here
from web.names import drawn

#: What each of the offered guards is called.
OFFERED = {
    "deletion_pause": Words("删好友过多就暂停", "Pause when many delete us"),
    "deletion_slow": Words("删好友偏多就放慢", "Slow down when some delete us"),
    "complaint_pause": Words("退订过多就停用素材", "Hold a material when many unsubscribe"),
    "failure_tell": Words("发送失败过多就提醒", "Tell when many messages fail"),
    "staff_tell": Words("员工被删过多就提醒", "Tell when many delete a member of staff"),
    "staff_pause": Words("员工被删过多就暂停他", "Pause a member of staff whom many delete"),
}


def offered() -> list[dict[str, Any]]:
    """What a workspace is offered to begin with."""
    return [
        {"key": key, "name": OFFERED[key].json(), "rule": guards.written(rule)}
        for key, rule in guards.OFFERED
    ]


def shown(guard: Guard, trips: Sequence[GuardTrip]) -> dict[str, Any]:
    """One guard, with how often it has tripped."""
    mine = [trip for trip in trips if trip.guard_id == guard.id]
    return {name: getattr(guard, name) for name in ("id", "name", "rule", "state", "updated_at")} | {
        "open": sum(trip.until is None for trip in mine),
        "tripped": len(mine),
        "last_trip": max((trip.at for trip in mine), default=None),
    }


def trips_shown(trips: Sequence[GuardTrip]) -> list[dict[str, Any]]:
    """Trips, each with the names of what it is about."""
    guards_ = dict(_pairs(select(Guard.id, Guard.name).where(Guard.workspace_id == here())))
    names = subjects((trip.per, trip.subject) for trip in trips)
    people = actors({trip.released_by for trip in trips})
    kept = (
        "id",
        "guard_id",
        "per",
        "rule",
        "action",
        "at",
        "touches",
        "hits",
        "until",
        "note",
        "interval_secs",
    )
    return [
        {name: getattr(trip, name) for name in kept}
        | names[trip.per, trip.subject]
        | {
            "guard": guards_.get(trip.guard_id, ""),
            "released_by": people.get(trip.released_by, "guard" if trip.released_by else ""),
            "held": trip.until is None and trip.action == "pause",
        }
        for trip in trips
    ]


def subjects(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """What steps, materials and members of staff are called."""
    every = set(wanted)
    steps = {subject: subject.partition(":") for per, subject in every if per == "step"}
    ids = {int(journey) for journey, _, _ in steps.values() if journey.isdigit()}
    rows = db.session.execute(
        select(Journey.id, Journey.name, Journey.live_version_id).where(
            Journey.workspace_id == here(), Journey.id.in_(ids)
        )
    ).all()
    known = {row.id: row for row in rows}
    versions = drawn({row.live_version_id for row in rows if row.live_version_id})
    materials = _named(Material.key, Material.name, Material.workspace_id, every, "material")
    staff = _named(Staff.key, Staff.name, Staff.workspace_id, every, "staff")
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for per, subject in every:
        told: dict[str, Any] = {"journey_id": None, "step": None, "subject": subject, "title": subject}
        if per == "step":
            journey, _, step = steps[subject]
            row = known.get(int(journey)) if journey.isdigit() else None
            version = versions.get(row.live_version_id) if row and row.live_version_id else None
            name = (version.name(step) if version else None) or step
            told |= {"journey_id": row.id if row else None, "step": step}
            told["title"] = f"{row.name} · {name}" if row else name
        else:
            told["title"] = (materials if per == "material" else staff).get(subject, subject)
        found[per, subject] = told
    return found


def actors(names: set[str]) -> dict[str, str]:
    """What those are called who did something: `account:3` by the account's name."""
    ids = {int(one.removeprefix("account:")): one for one in names if one.startswith("account:")}
    rows = db.session.execute(select(Account.id, Account.name, Account.email).where(Account.id.in_(ids)))
    return {ids[number]: name or email for number, name, email in rows}


def _named(key: Any, name: Any, workspace: Any, every: set[tuple[str, str]], per: str) -> dict[str, str]:
    wanted = {subject for kind, subject in every if kind == per}
    return dict(_pairs(select(key, name).where(workspace == here(), key.in_(wanted)))) if wanted else {}


def _pairs(query: Any) -> list[tuple[Any, Any]]:
    return [(row[0], row[1]) for row in db.session.execute(query)]
