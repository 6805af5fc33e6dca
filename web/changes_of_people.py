"""What changed about a contact itself, as the line of time tells it: attributes, tags, tiers, segments and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, union_all

from audience.tables_people import AttributeChange, ConsentChange, MergedContact
from audience.tables_segments import Segment, SegmentMember, SegmentStay
from audience.tables_tags import TagChange
from audience.tables_tiers import TierChange, TierDimension
from journeys.tables import Enrollment
from store.database import db
from web import names
from web.access import here
from web.shown import properties_of_events

Entries = Iterable[dict[str, Any]]


def _newest(query: Any, at: Any, number: Any, before: datetime | None, limit: int, *then: Any) -> list[Any]:
    if before is not None:
        query = query.where(at < before)
    return list(db.session.execute(query.order_by(at.desc(), number.desc(), *then).limit(limit + 1)))


def _attributes(subject: int, before: datetime | None, limit: int) -> Entries:
    step = (Enrollment.id == AttributeChange.enrollment_id) & (Enrollment.workspace_id == here())
    query = (
        select(AttributeChange, Enrollment.journey_id)
        .outerjoin(Enrollment, step)
        .where(AttributeChange.workspace_id == here(), AttributeChange.contact_id == subject)
    )
    rows = _newest(query, AttributeChange.at, AttributeChange.id, before, limit)
    journeys = names.journeys(number for _, number in rows if number is not None)
    said = properties_of_events()
    for row, journey_id in rows:
        name = row.field.removeprefix("attribute.")
        # What was there is covered like what is there now, and an emptiness is not.
        old, new = (said({name: value})[name] for value in (row.told["old"], row.told["new"]))
        whose = {"enrollment_id": row.enrollment_id, "journey_id": journey_id} if journey_id else {}
        yield {
            "at": row.at,
            "type": "attribute",
            "id": row.id,
            "field": row.field,
            "old": old,
            "new": new,
            "by": row.by,
            **whose,
            **({"journey_name": journeys.get(journey_id, "")} if journey_id else {}),
        }


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
    turns = union_all(
        *(
            select(at.label("at"), literal(entered).label("entered"), table.segment_id, table.since).where(
                table.workspace_id == here(), table.contact_id == subject
            )
            for table, at, entered in (
                (SegmentMember, SegmentMember.since, True),
                (SegmentStay, SegmentStay.since, True),
                (SegmentStay, SegmentStay.until, False),
            )
        )
    ).subquery()
    # SQLite gives the number of a deleted segment again: one that was made later is another.
    its = (Segment.id == turns.c.segment_id) & (Segment.created_at <= turns.c.since)
    query = select(turns.c.at, turns.c.segment_id, turns.c.entered, Segment.key, Segment.name).outerjoin_from(
        turns, Segment, its & (Segment.workspace_id == here())
    )
    # Of the same moment the leaving is told as the later one.
    rows = _newest(query, turns.c.at, turns.c.segment_id, before, limit, turns.c.entered)
    for at, number, entered, key, name in rows:
        told = {"segment": key, "segment_name": name, "entered": bool(entered)}
        yield {"at": at, "type": "segment", "id": number, **told}


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
    "attribute": _attributes,
    "tag": _tags,
    "tier": _tiers,
    "segment": _segments,
    "consent": _consent,
    "merge": _merges,
}
