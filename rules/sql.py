"""The same rule as a SQL condition over contacts, for segments: true for exactly those for whom it holds.

Every comparison is made two-valued on the spot (NULL becomes false), so that `not` before a group denies
plainly. Local days are worked out here, in Python, and become bounds; the database knows no time zones.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, and_, case, false, func, not_, or_, select, true

from rules.condition_tests import PRESENT, value_test
from rules.condition_tree import Leaf, Node, Operand, leaves
from rules.conditions import Rule
from rules.dates import INSTANT_TEXT, LOCAL_TEXT, day_start
from rules.errors import NotUnderstood, words
from rules.scene import Scene
from rules.sql_history import History
from rules.sql_json import Before, HasTag, JsonText, NoTags
from rules.sql_values import Clause, compared, two_valued, value
from rules.workdays import CHINA, WorkCalendar
from rules.zones import local, zone_of

DAY = timedelta(days=1)
#: What only somebody who is in a journey has.
ONLY_IN_A_JOURNEY = ("variable", "event", "entry", "stage")
#: The comparison of dates that answers a comparison of days counted back from today.
FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Tables(Protocol):
    """Where contacts and their events are.

    `contact` has id, workspace_id, attributes and tiers (JSON objects), tags (a JSON list of texts) and
    timezone; `event` has workspace_id, contact_id, name, occurred_at and properties (a JSON object), and id to
    tell ties apart; `member` (who is in which segment) and `enrollment` (who is or was in which journey) have
    workspace_id, contact_id and key, and `enrollment` a status.
    """

    @property
    def contact(self) -> FromClause: ...

    @property
    def event(self) -> FromClause: ...

    @property
    def member(self) -> FromClause: ...

    @property
    def enrollment(self) -> FromClause: ...


class NotForContacts(NotUnderstood):
    """This rule looks at something that only somebody in a journey has; use it in the journey instead."""


def where(
    rule: Rule,
    names: Tables,
    now: datetime,
    zone: ZoneInfo,
    *,
    workdays: WorkCalendar = CHINA,
    zones: Iterable[str] = (),
    everybody_of: int | None = None,
) -> Clause:
    """The rule as a condition on `names.contact`; the caller adds the workspace. Raises NotForContacts.

    `zone` is that of contacts without a known zone of their own; `zones` are the names that occur in
    `contact.timezone` (a contact with another one counts in `zone`). `everybody_of` names the workspace when all
    its contacts are asked: what happened is then gone through once, and not looked up for each of them.
    """
    wrong = sorted(
        {leaf.field.written for leaf in leaves(rule.node) if leaf.field.family in ONLY_IN_A_JOURNEY}
    )
    if wrong:
        raise NotForContacts([("", _not_for_contacts(field)) for field in wrong])
    scenes = sorted({leaf.field.written for leaf in leaves(rule.node) if leaf.field.family == "scene"})
    if scenes:
        raise NotForContacts([("", _not_by_scene(field)) for field in scenes])
    usual = _Writer(names, now, zone, workdays, everybody_of).node(rule.node)
    others = {name: found for name in zones if (found := zone_of(name, zone)) != zone}
    if not others or not is_local(rule):
        return usual
    own = {
        name: _Writer(names, now, other, workdays, everybody_of).node(rule.node)
        for name, other in others.items()
    }
    # CASE evaluates to the first match; a NULL zone matches none.
    return case(*((names.contact.c.timezone == name, clause) for name, clause in own.items()), else_=usual)


def _not_for_contacts(field: str) -> dict[str, str]:
    return words(
        f"“{field}”只有在旅程里的客户才有，不能用来筛选客户；请删掉这个条件。",
        f'Only somebody in a journey has "{field}"; contacts cannot be chosen by it. Remove this condition.',
    )


def _not_by_scene(field: str) -> dict[str, str]:
    return words(
        f"“{field}”是在那一刻为一个人选出来的，不能用来筛选客户；请在旅程的分流里用它，或在这里写出场景表那一行的人群条件。",
        f'"{field}" is chosen for one person at one moment; contacts cannot be chosen by it. Use it in a branch of a'
        " journey, or write here what the table's row asks of people.",
    )


def is_local(rule: Rule) -> bool:
    """Whether the zones of contacts can change the rule's answers."""
    return any(map(_local, leaves(rule.node)))


def _local(leaf: Leaf) -> bool:
    """Whether the subject's zone can change the answer."""
    if leaf.field.family in ("now", "since", "until") or leaf.field.type == "time":
        return True
    return leaf.within is not None and bool(leaf.within.months or leaf.within.days)


class _Writer:
    """Writes one rule for one time and one zone."""

    def __init__(
        self,
        names: Tables,
        now: datetime,
        zone: ZoneInfo,
        workdays: WorkCalendar,
        workspace_id: int | None = None,
    ):
        self.names, self.contact = names, names.contact
        self.zone, self.workspace_id = zone, workspace_id
        self.history = History(names.contact, names.event, now, zone, self.node, workspace_id)
        self.today = local(now, zone).date()
        self.scene = Scene({}, frozenset(), now, zone=zone, workdays=workdays)

    def node(self, node: Node, document: ColumnElement[Any] | None = None) -> Clause:
        """A group or a leaf; inside `where` the document is the event's properties."""
        if isinstance(node, Leaf):
            return self.leaf(node, self.contact.c.attributes if document is None else document)
        parts = [self.node(part, document) for part in node.parts]
        if node.combinator == "or" and parts:
            joined = or_(*parts)
        else:
            joined = and_(true(), *parts)
        return not_(joined.self_group()) if node.negated else joined.self_group()

    def leaf(self, leaf: Leaf, document: ColumnElement[Any]) -> Clause:
        match leaf.field.family:
            case "attribute" | "event":
                return value(document, leaf.field.name, leaf.operator, leaf.values)
            case "tags":
                return self.tags(leaf)
            case "since" | "until":
                return self.days(leaf, document)
            case "now":
                present = PRESENT[leaf.field.name](self.scene)
                return true() if value_test(leaf.field, leaf.operator, leaf.values)(present) else false()
            case "segments":
                return self.segments(leaf)
            case "tier":
                return value(self.contact.c.tiers, leaf.field.name, leaf.operator, leaf.values)
            case "journey":
                return self.journey(leaf)
            case _:
                return self.history.clause(leaf)

    def segments(self, leaf: Leaf) -> Clause:
        """Whether the contact is in one of the segments named."""
        keys = [str(key) for key in leaf.values]
        member = self.names.member
        inside = self.among(member, member.c.key.in_(keys)) if keys else false()
        return not_(inside) if leaf.operator in ("hasNot", "hasNone") else inside

    def journey(self, leaf: Leaf) -> Clause:
        """Whether the contact is inside a journey, has left it, or was never in it."""
        enrolled = self.names.enrollment
        of_it = enrolled.c.key == leaf.field.name
        ever = self.among(enrolled, of_it)
        inside = self.among(enrolled, and_(of_it, enrolled.c.status != "ended"))
        states: dict[str, Clause] = {
            "inside": inside,
            "ended": and_(ever, not_(inside)),
            "never": not_(ever),
        }
        test = value_test(leaf.field, leaf.operator, leaf.values)
        return or_(false(), *(clause for state, clause in states.items() if test(state)))

    def among(self, table: FromClause, condition: Clause) -> Clause:
        """Whether some row of a table with workspace_id and contact_id is the contact's."""
        if self.workspace_id is not None:
            own = select(table.c.contact_id).where(table.c.workspace_id == self.workspace_id, condition)
            return self.contact.c.id.in_(own)
        own_rows = and_(
            table.c.workspace_id == self.contact.c.workspace_id, table.c.contact_id == self.contact.c.id
        )
        return select(1).select_from(table).where(own_rows, condition).correlate(self.contact).exists()

    def tags(self, leaf: Leaf) -> Clause:
        column = self.contact.c.tags
        if leaf.operator in ("null", "notNull"):
            return NoTags(column) if leaf.operator == "null" else not_(NoTags(column))
        worn = or_(false(), *(HasTag(column, str(tag)) for tag in leaf.values))
        return not_(worn.self_group()) if leaf.operator in ("hasNot", "hasNone") else worn

    # ---- days since and until a date

    def days(self, leaf: Leaf, document: ColumnElement[Any]) -> Clause:
        """Whole local days between today and a date; the date is compared with days counted from today."""
        text = JsonText(document, leaf.field.name)
        how, since = leaf.operator, leaf.field.family == "since"
        readable = func.coalesce(or_(text.regexp_match(LOCAL_TEXT), text.regexp_match(INSTANT_TEXT)), false())
        if how in ("null", "notNull"):
            return readable if how == "notNull" else not_(readable)

        def compare(how: str, days: Operand) -> Clause:
            assert isinstance(days, float)
            day = self.today + (-DAY if since else DAY) * int(days)
            return self.on_day(text, FLIPPED[how] if since else how, day)

        return two_valued(how, leaf.values, compare, readable)

    def on_day(self, text: JsonText, how: str, day: date) -> Clause:
        """Whether the date that a text names is before, on or after a day of our zone."""
        as_written = compared(how, func.substr(text, 1, 10), day.isoformat())
        begun = not_(Before(text, day_start(day, self.zone).isoformat()))
        over = not_(Before(text, day_start(day + DAY, self.zone).isoformat()))
        as_instant = {
            "=": and_(begun, not_(over)),
            "<": not_(begun),
            "<=": not_(over),
            ">": over,
            ">=": begun,
        }[how]
        # CASE, for only it promises that no other text is read as an instant.
        return case(
            (text.regexp_match(LOCAL_TEXT), as_written),
            (text.regexp_match(INSTANT_TEXT), as_instant),
            else_=false(),
        )
