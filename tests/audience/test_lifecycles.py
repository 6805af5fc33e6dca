"""Lifecycles: the furthest stage whose rule holds, stages computed from dates, and a board equal to a recount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from audience import lifecycle_board, lifecycles
from audience.contacts import upsert
from audience.lifecycle_models import MODELS
from audience.lifecycles import Life
from audience.tables import Contact
from audience.tables_tiers import TierChange, TierDimension
from audience.tier_dimensions import BadDimension
from rules.conditions import parse
from tests.audience.tier_desk import TierDesk


class LifeDesk(TierDesk):
    """A desk with a lifecycle on it."""

    row: TierDimension

    def live(self, model: str, **more: Any) -> TierDimension:
        made = MODELS[model]
        stages = [
            {"key": s.key, "name": s.name[0], "rule": s.rule, "from_days": s.from_days} for s in made.stages
        ]
        dates = dict(made.dates) if made.dates else None
        life = Life(made.name[0], stages, key=model, model=model, dates=dates)
        self.row = lifecycles.create(self.session, self.workspace, life, self.now, "林")
        self.session.commit()
        self.work()
        return self.row

    def give(self, who: str, **attributes: Any) -> int:
        """As the person desk, but an attribute may be changed later."""
        given = {"external_id": who, "attributes": attributes}
        number = upsert(self.session, self.workspace, [given], self.now).ids[0]
        self.session.commit()
        self.work()
        assert number is not None
        return number

    def board(self, days: int = 30) -> dict[str, lifecycle_board.Column]:
        since = self.now - timedelta(days=days)
        return lifecycle_board.columns(self.session, self.row, since, self.now)


@pytest.fixture
def desk(session: Session, workspace: int) -> Iterator[LifeDesk]:
    yield LifeDesk(session, workspace)


@pytest.mark.parametrize("model", sorted(MODELS))
def test_every_ready_model_can_be_kept_as_it_is(desk: LifeDesk, model: str) -> None:
    row = desk.live(model)
    assert [stage["key"] for stage in lifecycles.stages(row)] == [s.key for s in MODELS[model].stages]
    assert all(parse(stage["rule"]).never is False for stage in row.levels)


def test_a_car_buyer_goes_from_stage_to_stage_and_back_when_the_deposit_is_refunded(desk: LifeDesk) -> None:
    desk.live("cars")
    number = desk.person("lin")
    assert desk.level(number, "cars") is None
    seen = []
    for event in ("lead_created", "friend_added", "test_driven", "deposit_paid", "deposit_refunded"):
        desk.now += timedelta(days=1)
        desk.event(number, event)
        seen.append(desk.level(number, "cars"))
    assert seen == ["lead", "contacted", "test_driven", "deposit", "test_driven"]
    assert desk.told("cars")[-1] == ("deposit", "test_driven")
    assert [because for _, _, because, _ in desk.history(number)][-2:] == ["advanced", "went_back"]


def test_a_mother_moves_by_time_alone(desk: LifeDesk) -> None:
    desk.live("mother_baby")
    # The desk's clock says 1 March 2026.
    number = desk.give("mei", due_date="2026-06-01")
    seen = {0: desk.level(number, "mother_baby")}
    for day in (91, 92, 134, 275, 457):
        desk.after(day - max(seen))
        seen[day] = desk.level(number, "mother_baby")
    assert seen == {
        0: "pregnant",
        91: "pregnant",
        92: "confinement",
        134: "m0_6",
        275: "m6_12",
        457: "y1",
    }


def test_the_birth_date_wins_once_it_is_given(desk: LifeDesk) -> None:
    desk.live("mother_baby")
    number = desk.give("mei", due_date="2026-03-20")
    assert desk.level(number, "mother_baby") == "pregnant"
    assert desk.give("mei", birth_date="2026-02-25") == number
    assert desk.level(number, "mother_baby") == "confinement"
    desk.give("mei", due_date="2026-09-01")
    assert desk.level(number, "mother_baby") == "confinement"
    desk.give("mei", birth_date="2025-02-25")
    assert desk.level(number, "mother_baby") == "y1"


def test_a_moved_due_date_moves_the_stage_both_ways(desk: LifeDesk) -> None:
    desk.live("mother_baby")
    number = desk.give("mei", due_date="2026-02-20")
    assert desk.level(number, "mother_baby") == "confinement"
    desk.give("mei", due_date="2026-04-20")
    assert desk.level(number, "mother_baby") == "pregnant"
    desk.give("mei", due_date="2027-04-20")
    assert desk.level(number, "mother_baby") is None
    assert desk.told("mother_baby") == [
        (None, "confinement"),
        ("confinement", "pregnant"),
        ("pregnant", None),
    ]


def test_the_board_is_equal_to_a_recount(desk: LifeDesk) -> None:
    desk.live("cars")
    people = [desk.person(f"p{n}") for n in range(8)]
    for number in people:
        desk.event(number, "lead_created")
    desk.now += timedelta(days=40)
    for number in people[:5]:
        desk.event(number, "friend_added")
    for number in people[:3]:
        desk.event(number, "deposit_paid")
    desk.now += timedelta(days=2)
    desk.event(people[0], "deposit_refunded")
    desk.event(people[1], "delivered")
    board = desk.board()
    levels = desk.session.scalars(sa.select(Contact.tiers)).all()
    recount = Counter(tiers["cars"] for tiers in levels if tiers.get("cars"))
    assert {key: column.people for key, column in board.items() if column.people} == recount
    assert recount == {"lead": 3, "contacted": 3, "deposit": 1, "owner": 1}
    changes = desk.session.scalars(
        sa.select(TierChange).where(TierChange.at >= desk.now - timedelta(days=30))
    )
    rows = [(one.old, one.new) for one in changes]
    order = [stage["key"] for stage in lifecycles.stages(desk.row)]
    for key, column in board.items():
        assert column.arrived == sum(new == key for _, new in rows)
        left = [new for old, new in rows if old == key]
        on = sum(new is not None and order.index(new) > order.index(key) for new in left)
        assert (column.went_on, column.lost) == (on, len(left) - on)
    assert (board["deposit"].arrived, board["deposit"].went_on, board["deposit"].lost) == (3, 1, 1)
    assert board["lead"].days == pytest.approx(42, abs=0.01)
    assert board["owner"].days == pytest.approx(0, abs=0.01)
    assert board["visited"].days is None


def test_changed_days_move_people_quietly(desk: LifeDesk) -> None:
    row = desk.live("mother_baby")
    number = desk.give("mei", birth_date="2026-02-01")
    assert desk.level(number, "mother_baby") == "confinement"
    told = desk.told("mother_baby")
    stages = [
        {**stage, "from_days": 20 if stage["key"] == "m0_6" else stage["from_days"]}
        for stage in lifecycles.stages(row)
    ]
    life = Life(row.name, stages, dates={"due": "due_date", "birth": "birth_date"})
    lifecycles.change(desk.session, row, life, row.revision, desk.now, "林")
    desk.session.commit()
    desk.work()
    assert desk.level(number, "mother_baby") == "m0_6"
    assert desk.told("mother_baby") == told


def test_a_deleted_lifecycle_leaves_nobody_in_a_stage(desk: LifeDesk) -> None:
    row = desk.live("cars")
    number = desk.person("lin")
    desk.event(number, "lead_created")
    lifecycles.remove(desk.session, row, desk.now)
    desk.session.commit()
    desk.work()
    desk.session.expire_all()
    assert desk.session.get_one(Contact, number).tiers == {}
    assert lifecycles.all_of(desk.session, desk.workspace) == []


@pytest.mark.parametrize(
    ("dates", "days", "path"),
    [
        ({"due": "due_date", "birth": ""}, [-280, 0], "dates.birth"),
        ({"due": "birth", "birth": "birth"}, [-280, 0], "dates.birth"),
        ({"due": "due_date", "birth": "birth"}, [10, 0], "stages.1.from_days"),
    ],
)
def test_dates_that_make_no_sense_are_refused(
    desk: LifeDesk, dates: dict[str, str], days: list[int], path: str
) -> None:
    stages = [{"key": f"s{n}", "name": f"s{n}", "rule": None, "from_days": at} for n, at in enumerate(days)]
    with pytest.raises(BadDimension) as bad:
        lifecycles.create(desk.session, desk.workspace, Life("x", stages, dates=dates), desk.now, "林")
    assert path in [one.path for one in bad.value.problems]
