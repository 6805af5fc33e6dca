"""While new friends are being greeted nothing else is read, and that not for ever."""

from __future__ import annotations

from datetime import timedelta

from runtime.wecom.service import FRESH_SECS, MOST_GIVEN_WAY
from store import clock
from store.tables_wecom import WAITING, WecomWelcome
from tests.connectors.wecom.conftest import Fake
from tests.runtime.wecom.company import Company
from tests.runtime.world import World


def comes(company: Company, ago: float) -> None:
    with company.world.database.transaction() as tx:
        tx.session.add(
            WecomWelcome(
                workspace_id=company.world.workspace, connection_id=company.id, event_id=f"e{ago}",
                external_userid="wm1", staff_key="lili", code="c", state=WAITING,
                at=clock.system() - timedelta(seconds=ago), occurred_at=clock.now(tx.session),
            )
        )  # fmt: skip


def test_reading_gives_way_to_greetings_for_a_while(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    comes(company, 0)
    for _ in range(MOST_GIVEN_WAY):
        assert not company.turn()
    assert not fake.world.asked
    assert company.turn(), "but not for ever"


def test_who_came_long_ago_holds_nothing_up(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    comes(company, FRESH_SECS + 1)
    assert company.turn()
