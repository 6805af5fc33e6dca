"""Customer groups: taken in by batches, changed by steps, joined and left; every change is also a signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audience import known
from audience.changes import Change, Edit, Noted, Row, apply, changed_signals
from audience.group_reading import KEPT, GroupItem, key_problem, read, read_edit
from audience.tables_groups import CustomerGroup
from audience.values import type_of
from rules.zones import known_zone, zone_of
from store.bulk import among, insert_new, update_rows
from store.database import begin_write
from store.inbox import NewSignal, put
from store.problem import Problem, problem
from store.subjects import of_group, row_id
from store.tables import Workspace

MOST_IN_BATCH = 1000
#: Columns of a group that are not among those of every subject.
OWN_COLUMNS = ("owner", "notice", "created_at", "dismissed_at", "member_count")


@dataclass(slots=True)
class Result:
    """What became of a batch: `ids` is aligned with it, None where an item was refused."""

    created: int = 0
    updated: int = 0
    errors: list[Problem] = field(default_factory=list)
    ids: list[int | None] = field(default_factory=list)


@dataclass(slots=True)
class Held:
    """A group's row, locked until the transaction ends; `row.id` is its subject number, 0 while it is new."""

    row: Row
    key: str
    own: dict[str, Any]
    touched: set[str] = field(default_factory=set)


def upsert(
    session: Session,
    workspace_id: int,
    groups: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    path: str = "groups",
    quiet: bool = False,
) -> Result:
    """Create or update at most 1,000 groups, each found by its `key`, the chat's id.

    An item is {key, name?, owner?, notice?, timezone?, attributes?, tags?, untag?, created_at?, dismissed_at?}. A
    refused one is named in `errors` and the others are taken. A new group is the event `group_created`, one that was
    given up `group_dismissed`; other changes are signals as those of contacts are. With `quiet` nobody is told that
    a group is new. Nothing is committed.
    """
    if len(groups) > MOST_IN_BATCH:
        words = f"一批最多 {MOST_IN_BATCH} 个群，请分批。", f"Send at most {MOST_IN_BATCH} groups at once."
        return Result(errors=[problem(path, *words)], ids=[None] * len(groups))
    begin_write(session)
    result = Result(ids=[None] * len(groups))
    items: dict[int, GroupItem] = {}
    for number, given in enumerate(groups):
        item, problems = read(given, f"{path}.{number}")
        result.errors += problems
        if not problems:
            items[number] = item
    if not items:
        return result
    held = _held(session, workspace_id, {item.key for item in items.values()})
    fresh: dict[str, Held] = {}
    noted: list[Noted] = []
    signals: list[tuple[Held, str]] = []
    zone = _zone(session, workspace_id)
    for number, item in items.items():
        one = held.get(item.key)
        if one is None:
            one = held[item.key] = fresh[item.key] = _new(workspace_id, item.key, item.created_at or now)
            signals += [] if quiet else [(one, "group_created")]
        if item.dismissed_at is not None and one.own["dismissed_at"] is None:
            signals.append((one, "group_dismissed"))
        where = f"{path}.{number}"
        noted += _edit(one, item, where, now, zone, result.errors, new=item.key in fresh)
    _insert(session, list(fresh.values()), now)
    _store(session, [one for one in held.values() if one.key not in fresh], now)
    for number, item in items.items():
        result.ids[number] = row_id(held[item.key].row.id)
    result.created, result.updated = len(fresh), len({item.key for item in items.values()} - fresh.keys())
    _announce(session, workspace_id, noted, signals, now)
    return result


def change(session: Session, changes: Sequence[Change], now: datetime) -> list[Problem]:
    """Apply what steps change of groups, whose subject numbers are in `contact_id`; as contacts.change does."""
    if not changes:
        return []
    begin_write(session)
    problems: list[Problem] = []
    rows = lock(session, {row_id(one.contact_id) for one in changes})
    noted: list[Noted] = []
    for number, one in enumerate(changes):
        held = rows.get(row_id(one.contact_id))
        if held is None or held.row.workspace_id != one.workspace_id:
            problems.append(
                problem(str(number), "该客户群不存在。", "There is no such group in the workspace.")
            )
            continue
        given = {"attributes": one.attributes, "tags": list(one.add), "untag": list(one.remove)}
        edit, wrong = read_edit(given, str(number))
        problems += wrong
        noted += apply(held.row, edit, str(number), one.at, one.source_id, problems)
    _store(session, rows.values(), now)
    for workspace_id in {one.workspace_id for one in noted}:
        _announce(session, workspace_id, [n for n in noted if n.workspace_id == workspace_id], [], now)
    return problems


def resolve(session: Session, workspace_id: int, keys: Iterable[str], now: datetime) -> dict[str, int]:
    """Return the ids of groups by their keys, making those that nobody knows yet; a bad key is left out."""
    wanted = {key for key in keys if key_problem(key, "") is None}
    found = ids_of(session, workspace_id, wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        made = upsert(session, workspace_id, [{"key": key} for key in missing], now)
        found |= {key: number for key, number in zip(missing, made.ids, strict=True) if number is not None}
    return found


def ids_of(session: Session, workspace_id: int, keys: Iterable[str]) -> dict[str, int]:
    """The ids of those groups that the workspace has, by key."""
    query = select(CustomerGroup.key, CustomerGroup.id).where(
        CustomerGroup.workspace_id == workspace_id, among(session, CustomerGroup.key, sorted(set(keys)))
    )
    return dict(session.execute(query).all())


def lock(session: Session, ids: Iterable[int]) -> dict[int, Held]:
    """Read groups by their ids and keep others from changing them, in the order of the ids."""
    return {
        row_id(held.row.id): held for held in _read(session, among(session, CustomerGroup.id, sorted(ids)))
    }


def recount(session: Session, workspace_id: int, counts: Mapping[int, int], now: datetime) -> list[NewSignal]:
    """Keep how many members groups {id: count} have; returns the signals of what changed, to be put by the caller."""
    noted: list[Noted] = []
    rows = lock(session, counts)
    for number, held in rows.items():
        held.own["member_count"] = counts[number]
        held.touched.add("member_count")
        edit = Edit(attributes={"member_count": counts[number]})
        noted += apply(held.row, edit, "", now, None, [])
    _store(session, rows.values(), now)
    return changed_signals(noted)


def _held(session: Session, workspace_id: int, keys: Iterable[str]) -> dict[str, Held]:
    if session.get_bind().dialect.name == "postgresql":
        # Two who bring the same new group wait for each other here, and not at the unique key.
        lock_one = text("SELECT pg_advisory_xact_lock(7103, :workspace)")
        session.execute(lock_one, {"workspace": workspace_id % 2**31})
    mine = CustomerGroup.workspace_id == workspace_id
    return {held.key: held for held in _read(session, mine & among(session, CustomerGroup.key, sorted(keys)))}


def _read(session: Session, which: Any) -> list[Held]:
    query = select(CustomerGroup).where(which).order_by(CustomerGroup.id).with_for_update(key_share=True)
    return [
        Held(
            Row(
                *(of_group(g.id), g.workspace_id, g.name, g.timezone, dict(g.attributes), list(g.tags)),
            ),
            g.key,
            {name: getattr(g, name) for name in OWN_COLUMNS},
        )
        for g in session.scalars(query.execution_options(populate_existing=True))
    ]


def _new(workspace_id: int, key: str, created_at: datetime) -> Held:
    own = {"owner": "", "notice": "", "created_at": created_at, "dismissed_at": None, "member_count": 0}
    return Held(Row(0, workspace_id), key, own)


def _edit(
    held: Held,
    item: GroupItem,
    path: str,
    now: datetime,
    zone: ZoneInfo,
    problems: list[Problem],
    *,
    new: bool,
) -> list[Noted]:
    for name in ("owner", "notice", "created_at", "dismissed_at"):
        value = getattr(item, name)
        if value is not None and value != held.own[name]:
            held.own[name] = value
            held.touched.add(name)
    edit = item.edit
    named = edit.timezone or held.row.timezone
    local = (known_zone(named) if named else None) or zone
    edit.attributes |= {
        "member_count": held.own["member_count"],
        "created_on": held.own["created_at"].astimezone(local).date().isoformat(),
        "owner": held.own["owner"] or None,
    }
    return apply(held.row, edit, path, now, None, problems, new=new)


def _insert(session: Session, fresh: Sequence[Held], now: datetime) -> None:
    rows = [
        {
            **{
                name: getattr(held.row, name)
                for name in ("workspace_id", "name", "timezone", "attributes", "tags")
            },
            **held.own,
            "key": held.key,
            "updated_at": now,
        }
        for held in fresh
    ]
    for held, number in zip(fresh, insert_new(session, CustomerGroup.__table__, rows), strict=True):
        held.row.id = of_group(number)


def _store(session: Session, rows: Iterable[Held], now: datetime) -> None:
    for held in rows:
        if held.touched or held.row.touched:
            values = {name: getattr(held.row, name) for name in held.row.touched}
            values |= {name: held.own[name] for name in held.touched}
            row = {"id": row_id(held.row.id), "updated_at": now, **values}
            update_rows(session, CustomerGroup.__table__, [row])
    for one in [one for one in session.identity_map.values() if isinstance(one, CustomerGroup)]:
        session.expire(one)


def _announce(
    session: Session,
    workspace_id: int,
    noted: Sequence[Noted],
    happened: Sequence[tuple[Held, str]],
    now: datetime,
) -> None:
    events = [
        NewSignal(workspace_id, "event", name, now, {"group": held.key}, contact_id=held.row.id)
        for held, name in happened
    ]
    put(session, [*events, *changed_signals(noted)], now)
    met = [
        (("group_attribute", one.field.removeprefix("attribute.")), {"": type_of(one.new)})
        for one in noted
        if one.field.startswith("attribute.") and one.new is not None
    ]
    known.learn(session, workspace_id, [one for one in met if one[0][1] not in KEPT], now)


def _zone(session: Session, workspace_id: int) -> ZoneInfo:
    return zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
