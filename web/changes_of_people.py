"""What changed about a contact itself, as the line of time tells it: tags, tiers, segments, consent, merges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from audience.tables_people import ConsentChange, MergedContact
from audience.tables_segments import Segment, SegmentMember
from audience.tables_tags import TagChange
from audience.tables_tiers import TierChange, TierDimension
from store.database import db
from web.access import here

Entries = Iterable[dict[str, Any]]


def _newest(query: Any, at: Any, number: Any, before: datetime | None, limit: int) -> list[Any]:
    if before is not None:
        query = query.where(at < before)
    return list(db.session.execute(query.order_by(at.desc(), number.desc()).limit(limit + 1)))


def _tags(subject: int, before: datetime | None, limit: int) -> Entries:
    query = select(TagChange).where(TagChange.workspace_id == here(), TagChange.contact_id == subject)
    for (row,) in _newest(query, TagChange.at, TagChange.id, before, limit):
        told = {"tag": row.tag, "put_on": row.put_on, "by": row.by}
        yield {"at": row.at, "type": "tag", "id": row.id, **told}


def _tiers(subject: int, before: datetime | None, limit: int) -> Entries:
    query = (
        select(TierChange, TierDimension.key, TierDimension.name)
        .outerjoin(TierDimension, TierDimension.id == TierChange.dimension_id)
        .where(TierChange.workspace_id == here(), TierChange.contact_id == subject)
    )
    for row, key, name in _newest(query, TierChange.at, TierChange.id, before, limit):
        told = {"dimension": key or "", "dimension_name": name or "", "old": row.old, "new": row.new}
        yield {
            "at": row.at,
            "type": "tier",
            "id": row.id,
            "because": row.because,
            "by": row.by or None,
            **told,
        }


def _segments(subject: int, before: datetime | None, limit: int) -> Entries:
    query = (
        select(SegmentMember.since, Segment.id, Segment.key, Segment.name)
        .join(Segment, Segment.id == SegmentMember.segment_id)
        .where(SegmentMember.workspace_id == here(), SegmentMember.contact_id == subject)
    )
    for at, number, key, name in _newest(query, SegmentMember.since, Segment.id, before, limit):
        yield {"at": at, "type": "segment", "id": number, "segment": key, "segment_name": name}


def _consent(subject: int, before: datetime | None, limit: int) -> Entries:
    query = select(ConsentChange).where(
        ConsentChange.workspace_id == here(), ConsentChange.contact_id == subject
    )
    for (row,) in _newest(query, ConsentChange.at, ConsentChange.id, before, limit):
        told = {name: getattr(row, name) for name in ("topic", "granted", "by", "source", "note")}
        yield {"at": row.at, "type": "consent", "id": row.id, **told}


def _merges(subject: int, before: datetime | None, limit: int) -> Entries:
    query = select(MergedContact).where(
        MergedContact.workspace_id == here(), MergedContact.keeper_id == subject
    )
    for (row,) in _newest(query, MergedContact.at, MergedContact.old_id, before, limit):
        yield {"at": row.at, "type": "merge", "id": row.old_id, "gone": row.old_id, "by": row.by}


SOURCES: dict[str, Callable[[int, datetime | None, int], Entries]] = {
    "tag": _tags,
    "tier": _tiers,
    "segment": _segments,
    "consent": _consent,
    "merge": _merges,
}
