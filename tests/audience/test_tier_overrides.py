"""Overrides for a while: they hold until their day, are judged by what came since, and end by themselves."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import tier_overrides, tiers
from audience.tables import Contact
from audience.tables_tiers import TierOverride
from audience.tier_overrides import NoSuchLevel
from store.tables import Inbox
from tests.audience.tier_desk import TierDesk, one_rule

BOUGHT = one_rule("history.order_paid.count", ">=", 1)


@pytest.fixture
def desk(session: Session, workspace: int) -> TierDesk:
    return TierDesk(session, workspace)


def states(desk: TierDesk) -> list[str]:
    return list(desk.session.scalars(sa.select(TierOverride.state).order_by(TierOverride.id)))


def test_watch_this_one_and_it_falls_back_by_itself(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=0)
    row = desk.override(number, "high", 14, measure=BOUGHT, reason="看好", by="林")
    assert desk.level(number) == "high"
    desk.after(13.9)
    assert desk.level(number) == "high" and states(desk) == ["open"]
    desk.after(3)
    assert (desk.level(number), states(desk)) == ("low", ["fell_back"])
    assert [line[:3] for line in desk.history(number)][1:] == [
        ("low", "high", "override"),
        ("high", "low", "fell_back"),
    ]
    assert desk.history(number)[-1][3] == row.until, "at its day, not when a worker came round"
    assert desk.told() == [(None, "low"), ("low", "high"), ("high", "low")]


def test_an_override_that_worked_counts_as_earned_on_that_day(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=0)
    row = desk.override(number, "high", 14, measure=BOUGHT)
    until = row.until
    desk.after(5)
    desk.event(number, "order_paid", amount=10)
    desk.after(10)
    assert desk.level(number) == "high" and states(desk) == ["worked"]
    desk.after(28.9)
    assert desk.level(number) == "high"
    desk.after(1)
    assert desk.level(number) == "low"
    assert desk.history(number)[-1] == ("high", "low", "demoted", until + timedelta(days=30))


def test_what_was_bought_before_does_not_count(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=0)
    desk.event(number, "order_paid")
    desk.after(1)
    desk.override(number, "high", 14, measure=BOUGHT)
    desk.after(14)
    assert (desk.level(number), states(desk)) == ("low", ["fell_back"])


def test_what_was_bought_after_the_day_does_not_count_however_late_the_worker(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=0)
    row = desk.override(number, "high", 14, measure=BOUGHT)
    desk.now += timedelta(days=20)
    desk.event(number, "order_paid", row.until + timedelta(days=1))
    assert (desk.level(number), states(desk)) == ("low", ["fell_back"])


def test_a_worked_one_may_begin_again_for_as_long(desk: TierDesk) -> None:
    desk.dimension(if_worked="again")
    number = desk.person("a", replies=0)
    desk.override(number, "high", 10, measure=BOUGHT)
    desk.event(number, "order_paid")
    desk.after(10)
    assert desk.level(number) == "high" and states(desk) == ["worked", "open"]
    desk.after(10)
    assert desk.level(number) == "low" and states(desk) == ["worked", "fell_back"]


def test_criteria_met_meanwhile_hold_when_the_override_ends(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=0)
    desk.override(number, "mid", 7)
    desk.person("a", replies=9)
    assert desk.level(number) == "mid", "the person's word holds until the day"
    desk.after(7)
    assert desk.level(number) == "high" and states(desk) == ["over"]


def test_one_may_be_taken_back_by_hand_and_a_new_one_replaces_the_old(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=0)
    desk.override(number, "mid", 7)
    row = desk.override(number, "high", 7)
    assert states(desk) == ["replaced", "open"] and desk.level(number) == "high"
    assert tier_overrides.cancel(desk.session, desk.workspace, row.id, "林", desk.now)
    assert not tier_overrides.cancel(desk.session, desk.workspace, row.id, "林", desk.now)
    desk.session.commit()
    assert desk.level(number) == "low"
    desk.after(30)
    assert desk.level(number) == "low" and len(desk.history(number)) == 4


def test_who_or_what_does_not_exist_is_refused(desk: TierDesk, other: int) -> None:
    desk.dimension()
    number = desk.person("a", replies=0)
    theirs = TierDesk(desk.session, other).person("b")
    for contact, to in ((number, "none"), (theirs, "high"), (10**9, "high")):
        with pytest.raises(NoSuchLevel):
            desk.override(contact, to, 7)
        desk.session.rollback()


def test_somebody_just_heard_of_is_looked_at_before_he_falls(desk: TierDesk) -> None:
    desk.dimension()
    number = desk.person("a", replies=7)
    desk.person("a", replies=0)
    desk.now += timedelta(days=40)
    # A signal stored before his time was over waits in the inbox: it must be taken in first.
    desk.session.add(
        Inbox(
            workspace_id=desk.workspace, kind="event", name="x", occurred_at=desk.now - timedelta(days=20),
            stored_at=desk.now - timedelta(days=20), data={}, state="new",
        )
    )  # fmt: skip
    desk.session.commit()
    assert desk.session.scalar(select(tiers.DUE), {"now": desk.now}) and not tiers.fall(
        desk.session, desk.now
    )
    desk.session.commit()
    desk.hear()
    assert tiers.fall(desk.session, desk.now)
    desk.session.commit()
    assert desk.level(number) == "low"


def test_a_level_that_is_removed_ends_its_overrides(desk: TierDesk) -> None:
    row = desk.dimension()
    number = desk.person("a", replies=0)
    desk.override(number, "mid", 7)
    desk.change(row, levels=[one for one in row.levels if one["key"] != "mid"])
    assert desk.level(number) == "low" and states(desk) == ["cancelled"]


def test_many_workers_at_once_let_everybody_fall_once(
    desk: TierDesk, engine: sa.Engine, database_url: str
) -> None:
    desk.dimension()
    people = [desk.person(f"p{n}", replies=7) for n in range(12)]
    for n in range(12):
        desk.person(f"p{n}", replies=0)
    for number in people[:6]:
        desk.override(number, "high", 20, measure=BOUGHT)
    later, errors = desk.now + timedelta(days=31), []

    def work() -> None:
        try:
            with Session(engine) as mine:
                for act in (tiers.fall, tiers.fall):
                    if engine.dialect.name == "sqlite":
                        mine.connection(execution_options={"writing": True})
                    act(mine, later)
                    mine.commit()
        except sa.exc.SQLAlchemyError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not errors
    desk.session.expire_all()
    worn: Any = desk.session.scalars(sa.select(Contact.tiers)).all()
    assert [one["touch"] for one in worn] == ["low"] * 12
    falls = [line for number in people for line in desk.history(number) if line[1] == "low"]
    assert len(falls) == 12 and {line[2] for line in falls} == {"demoted"}
    assert states(desk) == ["fell_back"] * 6
