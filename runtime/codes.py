"""Channel codes at WeCom: drawn there when they are new, and told whom to give the next newcomer to."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import channels
from audience.tables_channels import ChannelCode
from connectors.base import ConnectorError
from connectors.registry import Registry
from runtime.connections import Connections
from runtime.database import Database

log = logging.getLogger(__name__)

#: How often routes are looked at: so late does WeCom hear that somebody has reached his cap.
EVERY_SECS = 1.0
#: A code that WeCom would not have is tried again after so long, or at once when it is changed.
AGAIN_SECS = 60.0
CARRIER = "wecom_direct"


@dataclass(slots=True, frozen=True)
class Wish:
    """What a code should be at WeCom."""

    id: int
    workspace_id: int
    config_id: str | None
    state: str
    staff: list[str]
    changed_at: datetime


class Codes:
    """Keeps codes at WeCom as their routes say."""

    def __init__(
        self,
        database: Database,
        now: Callable[[Session], datetime],
        registry: Registry,
        connections: Connections | None,
    ) -> None:
        self.database, self.now, self.registry, self.connections = database, now, registry, connections
        self._looked = 0.0
        #: Until when a code is left alone, and in which state of it.
        self._later: dict[int, tuple[float, datetime]] = {}

    def run(self) -> bool:
        """Tell WeCom of the codes whose route has come to say something else; True if there were any."""
        if self.connections is None or time.monotonic() - self._looked < EVERY_SECS:
            return False
        self._looked = time.monotonic()
        with self.database.reading() as tx:
            if tx.session.scalars(select(ChannelCode.id).limit(1)).first() is None:
                return False
            self.connections.refresh(tx)
            wishes = self._wishes(tx.session)
        for wish in wishes:
            self._fulfil(wish)
        return bool(wishes)

    def _wishes(self, session: Session) -> list[Wish]:
        found = []
        now = self.now(session)
        for code in session.scalars(select(ChannelCode).where(ChannelCode.active.is_(True))):
            later = self._later.get(code.id)
            if later is not None and later[1] == code.updated_at and time.monotonic() < later[0]:
                continue
            if not self.registry.has_account(code.workspace_id, CARRIER):
                continue
            wanted = channels.takers(session, code, now)
            if wanted and (code.config_id is None or wanted != code.told):
                found.append(
                    Wish(code.id, code.workspace_id, code.config_id, code.state, wanted, code.updated_at)
                )
        return found

    def _fulfil(self, wish: Wish) -> None:
        client = getattr(self.registry.connector(wish.workspace_id, CARRIER), "client", None)
        if client is None:
            return
        try:
            told = self._tell(client.call, wish)
        except ConnectorError as error:
            log.warning("code %s: %s", wish.id, error)
            self._later[wish.id] = (time.monotonic() + AGAIN_SECS, wish.changed_at)
            self._note(wish, {"trouble": str(error)[:500]})
            return
        self._later.pop(wish.id, None)
        self._note(wish, {"trouble": None, "told": wish.staff, **told})

    def _tell(self, call: Callable[..., Mapping[str, Any]], wish: Wish) -> dict[str, Any]:
        if wish.config_id is not None:
            body: dict[str, Any] = {"config_id": wish.config_id, "user": wish.staff, "state": wish.state}
            call("externalcontact/update_contact_way", body)
            return {}
        # With `type` 2 a code may have several staff; `scene` 2 is a picture to scan.
        body = {"type": 2, "scene": 2, "state": wish.state, "user": wish.staff, "skip_verify": True}
        made = call("externalcontact/add_contact_way", body)
        return {"config_id": str(made["config_id"]), "qr_code": str(made.get("qr_code") or "")[:1000] or None}

    def _note(self, wish: Wish, values: Mapping[str, Any]) -> None:
        with self.database.transaction() as tx:
            row = tx.session.get(ChannelCode, wish.id)
            if row is not None:
                for name, value in values.items():
                    setattr(row, name, value)
            tx.session.flush()
