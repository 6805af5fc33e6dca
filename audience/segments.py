"""Who is in a segment: kept right by what looks at contacts find, by hand, and by lists; changes become signals.

Whoever comes or goes is one row more or less (of who goes a `segment_stay` is left), one more or less in the segment's
`count` and in its day, and one signal `segment.KEY`, all in the transaction of the look. A first look at everybody, after a rule was made or
changed, tells nobody: its people were there before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from audience import keeping
from audience.families import Looked
from audience.tables_keeping import WatchedRule
from audience.tables_segment_days import SegmentDay
from audience.tables_segments import Segment, SegmentMember, SegmentStay
from rules.zones import local, zone_of
from store.bulk import among, insert_rows
from store.columns import UTCDateTime
from store.inbox import NewSignal, put
from store.tables import Workspace

FAMILY = "segment"
#: Contacts changed by one statement.
CHUNK = 5000
_NAMES = ("workspace_id", "contact_id", "segment_id", "since")
_STAY = tuple(getattr(SegmentMember, name) for name in _NAMES)


@dataclass(slots=True, frozen=True)
class Moved:
    """Who really came into a segment and who really left it, ascending."""

    entered: Sequence[int] = ()
    left: Sequence[int] = ()

    def __bool__(self) -> bool:
        return bool(self.entered or self.left)


def signal_name(key: str) -> str:
    """The name of the signal that tells of coming into a segment or leaving it."""
    return f"segment.{key}"


def settle(session: Session, looked: Looked) -> None:
    """Write down whom a look has found in segments or out of them, and tell the inbox; commits nothing."""
    for verdict in looked.verdicts:
        moved = move(
            session,
            looked.workspace_id,
            verdict.owner,
            looked.now,
            inside=verdict.holding,
            outside=[one for one in verdict.looked_at if one not in verdict.holding],
            quiet=verdict.first,
        )
        if moved and verdict.first:
            _carry_on(session, looked, verdict.owner, [*moved.entered, *moved.left])


def move(
    session: Session,
    workspace_id: int,
    key: str,
    now: datetime,
    *,
    inside: Collection[int] = (),
    outside: Collection[int] = (),
    quiet: bool = False,
) -> Moved:
    """Have some contacts inside a segment and others outside; return whom that moved. Nothing is committed.

    Those who were where they belong already are left alone. `quiet` tells nobody.
    """
    found = _segment_id(session, workspace_id, key)
    if found is None or not _differs(session, found, inside, outside):
        return Moved()
    # From here on nobody else changes this segment, so that what is counted is what is stored.
    found = _segment_id(session, workspace_id, key, locked=True)
    if found is None:
        return Moved()
    moved = _differs(session, found, inside, outside)
    if moved:
        _store(session, workspace_id, found, moved, now, quiet)
        if not quiet:
            tell(session, workspace_id, key, moved, now)
    return moved


def tell(session: Session, workspace_id: int, key: str, moved: Moved, now: datetime) -> None:
    """Put into the inbox who came and who left."""
    name = signal_name(key)
    for ids, into in ((moved.entered, True), (moved.left, False)):
        data = {"field": name, "old": not into, "new": into}
        put(
            session,
            [
                NewSignal(workspace_id=workspace_id, kind="changed", name=name, occurred_at=now, data=data, contact_id=one)
                for one in ids
            ],
            now,
        )  # fmt: skip


def hearers(session: Session, workspace_id: int, key: str) -> list[WatchedRule]:
    """The rules that name a segment: of other segments, of tags, of tiers."""
    rows = session.scalars(
        select(WatchedRule).where(WatchedRule.workspace_id == workspace_id).order_by(WatchedRule.id)
    )
    return [row for row in rows if signal_name(key) in row.hears]


def _carry_on(session: Session, looked: Looked, key: str, ids: Sequence[int]) -> None:
    """What a first look has changed, others may build on: segments follow as quietly, the rest is asked again."""
    rows = hearers(session, looked.workspace_id, key)
    segments = [row for row in rows if row.family == FAMILY and row.owner != key]
    if segments:
        keeping.ask(session, looked.workspace_id, segments, sorted(ids), looked.now, first=True)
    if len(segments) < len(rows):
        keeping.note(session, ((looked.workspace_id, one) for one in ids))


def _segment_id(session: Session, workspace_id: int, key: str, *, locked: bool = False) -> int | None:
    query = select(Segment.id).where(Segment.workspace_id == workspace_id, Segment.key == key)
    return session.scalar(query.with_for_update() if locked else query)


def _differs(session: Session, segment_id: int, inside: Collection[int], outside: Collection[int]) -> Moved:
    """Who is not yet where he belongs."""
    asked = sorted({*inside, *outside})
    there: set[int] = set()
    for first in range(0, len(asked), CHUNK):
        some = among(session, SegmentMember.contact_id, asked[first : first + CHUNK])
        query = select(SegmentMember.contact_id).where(SegmentMember.segment_id == segment_id, some)
        there.update(session.scalars(query))
    return Moved(sorted(set(inside) - there), sorted(set(outside) & there))


def _store(
    session: Session, workspace_id: int, segment_id: int, moved: Moved, now: datetime, quiet: bool
) -> None:
    rows = [
        {"segment_id": segment_id, "contact_id": one, "workspace_id": workspace_id, "since": now}
        for one in moved.entered
    ]
    insert_rows(session, SegmentMember.__table__, rows)
    for first in range(0, len(moved.left), CHUNK):
        _end(session, segment_id, moved.left[first : first + CHUNK], now)
    session.execute(
        update(Segment)
        .where(Segment.id == segment_id)
        .values(count=Segment.count + len(moved.entered) - len(moved.left))
        .execution_options(synchronize_session=False)
    )
    _note_day(session, workspace_id, segment_id, Moved() if quiet else moved, now)


def _end(session: Session, segment_id: int, ids: Sequence[int], now: datetime) -> None:
    """Make stays that are over of memberships."""
    mine = SegmentMember.segment_id == segment_id, among(session, SegmentMember.contact_id, ids)
    if session.get_bind().dialect.name == "postgresql":
        gone = delete(SegmentMember).where(*mine).returning(*_STAY).cte("gone")
        over = select(*(gone.c[name] for name in _NAMES), literal(now, UTCDateTime).label("until"))
        session.execute(insert(SegmentStay).from_select([*_NAMES, "until"], over.order_by(gone.c.contact_id)))
        return
    over = select(*_STAY, literal(now, UTCDateTime).label("until")).where(*mine)
    session.execute(
        insert(SegmentStay).from_select([*_NAMES, "until"], over.order_by(SegmentMember.contact_id))
    )
    session.execute(delete(SegmentMember).where(*mine), execution_options={"synchronize_session": False})


def forget(session: Session, before: datetime) -> int:
    """Forget some stays that ended before a moment, the oldest; how many. Nothing is committed."""
    first = select(SegmentStay.id).order_by(SegmentStay.id).limit(CHUNK)
    old = delete(SegmentStay).where(SegmentStay.id.in_(first), SegmentStay.until < before)
    return int(session.connection().execute(old).rowcount)


def _note_day(session: Session, workspace_id: int, segment_id: int, told: Moved, now: datetime) -> None:
    count = session.scalar(select(Segment.count).where(Segment.id == segment_id))
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    entered, left = len(told.entered), len(told.left)
    insert = dialect.insert(SegmentDay).values(
        segment_id=segment_id,
        day=local(now, zone).date(),
        workspace_id=workspace_id,
        entered=entered,
        left=left,
        count=count,
    )
    more = {"entered": SegmentDay.entered + entered, "left": SegmentDay.left + left, "count": count}
    session.execute(insert.on_conflict_do_update(index_elements=["segment_id", "day"], set_=more))
