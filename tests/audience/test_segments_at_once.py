"""Four workers look at the same people, are killed in the middle, and still each coming and going is told once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import contacts, keeping, segment_making
from audience.tables import Contact
from audience.tables_segment_days import SegmentDay
from audience.tables_segments import Segment, SegmentMember
from store.database import begin_write
from store.tables import Inbox
from tests.audience.conftest import NOW
from tests.audience.test_segments import leaf

PEOPLE, ROUNDS, WORKERS = 40, 6, 4
#: How often a worker is killed after its work and before its commit.
KILLED = 0.3


def work(engine: sa.Engine, seed: int) -> None:
    """Look until nothing is left; some looks are lost before they are kept."""
    dice, idle = random.Random(seed), 0
    while idle < 3:
        with Session(engine) as session:
            begin_write(session)
            more = keeping.look(session, NOW)
            if more and dice.random() < KILLED:
                session.rollback()
            else:
                session.commit()
                idle = 0 if more else idle + 1


def test_each_coming_and_going_is_told_once(engine: sa.Engine, session: Session, workspace: int) -> None:
    dice = random.Random(7)
    names = [f"p{number}" for number in range(PEOPLE)]
    given = [{"external_id": name, "attributes": {"city": dice.choice("杭沪")}} for name in names]
    contacts.upsert(session, workspace, given, NOW)
    kept = segment_making.create(
        session, workspace, name="hang", key="hang", kind="rule", rule=leaf("杭"), now=NOW
    )
    number = kept.id
    session.commit()
    work(engine, 0)
    before = set(session.scalars(select(SegmentMember.contact_id).where(SegmentMember.segment_id == number)))
    session.commit()
    for one in range(ROUNDS):
        some = dice.sample(names, PEOPLE // 2)
        moved = [{"external_id": name, "attributes": {"city": dice.choice("杭沪")}} for name in some]
        begin_write(session)
        changes = contacts.upsert(session, workspace, moved, NOW).changes
        keeping.heard(session, [(workspace, change.contact_id, change.field) for change in changes])
        session.commit()
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda seed: work(engine, seed), range(one * WORKERS, (one + 1) * WORKERS)))
    session.expire_all()
    there = session.execute(select(Contact.id, Contact.attributes)).all()
    wanted = {person for person, attributes in there if attributes["city"] == "杭"}
    members = set(session.scalars(select(SegmentMember.contact_id).where(SegmentMember.segment_id == number)))
    assert members == wanted
    assert session.get_one(Segment, number).count == len(members)
    inside = set(before)
    told = session.execute(
        select(Inbox.contact_id, Inbox.data).where(Inbox.name == "segment.hang").order_by(Inbox.id)
    ).all()
    for person, data in told:
        assert (person in inside) == data["old"] != data["new"]
        inside ^= {person}
    assert inside == members
    day = session.scalars(select(SegmentDay).where(SegmentDay.segment_id == number)).one()
    assert (day.entered + day.left, day.count) == (len(told), len(members)) and told
