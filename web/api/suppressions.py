"""Addresses to which nothing is sent any more since they came back, and trying one of them again."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from audience import consent
from audience.identities import of_contacts
from audience.masking import masked
from content.carriers import CARRIERS
from journeys.words import Shape, Text, Words
from store import audit, clock, receipts
from store.database import db
from web.access import actor, here
from web.errors import Problem, invalid
from web.fields import At
from web.finding import the_contact
from web.paging import page_of, whole
from web.resource import Resource
from web.shown import SEES_PEOPLE

suppressions = Resource("suppressions", "/contacts", description="Addresses that came back.")

WHY = Words("请写明为什么可以再试这个地址。", "Say why this address may be tried again.")
NONE = Words("这个渠道没有被拦下的地址。", "No address of this carrier is held back.")


class SuppressionOut(Schema):
    carrier = fields.Str(required=True)
    address = fields.Str(required=True, metadata={"description": "Masked for who may not see people whole"})
    reason = fields.Str(required=True, metadata={"description": "What the other side said"})
    at = At(required=True)


class LiftArgs(Shape):
    carrier = Text(longest=32, required=True)
    reason = Text(longest=500, required=True, metadata={"description": "Why it may be tried again"})


@suppressions.get("/<id:contact_id>/suppressions", least="viewer")
@suppressions.response(200, page_of(SuppressionOut))
def listed(contact_id: int) -> dict[str, Any]:
    """The addresses of this contact to which nothing is sent any more."""
    return whole(_shown(the_contact(contact_id).id))


@suppressions.post("/<id:contact_id>/suppressions/lift", least="editor")
@suppressions.arguments(LiftArgs)
@suppressions.response(200, page_of(SuppressionOut))
def lift(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """Try the contact's addresses of one carrier again; it changes nothing about what the contact allows."""
    session, carrier, reason = db.session(), args["carrier"], args["reason"].strip()
    if not reason:
        raise invalid(("reason", WHY))
    contact = the_contact(contact_id)
    addresses = [address for of, address in _addresses(contact.id) if of == carrier]
    if not receipts.lift(session, here(), carrier, addresses):
        raise Problem(409, "wrong-state", NONE)
    now = clock.now(session)
    granted = consent.states(contact.attributes).get(carrier, True)
    said = consent.Said(actor().name, consent.LIFTED, reason)
    consent.repeat(session, here(), contact.id, [(carrier, granted)], said, now)
    detail = {"carrier": carrier}
    audit.record(
        session, here(), actor().name, "contact.suppression_lifted", f"contact:{contact.id}", detail, now
    )
    return whole(_shown(contact.id))


def _shown(contact_id: int) -> list[dict[str, Any]]:
    sees = actor().may(SEES_PEOPLE)
    return [
        {
            "carrier": carrier,
            "address": address if sees else masked(CARRIERS[carrier].identity or "", address),
            "reason": stopped.reason,
            "at": stopped.at,
        }
        for carrier, address in _addresses(contact_id)
        if (stopped := receipts.why_stopped(db.session(), here(), carrier, address)) is not None
    ]


def _addresses(contact_id: int) -> list[tuple[str, str]]:
    names = of_contacts(db.session(), here(), [contact_id]).get(contact_id, {})
    return [
        (carrier.key, address)
        for carrier in CARRIERS.values()
        for address in names.get(carrier.identity or "", [])
    ]
