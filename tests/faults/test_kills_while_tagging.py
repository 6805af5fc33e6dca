"""Whoever tags many is killed again and again: everybody is tagged once, and the numbers are right."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from audience import tag_jobs
from audience.tables import Contact
from audience.tables_tags import TagChange, TagCount, TagJob
from store import clock
from tests.databases import Databases
from tests.faults import children
from tests.runtime.world import World

pytestmark = pytest.mark.faults

PEOPLE = 4500


def test_a_killed_job_loses_and_repeats_nothing(databases: Databases, tmp_path: Path) -> None:
    world = World(databases.fresh())
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        tx.session.execute(
            Contact.__table__.insert(),
            [
                {
                    "workspace_id": world.workspace,
                    "external_id": f"p{n}",
                    "name": "",
                    "attributes": {"n": n},
                    "tags": ["old"],
                    "tiers": {},
                    "created_at": now,
                    "updated_at": now,
                }
                for n in range(PEOPLE)
            ],
        )
        tree = {"combinator": "and", "rules": [{"field": "attribute.n", "operator": ">=", "value": 500}]}
        given = {"rule": tree, "add": ["new"], "remove": ["old"]}
        tag_jobs.create(tx.session, world.workspace, given, now, by="account:1")
    kills = 0
    for nth in (2, 2, 3, None):
        fault = None if nth is None else ("tags.mid_batch", "kill", nth, 0.0)
        process = children.start(world.database.url, world.workspace, str(tmp_path / "log"), fault)
        process.join(90)
        kills += process.exitcode != 0
    assert kills >= 2
    tagged = PEOPLE - 500
    rows = world.rows(select(TagJob.state, TagJob.total, TagJob.done, TagJob.changed))
    assert rows == [("done", PEOPLE, PEOPLE, tagged)]
    history = select(
        TagChange.tag, TagChange.put_on, func.count(), func.count(TagChange.contact_id.distinct())
    )
    assert sorted(world.rows(history.group_by(TagChange.tag, TagChange.put_on))) == [
        ("new", True, tagged, tagged), ("old", False, tagged, tagged),
    ]  # fmt: skip
    assert world.rows(select(TagCount.worn).where(TagCount.tag == "new")) == [(tagged,)]
    world.close()
