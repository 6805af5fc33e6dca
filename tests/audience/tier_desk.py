"""A workspace with dimensions, a clock of its own, and rules asked at once: what tier tests speak of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from audience import keeping, rfm, tier_dimensions, tier_overrides, tiers
from audience.contacts import upsert
from audience.tables import Contact, Event
from audience.tables_tiers import TierChange, TierDimension, TierOverride, TierStanding
from audience.tier_dimensions import Wanted
from store.tables import Inbox
from tests.audience.conftest import NOW

#: 互动频次: how many replies a contact has on record decides.
LEVELS = [("high", ">=", 5), ("mid", ">=", 2), ("low", None, None)]


def level(key: str, operator: str | None, value: Any, field: str = "attribute.replies") -> dict[str, Any]:
    rule = None if operator is None else one_rule(field, operator, value)
    return {"key": key, "name": key, "rule": rule, "words": "", "benefits": [], "color": ""}


def one_rule(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"field": field, "operator": operator, "value": value}]}


class TierDesk:
    """Changes contacts, lets days go by, and looks at what became of them."""

    def __init__(self, session: Session, workspace: int):
        self.session, self.workspace, self.now = session, workspace, NOW

    def dimension(self, key: str = "touch", **given: Any) -> TierDimension:
        levels = given.pop("levels", [level(*one) for one in LEVELS])
        wanted = Wanted(name="互动频次", key=key, levels=levels, **given)
        row = tier_dimensions.create(self.session, self.workspace, wanted, self.now, "林")
        self.session.commit()
        self.work()
        return row

    def person(self, who: str, **attributes: Any) -> int:
        given = {"external_id": who, "attributes": attributes}
        number = upsert(self.session, self.workspace, [given], self.now).ids[0]
        self.session.commit()
        self.hear()
        self.work()
        assert number is not None
        return number

    def hear(self) -> None:
        """Take signals in as intake does: what watched rules hear is noted."""
        rows = self.session.scalars(sa.select(Inbox).where(Inbox.state == "new")).all()
        keeping.heard(self.session, [(row.workspace_id, row.contact_id, row.name) for row in rows])
        for row in rows:
            row.state = "done"
        self.session.commit()

    def work(self) -> None:
        """Do what housekeeping does until nothing is left."""
        for _ in range(1000):
            self.hear()
            done = keeping.look(self.session, self.now)
            self.session.commit()
            for act in (tiers.fall, tiers.sort_anew, rfm.run_some):
                done |= act(self.session, self.now)
                self.session.commit()
            if not done:
                return
        raise AssertionError("housekeeping never ends")

    def after(self, days: float) -> None:
        """Let time go by."""
        self.now += timedelta(days=days)
        self.work()

    def event(self, contact_id: int, name: str, at: datetime | None = None, **properties: Any) -> None:
        number = (self.session.scalar(sa.select(sa.func.max(Event.id))) or 0) + 1
        self.session.add(
            Event(
                id=number, workspace_id=self.workspace, contact_id=contact_id, name=name,
                occurred_at=at or self.now, stored_at=self.now, properties=properties,
            )
        )  # fmt: skip
        keeping.heard(self.session, [(self.workspace, contact_id, name)])
        self.session.commit()
        self.work()

    def override(self, contact_id: int, to: str, days: float, **given: Any) -> TierOverride:
        one = tier_overrides.Given(
            self.workspace, contact_id, given.pop("dimension", "touch"), to, self.now,
            self.now + timedelta(days=days), **given,
        )  # fmt: skip
        row = tier_overrides.open_one(self.session, one, self.now)
        self.session.commit()
        return row

    def level(self, contact_id: int, key: str = "touch") -> str | None:
        """The level as rules read it; what the standing says must be the same."""
        self.session.expire_all()
        said = self.session.get_one(Contact, contact_id).tiers.get(key)
        query = sa.select(TierStanding.level).join(
            TierDimension, TierDimension.id == TierStanding.dimension_id
        )
        stands = self.session.scalar(
            query.where(TierDimension.key == key, TierStanding.contact_id == contact_id)
        )
        assert said == stands
        return said

    def told(self, key: str = "touch") -> list[tuple[Any, Any]]:
        rows = self.session.scalars(sa.select(Inbox).where(Inbox.name == f"tier.{key}").order_by(Inbox.id))
        return [(row.data["old"], row.data["new"]) for row in rows]

    def history(self, contact_id: int) -> list[tuple[str | None, str | None, str, datetime]]:
        query = sa.select(TierChange).where(TierChange.contact_id == contact_id).order_by(TierChange.id)
        return [(row.old, row.new, row.because, row.at) for row in self.session.scalars(query)]

    def count(self, table: Any) -> int:
        return self.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0

    def change(self, row: TierDimension, **given: Any) -> None:
        kept: Mapping[str, Any] = {
            name: getattr(row, name)
            for name in ("name", "levels", "description", "demote_after_days", "otherwise", "if_worked")
        }
        tier_dimensions.change(self.session, row, Wanted(**{**kept, **given}), row.revision, self.now, "林")
        self.session.commit()
        self.work()
