"""What happened to contacts as SQL conditions: asked of each contact, or worked out once for a whole workspace.

Of a few contacts it is cheaper to look up each one's events; of everybody, to go through the events once. Both
say the same: a condition on a number of events that nothing fulfils is turned round, and names those who fail it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, and_, false, func, not_, select, true
from sqlalchemy.sql.selectable import Select

from rules.condition_tests import SUM_DECIMALS, value_test
from rules.condition_tree import Leaf, Node, Operand
from rules.dates import span
from rules.sql_json import JsonNumber, Later
from rules.sql_values import Clause, compared, two_valued, value

#: Turns a condition about an event's own properties into SQL.
Inner = Callable[[Node, ColumnElement[Any]], Clause]


class History:
    """Writes the conditions about what happened, for one time and one zone."""

    def __init__(
        self,
        contact: FromClause,
        event: FromClause,
        now: datetime,
        zone: ZoneInfo,
        inner: Inner,
        workspace_id: int | None,
    ):
        self.contact, self.event = contact, event
        self.now, self.zone, self.inner = now, zone, inner
        #: Whose contacts are asked all together; None to ask each contact.
        self.workspace_id = workspace_id

    def clause(self, leaf: Leaf) -> Clause:
        """The condition that one leaf is; never NULL."""
        what = leaf.field.what
        if what == "last" and leaf.field.name:
            return self._of_the_last(leaf)
        if what in ("first", "last"):
            happened = self.event.c.occurred_at
            return self._time(leaf, func.min(happened) if what == "first" else func.max(happened))
        if leaf.operator in ("null", "notNull"):
            return true() if leaf.operator == "notNull" else false()
        if what == "sum":
            total = func.coalesce(func.sum(JsonNumber(self.event.c.properties, leaf.field.name)), 0)
            return self._number(leaf, func.round(total, SUM_DECIMALS))
        return self._number(leaf, func.count())

    def past(self, leaf: Leaf) -> list[Clause]:
        """Which events a leaf looks at, whoever's they are."""
        event = self.event
        conditions: list[Clause] = [event.c.name == leaf.field.event, event.c.occurred_at <= self.now]
        if leaf.within is not None:
            conditions.append(event.c.occurred_at >= (-leaf.within).add(self.now, self.zone))
        if leaf.where is not None:
            conditions.append(self.inner(leaf.where, event.c.properties))
        if leaf.field.what == "without":
            conditions += self._missed(leaf)
        return conditions

    def _missed(self, leaf: Leaf) -> list[Clause]:
        """Its time is over, and the other event has not followed in it."""
        event, other = self.event, self.event.alias("other")
        at = event.c.occurred_at
        begins = (
            other.c.occurred_at > at if leaf.field.name == leaf.field.event else other.c.occurred_at >= at
        )
        followed = (
            select(1)
            .select_from(other)
            .where(
                other.c.workspace_id == event.c.workspace_id,
                other.c.contact_id == event.c.contact_id,
                other.c.name == leaf.field.name,
                begins,
                other.c.occurred_at <= Later(at, leaf.after),
            )
            .correlate(event)
        )
        return [Later(at, leaf.after) <= self.now, not_(followed.exists())]

    # ---- one contact's events, or everybody's

    def _of_one(self, leaf: Leaf, what: ColumnElement[Any]) -> Select[Any]:
        event, contact = self.event, self.contact
        own = (event.c.workspace_id == contact.c.workspace_id, event.c.contact_id == contact.c.id)
        return select(what).select_from(event).where(*own, *self.past(leaf)).correlate(contact)

    def _of_all(self, leaf: Leaf) -> Select[Any]:
        event = self.event
        own = event.c.workspace_id == self.workspace_id
        return select(event.c.contact_id).select_from(event).where(own, *self.past(leaf))

    def _those(self, leaf: Leaf, having: Clause) -> Clause:
        """Contacts with such events, taken together, that fulfil a condition."""
        query = self._of_all(leaf).group_by(self.event.c.contact_id).having(having)
        return self.contact.c.id.in_(query)

    def _number(self, leaf: Leaf, number: ColumnElement[Any]) -> Clause:
        """A number of events or a sum over them; of somebody without any it is 0."""

        def test(found: ColumnElement[Any]) -> Clause:
            return two_valued(
                leaf.operator, leaf.values, lambda how, wanted: compared(how, found, wanted), true()
            )

        if self.workspace_id is None:
            return test(self._of_one(leaf, number).scalar_subquery())
        if value_test(leaf.field, leaf.operator, leaf.values)(0):
            return not_(self._those(leaf, not_(test(number))))
        return self._those(leaf, test(number))

    def _time(self, leaf: Leaf, at: ColumnElement[Any]) -> Clause:
        """A time against days and points in time, as `time_holds` compares them; nothing is empty."""
        if self.workspace_id is None:
            return self._time_test(leaf, self._of_one(leaf, at).scalar_subquery())
        if leaf.operator in ("null", "notNull"):
            those = self.contact.c.id.in_(self._of_all(leaf))
            return not_(those) if leaf.operator == "null" else those
        return self._those(leaf, self._time_test(leaf, at))

    def _time_test(self, leaf: Leaf, at: ColumnElement[Any]) -> Clause:
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

    def _of_the_last(self, leaf: Leaf) -> Clause:
        """A property of the last event; of equal times the last stored."""
        event = self.event
        test = value(event.c.properties, leaf.field.name, leaf.operator, leaf.values)
        order = [event.c.occurred_at.desc(), *([event.c.id.desc()] if "id" in event.c else [])]
        empty = leaf.operator == "null"
        if self.workspace_id is None:
            last = self._of_one(leaf, test).order_by(*order).limit(1).scalar_subquery()
            return func.coalesce(last, true() if empty else false())
        place = func.row_number().over(partition_by=event.c.contact_id, order_by=order)
        asked = not_(test) if empty else test
        rows = self._of_all(leaf).add_columns(asked.label("asked"), place.label("place")).subquery()
        those = self.contact.c.id.in_(select(rows.c.contact_id).where(rows.c.place == 1, rows.c.asked))
        return not_(those) if empty else those
