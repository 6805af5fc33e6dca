"""The same rule as a SQL condition over contacts, for segments: true for exactly those for whom it holds.

Every comparison is made two-valued on the spot (NULL becomes false), so that `not` before a group denies
plainly. Local days are worked out here, in Python, and become bounds; the database knows no time zones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, and_, case, false, func, not_, or_, select, true

from rules.condition_fields import DENIES
from rules.condition_tests import ORDER, PRESENT, SUM_DECIMALS, value_test
from rules.condition_tree import Leaf, Node, Operand, leaves
from rules.conditions import Rule
from rules.dates import INSTANT_TEXT, LOCAL_TEXT, day_start, span
from rules.errors import NotUnderstood, words
from rules.scene import Scene
from rules.sql_json import Before, HasTag, JsonEmpty, JsonNumber, JsonSearchable, JsonText, NoTags, PartOf
from rules.workdays import CHINA, WorkCalendar
from rules.zones import local, zone_of

Clause = ColumnElement[bool]
DAY = timedelta(days=1)
#: What only somebody who is in a journey has.
ONLY_IN_A_JOURNEY = ("variable", "event", "entry", "stage")
#: The comparison of dates that answers a comparison of days counted back from today.
FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Tables(Protocol):
    """Where contacts and their events are.

    `contact` has id, workspace_id, attributes (a JSON object), tags (a JSON list of texts) and timezone;
    `event` has workspace_id, contact_id, name, occurred_at and properties (a JSON object), and id to tell
    ties apart.
    """

    @property
    def contact(self) -> FromClause: ...

    @property
    def event(self) -> FromClause: ...


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
) -> Clause:
    """The rule as a condition on `names.contact`; the caller adds the workspace. Raises NotForContacts.

    `zone` is that of contacts without a known zone of their own; `zones` are the names that occur in
    `contact.timezone` (a contact with another one counts in `zone`).
    """
    wrong = sorted(
        {leaf.field.written for leaf in leaves(rule.node) if leaf.field.family in ONLY_IN_A_JOURNEY}
    )
    if wrong:
        raise NotForContacts([("", _not_for_contacts(field)) for field in wrong])
    usual = _Writer(names, now, zone, workdays).node(rule.node)
    others = {name: found for name in zones if (found := zone_of(name, zone)) != zone}
    if not others or not any(map(_local, leaves(rule.node))):
        return usual
    own = {name: _Writer(names, now, other, workdays).node(rule.node) for name, other in others.items()}
    # CASE evaluates to the first match; a NULL zone matches none.
    return case(*((names.contact.c.timezone == name, clause) for name, clause in own.items()), else_=usual)


def _not_for_contacts(field: str) -> dict[str, str]:
    return words(
        f"“{field}”只有在旅程里的客户才有，不能用来筛选客户；请删掉这个条件。",
        f'Only somebody in a journey has "{field}"; contacts cannot be chosen by it. Remove this condition.',
    )


def _local(leaf: Leaf) -> bool:
    """Whether the subject's zone can change the answer."""
    if leaf.field.family in ("now", "since", "until") or leaf.field.type == "time":
        return True
    return leaf.within is not None and bool(leaf.within.months or leaf.within.days)


class _Writer:
    """Writes one rule for one time and one zone."""

    def __init__(self, names: Tables, now: datetime, zone: ZoneInfo, workdays: WorkCalendar):
        self.contact, self.event = names.contact, names.event
        self.now, self.zone = now, zone
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
            case _:
                return self.history(leaf)

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

    # ---- what happened

    def history(self, leaf: Leaf) -> Clause:
        event, what = self.event, leaf.field.what
        properties, happened = event.c.properties, event.c.occurred_at
        if what in ("first", "last") and not leaf.field.name:
            at = self.past(
                leaf, func.min(happened) if what == "first" else func.max(happened)
            ).scalar_subquery()
            return self.time(leaf, at)
        if what == "last":
            test = value(properties, leaf.field.name, leaf.operator, leaf.values)
            order = [happened.desc(), *([event.c.id.desc()] if "id" in event.c else [])]
            last = self.past(leaf, test).order_by(*order).limit(1).scalar_subquery()
            return func.coalesce(last, true() if leaf.operator == "null" else false())
        if what == "count":
            number = self.past(leaf, func.count()).scalar_subquery()
        else:
            total = func.coalesce(func.sum(JsonNumber(properties, leaf.field.name)), 0)
            number = self.past(leaf, func.round(total, SUM_DECIMALS)).scalar_subquery()
        if leaf.operator in ("null", "notNull"):
            return true() if leaf.operator == "notNull" else false()
        return two_valued(
            leaf.operator, leaf.values, lambda how, wanted: compared(how, number, wanted), true()
        )

    def past(self, leaf: Leaf, what: ColumnElement[Any]) -> Any:
        """A query over the events of this contact that a leaf looks at."""
        event, contact = self.event, self.contact
        conditions = [
            event.c.workspace_id == contact.c.workspace_id,
            event.c.contact_id == contact.c.id,
            event.c.name == leaf.field.event,
            event.c.occurred_at <= self.now,
        ]
        if leaf.within is not None:
            conditions.append(event.c.occurred_at >= (-leaf.within).add(self.now, self.zone))
        if leaf.where is not None:
            conditions.append(self.node(leaf.where, event.c.properties))
        return select(what).select_from(event).where(*conditions).correlate(contact)

    def time(self, leaf: Leaf, at: ColumnElement[Any]) -> Clause:
        """A time against days and points in time, as `time_holds` compares them."""
        if leaf.operator in ("null", "notNull"):
            return at.is_(None) if leaf.operator == "null" else at.is_not(None)

        def compare(how: str, wanted: Operand) -> Clause:
            assert isinstance(wanted, date)
            start, end = span(wanted, self.zone)
            before_end = at < end if start != end else at <= end
            clauses: dict[str, Clause] = {
                "=": and_(at >= start, before_end),
                "<": at < start,
                "<=": before_end,
                ">": not_(before_end),
                ">=": at >= start,
            }
            return clauses[how]

        return two_valued(leaf.operator, leaf.values, compare, at.is_not(None))


def value(document: ColumnElement[Any], name: str, how: str, values: tuple[Operand, ...]) -> Clause:
    """A comparison of a value inside a JSON document."""
    if how in ("null", "notNull"):
        empty = JsonEmpty(document, name)
        return empty if how == "null" else not_(empty)
    text, number = JsonText(document, name), JsonNumber(document, name)

    def compare(how: str, wanted: Operand) -> Clause:
        if how in ORDER:
            return compared(how, number if isinstance(wanted, float) else text, wanted)
        searched: ColumnElement[Any] = JsonSearchable(document, name)
        part = str(wanted)
        if how == "contains":
            return PartOf(searched, part)
        if how == "beginsWith":
            return func.substr(searched, 1, len(part)) == part
        return func.substr(searched, func.length(searched) - len(part) + 1, len(part)) == part

    return two_valued(how, values, compare, or_(text.is_not(None), number.is_not(None)))


def compared(how: str, found: ColumnElement[Any], wanted: Operand) -> Clause:
    """`found = wanted`, `found < wanted` and so on; NULL where there is nothing."""
    clause: Any = ORDER[how](found, wanted)
    return clause


def two_valued(
    how: str, values: tuple[Operand, ...], compare: Callable[[str, Operand], Clause], comparable: Clause
) -> Clause:
    """Any comparison, made of the five orders and three searches of `compare`; never NULL."""
    plain = DENIES.get(how, how)
    if how == "notBetween":
        return func.coalesce(or_(compare("<", values[0]), compare(">", values[1])), false())
    if plain == "between":
        clause = and_(compare(">=", values[0]), compare("<=", values[1]))
    elif plain == "in":
        clause = or_(false(), *(compare("=", one) for one in values))
    else:
        clause = compare(plain, values[0])
    sure = func.coalesce(clause, false())
    return and_(comparable, not_(sure)) if how in DENIES else sure
