"""What a contact has allowed, topic by topic, and every word of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields
from sqlalchemy import select

from audience import consent, contacts, withdrawals
from audience.changes import Change
from audience.tables_people import ConsentChange
from journeys.words import Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import actor, here
from web.errors import invalid
from web.fields import At, Bag, OneOf
from web.finding import the_contact
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located

consents = Resource("consent", "/contacts", description="What contacts have allowed.")
YES_OR_NO = Words("这里应该是 true 或 false。", "This should be true or false.")
NO_TOPIC = Words(
    f"没有这个事项；可以是：{', '.join(consent.TOPICS)}。",
    f"There is no such topic; use {', '.join(consent.TOPICS)}.",
)


class Topics(Bag):
    """{topic: true or false}."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        given = super()._deserialize(value, attr, data, **kwargs)
        wrong = {name: [NO_TOPIC] for name in given if name not in consent.TOPICS}
        wrong |= {name: [YES_OR_NO] for name, granted in given.items() if not isinstance(granted, bool)}
        if wrong:
            raise ValidationError(wrong)
        if not given:
            raise ValidationError(NO_TOPIC)
        return given


class ConsentArgs(Shape):
    topics = Topics(
        required=True,
        metadata={"description": "{marketing | profiling | a carrier: true if allowed, false if not}"},
    )
    source = OneOf(
        ("hand", "link", "callback"), metadata={"description": "How it was said; `hand` if left out"}
    )
    note = Text(
        longest=500,
        metadata={
            "description": "Whatever proves it: a call, a form, a number; needed to lift a withdrawal of his own"
        },
    )


class ConsentChangeOut(Schema):
    id = fields.Int(required=True)
    topic = fields.Str(required=True)
    granted = fields.Bool(required=True)
    at = At(required=True)
    by = fields.Str(required=True)
    source = fields.Str(required=True, metadata={"enum": list(consent.SOURCES)})
    note = fields.Str(required=True)


class ConsentOut(Schema):
    topics = fields.Dict(required=True, metadata={"description": "{topic: allowed}, of every topic"})


@consents.get("/<id:contact_id>/consent", least="viewer")
@consents.arguments(PageArgs, location="query")
@consents.response(200, page_of(ConsentChangeOut))
def history(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """Every word about consent, the newest first."""
    contact = the_contact(contact_id)
    query = select(ConsentChange).where(
        ConsentChange.workspace_id == here(), ConsentChange.contact_id == contact.id
    )
    return page(query, ConsentChange.id, args, shown=lambda rows: [_shown(row) for row in rows])


@consents.post("/<id:contact_id>/consent", least="editor")
@consents.arguments(ConsentArgs)
@consents.response(200, ConsentOut)
def say(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """Keep what a contact says about consent; no message that it forbids begins its way two seconds later."""
    session = db.session()
    now = clock.now(session)
    contact = the_contact(contact_id)
    said = consent.Said(actor().name, args.get("source", "hand"), args.get("note", ""))
    before = consent.states(contact.attributes)
    lifted = [topic for topic, granted in args["topics"].items() if granted and not before[topic]]
    if not said.note.strip() and withdrawals.of_themselves(session, here(), [contact.id], lifted):
        raise invalid(("note", Words(*withdrawals.PROOF)))
    change = Change(here(), contact.id, now, attributes=consent.attributes(args["topics"]), by=actor().name)
    problems = contacts.change(session, [change], now, said=said)
    if problems:
        raise invalid(*located(problems, "0."))
    same = [(topic, granted) for topic, granted in args["topics"].items() if before[topic] == granted]
    consent.repeat(session, here(), contact.id, same, said, now)
    note = {"topics": args["topics"], "source": said.source}
    audit.record(session, here(), actor().name, "contact.consent", f"contact:{contact.id}", note, now)
    session.expire_all()
    return {"topics": consent.states(the_contact(contact_id).attributes)}


def _shown(row: ConsentChange) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "topic", "granted", "at", "by", "source", "note")}
