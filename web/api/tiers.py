"""Tiers: dimensions with their levels, how many stand in each, and who moved between them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from audience import tier_counts, tier_dimensions
from audience.rfm_groups import BY_KEY
from audience.tables import Contact
from audience.tables_tiers import GOING, LIFECYCLE, RFM, RULES, SCORE, TierChange, TierDimension, TierStanding
from audience.tier_dimensions import IF_WORKED, OTHERWISE, Wanted
from audience.tier_moves import REASONS
from journeys.words import Many, Part, Shape, Text, Whole, Words
from rules.conditions import parse
from store import audit, clock
from store.database import db
from web.access import actor, here
from web.api.catalogue import WordsOut
from web.errors import Problem, invalid, not_found
from web.fields import At, Filled, OneOf, QueryNumber, RowNumber, between
from web.language import language
from web.paging import PageArgs, page, page_of, whole
from web.resource import Resource
from web.shown import located
from web.titles import rule_titles

tiers = Resource("tiers", "/tiers", description="Levels that contacts rise to and fall from by themselves.")

MOVED = Words(
    "这个分层刚被别人改过；请重新载入。", "Somebody has changed this dimension since; load it again."
)
OWN = Words(
    "RFM 的分组由系统计算，不能这样改。",
    "The groups of RFM are worked out; they cannot be changed like this.",
)
STAGES = Words(
    "这是一个生命周期；请在生命周期看板里改它。", "This is a lifecycle; change it at the lifecycle board."
)
KEY_STAYS = Words("键不能改；请另建一个维度。", "A dimension's key cannot be changed; make another one.")


class LevelIn(Shape):
    key = Text(longest=64, metadata={"description": "Proposed if left out; stays when the level is renamed"})
    name = Filled(required=True, longest=60)
    rule = fields.Dict(allow_none=True, metadata={"description": "What it takes; null for the lowest level"})
    words = Text(longest=500, metadata={"description": "The criteria in the marketer's own words"})
    benefits = Many(Text(longest=200), metadata={"maxItems": tier_dimensions.MOST_BENEFITS})
    color = Text(longest=32)


class DimensionArgs(Shape):
    key = Text(longest=64)
    name = Filled(required=True, longest=100)
    description = Text(longest=500)
    levels = Many(Part(LevelIn), required=True, metadata={"description": "Highest first"})
    demote_after_days = Whole(load_default=30)
    otherwise = OneOf(OTHERWISE, load_default="lowest")
    if_worked = OneOf(IF_WORKED, load_default="earned")
    revision = RowNumber(metadata={"description": "The revision that was changed; 409 if it is not the last"})


class OrderArgs(Shape):
    keys = Many(Text(longest=64), required=True)


class FlowArgs(PageArgs):
    days = QueryNumber(load_default=30, validate=between(1, 365))


class PeopleArgs(PageArgs):
    level = Text(longest=64, metadata={"description": "Of this level alone"})


class LevelOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    rule = fields.Dict(required=True, allow_none=True)
    criteria = fields.Str(required=True, metadata={"description": "The rule said in words"})
    words = fields.Str(required=True)
    benefits = fields.List(fields.Str(), required=True)
    color = fields.Str(required=True)
    people = fields.Int(required=True)


class DimensionOut(Schema):
    id = fields.Int(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    description = fields.Str(required=True)
    kind = fields.Str(required=True, metadata={"enum": [RULES, RFM, SCORE, LIFECYCLE]})
    levels = fields.List(fields.Nested(LevelOut), required=True, metadata={"description": "Highest first"})
    demote_after_days = fields.Int(required=True)
    otherwise = fields.Str(required=True, metadata={"enum": list(OTHERWISE)})
    if_worked = fields.Str(required=True, metadata={"enum": list(IF_WORKED)})
    overrides = fields.Int(required=True, metadata={"description": "How many are open"})
    state = fields.Str(required=True, metadata={"enum": ["sorting", "kept"]})
    progress = fields.Float(required=True, metadata={"description": "Of the sorting under way, 0 to 1"})
    revision = fields.Int(required=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class FlowOut(Schema):
    old = fields.Str(required=True, allow_none=True)
    new = fields.Str(required=True, allow_none=True)
    people = fields.Int(required=True)


class StandsOut(Schema):
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    level = fields.Str(required=True)
    since = At(required=True)


class TierChangeOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    old = fields.Str(required=True, allow_none=True)
    new = fields.Str(required=True, allow_none=True)
    because = fields.Str(required=True)
    words = fields.Nested(WordsOut, required=True)
    at = At(required=True)
    by = fields.Str(required=True)


@tiers.get("", least="viewer")
@tiers.arguments(PageArgs, location="query")
@tiers.response(200, page_of(DimensionOut))
def listed(_: dict[str, Any]) -> dict[str, Any]:
    """All dimensions in their order, each level with the people in it."""
    return whole(shown(tier_dimensions.all_of(db.session(), here())))


@tiers.post("", least="editor")
@tiers.arguments(DimensionArgs)
@tiers.response(201, DimensionOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a dimension; the worker sorts everybody by it and tells nobody, `progress` says how far it is."""
    session = db.session()
    now = clock.now(session)
    args.pop("revision", None)
    try:
        made = tier_dimensions.create(session, here(), _wanted(args), now, actor().name)
    except tier_dimensions.BadDimension as bad:
        raise invalid(*located(bad.problems)) from None
    _note(made, "tier.made", now)
    return shown([made])[0]


@tiers.put("/order", least="editor")
@tiers.arguments(OrderArgs)
@tiers.response(200, page_of(DimensionOut))
def reorder(args: dict[str, Any]) -> dict[str, Any]:
    """Put the dimensions into another order."""
    session = db.session()
    tier_dimensions.reorder(session, here(), args["keys"])
    now = clock.now(session)
    audit.record(session, here(), actor().name, "tier.ordered", "tiers", {"keys": args["keys"]}, now)
    session.flush()
    return whole(shown(tier_dimensions.all_of(session, here())))


@tiers.get("/<dimension_key>", least="viewer")
@tiers.response(200, DimensionOut)
def one(dimension_key: str) -> dict[str, Any]:
    """One dimension."""
    return shown([kept(dimension_key)])[0]


@tiers.put("/<dimension_key>", least="editor")
@tiers.arguments(DimensionArgs)
@tiers.response(200, DimensionOut)
def change(args: dict[str, Any], dimension_key: str) -> dict[str, Any]:
    """Replace a dimension. Whom new criteria lift rises, whom they drop keeps his level for the set time."""
    session, row = db.session(), ruled(dimension_key)
    if args.get("key", row.key) != row.key:
        raise invalid(("key", KEY_STAYS))
    now, revision = clock.now(session), args.pop("revision", None)
    try:
        tier_dimensions.change(session, row, _wanted(args), revision, now, actor().name)
    except tier_dimensions.BadDimension as bad:
        raise invalid(*located(bad.problems)) from None
    except tier_dimensions.DimensionMoved as moved:
        raise Problem(409, "tier-moved", MOVED, theirs=moved.revision) from None
    _note(row, "tier.changed", now)
    return shown([row])[0]


@tiers.delete("/<dimension_key>", least="editor")
@tiers.response(204)
def remove(dimension_key: str) -> str:
    """Delete a dimension; its levels are taken off everybody in the background, and nobody is told."""
    session, row = db.session(), ruled(dimension_key)
    now = clock.now(session)
    _note(row, "tier.deleted", now)
    tier_dimensions.remove(session, row, now)
    return ""


@tiers.get("/<dimension_key>/flow", least="viewer")
@tiers.arguments(FlowArgs, location="query")
@tiers.response(200, page_of(FlowOut))
def flow(args: dict[str, Any], dimension_key: str) -> dict[str, Any]:
    """Who moved between levels lately: each person once, from the first level left to the last one reached."""
    session = db.session()
    since = clock.now(session) - timedelta(days=args["days"])
    return whole(tier_counts.flows(session, kept(dimension_key).id, since))


@tiers.get("/<dimension_key>/people", least="viewer")
@tiers.arguments(PeopleArgs, location="query")
@tiers.response(200, page_of(StandsOut))
def people(args: dict[str, Any], dimension_key: str) -> dict[str, Any]:
    """Who is in a dimension, or in one level of it."""
    row = kept(dimension_key)
    query = select(TierStanding).where(
        TierStanding.workspace_id == here(),
        TierStanding.dimension_id == row.id,
        TierStanding.level.is_not(None),
    )
    if "level" in args:
        query = query.where(TierStanding.level == args["level"])
    return page(query, TierStanding.contact_id, args, shown=_named)


@tiers.get("/<dimension_key>/changes", least="viewer")
@tiers.arguments(PageArgs, location="query")
@tiers.response(200, page_of(TierChangeOut))
def changes(args: dict[str, Any], dimension_key: str) -> dict[str, Any]:
    """What changed in one dimension, the last first."""
    query = select(TierChange).where(
        TierChange.workspace_id == here(), TierChange.dimension_id == kept(dimension_key).id
    )
    return page(query, TierChange.id, args, shown=changes_shown)


def changes_shown(rows: Sequence[TierChange]) -> list[dict[str, Any]]:
    """Changes as the API gives them."""
    names = names_of({row.contact_id for row in rows})
    return [
        {
            "id": row.id,
            "contact_id": row.contact_id,
            "name": names.get(row.contact_id, ""),
            "old": row.old,
            "new": row.new,
            "because": row.because,
            "words": dict(zip(("zh", "en"), REASONS[row.because], strict=True)),
            "at": row.at,
            "by": row.by,
        }
        for row in rows
    ]


def _named(rows: Sequence[TierStanding]) -> list[dict[str, Any]]:
    names = names_of({row.contact_id for row in rows})
    return [
        {
            "contact_id": row.contact_id,
            "name": names.get(row.contact_id, ""),
            "level": row.level,
            "since": row.since,
        }
        for row in rows
    ]


def names_of(ids: set[int]) -> dict[int, str]:
    """What contacts are called."""
    query = select(Contact.id, Contact.name).where(Contact.workspace_id == here(), Contact.id.in_(ids))
    return dict(db.session.execute(query).all())


def kept(key: str) -> TierDimension:
    """The dimension of this workspace with this key; 404 for any other."""
    mine = select(TierDimension).where(
        TierDimension.workspace_id == here(), TierDimension.key == key, TierDimension.kind != GOING
    )
    row = db.session.scalars(mine).one_or_none()
    if row is None:
        raise not_found()
    return row


def ruled(key: str) -> TierDimension:
    """The same, if people make its levels here; 409 for the groups of RFM and for lifecycles."""
    row = steered(key)
    if row.kind == LIFECYCLE:
        raise Problem(409, "is-lifecycle", STAGES)
    return row


def steered(key: str) -> TierDimension:
    """The same, if somebody may be given one of its levels; 409 for the groups of RFM."""
    row = kept(key)
    if row.kind not in (RULES, LIFECYCLE):
        raise Problem(409, "tier-worked-out", OWN)
    return row


def _wanted(args: dict[str, Any]) -> Wanted:
    empty: dict[str, Any] = {"key": "", "rule": None, "words": "", "benefits": [], "color": ""}
    levels = [{**empty, **level} for level in args["levels"]]
    return Wanted(**{**args, "levels": levels})


def shown(rows: Sequence[TierDimension]) -> list[dict[str, Any]]:
    """Dimensions as the API gives them, their numbers in a few statements."""
    session = db.session()
    ids = [row.id for row in rows]
    counts, watched = tier_counts.counts(session, ids), tier_counts.watched(session, ids)
    going_on = tier_counts.progress(session, here()) if rows else {}
    titles = rule_titles() if rows else {}
    columns = (
        "id", "key", "name", "description", "kind", "demote_after_days", "otherwise", "if_worked", "revision",
        "updated_at", "updated_by",
    )  # fmt: skip
    return [
        {column: getattr(row, column) for column in columns}
        | {
            "levels": [_level(level, counts[row.id], titles) for level in row.levels],
            "overrides": watched.get(row.id, 0),
            "state": "sorting" if row.key in going_on else "kept",
            "progress": going_on.get(row.key, 1.0),
        }
        for row in rows
    ]


def _level(level: dict[str, Any], counts: dict[str, int], titles: Any) -> dict[str, Any]:
    rule, english = level.get("rule"), language() == "en"
    said = level["words"]
    if english and "words_en" in level:
        said = level["words_en"]
    has_rule = bool(rule) and rule.get("rules", True)
    return {
        "key": level["key"],
        "name": level["name_en"] if english and "name_en" in level else level["name"],
        "rule": rule,
        "criteria": parse(rule).say(language(), titles) if has_rule else "",
        "words": said,
        "benefits": level["benefits"],
        "color": level["color"] or (BY_KEY[level["key"]].color if level["key"] in BY_KEY else ""),
        "people": counts.get(level["key"], 0),
    }


def _note(row: TierDimension, action: str, now: datetime) -> None:
    detail = {"key": row.key, "levels": [level["key"] for level in row.levels], "revision": row.revision}
    audit.record(db.session(), here(), actor().name, action, f"tier:{row.key}", detail, now)
