"""Deeds at WeCom: written with their reason in one transaction, done afterwards, and done again if nobody knows.

Each may be done twice with one effect: a tag is worn or not, and WeCom itself leaves out a message to staff that it has
just told.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from audience import following
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tables_wecom import DONE, FAILED, PENDING, SENDING, WAITS, WecomDeed, WecomFollow
from connectors.base import Broken, ConnectorError, Halted, Permanent, Retryable
from connectors.wecom.client import Client
from connectors.wecom.errors import Denied
from connectors.wecom.staff_messages import StaffMessages, calm
from runtime import faults
from runtime.wecom.rows import tag_groups
from runtime.wecom.turns import AWAY, Turns
from store import clock, stops
from store.bulk import among
from store.tables_connections import ON, Connection

log = logging.getLogger(__name__)

TAG, TELL = "tag", "tell"
#: With what the keys of words about tasks begin.
TASK = "task:"
#: Pairs, or members of staff, of one turn; turns are so far apart.
PORTION, EVERY_SECS = 20, 0.5
LEASE = timedelta(seconds=60)
#: After these waits it is given up.
WAITS_BETWEEN = tuple(timedelta(seconds=secs) for secs in (30, 60, 300, 1800, 7200, 21600))
#: Tags of ours that the company does not have yet are made in this group.
GROUP = "Roadbook"
MAKES = "all"
#: A message of an app has so many bytes at most.
MOST_BYTES = 2048


class Deeds(Turns[Sequence[WecomDeed]]):
    """Does what is due, one pair of staff and customer at a time."""

    every_secs = EVERY_SECS

    def _company(self, work: Sequence[WecomDeed]) -> tuple[int, int]:
        return work[0].workspace_id, work[0].connection_id

    def _wait(self, work: Sequence[WecomDeed]) -> None:
        self._later(work, AWAY, None)

    def _do(self, client: Client, work: Sequence[WecomDeed]) -> None:
        _, kind, staff_key, contact_id = _place(work[0])
        try:
            DOES[kind](self, client, staff_key, contact_id, work)
        except Halted as error:
            self._later(work, timedelta(0), str(error), count=False)
        except ConnectorError as error:
            self._failed(work, error)

    def _claim(self) -> list[Sequence[WecomDeed]]:
        """What is due, with everything else for the same pair, in the order of its coming."""
        wall = clock.system()
        on = select(Connection.id).where(Connection.connector == "wecom", Connection.state == ON)
        due = (
            select(WecomDeed)
            .where(WAITS, WecomDeed.not_before <= wall, WecomDeed.connection_id.in_(on), _MAY_GO)
            .order_by(WecomDeed.not_before, WecomDeed.id)
            .limit(PORTION)
        )
        with self.companies.database.reading() as tx:
            if tx.session.scalars(due.limit(1)).first() is None:
                return []
        with self.companies.database.transaction() as tx:
            first = tx.session.scalars(due.with_for_update(skip_locked=True)).all()
            places = {_place(one) for one in first}
            query = (
                select(WecomDeed)
                .where(WAITS, among(tx.session, WecomDeed.staff_key, sorted({place[2] for place in places})))
                .order_by(WecomDeed.id)
                .with_for_update(skip_locked=True)
            )
            found: dict[tuple[int, str, str, int | None], list[WecomDeed]] = defaultdict(list)
            for one in tx.session.scalars(query):
                held = one.state == SENDING and one.not_before > wall
                if _place(one) in places and not held:
                    one.state, one.not_before, one.tries = SENDING, wall + LEASE, one.tries + 1
                    found[_place(one)].append(one)
            tx.session.flush()
            tx.session.expunge_all()
        return list(found.values())

    # -- the kinds ------------------------------------------------------------------------------------------------

    def _mark(
        self, client: Client, staff_key: str, contact_id: int | None, deeds: Sequence[WecomDeed]
    ) -> None:
        """Bring a pair's tags to where the last of the deeds wants each."""
        company = following.Company(deeds[0].workspace_id, deeds[0].connection_id)
        wanted = {str(one.data["tag"]): bool(one.data["put_on"]) for one in deeds}
        with self.companies.database.reading() as tx:
            row = tx.session.get(WecomFollow, (company.connection_id, contact_id, staff_key))
            ids = following.ids_of_tags(tx.session, company, wanted)
            settings = tx.session.get_one(Connection, company.connection_id).settings
        if row is None:
            self._over(deeds, FAILED, "they are not friends any more")
            return
        missing = [tag for tag, put_on in wanted.items() if put_on and tag not in ids]
        if missing and settings.get("tags_out") == MAKES:
            ids |= self._made(client, company, missing)
        add = sorted(ids[tag] for tag, on in wanted.items() if on and tag in ids and ids[tag] not in row.tags)
        remove = sorted(
            ids[tag] for tag, on in wanted.items() if not on and tag in ids and ids[tag] in row.tags
        )
        if add or remove:
            body = {"userid": staff_key, "external_userid": row.external_userid}
            client.call("externalcontact/mark_tag", {**body, "add_tag": add, "remove_tag": remove})
            faults.hit("wecom.marked")
        with self.companies.database.transaction() as tx:
            mine = tx.session.get(
                WecomFollow, (company.connection_id, contact_id, staff_key), with_for_update=True
            )
            if mine is not None:
                mine.tags = sorted({*mine.tags, *add} - set(remove))
            _close(tx.session, deeds, DONE, None)

    def _made(self, client: Client, company: following.Company, names: Sequence[str]) -> dict[str, str]:
        """Make tags that the company lacks, and know them from then on."""
        body = {"group_name": GROUP, "tag": [{"name": name} for name in names]}
        client.call("externalcontact/add_corp_tag", body)
        told = client.call("externalcontact/get_corp_tag_list", {})
        with self.companies.database.transaction() as tx:
            following.learn_tags(tx.session, company, tag_groups(told), self.companies.now(tx.session))
            return following.ids_of_tags(tx.session, company, names)

    def _tell(self, client: Client, staff_key: str, _contact: int | None, deeds: Sequence[WecomDeed]) -> None:
        """Tell a member of staff everything at once, but not at the full and the half hour."""
        wall = clock.system()
        if calm(wall) != wall:
            self._later(deeds, calm(wall) - wall, None, count=False)
            return
        with self.companies.database.reading() as tx:
            agent = str(tx.session.get_one(Connection, deeds[0].connection_id).settings.get("agent_id") or "")
        if not agent.isdecimal():
            self._over(deeds, FAILED, "the connection has no AgentId")
            return
        past = self._past(staff_key, deeds)
        if past:
            self._over(past, FAILED, "the task was closed, or is somebody else's now")
            deeds = [one for one in deeds if one not in past]
        # What was told together before, and nobody knows whether it arrived, is told in the same words: WeCom then
        # leaves it out.
        for tries in sorted({one.tries for one in deeds}):
            together = [one for one in deeds if one.tries == tries]
            words = "\n".join(dict.fromkeys(str(one.data["text"]) for one in together))
            with self.companies.reaching(together[0].workspace_id):
                missed = StaffMessages(client, agent).tell([staff_key], _cut(words, MOST_BYTES))
            faults.hit("wecom.told")
            self._over(
                together, FAILED if missed else DONE, "not a member who sees the app" if missed else None
            )

    def _past(self, staff_key: str, deeds: Sequence[WecomDeed]) -> list[WecomDeed]:
        """Of words that nobody has been told yet, those about tasks that are not open with this person any more."""
        about = {
            one.id: int(one.key.split(":")[1]) for one in deeds if one.tries == 1 and one.key.startswith(TASK)
        }
        if not about:
            return []
        with self.companies.database.reading() as tx:
            query = (
                select(StaffTask.id)
                .join(Staff, Staff.id == StaffTask.staff_id)
                .where(
                    StaffTask.workspace_id == deeds[0].workspace_id,
                    among(tx.session, StaffTask.id, sorted(set(about.values()))),
                    StaffTask.closed_at.is_(None),
                    Staff.key == staff_key,
                )
            )
            open_ = set(tx.session.scalars(query))
        return [one for one in deeds if one.id in about and about[one.id] not in open_]

    # -- how they end -----------------------------------------------------------------------------------------------

    def _over(self, deeds: Sequence[WecomDeed], state: str, reason: str | None) -> None:
        with self.companies.database.transaction() as tx:
            _close(tx.session, deeds, state, reason)

    def _failed(self, deeds: Sequence[WecomDeed], error: ConnectorError) -> None:
        if isinstance(error, Permanent) and not isinstance(error, Broken):
            self._over(deeds, FAILED, str(error)[:500])
            if isinstance(error, Denied) and error.lost and deeds[0].contact_id is not None:
                with self.companies.database.transaction() as tx:
                    one = deeds[0]
                    pair = [(one.contact_id or 0, one.staff_key)]
                    company = following.Company(one.workspace_id, one.connection_id)
                    following.part(tx.session, company, pair, self.companies.now(tx.session))
            return
        tries = max(one.tries for one in deeds)
        if tries > len(WAITS_BETWEEN):
            self._over(deeds, FAILED, str(error)[:500])
            return
        wait = WAITS_BETWEEN[tries - 1]
        if isinstance(error, Retryable) and error.after is not None:
            wait = max(timedelta(seconds=error.after), timedelta(seconds=1))
        self._later(deeds, wait, str(error)[:500])
        self._break(deeds[0].connection_id, error)

    def _later(
        self, deeds: Sequence[WecomDeed], wait: timedelta, reason: str | None, *, count: bool = True
    ) -> None:
        less = 0 if count else 1
        with self.companies.database.transaction() as tx:
            tx.session.execute(
                update(WecomDeed)
                .where(among(tx.session, WecomDeed.id, [one.id for one in deeds]), WecomDeed.state == SENDING)
                .values(
                    state=PENDING,
                    not_before=clock.system() + wait,
                    reason=reason,
                    tries=WecomDeed.tries - less,
                )
                .execution_options(synchronize_session=False)
            )


#: What is told to staff waits while a workspace is stopped; tags reach nobody, and go on.
_MAY_GO = or_(WecomDeed.kind != TELL, WecomDeed.workspace_id.not_in(stops.HELD))

DOES: Mapping[str, Callable[[Deeds, Client, str, int | None, Sequence[WecomDeed]], None]] = {
    TAG: Deeds._mark,
    TELL: Deeds._tell,
}


def _place(one: WecomDeed) -> tuple[int, str, str, int | None]:
    return one.connection_id, one.kind, one.staff_key, one.contact_id if one.kind == TAG else None


def _close(session: Session, deeds: Sequence[WecomDeed], state: str, reason: str | None) -> None:
    session.execute(
        update(WecomDeed)
        .where(among(session, WecomDeed.id, [one.id for one in deeds]), WecomDeed.state == SENDING)
        .values(state=state, reason=reason, done_at=clock.system())
        .execution_options(synchronize_session=False)
    )


def row(
    workspace_id: int,
    connection_id: int,
    kind: str,
    key: str,
    staff_key: str,
    data: Mapping[str, Any],
    wall: datetime,
    contact_id: int | None = None,
) -> dict[str, Any]:
    """A deed to be stored, due at once."""
    return {
        "workspace_id": workspace_id, "connection_id": connection_id, "kind": kind, "key": key,
        "contact_id": contact_id, "staff_key": staff_key, "data": dict(data), "state": PENDING, "tries": 0,
        "not_before": wall, "reason": None, "created_at": wall, "done_at": None,
    }  # fmt: skip


def _cut(words: str, most: int) -> str:
    """The words in at most so many bytes."""
    data = words.encode()
    return words if len(data) <= most else data[: most - 3].decode("utf-8", "ignore") + "…"
