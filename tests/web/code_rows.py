"""A channel code of a workspace, and the member of staff to whom it leads."""

from __future__ import annotations

from datetime import datetime

from audience.tables_channels import ChannelCode
from audience.tables_people import Staff
from store.database import db

CODE = {"name": "海报", "route": {"mode": "together", "staff": [{"key": "adviser-of-codes"}]}}


def code_of(here: int, slug: str, now: datetime) -> str:
    """Make a code and return its key."""
    key = f"poster_{slug}"
    staff = Staff(workspace_id=here, key="adviser-of-codes", name="顾问", active=True, created_at=now)
    code = ChannelCode(
        workspace_id=here, key=key, name="海报", state=f"rb_{slug}", promised=[], route=CODE["route"], tags=[],
        attributes={}, told=[], created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add_all([staff, code])
    db.session.flush()
    return key
