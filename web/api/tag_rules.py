"""Rules that set tags: tried before they are saved, changed, started and stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import func, select

from audience import tag_rule_making as making
from audience.tables_keeping import WatchedRule
from audience.tables_tags import TagRule, TagRuleHolder
from audience.tag_definitions import BadTags
from journeys.words import Flag, Many, Part, Shape, Text
from rules.conditions import BadRule, parse
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.api.catalogue import WordsOut
from web.errors import invalid
from web.fields import At, Bag, Filled, RowNumber
from web.language import language
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located
from web.titles import rule_titles

tag_rules = Resource("tag-rules", "/tags/rules", description="Rules that put tags on and take them off.")


class TagActsArgs(Shape):
    add = Many(Text(longest=64))
    remove = Many(Text(longest=64))


class TagRuleTrial(Shape):
    rule = Bag(required=True, metadata={"description": "The tree of the rule editor"})
    holding = Part(TagActsArgs, required=True, metadata={"description": "Done when it comes to hold"})
    ending = Part(TagActsArgs, metadata={"description": "Done when it holds no longer"})
    id = RowNumber(metadata={"description": "In a preview: the rule that is being changed"})


class TagRuleArgs(Shape):
    name = Filled(required=True, longest=100)
    rule = Bag(required=True, metadata={"description": "The tree of the rule editor"})
    holding = Part(TagActsArgs, required=True, metadata={"description": "Done when it comes to hold"})
    ending = Part(TagActsArgs, metadata={"description": "Done when it holds no longer"})
    on = Flag()


class TagActsOut(Schema):
    add = fields.List(fields.Str(), required=True)
    remove = fields.List(fields.Str(), required=True)


class TagFightOut(Schema):
    day = fields.Str(required=True)
    contacts = fields.Int(required=True)
    rivals = fields.List(fields.Str(), required=True, metadata={"description": "Names of the other rules"})


class TagRuleOut(Schema):
    id = fields.Int(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    rule = fields.Dict(required=True)
    words = fields.Str(required=True, metadata={"description": "When it holds, said in words"})
    holding = fields.Nested(TagActsOut, required=True)
    ending = fields.Nested(TagActsOut, required=True)
    state = fields.Str(required=True, metadata={"enum": [making.ON, making.OFF, making.STOPPED]})
    holds_for = fields.Int(required=True, metadata={"description": "For how many contacts it holds now"})
    filling = fields.Bool(required=True, metadata={"description": "True during the first look at everybody"})
    fights = fields.Nested(TagFightOut, required=True, allow_none=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class TagPreviewOut(Schema):
    words = fields.Str(required=True)
    holds = fields.Int(required=True)
    gets = fields.Dict(required=True, metadata={"description": "{tag: how many would get it now}"})
    loses = fields.Dict(required=True, metadata={"description": "{tag: how many would lose it now}"})
    warnings = fields.List(fields.Nested(WordsOut), required=True)


@tag_rules.get("", least="viewer")
@tag_rules.arguments(PageArgs, location="query")
@tag_rules.response(200, page_of(TagRuleOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The rules, newest first, with how many they hold for."""
    return page(scoped(TagRule), TagRule.id, args, shown=shown)


@tag_rules.post("", least="editor")
@tag_rules.arguments(TagRuleArgs)
@tag_rules.response(201, TagRuleOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a rule; it is asked about everybody at once, and journeys hear of the tags that it sets."""
    return _save(args, None)


@tag_rules.post("/preview", least="viewer", reads=True)
@tag_rules.arguments(TagRuleTrial)
@tag_rules.response(200, TagPreviewOut)
def preview(args: dict[str, Any]) -> dict[str, Any]:
    """How many would get or lose a tag now; nothing is stored."""
    session = db.session()
    own = found(TagRule, args["id"]).key if "id" in args else None
    try:
        seen = making.preview(session, here(), args, clock.now(session), own)
    except BadTags as bad:
        raise invalid(*located(bad.problems)) from None
    return {
        "words": parse(args["rule"]).say(language(), rule_titles()),
        "holds": seen.holds,
        "gets": seen.gets,
        "loses": seen.loses,
        "warnings": [said for _, said in seen.warnings],
    }


@tag_rules.get("/<id:rule_id>", least="viewer")
@tag_rules.response(200, TagRuleOut)
def one(rule_id: int) -> dict[str, Any]:
    """One rule."""
    return shown([found(TagRule, rule_id)])[0]


@tag_rules.put("/<id:rule_id>", least="editor")
@tag_rules.arguments(TagRuleArgs)
@tag_rules.response(200, TagRuleOut)
def change(args: dict[str, Any], rule_id: int) -> dict[str, Any]:
    """Change a rule; it is asked about everybody again."""
    return _save(args, found(TagRule, rule_id))


@tag_rules.delete("/<id:rule_id>", least="editor")
@tag_rules.response(204)
def remove(rule_id: int) -> str:
    """Delete a rule; the tags that it has put on stay."""
    row = found(TagRule, rule_id)
    _note("tag_rule.deleted", row)
    making.remove(db.session(), row)
    return ""


@tag_rules.post("/<id:rule_id>/start", least="editor")
@tag_rules.response(200, TagRuleOut)
def start(rule_id: int) -> dict[str, Any]:
    """Start a rule that was stopped; it is asked about everybody."""
    return _switch(found(TagRule, rule_id), True)


@tag_rules.post("/<id:rule_id>/stop", least="editor")
@tag_rules.response(200, TagRuleOut)
def stop(rule_id: int) -> dict[str, Any]:
    """Stop a rule; the tags that it has put on stay."""
    return _switch(found(TagRule, rule_id), False)


def shown(rows: Sequence[TagRule]) -> list[dict[str, Any]]:
    """Rules as the API gives them."""
    session = db.session()
    titles = rule_titles() if rows else {}
    names = dict(
        session.execute(select(TagRule.key, TagRule.name).where(TagRule.workspace_id == here())).all()
    )
    holders = (
        select(TagRuleHolder.rule_id, func.count())
        .where(TagRuleHolder.rule_id.in_([row.id for row in rows]), TagRuleHolder.workspace_id == here())
        .where(TagRuleHolder.holds)
        .group_by(TagRuleHolder.rule_id)
    )
    counts: dict[int, int] = dict(session.execute(holders).all())
    under_way = select(WatchedRule.owner).where(
        WatchedRule.workspace_id == here(),
        WatchedRule.family == making.FAMILY,
        WatchedRule.filled_to.is_not(None),
    )
    filling = set(session.scalars(under_way))
    return [
        {
            column: getattr(row, column)
            for column in ("id", "key", "name", "rule", "holding", "ending", "state")
        }
        | {
            "words": _words(row, titles),
            "holds_for": counts.get(row.id, 0),
            "filling": row.key in filling,
            "fights": _fights(row, names),
            "updated_at": row.updated_at,
            "updated_by": row.updated_by,
        }
        for row in rows
    ]


def _words(row: TagRule, titles: Any) -> str:
    try:
        return parse(row.rule).say(language(), titles)
    except BadRule:  # written when the language of rules was another one
        return row.name


def _fights(row: TagRule, names: dict[str, str]) -> dict[str, Any] | None:
    if not row.fights:
        return None
    rivals = [names[key] for key in row.fights["with"] if key in names]
    return {"day": row.fights["day"], "contacts": row.fights["contacts"], "rivals": rivals}


def _save(args: dict[str, Any], row: TagRule | None) -> dict[str, Any]:
    session = db.session()
    action = "tag_rule.made" if row is None else "tag_rule.changed"
    try:
        made = making.save(session, here(), args, clock.now(session), by=actor().name, row=row)
    except BadTags as bad:
        raise invalid(*located(bad.problems)) from None
    _note(action, made)
    return shown([made])[0]


def _switch(row: TagRule, on: bool) -> dict[str, Any]:
    session = db.session()
    making.switch(session, row, on, clock.now(session))
    _note("tag_rule.started" if on else "tag_rule.stopped", row)
    return shown([row])[0]


def _note(action: str, row: TagRule) -> None:
    session = db.session()
    detail = {"key": row.key, "name": row.name}
    audit.record(session, here(), actor().name, action, f"tag_rule:{row.id}", detail, clock.now(session))
