"""Tags that were put on or taken off here, as deeds at WeCom; what came from there is not sent back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import following
from audience.tables_tags import TagChange
from audience.tables_wecom import WecomDeed, WecomFollow
from runtime.wecom import deeds
from runtime.wecom.companies import Companies, Held
from store import clock
from store.bulk import among, insert_rows

WHAT = "tags_out"
#: Changes of one transaction, and how often it is looked for new ones.
BATCH, EVERY = 1000, timedelta(seconds=2)
#: Where the connection's setting lets none of our tags go to WeCom.
NONE = "none"


class TagsOut:
    """Reads the history of tags from where it stopped; changes from before the connection was made stay here."""

    def __init__(self, companies: Companies) -> None:
        self.companies = companies

    def run(self) -> bool:
        """Write deeds for some changes; True if there were any changes."""
        return self.companies.each(WHAT, self._one)

    def _one(self, held: Held) -> bool:
        with self.companies.database.transaction() as tx:
            session = tx.session
            after = held.place.get("after")
            if after is None:
                newest = session.scalar(
                    select(func.max(TagChange.id)).where(TagChange.workspace_id == held.workspace_id)
                )
                self.companies.put_back(session, held, {"after": newest or 0}, EVERY)
                return False
            rows = session.execute(_changes(held, int(after))).all()
            if rows and held.settings.get("tags_out") != NONE:
                insert_rows(
                    session, WecomDeed.__table__, _deeds(session, held, rows), skip_known=True, key="key"
                )
            last = rows[-1].id if rows else int(after)
            more = len(rows) == BATCH
            self.companies.put_back(session, held, {"after": last}, timedelta(0) if more else EVERY)
        return bool(rows)


def _changes(held: Held, after: int) -> Any:
    """Intake writes the history, one transaction after the other: so ids that are seen have no gaps that fill later."""
    return (
        select(TagChange.id, TagChange.contact_id, TagChange.tag, TagChange.put_on, TagChange.by)
        .where(TagChange.workspace_id == held.workspace_id, TagChange.id > after)
        .order_by(TagChange.id)
        .limit(BATCH)
    )


def _deeds(session: Session, held: Held, rows: Any) -> list[dict[str, Any]]:
    ours = [one for one in rows if one.by != following.WECOM]
    pairs: dict[int, list[str]] = {}
    query = select(WecomFollow.contact_id, WecomFollow.staff_key).where(
        WecomFollow.connection_id == held.connection_id,
        among(session, WecomFollow.contact_id, sorted({one.contact_id for one in ours})),
    )
    for contact_id, staff_key in session.execute(query):
        pairs.setdefault(contact_id, []).append(staff_key)
    known = following.ids_of_tags(session, held, {one.tag for one in ours})
    everything = held.settings.get("tags_out") == deeds.MAKES
    wall = clock.system()
    return [
        deeds.row(
            held.workspace_id, held.connection_id, deeds.TAG, f"tag:{one.id}:{staff_key}", staff_key,
            {"tag": one.tag, "put_on": one.put_on}, wall, one.contact_id,
        )
        for one in ours
        if everything or one.tag in known
        for staff_key in sorted(pairs.get(one.contact_id, ()))
    ]  # fmt: skip
