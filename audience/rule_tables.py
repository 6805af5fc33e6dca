"""Where rules find the contacts of a workspace, what happened to them, and what they are in."""

from __future__ import annotations

from sqlalchemy import column, select, table

from audience.tables import Contact, Event
from audience.tables_groups import GROUP_SUBJECTS
from audience.tables_segments import Segment, SegmentMember

# The journeys' own tables, named only: their room stands beside this one.
_enrollment = table(
    "enrollment", *map(column, ("workspace_id", "journey_id", "subject_kind", "subject_id", "status"))
)
_journey = table("journey", *map(column, ("id", "key")))


class RuleTables:
    """The tables of `rules.sql.Tables`."""

    contact = Contact.__table__
    event = Event.__table__
    #: Who is in which segment, by its key.
    member = (
        select(SegmentMember.workspace_id, SegmentMember.contact_id, Segment.key)
        .join(Segment, Segment.id == SegmentMember.segment_id)
        .subquery("segment_of")
    )
    #: Who is or was in which journey, by its key.
    enrollment = (
        select(
            _enrollment.c.workspace_id,
            _enrollment.c.subject_id.label("contact_id"),
            _journey.c.key,
            _enrollment.c.status,
        )
        .join_from(_enrollment, _journey, _journey.c.id == _enrollment.c.journey_id)
        .where(_enrollment.c.subject_kind == "contact")
        .subquery("enrolled")
    )


class GroupRuleTables(RuleTables):
    """The same where rules are about customer groups: the subject number is their id."""

    contact = GROUP_SUBJECTS
