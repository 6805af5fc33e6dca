"""Step kinds, entries, arrows and the rule language, each with the form by which the studio draws it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from journeys import forms
from web.api.catalogue import WordsOut
from web.resource import Resource
from web.rule_form import FIELDS, OPERATORS

kinds = Resource("kinds", "/kinds", description="What can be drawn, and with which form.")


class ExitOut(Schema):
    id = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)


class KindOut(Schema):
    kind = fields.Str(required=True)
    group = fields.Str(required=True)
    icon = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    help = fields.Nested(WordsOut, required=True)
    takes_time = fields.Bool(required=True)
    exits = fields.List(
        fields.Nested(ExitOut),
        required=True,
        allow_none=True,
        metadata={"description": "null: from its config"},
    )
    closing_exits = fields.List(fields.Nested(ExitOut), required=True)
    side_exits = fields.List(fields.Nested(ExitOut), required=True)
    form = fields.List(fields.Dict(), required=True)


class TriggerOut(Schema):
    type = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    form = fields.List(fields.Dict(), required=True)


class GroupOut(Schema):
    group = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)


class RuleFormOut(Schema):
    fields_ = fields.List(fields.Dict(), required=True, data_key="fields", attribute="fields")
    operators = fields.List(fields.Dict(), required=True)


class KindsOut(Schema):
    items = fields.List(fields.Nested(KindOut), required=True)
    groups = fields.List(fields.Nested(GroupOut), required=True)
    entries = fields.List(fields.Nested(TriggerOut), required=True)
    arrows = fields.List(fields.Nested(TriggerOut), required=True)
    rule = fields.Nested(RuleFormOut, required=True)


@kinds.get("", least="viewer")
@kinds.response(200, KindsOut)
def everything() -> dict[str, Any]:
    """All kinds of steps, entries and arrows with their forms, and what rules are made of."""
    return {
        "items": forms.kinds_json(),
        "groups": forms.groups_json(),
        "entries": forms.entries_json(),
        "arrows": forms.arrows_json(),
        "rule": {"fields": FIELDS, "operators": OPERATORS},
    }
