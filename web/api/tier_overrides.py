"""Overrides for a while, and everything that is known of one contact's tiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from audience import tier_dimensions, tier_overrides
from audience.rule_tables import RuleTables
from audience.tables import Contact
from audience.tables_tiers import SCORE, TierChange, TierOverride, TierStanding
from audience.tier_overrides import Given
from journeys.words import Shape, Text, Whole, Words
from rules.conditions import parse
from rules.errors import BadRule
from rules.sql import NotForContacts, where
from rules.zones import SHANGHAI
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.api.tiers import TierChangeOut, changes_shown, names_of, steered, tiers
from web.errors import Problem, invalid
from web.fields import At, Filled, OneOf, QueryNumber, RowNumber, between
from web.language import language
from web.paging import PageArgs, page, page_of
from web.titles import rule_titles

LONGEST = timedelta(days=730)
STATES = ("open", "worked", "fell_back", "over", "cancelled", "replaced")
NO_LEVEL = Words("这个维度没有这个等级。", "This dimension has no such level.")
PAST = Words("评估日要在现在之后、两年之内。", "The day it is judged must lie ahead, within two years.")
EITHER = Words("请给出 until 或 days 之一。", "Give either until or days.")
NOT_OPEN = Words("这条人工设定已经结束了。", "This override is over already.")


class OverrideListArgs(PageArgs):
    state = OneOf(STATES, load_default="open")
    dimension = Text(longest=64)
    contact_id = QueryNumber()


class OverrideArgs(Shape):
    contact_id = RowNumber(required=True)
    dimension = Filled(required=True, longest=64)
    level = Filled(required=True, longest=64)
    until = At(metadata={"description": "The day on which it is judged"})
    days = Whole(validate=between(1, LONGEST.days))
    measure = fields.Dict(
        allow_none=True,
        metadata={"description": "A rule that must hold by then; of events it sees those since now"},
    )
    reason = Text(longest=500)

    @validates_schema(skip_on_field_errors=True)
    def one_end(self, data: dict[str, Any], **_: Any) -> None:
        if ("until" in data) == ("days" in data):
            raise ValidationError(EITHER, "until")


class OverrideOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    dimension = fields.Str(required=True)
    dimension_name = fields.Str(required=True)
    level = fields.Str(required=True)
    level_name = fields.Str(required=True)
    begun_at = At(required=True)
    until = At(required=True)
    days_left = fields.Int(
        required=True, metadata={"description": "Days begun of those left; 0 once it is over"}
    )
    measure = fields.Dict(required=True, allow_none=True)
    measure_words = fields.Str(required=True)
    reason = fields.Str(required=True)
    by = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"enum": list(STATES)})
    ended_at = At(required=True, allow_none=True)
    ended_by = fields.Str(required=True)


class ContactTierOut(Schema):
    dimension = fields.Str(required=True)
    dimension_name = fields.Str(required=True)
    kind = fields.Str(required=True)
    level = fields.Str(required=True, allow_none=True)
    natural = fields.Str(required=True, allow_none=True, metadata={"description": "By the criteria alone"})
    since = At(required=True, allow_none=True)
    falls_at = At(required=True, allow_none=True, metadata={"description": "When time alone changes it next"})
    override = fields.Nested(OverrideOut, required=True, allow_none=True)


class ContactTiersOut(Schema):
    items = fields.List(fields.Nested(ContactTierOut), required=True)
    changes = fields.List(
        fields.Nested(TierChangeOut), required=True, metadata={"description": "The last 50"}
    )


@tiers.get("/overrides", least="viewer")
@tiers.arguments(OverrideListArgs, location="query")
@tiers.response(200, page_of(OverrideOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """Overrides, the last first: those that are open, or of another state."""
    query = scoped(TierOverride).where(TierOverride.state == args["state"])
    if "dimension" in args:
        query = query.where(TierOverride.dimension_id == steered(args["dimension"]).id)
    if "contact_id" in args:
        query = query.where(TierOverride.contact_id == args["contact_id"])
    return page(query, TierOverride.id, args, shown=shown)


@tiers.post("/overrides", least="editor")
@tiers.arguments(OverrideArgs)
@tiers.response(201, OverrideOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Give a contact a level for a while; what was open for him in this dimension is replaced."""
    session = db.session()
    now = clock.now(session)
    dimension, contact = steered(args["dimension"]), found(Contact, args["contact_id"])
    if args["level"] not in {level["key"] for level in dimension.levels}:
        raise invalid(("level", NO_LEVEL))
    until = args["until"] if "until" in args else now + timedelta(days=args["days"])
    if not now < until <= now + LONGEST:
        raise invalid(("until", PAST))
    measure = args.get("measure") or None
    _check(measure)
    given = Given(
        here(), contact.id, dimension.key, args["level"], now, until, measure, args.get("reason", ""),
        actor().name,
    )  # fmt: skip
    row = tier_overrides.open_one(session, given, now)
    _note(row, "tier.overridden", now)
    return shown([row])[0]


@tiers.delete("/overrides/<id:override_id>", least="editor")
@tiers.response(204)
def cancel(override_id: int) -> str:
    """End an override now: its contact goes to where the criteria put him."""
    session, row = db.session(), found(TierOverride, override_id)
    now = clock.now(session)
    if not tier_overrides.cancel(session, here(), row.id, actor().name, now):
        raise Problem(409, "override-over", NOT_OPEN)
    _note(row, "tier.restored", now)
    return ""


@tiers.get("/contacts/<id:contact_id>", least="viewer")
@tiers.response(200, ContactTiersOut)
def of_contact(contact_id: int) -> dict[str, Any]:
    """Where one contact stands in each dimension, when time will change that, and what changed so far."""
    session, contact = db.session(), found(Contact, contact_id)
    standings = session.scalars(scoped(TierStanding).where(TierStanding.contact_id == contact.id))
    mine = {row.dimension_id: row for row in standings}
    query = scoped(TierOverride).where(TierOverride.contact_id == contact.id, TierOverride.state == "open")
    rows = session.scalars(query).all()
    overrides = {row.dimension_id: one for row, one in zip(rows, shown(rows), strict=True)}
    items = []
    for dimension in tier_dimensions.all_of(session, here()):
        if dimension.kind == SCORE:
            continue
        row = mine.get(dimension.id)
        items.append(
            {
                "dimension": dimension.key,
                "dimension_name": dimension.name,
                "kind": dimension.kind,
                "level": row.level if row else None,
                "natural": row.natural if row else None,
                "since": row.since if row else None,
                "falls_at": row.due_at if row else None,
                "override": overrides.get(dimension.id),
            }
        )
    changes = scoped(TierChange).where(TierChange.contact_id == contact.id)
    last = session.scalars(changes.order_by(TierChange.id.desc()).limit(50)).all()
    return {"items": items, "changes": changes_shown(last)}


def shown(rows: Sequence[TierOverride]) -> list[dict[str, Any]]:
    """Overrides as the API gives them."""
    session = db.session()
    if not rows:
        return []
    now, titles = clock.now(session), rule_titles()
    names = names_of({row.contact_id for row in rows})
    known = {row.id: row for row in tier_dimensions.all_of(session, here())}
    columns = (
        "id", "contact_id", "level", "begun_at", "until", "measure", "reason", "by", "state", "ended_at", "ended_by",
    )  # fmt: skip
    found_rows = []
    for row in rows:
        dimension = known.get(row.dimension_id)
        levels = {level["key"]: level["name"] for level in dimension.levels} if dimension else {}
        found_rows.append(
            {column: getattr(row, column) for column in columns}
            | {
                "name": names.get(row.contact_id, ""),
                "dimension": dimension.key if dimension else "",
                "dimension_name": dimension.name if dimension else "",
                "level_name": levels.get(row.level, row.level),
                "days_left": _days_left(row, now),
                "measure_words": parse(row.measure).say(language(), titles) if row.measure else "",
            }
        )
    return found_rows


def _days_left(row: TierOverride, now: datetime) -> int:
    if row.state != "open" or row.until <= now:
        return 0
    return -(-(row.until - now) // timedelta(days=1))


def _check(measure: Any) -> None:
    if measure is None:
        return
    try:
        where(parse(measure, "measure"), RuleTables, clock.now(db.session()), SHANGHAI)
    except (BadRule, NotForContacts) as bad:
        wrong = ((path or "measure", Words(said["zh"], said["en"])) for path, said in bad.problems)
        raise invalid(*wrong) from None


def _note(row: TierOverride, action: str, now: datetime) -> None:
    detail = {"contact": row.contact_id, "level": row.level, "until": row.until}
    audit.record(db.session(), here(), actor().name, action, f"override:{row.id}", detail, now)
