"""What has served its time is swept away, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from store import clock
from store.tables import Account, LoginSession
from tests.runtime.world import World


def test_turning_the_journeys_clock_signs_nobody_out(world: World) -> None:
    wall = datetime.now(UTC)
    with world.database.transaction() as tx:
        account = Account(email="a@example.com", password_hash="x", created_at=wall)
        tx.session.add(account)
        tx.session.flush()
        for token, left in (("signed-in", timedelta(hours=1)), ("over", timedelta(hours=-1))):
            tx.session.add(
                LoginSession(
                    token_hash=token,
                    csrf="c",
                    account_id=account.id,
                    workspace_id=world.workspace,
                    created_at=wall,
                    seen_at=wall,
                    expires_at=wall + left,
                )
            )
        clock.set_now(tx.session, max(wall, clock.now(tx.session)) + timedelta(days=400))

    world.worker.housekeeping.sweep()

    with world.database.reading() as tx:
        assert tx.session.scalars(select(LoginSession.token_hash)).all() == ["signed-in"]
