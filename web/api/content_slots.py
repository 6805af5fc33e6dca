"""Open slots: what staff say in them, and the words of a material for one contact as the staff will read them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import Schema, fields

from audience import staff as people
from audience.tables import Contact
from audience.tables_people import Staff
from content import fills, said, slots
from content.bodies import compose
from content.rendering import BadText, RenderError, scene
from content.tables import Material
from journeys.words import Shape, Text, Words
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.tables import Workspace
from web.access import SIGNED_IN, actor, found, here
from web.errors import invalid
from web.fields import At, Filled, QueryNumber, RowNumber
from web.finding import the_contact
from web.matched import scenes_for
from web.paging import PageArgs, page_of, whole
from web.resource import Resource
from web.shown import located
from web.task_scripts import only_for_own_tasks

content_slots = Resource("content_slots", "/contents", description="Open slots in locked texts.")

NO_DAY = Words("日期写成 2026-03-01 这样。", "Write the day as 2026-03-01.")
UNWRITABLE = Words("这段文字对这个客户写不出来：", "The text cannot be written for this contact: ")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class FillArgs(Shape):
    slot = Filled(longest=40, required=True)
    words = Text(longest=slots.LONGEST * 2, required=True, metadata={"description": "Empty: the usual ones"})
    staff_id = RowNumber(allow_none=True, metadata={"description": "null: the brand, for all staff"})
    day = Text(longest=10, metadata={"description": "The local day it is for; every day if left out"})


class FilledSlotOut(Schema):
    slot = fields.Str(required=True)
    staff_id = fields.Int(required=True, allow_none=True)
    day = fields.Str(required=True)
    words = fields.Str(required=True)


class SlotOut(Schema):
    name = fields.Str(required=True)
    default = fields.Str(required=True)
    max = fields.Int(required=True)
    filled = fields.List(fields.Nested(FilledSlotOut), required=True)


class WordsArgs(Shape):
    contact_id = QueryNumber(metadata={"description": "Nobody in particular if left out"})
    staff_id = QueryNumber(metadata={"description": "The contact's own member of staff if left out"})


class OpenSlotOut(Schema):
    name = fields.Str(required=True)
    default = fields.Str(required=True)
    filled = fields.Str(required=True, allow_none=True)
    max = fields.Int(required=True)


class SaidOut(Schema):
    text = fields.Str(required=True)
    body = fields.Dict(required=True, metadata={"description": "The whole message, by the carrier's form"})
    carrier = fields.Str(required=True)
    version = fields.Int(required=True)
    variant = fields.Str(required=True, allow_none=True)
    slots = fields.List(fields.Nested(OpenSlotOut), required=True)
    missing = fields.List(fields.Str(), required=True)
    expires_at = At(required=True, allow_none=True)


@content_slots.get("/<id:content_id>/slots", least="viewer")
@content_slots.arguments(PageArgs, location="query")
@content_slots.response(200, page_of(SlotOut))
def listed(_: dict[str, Any], content_id: int) -> dict[str, Any]:
    """The open slots of a text, and what everybody says in them."""
    material = found(Material, content_id)
    rows = fills.of(db.session(), here(), [material.id]).get(material.id, [])
    return whole([_slot(slot, rows) for slot in fills.slots_of(material)])


@content_slots.put("/<id:content_id>/slots", least="editor")
@content_slots.arguments(FillArgs)
@content_slots.response(200, SlotOut)
def fill(args: dict[str, Any], content_id: int) -> dict[str, Any]:
    """Say something in a slot; the core around it stays as it is. Empty words let the usual ones stand again."""
    session, material = db.session(), found(Material, content_id)
    staff = fills.BRAND if args.get("staff_id") is None else found(Staff, args["staff_id"]).id
    day, now = _day(args.get("day", "")), clock.now(session)
    try:
        fills.fill(
            *(session, material, args["slot"], args["words"]), staff=staff, day=day, now=now, by=actor().name
        )
    except fills.BadFill as bad:
        raise invalid(*located(bad.problems)) from None
    note = {"slot": args["slot"], "staff": staff, "day": day}
    audit.record(session, here(), actor().name, "content.filled", f"content:{material.id}", note, now)
    rows = fills.of(session, here(), [material.id]).get(material.id, [])
    slot = next(one for one in fills.slots_of(material) if one.name == args["slot"])
    return _slot(slot, rows)


@content_slots.get("/<id:content_id>/words", least=SIGNED_IN)
@content_slots.arguments(WordsArgs, location="query")
@content_slots.response(200, SaidOut)
def words(args: dict[str, Any], content_id: int) -> dict[str, Any]:
    """What a member of staff says to a contact with this material: the finished text, and its open slots.

    The staff read the words of their own tasks, in their own name.
    """
    session, material = db.session(), found(Material, content_id)
    own = only_for_own_tasks(material, args.get("contact_id"))
    contact = the_contact(args["contact_id"]) if "contact_id" in args else Contact(id=0, name="", tags=[])
    if own is not None:
        staff: int | None = own
    elif "staff_id" in args:
        staff = found(Staff, args["staff_id"]).id
    else:
        staff = people.friends(session, here(), [contact.id]).get(contact.id)
    now = clock.now(session)
    workspace = session.get_one(Workspace, here())
    zone = zone_of(contact.timezone or workspace.timezone)
    told = said.of(session, here(), [material.key])[material.key]
    spoken = told.words(contact.id, staff, now.astimezone(zone).date().isoformat())
    matched = scenes_for(contact, told.scenes if contact.id else frozenset(), zone, now)
    known = _scene(contact, workspace, matched)
    try:
        body = compose(spoken.carrier, spoken.body, known, zone, now, spoken.filled)
    except BadText as bad:
        raise invalid(*located(bad.problems)) from None
    except RenderError as error:
        raise invalid(("text", Words(f"{UNWRITABLE}{error}", f"{UNWRITABLE.en}{error}"))) from None
    return {
        "text": body.get("text", ""),
        "body": dict(body),
        "carrier": spoken.carrier,
        "version": spoken.version,
        "variant": spoken.variant,
        "slots": [
            {
                "name": one.name,
                "default": one.default,
                "filled": spoken.filled.get(one.name),
                "max": one.longest,
            }
            for one in slots.of_body(spoken.body)
        ],
        "missing": list(body.missing),
        "expires_at": told.expires_at,
    }


def _scene(contact: Contact, workspace: Workspace, scenes: dict[str, Any]) -> dict[str, Any]:
    return scene(
        name=contact.name,
        attributes=contact.attributes,
        tags=contact.tags,
        workspace=workspace.name,
        scenes=scenes,
    )


def _slot(slot: slots.Slot, rows: list[fills.Filled]) -> dict[str, Any]:
    theirs = [
        {"slot": row.slot, "staff_id": row.staff or None, "day": row.day, "words": row.words}
        for row in rows
        if row.slot == slot.name
    ]
    return {"name": slot.name, "default": slot.default, "max": slot.longest, "filled": theirs}


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        if not DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise invalid(("day", NO_DAY)) from None
