"""Calls of WeCom, stored once each: signals, the right to greet, counts, and what we do not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from store import clock
from store.inbox import NewSignal, put
from store.tables import Inbox
from store.tables_wecom import WAITING, WecomCount, WecomLook, WecomNonce, WecomUnknown, WecomWelcome

#: On PostgreSQL the lane of welcomes listens here; on SQLite it sees the commit itself.
CHANNEL = "roadbook_welcome"
#: In front of the ids of events that no one but WeCom can have told: a control character, which nobody else may send.
OURS = "\x1fwecom:"
NONCES_KEPT, UNKNOWN_KEPT, WELCOMES_KEPT = timedelta(hours=2), timedelta(days=7), timedelta(days=1)


@dataclass(slots=True)
class Call:
    """One call of WeCom that was signed rightly."""

    workspace_id: int
    connection_id: int
    nonce: str
    #: The event and its kind of change, and what tells this one from all others.
    name: str
    identity: str
    #: When WeCom made it.
    created_at: datetime
    #: None if we do not know such calls; then `fields` is kept.
    signals: list[NewSignal] | None
    fields: dict[str, Any] = field(default_factory=dict)
    #: (customer, member of staff, code) if it brings the right to greet.
    welcome: tuple[str, str, str] | None = None
    #: What is to be read anew, as (what, key).
    looks: list[tuple[str, str]] = field(default_factory=list)


def event_id(connection_id: int, identity: str, number: int = 0) -> str:
    """By which the inbox knows the `number`-th signal of a call again for seven days."""
    return f"{OURS}{connection_id}:{identity}{f':{number}' if number else ''}"


def by_reading(event_id: str | None) -> bool | None:
    """True if a signal of WeCom's comes from a reading, False if from a call; None if it is not WeCom's."""
    if event_id is None or not event_id.startswith(OURS):
        return None
    return event_id.removeprefix(OURS).split(":", 2)[1:2] == ["chat"]


def store(session: Session, parts: Sequence[Sequence[Call]]) -> list[int]:
    """Store calls; how many of each part were new. One whose nonce or identity is known has no effect. Does not commit."""
    wall, now = clock.system(), clock.now(session)
    calls = [call for part in parts for call in part]
    fresh = _unheard(session, calls, wall)
    fresh = _untaken(session, fresh)
    signals, greeted = [], []
    for call in fresh:
        # In test mode journeys have a clock of their own.
        happened = min(call.created_at + (now - wall), now)
        for signal in call.signals or ():
            signal.occurred_at = happened
            signals.append(signal)
        if call.welcome is not None and call.signals:
            greeted.append(_welcome(call, happened, wall))
        if call.signals is None and call.fields:
            _keep_unknown(session, call, wall)
    put(session, signals, now)
    if greeted:
        session.add_all(greeted)
        session.flush()
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"NOTIFY {CHANNEL}"))
    _look_at(session, fresh, wall)
    _count(session, fresh, wall)
    new = {id(call) for call in fresh}
    return [sum(id(call) in new for call in part) for part in parts]


def sweep(session: Session) -> None:
    """Forget nonces, unknown calls and rights to greet that have served their time. Does not commit."""
    wall = clock.system()
    session.execute(delete(WecomNonce).where(WecomNonce.at < wall - NONCES_KEPT))
    session.execute(delete(WecomUnknown).where(WecomUnknown.at < wall - UNKNOWN_KEPT))
    session.execute(delete(WecomWelcome).where(WecomWelcome.at < wall - WELCOMES_KEPT))


def _insert(session: Session) -> Any:
    return sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert


def _unheard(session: Session, calls: Sequence[Call], wall: datetime) -> list[Call]:
    """Those whose nonce the connection has not borne yet; their nonces are kept."""
    # In one order, so that two who store at one time never wait for each other crosswise.
    first = {(call.connection_id, call.nonce): call for call in reversed(calls)}
    rows = [{"connection_id": c, "nonce": n, "at": wall} for c, n in sorted(first)]
    if not rows:
        return []
    statement = (
        _insert(session)(WecomNonce)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(WecomNonce.connection_id, WecomNonce.nonce)
    )
    new = {tuple(row) for row in session.execute(statement)}
    return [c for c in calls if (c.connection_id, c.nonce) in new and first[c.connection_id, c.nonce] is c]


def _untaken(session: Session, calls: Sequence[Call]) -> list[Call]:
    """Those that no earlier call has told: WeCom calls up to three times, and the inbox remembers for a week."""
    first = {(c.workspace_id, event_id(c.connection_id, c.identity)): c for c in reversed(calls)}
    known: set[tuple[int, str]] = set()
    for workspace_id in {workspace for workspace, _ in first}:
        ids = [number for workspace, number in first if workspace == workspace_id]
        query = select(Inbox.event_id).where(Inbox.workspace_id == workspace_id, Inbox.event_id.in_(ids))
        known |= {(workspace_id, found) for found in session.scalars(query) if found is not None}
    return [c for name, c in reversed(first.items()) if name not in known]


def _welcome(call: Call, happened: datetime, wall: datetime) -> WecomWelcome:
    customer, staff, code = call.welcome or ("", "", "")
    return WecomWelcome(
        workspace_id=call.workspace_id,
        connection_id=call.connection_id,
        event_id=event_id(call.connection_id, call.identity),
        external_userid=customer,
        staff_key=staff,
        code=code,
        at=wall,
        occurred_at=happened,
        state=WAITING,
    )


def _keep_unknown(session: Session, call: Call, wall: datetime) -> None:
    row = {
        "workspace_id": call.workspace_id,
        "connection_id": call.connection_id,
        "digest": call.identity[-64:],
        "at": wall,
        "name": call.name[:96],
        "data": call.fields,
    }
    session.execute(_insert(session)(WecomUnknown).values(row).on_conflict_do_nothing())


def _count(session: Session, calls: Sequence[Call], wall: datetime) -> None:
    counts: dict[tuple[int, str], list[Call]] = {}
    for call in calls:
        counts.setdefault((call.connection_id, call.name[:96]), []).append(call)
    rows = [
        {
            "connection_id": connection_id,
            "name": name,
            "workspace_id": theirs[0].workspace_id,
            "known": theirs[0].signals is not None,
            "times": len(theirs),
            "last_at": wall,
        }
        for (connection_id, name), theirs in sorted(counts.items())
    ]
    if rows:
        given = _insert(session)(WecomCount).values(rows)
        more = {"times": WecomCount.times + given.excluded.times, "last_at": given.excluded.last_at}
        statement = given.on_conflict_do_update(index_elements=["connection_id", "name"], set_=more)
        session.execute(statement.execution_options(synchronize_session=False))


#: A change is read anew after so long: by then WeCom has mostly told of what belongs to it. Who has just come is
#: greeted first.
SOON, GREETED = timedelta(seconds=2), timedelta(seconds=30)


def _look_at(session: Session, calls: Sequence[Call], wall: datetime) -> None:
    places: dict[tuple[int, int, timedelta], list[tuple[str, str]]] = {}
    for call in calls:
        wait = SOON if call.welcome is None else GREETED
        places.setdefault((call.connection_id, call.workspace_id, wait), []).extend(call.looks)
    for (connection_id, workspace_id, wait), looks in sorted(places.items()):
        look_at(session, workspace_id, connection_id, looks, wall + wait)


def look_at(
    session: Session, workspace_id: int, connection_id: int, what: Sequence[tuple[str, str]], due: datetime
) -> None:
    """Let what has changed be read anew, as (what, key); once, however often it is asked for. Does not commit."""
    rows = [
        {
            "connection_id": connection_id, "what": name, "key": key[:255], "workspace_id": workspace_id,
            "due_at": due, "tries": 0,
        }
        for name, key in sorted(set(what))
    ]  # fmt: skip
    if rows:
        given = _insert(session)(WecomLook).values(rows)
        session.execute(
            given.on_conflict_do_update(
                index_elements=["connection_id", "what", "key"],
                set_={"due_at": given.excluded.due_at, "tries": 0},
            ).execution_options(synchronize_session=False)
        )
