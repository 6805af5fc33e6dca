"""One of everything about tags, so that every address has something to find."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audience import tag_definitions, tag_jobs, tag_rule_making
from audience.tables_tags import TagCategory, TagDefinition
from store.database import db


def furnish_tags(here: int, contact_id: int, now: datetime) -> dict[str, Any]:
    """Path parameters and the ids of what was made."""
    session = db.session()
    own = TagCategory(workspace_id=here, key=f"own_{here}", title="自有")
    meant = TagDefinition(
        workspace_id=here, name="mood", category="basic", title="心情", created_at=now, updated_at=now
    )
    session.add_all([own, meant])
    session.flush()
    tag_definitions.touch(session, here)
    leaf = {"field": "attribute.city", "operator": "=", "value": "杭州"}
    given = {"name": "杭州", "rule": leaf, "holding": {"add": ["local"]}}
    rule = tag_rule_making.save(session, here, given, now, by="test")
    wanted = {"contact_ids": [contact_id], "add": ["x"]}
    job = tag_jobs.create(session, here, wanted, now, by="test")
    return {
        "category_key": own.key,
        "definition_id": meant.id,
        "rule_id": rule.id,
        "job_id": job.id,
    }
