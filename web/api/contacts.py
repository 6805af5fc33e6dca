"""Contacts: found, read, taken in by batches, changed."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import or_, select

from audience import contacts as people
from audience.consent import states
from audience.identities import normal
from audience.staff import of_contacts as staff_of
from audience.tables import Contact, Identity
from audience.tables_groups import CustomerGroup, GroupMember
from audience.tables_people import MergedContact
from audience.tables_segments import Segment, SegmentMember
from audience.withdrawals import of_themselves
from journeys.words import Flag, Many, Shape, Text
from store import audit, clock
from store.database import db
from web import merging
from web.access import actor, here, scoped
from web.api.contact_tags import refuse_by_hand
from web.api.staff import RelationOut, relation
from web.api.timeline import KINDS, TimelineEntryOut, timeline
from web.errors import invalid
from web.fields import At, Bag, OneOf, Whatever
from web.finding import the_contact
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import contacts as shown
from web.shown import located, places

contacts = Resource("contacts", "/contacts", description="The people of the brand.")


class SearchArgs(PageArgs):
    q = Text(
        longest=200, metadata={"description": "Part of the name; or the whole external id, phone, e-mail …"}
    )


class ContactIn(Shape):
    external_id = Text(longest=255, allow_none=True)
    identities = Bag(allow_none=True, metadata={"description": "{phone, email, unionid, openid, …: value}"})
    name = Text(longest=200, allow_none=True)
    timezone = Text(longest=64, allow_none=True)
    attributes = Bag(allow_none=True, metadata={"description": "An attribute null is taken away."})
    tags = Many(Text(longest=64), allow_none=True)
    untag = Many(Text(longest=64), allow_none=True)


class BatchArgs(Shape):
    merge = Flag(
        metadata={
            "description": "True: one who is said to be two contacts makes one of them, by strong names"
        }
    )
    contacts = Many(Whatever(ContactIn), required=True, metadata={"minItems": 1, "maxItems": 1000})


class ChangeArgs(Shape):
    name = Text(longest=200)
    timezone = Text(longest=64)
    attributes = Bag(metadata={"description": "Merged; an attribute null is taken away."})
    tags = Many(Text(longest=64), metadata={"description": "All tags from now on."})


class ContactOut(Schema):
    id = fields.Int(required=True)
    external_id = fields.Str(required=True, allow_none=True)
    name = fields.Str(required=True)
    timezone = fields.Str(required=True, allow_none=True)
    attributes = fields.Dict(required=True)
    tags = fields.List(fields.Str(), required=True)
    tiers = fields.Dict(required=True, metadata={"description": "{dimension: level}"})
    identities = fields.Dict(required=True, metadata={"description": "Masked for viewers and analysts"})
    created_at = At(required=True)
    updated_at = At(required=True)


class NamedOut(Schema):
    id = fields.Int(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)


class InSegmentOut(NamedOut):
    since = At(required=True)


class InGroupOut(InSegmentOut):
    role = fields.Str(required=True)


class PersonOut(ContactOut):
    """A contact with everything that is said of it elsewhere."""

    consent = fields.Dict(required=True, metadata={"description": "{topic: allowed}, of every topic"})
    unsubscribed = fields.List(
        fields.Str(), required=True, metadata={"description": "Topics that the contact withdrew himself"}
    )
    staff = fields.List(fields.Nested(RelationOut), required=True)
    groups = fields.List(
        fields.Nested(InGroupOut), required=True, metadata={"description": "In which it is now"}
    )
    segments = fields.List(fields.Nested(InSegmentOut), required=True)
    merged = fields.List(
        fields.Int(), required=True, metadata={"description": "Ids of contacts that became part of this one"}
    )


class TimelineArgs(PageArgs):
    kind = OneOf(KINDS, metadata={"description": "Of this kind alone"})


class WrongOut(Schema):
    path = fields.Str(required=True)
    message = fields.Str(required=True)


class BatchOut(Schema):
    created = fields.Int(required=True)
    updated = fields.Int(required=True)
    errors = fields.List(fields.Nested(WrongOut), required=True)
    merged = fields.Int(required=True, metadata={"description": "How many contacts became part of others"})


@contacts.get("", least="viewer")
@contacts.arguments(SearchArgs, location="query")
@contacts.response(200, page_of(ContactOut))
def search(args: dict[str, Any]) -> dict[str, Any]:
    """Contacts, newest first; with `q` those whose name contains it or who go by it."""
    query = scoped(Contact)
    asked = args.get("q", "").strip()
    if asked:
        forms = {normal(kind, asked) for kind in ("external_id", "email", "phone")}
        by_name = select(Identity.contact_id).where(
            Identity.workspace_id == here(), Identity.value.in_(forms)
        )
        query = query.where(
            or_(
                Contact.external_id == asked,
                Contact.name.contains(asked, autoescape=True),
                Contact.id.in_(by_name),
            )
        )
    return page(query, Contact.id, args, shown=shown)


@contacts.post("/batch", least="editor")
@contacts.arguments(BatchArgs)
@contacts.response(200, BatchOut)
def batch(args: dict[str, Any]) -> dict[str, Any]:
    """Create or update up to 1,000 contacts, each found by `external_id` or `identities`.

    Refused ones are named in `errors` and the others are taken; if all are refused the answer is a problem.
    """
    session = db.session()
    now = clock.now(session)
    merged = []
    if args.get("merge"):
        merged = merging.identify(session, here(), merging.keys_of(args["contacts"]), actor().name, now)
    result = people.upsert(session, here(), args["contacts"], now, by=actor().name)
    if result.errors and not result.created and not result.updated:
        raise invalid(*located(result.errors))
    note = {"created": result.created, "updated": result.updated, "refused": len(result.errors)}
    note |= merging.told(merged)
    audit.record(session, here(), actor().name, "contacts.taken", "", note, now)
    return {
        "created": result.created,
        "updated": result.updated,
        "errors": places(result.errors),
        "merged": len(merged),
    }


@contacts.get("/<id:contact_id>", least="viewer")
@contacts.response(200, PersonOut)
def one(contact_id: int) -> dict[str, Any]:
    """One contact, with consent, staff, groups and segments; an id that was merged gives the keeper."""
    session, row = db.session(), the_contact(contact_id)
    groups = session.execute(
        select(
            CustomerGroup.id, CustomerGroup.key, CustomerGroup.name, GroupMember.joined_at, GroupMember.role
        )
        .join(GroupMember, GroupMember.group_id == CustomerGroup.id)
        .where(
            GroupMember.workspace_id == here(),
            GroupMember.contact_id == row.id,
            GroupMember.left_at.is_(None),
        )
        .order_by(CustomerGroup.id)
    )
    segments = session.execute(
        select(Segment.id, Segment.key, Segment.name, SegmentMember.since)
        .join(SegmentMember, SegmentMember.segment_id == Segment.id)
        .where(SegmentMember.workspace_id == here(), SegmentMember.contact_id == row.id)
        .order_by(Segment.id)
    )
    gone = select(MergedContact.old_id).where(
        MergedContact.workspace_id == here(), MergedContact.keeper_id == row.id
    )
    return shown([row])[0] | {
        "consent": states(row.attributes),
        "unsubscribed": sorted(topic for _, topic in of_themselves(session, here(), [row.id])),
        "staff": [relation(*pair) for pair in staff_of(session, here(), [row.id]).get(row.id, [])],
        "groups": [dict(zip(("id", "key", "name", "since", "role"), one, strict=True)) for one in groups],
        "segments": [dict(zip(("id", "key", "name", "since"), one, strict=True)) for one in segments],
        "merged": list(session.scalars(gone.order_by(MergedContact.old_id))),
    }


@contacts.patch("/<id:contact_id>", least="editor")
@contacts.arguments(ChangeArgs)
@contacts.response(200, ContactOut)
def change(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """Change a contact; what changed is a signal to the journeys it is in."""
    session = db.session()
    row = the_contact(contact_id)
    now = clock.now(session)
    item: dict[str, Any] = {key: args[key] for key in ("name", "timezone", "attributes") if key in args}
    if "tags" in args:
        item |= {"tags": args["tags"], "untag": sorted(set(row.tags) - set(args["tags"]))}
        refuse_by_hand(sorted(set(row.tags) ^ set(args["tags"])))
    result = people.upsert(session, here(), [item | _names(row)], now, by=actor().name)
    if result.errors:
        raise invalid(*located(result.errors, "contacts.0."))
    what = {"fields": sorted(args), "attributes": sorted(args.get("attributes", ()))}
    audit.record(session, here(), actor().name, "contact.changed", f"contact:{contact_id}", what, now)
    session.expire_all()
    return shown([the_contact(contact_id)])[0]


@contacts.get("/<id:contact_id>/timeline", least="viewer")
@contacts.arguments(TimelineArgs, location="query")
@contacts.response(200, page_of(TimelineEntryOut))
def what_happened(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """Events, messages, steps, tags, tiers, segments, consent and merges of this contact, newest first."""
    return timeline(the_contact(contact_id).id, args)


def _names(row: Contact) -> dict[str, Any]:
    """By what the contact is found again."""
    if row.external_id is not None:
        return {"external_id": row.external_id}
    known = db.session.execute(
        select(Identity.kind, Identity.value).where(
            Identity.workspace_id == here(), Identity.contact_id == row.id
        )
    ).all()
    return {"identities": dict(known)}
