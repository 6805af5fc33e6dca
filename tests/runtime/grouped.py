"""A world with customer groups: what tests of journeys about groups speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from audience import events, groups
from audience.tables_groups import CustomerGroup, GroupMember
from journeys.tables import Enrollment, Trail
from store import clock
from store.inbox import NewSignal, put
from store.subjects import of_group
from store.tables import Outbox
from tests.runtime.world import World, at


class Grouped(World):
    """Adds groups to the world."""

    def group(self, key: str = "g1", **facts: Any) -> int:
        """Make or change a group; returns its id."""
        with self.database.transaction() as tx:
            result = groups.upsert(tx.session, self.workspace, [{"key": key, **facts}], clock.now(tx.session))
            assert not result.errors, result.errors
            return result.ids[0] or 0

    def in_group(self, name: str, key: str = "g1", who: str | None = None, **more: Any) -> None:
        """Something happens in a group, to it or by one of its members."""
        given: dict[str, Any] = {"name": name, "group": {"key": key}, "properties": more.pop("data", {})}
        given |= {"external_id": who} if who else {}
        given |= {"occurred_at": at(more["when"])} if "when" in more else {}
        given |= {"event_id": more["id"]} if "id" in more else {}
        with self.database.transaction() as tx:
            taken = events.take(tx.session, self.workspace, [given], clock.now(tx.session))
            assert not taken.errors, taken.errors

    def enroll(self, journey: str, subject: int, **data: Any) -> None:
        with self.database.transaction() as tx:
            now = clock.now(tx.session)
            put(
                tx.session, [NewSignal(self.workspace, "enroll", journey, now, data, contact_id=subject)], now
            )

    def one(self, key: str = "g1") -> CustomerGroup:
        with self.database.reading() as tx:
            return tx.session.scalars(select(CustomerGroup).where(CustomerGroup.key == key)).one()

    def members(self, key: str = "g1") -> dict[int, bool]:
        """{contact id: still in it}."""
        rows = self.rows(
            select(GroupMember.contact_id, GroupMember.left_at)
            .join(CustomerGroup, CustomerGroup.id == GroupMember.group_id)
            .where(CustomerGroup.key == key)
        )
        return {contact: left is None for contact, left in rows}

    def said_in(self, key: str = "g1") -> list[tuple[str, str]]:
        """(content, local time) of what was said in a group, in order."""
        rows = self.rows(
            select(Outbox.content, Outbox.due_at)
            .where(Outbox.contact_id == of_group(self.one(key).id))
            .order_by(Outbox.due_at, Outbox.id)
        )
        from rules.zones import zone_of

        return [(content, f"{due.astimezone(zone_of('Asia/Shanghai')):%m-%d %H:%M}") for content, due in rows]

    def standing(self, subject: int) -> list[tuple[str, str | None, str | None]]:
        """(status or result, stage, step) of every enrollment of a subject number."""
        rows = self.rows(
            select(Enrollment.status, Enrollment.result, Enrollment.stage, Enrollment.step)
            .where(Enrollment.subject_id == subject)
            .order_by(Enrollment.id)
        )
        return [(result or status, stage, step) for status, result, stage, step in rows]

    def trail_of(self, subject: int) -> list[tuple[str, Mapping[str, Any] | None]]:
        rows = self.rows(
            select(Trail.op, Trail.stage, Trail.step, Trail.exit)
            .join(Enrollment, Enrollment.id == Trail.enrollment_id)
            .where(Enrollment.subject_id == subject)
            .order_by(Trail.id)
        )
        return [tuple(row) for row in rows]
