"""Customer groups, and who is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db


class CustomerGroup(db.Model):
    """A chat group of customers; what happens to it lies in `event`, under its subject number."""

    __tablename__ = "customer_group"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_customer_group_workspace", "workspace_id", "id"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The chat's id at the messenger.
    key: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200), default="")
    #: The member of staff to whom it belongs, by the messenger's user id.
    owner: Mapped[str] = mapped_column(String(120), default="")
    #: What stands pinned in it.
    notice: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str | None] = mapped_column(String(64))
    #: Its own, and those kept here: member_count, created_on, owner (audience/groups.py).
    attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: Names of the tags worn now, sorted.
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    member_count: Mapped[int] = mapped_column(Integer, default=0)
    #: When the chat was opened; its phase counts from here.
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class GroupMember(db.Model):
    """A contact in a group, once; who left keeps the row, and coming back renews it."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_id", "contact_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    group_id: Mapped[int] = mapped_column(Id, ForeignKey("customer_group.id"))
    contact_id: Mapped[int] = mapped_column(Id, ForeignKey("contact.id"), index=True)
    #: member | manager | owner, or a word of the brand's own
    role: Mapped[str] = mapped_column(String(32), default="member")
    #: Who brought this member in, by the messenger's user id or our external id.
    invited_by: Mapped[str] = mapped_column(String(255), default="")
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


#: Groups in the shape in which rules look at contacts: `id` is the subject number, `number` the group's own id.
GROUP_SUBJECTS = select(
    (-CustomerGroup.id).label("id"),
    CustomerGroup.id.label("number"),
    CustomerGroup.workspace_id,
    CustomerGroup.name,
    CustomerGroup.timezone,
    CustomerGroup.attributes,
    CustomerGroup.tags,
    literal({}, Json).label("tiers"),
    CustomerGroup.created_at,
    CustomerGroup.dismissed_at,
).subquery("group_subject")
