"""Those who answer for a step, material or member of staff are told when a guard trips, once for each trip.

They are the workspace's owners, whoever published the journey, and the owner of the material. A message of the company's
app goes to those who are linked to a member of staff, an e-mail to each where the workspace has a mail server. What is
to be told is written with the trip itself, in the workspace's language; a mail has the other one beneath it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_people import Staff
from audience.tables_wecom import WecomDeed
from content.tables import Material
from journeys.tables import Journey, Version
from runtime.wecom import deeds
from store import clock
from store.bulk import insert_rows
from store.tables import Account, Member
from store.tables_connections import ON, Connection
from store.tables_guards import GuardTrip
from store.tables_notices import Notice
from store.workspaces import LANGUAGES, language_of

MEASURES = {
    "deletion": {"zh": "删好友", "en": "people who delete us"},
    "complaint": {"zh": "退订", "en": "people who unsubscribe"},
    "failure": {"zh": "发送失败", "en": "messages that fail"},
}
ACTIONS = {
    "tell": {"zh": "请看一看", "en": "please have a look"},
    "slow": {"zh": "已自动放慢", "en": "it goes on slowly"},
    "pause": {"zh": "已自动暂停，处理后请放行", "en": "it is paused until somebody lets it go"},
}
SAYS = {
    "zh": "守护“{guard}”：{title}，{touches} 次触达有 {hits} 次{measure}（{share:.1f}%），{action}。",
    "en": "Guard “{guard}”: {title}, {hits} of {touches} touches, {measure} ({share:.1f} %): {action}.",
}
SUBJECT = {"zh": "守护：{title}", "en": "Guard: {title}"}


def tell(session: Session, trip: GuardTrip, guard: str, now: datetime) -> None:
    """Write down who is to be told of this trip, and what. Does not commit."""
    title, responsible = _subject(session, trip)
    accounts = _accounts(session, trip.workspace_id, responsible)
    if not accounts:
        return
    language = language_of(session, trip.workspace_id)
    mine, other = (_words(trip, guard, title, one) for one in sorted(LANGUAGES, key=language.__ne__))
    subject = SUBJECT[language].format(title=title)[:200]
    on = session.scalars(
        select(Connection)
        .where(Connection.workspace_id == trip.workspace_id, Connection.state == ON)
        .order_by(Connection.id)
    ).all()
    wall = clock.system()
    company = next((one for one in on if one.connector == "wecom" and one.settings.get("agent_id")), None)
    if company is not None:
        staff = select(Staff.key).where(
            Staff.workspace_id == trip.workspace_id, Staff.active, Staff.account_id.in_(sorted(accounts))
        )
        rows = [
            deeds.row(
                trip.workspace_id, company.id, deeds.TELL, f"guard:{trip.id}:{key}", key, {"text": mine}, wall
            )
            for key in session.scalars(staff.order_by(Staff.key))
        ]
        insert_rows(session, WecomDeed.__table__, rows, skip_known=True, key="key")
    if any("email" in one.carriers for one in on):
        mails = [
            {
                "workspace_id": trip.workspace_id, "key": f"guard:{trip.id}:{number}", "account_id": number,
                "subject": subject, "text": f"{mine}\n\n{other}", "state": "waiting", "tries": 0,
                "not_before": wall, "at": now, "reason": None,
            }
            for number in sorted(accounts)
        ]  # fmt: skip
        insert_rows(session, Notice.__table__, mails, skip_known=True, key="key")


def _accounts(session: Session, workspace_id: int, responsible: set[int]) -> set[int]:
    """The workspace's owners, and of those responsible the ones who may still look at it."""
    rows = session.execute(
        select(Member.account_id, Member.role)
        .join(Account, Account.id == Member.account_id)
        .where(Member.workspace_id == workspace_id, Account.active)
    )
    return {number for number, role in rows if role == "owner" or number in responsible}


def _subject(session: Session, trip: GuardTrip) -> tuple[str, set[int]]:
    """What it is about, in names, and whose it is."""
    if trip.per == "staff":
        mine = select(Staff.name).where(Staff.workspace_id == trip.workspace_id, Staff.key == trip.subject)
        return session.scalar(mine) or trip.subject, set()
    if trip.per == "material":
        query = select(Material.name, Material.owner_id).where(
            Material.workspace_id == trip.workspace_id, Material.key == trip.subject
        )
        name, owner = session.execute(query).first() or (trip.subject, None)
        return name, {owner} if owner else set()
    journey, _, step = trip.subject.partition(":")
    found = session.execute(
        select(Journey.name, Version.published_by, Version.definition)
        .outerjoin(Version, Version.id == Journey.live_version_id)
        .where(Journey.workspace_id == trip.workspace_id, Journey.id == int(journey))
    ).first()
    if found is None:
        return step, set()
    by = str(found.published_by or "")
    number = by.removeprefix("account:")
    whose = {int(number)} if by.startswith("account:") and number.isdecimal() else set()
    return f"{found.name} · {_name((found.definition or {}).get('steps') or (), step)}", whose


def _name(steps: Sequence[Mapping[str, Any]], step: str) -> str:
    return next((str(one.get("name") or step) for one in steps if one.get("id") == step), step)


def _words(trip: GuardTrip, guard: str, title: str, language: str) -> str:
    return SAYS[language].format(
        guard=guard,
        title=title,
        touches=trip.touches,
        hits=trip.hits,
        share=100.0 * trip.hits / trip.touches if trip.touches > 0 else 0.0,
        measure=MEASURES[trip.rule["measure"]][language],
        action=ACTIONS[trip.action][language],
    )
