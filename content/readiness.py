"""Which materials had better not be said, and the mix of what was made in a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from content import policies
from content.tables import Material


def unready(session: Session, workspace_id: int, now: datetime) -> Mapping[str, tuple[str, str]]:
    """{key: (draft | review | sent_back | expired, error | warning)} as the workspace asks for it.

    One whose older version was approved is ready: that one is said. What has expired is always told.
    """
    policy = policies.read(session, workspace_id)
    over = Material.expires_at <= now
    unapproved = Material.approved_version.is_(None) if policy.review != "off" else None
    query = select(Material.key, Material.status, Material.expires_at).where(
        Material.workspace_id == workspace_id, over if unapproved is None else or_(over, unapproved)
    )
    severity = "error" if policy.review == "error" else "warning"
    return {
        key: ("expired" if expires_at is not None and expires_at <= now else status, severity)
        for key, status, expires_at in session.execute(query)
    }


def made_between(session: Session, workspace_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    """{category: how many materials were made}; what has no category is under the empty one."""
    at = func.coalesce(Material.created_at, Material.updated_at)
    query = (
        select(Material.category, func.count())
        .where(Material.workspace_id == workspace_id, at >= begin, at < end)
        .group_by(Material.category)
    )
    return {row[0]: row[1] for row in session.execute(query)}
