"""What a workspace has met so far: names of events, attributes and tags, with the types of their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, SessionTransaction

from audience.tables import Known
from audience.values import NAME, type_of
from store.bulk import among, insert_rows, update_rows

#: (kind, name): kind is `event`, `attribute` or `tag`.
Name = tuple[str, str]
#: What is learned of one name: {property: type} of an event, {"": type} of an attribute, {} of a tag.
Types = dict[str, str]

MIXED = "mixed"
MOST_NAMES = 2000
MOST_PROPERTIES = 200

#: Events that a contact brings about by own doing; the others happen to it.
# fmt: off
OWN_DOING = frozenset({
    "registered", "signed_up", "replied", "message_replied", "viewed", "page_viewed", "product_viewed",
    "link_clicked", "clicked", "opened", "message_opened", "searched", "added_to_cart", "checkout_started",
    "order_placed", "order_paid", "paid", "purchased", "form_submitted", "survey_answered", "checked_in",
    "live_watched", "group_joined", "friend_added", "coupon_used", "reviewed", "shared", "app_opened",
    "test_drive_booked", "test_drive_done", "store_visited", "deposit_paid", "activity_joined",
    "moments_commented",
})
# fmt: on

#: Per database, what this process has read there: {workspace id: {name: types}}.
_read: WeakKeyDictionary[Engine, dict[int, dict[Name, Types]]] = WeakKeyDictionary()
#: Transactions that have taught something: what they read back is not certain until they commit.
_teaching: WeakKeyDictionary[SessionTransaction, set[int]] = WeakKeyDictionary()


def of_event(name: str, properties: Mapping[str, Any]) -> tuple[Name, Types]:
    """Return what one event teaches."""
    types = {key: type_of(value) for key, value in properties.items() if value is not None and _is_name(key)}
    return ("event", name), types


@lru_cache(maxsize=4096)
def _is_name(key: str) -> bool:
    return NAME.fullmatch(key) is not None


@dataclass(slots=True)
class Learned:
    """What was new: names met for the first time, and (name, property, type before, type now) that do not agree."""

    names: list[Name] = field(default_factory=list)
    changed: list[tuple[Name, str, str, str]] = field(default_factory=list)


def learn(session: Session, workspace_id: int, met: Iterable[tuple[Name, Types]], now: datetime) -> Learned:
    """Remember names and types that the workspace has not met before, and return what was new.

    Costs nothing when all are known. A value of another type than before makes the type `mixed`.
    """
    wanted: dict[Name, Types] = {}
    for name, types in met:
        merge(wanted.setdefault(name, {}), types)
    cached = _read.setdefault(_engine(session), {}).setdefault(workspace_id, {})
    unknown = {name: types for name, types in wanted.items() if not _covers(cached.get(name), types)}
    if not unknown:
        return Learned()
    kept = _stored(session, workspace_id, unknown)
    if not _is_teaching(session, workspace_id):
        cached.update(kept)
    fresh = sorted(unknown.keys() - kept.keys())
    _add(session, workspace_id, fresh, unknown, now)
    _widen(session, workspace_id, kept, unknown)
    changed = [
        (name, key, before[key], kind)
        for name, before in sorted(kept.items())
        for key, kind in sorted(unknown.get(name, {}).items())
        if key in before and before[key] not in (kind, MIXED)
    ]
    return Learned(fresh, changed)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _covers(known: Types | None, types: Types) -> bool:
    return known is not None and all(known.get(name) in (kind, MIXED) for name, kind in types.items())


def merge(into: Types, types: Types) -> bool:
    changed = False
    for name, kind in types.items():
        before = into.get(name)
        if before in (kind, MIXED) or (before is None and len(into) >= MOST_PROPERTIES):
            continue
        into[name] = kind if before is None else MIXED
        changed = True
    return changed


def _stored(session: Session, workspace_id: int, names: Iterable[Name]) -> dict[Name, Types]:
    rows = session.execute(
        select(Known.kind, Known.name, Known.detail).where(
            Known.workspace_id == workspace_id,
            among(session, Known.name, sorted({name for _, name in names})),
        )
    )
    return {(kind, name): _types(kind, detail) for kind, name, detail in rows}


def _types(kind: str, detail: Mapping[str, Any]) -> Types:
    if kind == "event":
        return dict(detail.get("properties", {}))
    return {"": detail["type"]} if "type" in detail else {}


def _detail(kind: str, types: Types) -> dict[str, Any]:
    if kind == "event":
        return {"properties": types}
    return {"type": types[""]} if "" in types else {}


def _is_teaching(session: Session, workspace_id: int) -> bool:
    transaction = session.get_transaction()
    return transaction is not None and workspace_id in _teaching.get(transaction, ())


def _mark(session: Session, workspace_id: int) -> None:
    transaction = session.get_transaction()
    if transaction is not None:
        _teaching.setdefault(transaction, set()).add(workspace_id)


def _add(
    session: Session, workspace_id: int, names: list[Name], types: Mapping[Name, Types], now: datetime
) -> None:
    if not names:
        return
    count = session.scalar(select(func.count()).where(Known.workspace_id == workspace_id)) or 0
    rows = [
        {
            "workspace_id": workspace_id,
            "kind": kind,
            "name": name,
            "title": "",
            "detail": _detail(kind, types[kind, name]),
            "own_doing": kind == "event" and name in OWN_DOING,
            "first_seen": now,
        }
        for kind, name in names[: max(0, MOST_NAMES - count)]
    ]
    insert_rows(session, Known.__table__, rows, skip_known=True)
    _mark(session, workspace_id)


def _widen(
    session: Session, workspace_id: int, kept: Mapping[Name, Types], wanted: Mapping[Name, Types]
) -> None:
    rows = []
    for (kind, name), types in sorted(kept.items()):
        wider = dict(types)
        if (kind, name) in wanted and merge(wider, wanted[kind, name]):
            rows.append(
                {"workspace_id": workspace_id, "kind": kind, "name": name, "detail": _detail(kind, wider)}
            )
    if rows:
        update_rows(session, Known.__table__, rows, ("workspace_id", "kind", "name"))
        _mark(session, workspace_id)
