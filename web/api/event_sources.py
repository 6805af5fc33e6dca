"""Other systems tell what customers do in their own words; ready mappings make our events of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from audience import event_sources as sources
from audience import event_titles
from audience import events as happenings
from journeys.words import Many, Shape
from store import clock
from store.database import db
from store.problem import Problem as Wrong
from web.access import SENDER, here
from web.api.catalogue import WordsOut
from web.api.events import AHEAD, MOST, TOO_EARLY, TakenOut
from web.errors import invalid, not_found
from web.fields import Bag, several
from web.paging import PageArgs, page_of, whole
from web.resource import Resource
from web.shown import located, places

event_sources = Resource(
    "event-sources", "/event-sources", description="Ready mappings of other systems' events."
)


class SourceEventsArgs(Shape):
    events = Many(
        Bag(), required=True, validate=several(MOST),
        metadata={"description": "Each as {type, who, id?, time?, data?}, in the source's own words"},
    )  # fmt: skip


class SourceEventOut(Schema):
    type = fields.Str(required=True, metadata={"description": "As the source says it"})
    event = fields.Str(required=True, metadata={"description": "As journeys hear it"})
    title = fields.Nested(WordsOut, required=True)


class SourceOut(Schema):
    source = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    identities = fields.List(fields.Str(), required=True)
    events = fields.List(fields.Nested(SourceEventOut), required=True)
    renames = fields.Dict(required=True)
    example = fields.Dict(required=True)


@event_sources.get("", least="viewer")
@event_sources.arguments(PageArgs, location="query")
@event_sources.response(200, page_of(SourceOut))
def every(_: dict[str, Any]) -> dict[str, Any]:
    """The sources that are mapped already, each with its types and an example."""
    return whole([_shown(one) for one in sources.SOURCES])


@event_sources.post("/<source>", least=SENDER)
@event_sources.arguments(SourceEventsArgs)
@event_sources.response(202, TakenOut)
def take(args: dict[str, Any], source: str) -> dict[str, Any]:
    """Take up to 1,000 things that a source tells. The same thing told twice is taken once.

    Those that cannot be read are named in `errors` and the others are taken; if none can, the answer is a problem.
    """
    known = sources.BY_KEY.get(source)
    if known is None:
        raise not_found()
    session = db.session()
    now = clock.now(session)
    good, wrong = [], []
    for number, given in enumerate(args["events"]):
        told, problems = sources.read(known, given, f"events.{number}")
        wrong += problems
        at = told.get("occurred_at") if told else None
        if told is not None and not isinstance(at, str | None) and at > now + AHEAD:
            wrong.append(Wrong(f"events.{number}.time", TOO_EARLY.json()))
        elif told is not None:
            good.append((number, told))
    taken = happenings.take(session, here(), [told for _, told in good], now)
    for one in taken.errors:
        place, _, rest = one.path.removeprefix("events.").partition(".")
        wrong.append(Wrong(f"events.{good[int(place)][0]}" + (f".{rest}" if rest else ""), one.words))
    if wrong and not taken.accepted and not taken.duplicates:
        raise invalid(*located(wrong))
    return {"accepted": taken.accepted, "duplicates": taken.duplicates, "errors": places(wrong)}


def _shown(one: sources.Source) -> dict[str, Any]:
    titles = {name: event_titles.title(name) for name in one.events.values()}
    return {
        "source": one.key,
        "title": {"zh": one.zh, "en": one.en},
        "identities": [one.openid if name == "openid" else name for name in sources.NAMES],
        "events": [
            {"type": kind, "event": name, "title": {"zh": titles[name][0], "en": titles[name][1]}}
            for kind, name in one.events.items()
        ],
        "renames": dict(one.renames),
        "example": dict(one.example),
    }
