"""A company on the fake WeCom, connected to a world, and a service whose turns a test takes itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from audience import following
from audience.identities import of_contacts
from audience.tables import Contact, Identity
from audience.tables_people import Staff, StaffRelation
from audience.tables_wecom import WecomDeed, WecomTransfer
from connectors.wecom.fake.world import AGENT_ID, SECRET
from runtime.wecom.service import WecomService
from runtime.worker import Worker
from store import clock
from store.secrets import Vault
from store.tables_connections import Connection
from store.tables_wecom import WecomCursor, WecomLook
from tests.connectors.wecom.conftest import Fake
from tests.runtime.world import World

VAULT = Vault(["k" * 64])


class Company:
    """One connection, and what a test does with it."""

    def __init__(self, world: World, fake: Fake, **settings: Any) -> None:
        self.world, self.fake = world, fake
        fake.companies.append(self)
        now = datetime.now(UTC)
        with world.database.transaction() as tx:
            row = Connection(
                workspace_id=world.workspace, connector="wecom", name="企业微信",
                carriers=["wecom_direct", "wecom_group", "moments"], callback_id="c" * 32, created_at=now, updated_at=now,
                settings={"corp_id": fake.world.corp_id, "address": fake.url, "agent_id": str(AGENT_ID)} | settings,
            )  # fmt: skip
            tx.session.add(row)
            tx.session.flush()
            row.secrets = VAULT.seal({"secret": SECRET}, f"connection:{world.workspace}:{row.id}")
            self.id = row.id
        world.worker = Worker(world.database, vault=VAULT)
        world.worker.wecom = None  # turns are taken by the test
        self.again()

    def again(self) -> WecomService:
        """A new process."""
        self.close()
        self.service = WecomService(self.world.database, clock.now, None, VAULT)
        self.world.worker.wecom = None
        return self.service

    @property
    def whole(self) -> following.Company:
        return following.Company(self.world.workspace, self.id)

    def close(self) -> None:
        if hasattr(self, "service"):
            self.service.close()

    def turn(self) -> bool:
        """One turn, as if all pauses were over."""
        service = self.service
        for part in service.parts:
            if hasattr(part, "_looked"):
                part._looked = -1e9
        return service.run()

    def settle(self, most: int = 200) -> int:
        """Take turns, and let the engine work, until there is nothing to do; returns how many turns."""
        for number in range(most):
            with self.world.database.transaction() as tx:
                tx.session.execute(update(WecomLook).values(due_at=_past()).where(WecomLook.tries == 0))
                tx.session.execute(
                    update(WecomCursor)
                    .values(next_at=_past())
                    .where(WecomCursor.what.in_(("tags_out", "tasks_out")))
                )
            busy = self.turn()
            before = self.world.unread()
            self.world.run()
            if not busy and not before:
                return number
        raise AssertionError("there was still something to do")

    def due(self, *what: str) -> None:
        """Let these be read, or asked, now."""
        with self.world.database.transaction() as tx:
            tx.session.execute(update(WecomCursor).values(next_at=_past()).where(WecomCursor.what.in_(what)))
            tx.session.execute(
                update(WecomDeed)
                .values(not_before=_past())
                .where(WecomDeed.state.in_(("pending", "sending")))
            )
            tx.session.execute(update(WecomTransfer).values(next_at=_past()))

    def night(self) -> None:
        """The whole company is read again."""
        self.due("people")
        self.settle()

    # -- what is seen ---------------------------------------------------------------------------------------------

    def contact(self, external_userid: str) -> Contact:
        with self.world.database.reading() as tx:
            query = (
                select(Contact)
                .join(Identity, Identity.contact_id == Contact.id)
                .where(Identity.kind == "external_userid", Identity.value == external_userid)
            )
            return tx.session.scalars(query).one()

    def names(self, contact_id: int) -> Mapping[str, list[str]]:
        with self.world.database.reading() as tx:
            return of_contacts(tx.session, self.world.workspace, [contact_id])[contact_id]

    def relations(self, external_userid: str) -> dict[str, tuple[str, str, str]]:
        """{staff: (state, note, channel)}"""
        number = self.contact(external_userid).id
        query = (
            select(Staff.key, StaffRelation.state, StaffRelation.remark, StaffRelation.source)
            .join(StaffRelation, StaffRelation.staff_id == Staff.id)
            .where(StaffRelation.contact_id == number)
        )
        return {key: (state, remark, source) for key, state, remark, source in self.world.rows(query)}

    def there(self, userid: str, external_userid: str) -> set[str]:
        """The names of the tags that this pair wears at WeCom."""
        tags = self.fake.world.store("tags")
        return {tags[one]["name"] for one in self.fake.world.customers[external_userid].follows[userid].tags}


def _past() -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC)
