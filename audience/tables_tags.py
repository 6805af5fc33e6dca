"""What tags mean, who changed them when, the rules that set them, and tagging of many at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db

OPEN_JOB = text("finished_at IS NULL")


class TagShelf(db.Model):
    """How often the definitions of a workspace have changed: what is remembered of them is asked again then."""

    __tablename__ = "tag_shelf"
    workspace_id: Mapped[int] = mapped_column(
        Id, ForeignKey("workspace.id"), primary_key=True, autoincrement=False
    )
    revision: Mapped[int] = mapped_column(Integer, default=1)


class TagCategory(db.Model):
    """A category of the workspace's own, beside those that everybody has."""

    __tablename__ = "tag_category"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(100))


class TagDefinition(db.Model):
    """What a tag means; with `values` it is worn as `name=value`, without as `name`."""

    __tablename__ = "tag_definition"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(100), default="")
    description: Mapped[str] = mapped_column(String(1000), default="")
    #: [{"value": …, "title": …}]
    values: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    #: One value takes the place of the others.
    exclusive: Mapped[bool] = mapped_column(Boolean, default=False)
    #: Taken off by itself so many days after it was put on last; null: it stays.
    days: Mapped[int | None] = mapped_column(Integer)
    #: The least role that may set it by hand: editor | owner | nobody
    by_hand: Mapped[str] = mapped_column(String(16), default="editor")
    #: From where it is meant to come: hand | rule | journey | wecom
    source: Mapped[str] = mapped_column(String(16), default="hand")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class TagCount(db.Model):
    """How many contacts of a workspace wear a tag now."""

    __tablename__ = "tag_count"
    workspace_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
    worn: Mapped[int] = mapped_column(Id, default=0)


class TagChange(db.Model):
    """A tag put on or taken off; written by intake from the signal that tells of it, and never changed."""

    __tablename__ = "tag_change"
    __table_args__ = (
        Index("ix_tag_change_contact", "contact_id", "id"),
        Index("ix_tag_change_tag", "workspace_id", "tag", "id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    tag: Mapped[str] = mapped_column(String(64))
    put_on: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: account:3 | key:5 | import:2 | rule:KEY | job:9 | expiry | exclusive; null for a journey, or if nobody said.
    by: Mapped[str | None] = mapped_column(String(120))
    #: Whose step changed it.
    enrollment_id: Mapped[int | None] = mapped_column(Id)


class TagExpiry(db.Model):
    """Until when a contact wears a tag whose definition lets it end by itself."""

    __tablename__ = "tag_expiry"
    __table_args__ = (Index("ix_tag_expiry_until", "until"),)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class TagRefusal(db.Model):
    """Tags that the definitions refused to a journey or another part of the house, which has nobody to tell."""

    __tablename__ = "tag_refusal"
    workspace_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
    times: Mapped[int] = mapped_column(Id, default=0)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str | None] = mapped_column(String(120))
    #: The enrollment whose step it was.
    source_id: Mapped[int | None] = mapped_column(Id)


class TagRule(db.Model):
    """A rule that puts tags on and takes tags off those for whom it comes to hold."""

    __tablename__ = "tag_rule"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    rule: Mapped[dict[str, Any]] = mapped_column(Json)
    #: {"add": [tag], "remove": [tag]} when it comes to hold, and when it holds no longer.
    holding: Mapped[dict[str, list[str]]] = mapped_column(Json)
    ending: Mapped[dict[str, list[str]]] = mapped_column(Json)
    #: on | off | stopped: by the house, because it and another rule undo each other.
    state: Mapped[str] = mapped_column(String(16), default="on")
    #: {"day", "contacts", "tags", "with": [key]}: for whom it went to and fro too often on that day.
    fights: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class TagRuleHolder(db.Model):
    """A contact for whom a tag rule holds, or held; `flips` counts how often that changed on `day`."""

    __tablename__ = "tag_rule_holder"
    rule_id: Mapped[int] = mapped_column(Id, ForeignKey("tag_rule.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id)
    holds: Mapped[bool] = mapped_column(Boolean)
    #: YYYY-MM-DD
    day: Mapped[str] = mapped_column(String(10))
    flips: Mapped[int] = mapped_column(Integer, default=1)


class TagJob(db.Model):
    """Tags on or off many contacts, a part at a time, resumable after a kill."""

    __tablename__ = "tag_job"
    __table_args__ = (
        Index("ix_tag_job_open", "id", postgresql_where=OPEN_JOB, sqlite_where=OPEN_JOB),
        Index("ix_tag_job_workspace", "workspace_id", "id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    #: contacts | segment | rule | upload
    whom: Mapped[str] = mapped_column(String(16))
    #: Of whom it is asked, contact by contact; null where its parts name them.
    rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    add: Mapped[list[str]] = mapped_column(Json)
    remove: Mapped[list[str]] = mapped_column(Json)
    #: waiting | running | paused | done | cancelled | failed
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    #: Contacts, or lines of the file, to be looked at, and how many have been.
    total: Mapped[int] = mapped_column(Id, default=0)
    done: Mapped[int] = mapped_column(Id, default=0)
    #: Of those looked at: whose tags changed, and lines that name nobody.
    changed: Mapped[int] = mapped_column(Id, default=0)
    missing: Mapped[int] = mapped_column(Id, default=0)
    #: The contact up to which the rule has been asked.
    reached: Mapped[int] = mapped_column(Id, default=0)
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[str] = mapped_column(String(120), default="")


class TagJobPart(db.Model):
    """Some contacts, or lines of a file, that wait for their turn; gone once they are tagged."""

    __tablename__ = "tag_job_part"
    job_id: Mapped[int] = mapped_column(Id, ForeignKey("tag_job.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: JSON bytes of {"ids": [contact id]} or {"kind": kind of identity, "names": [text]}.
    whom: Mapped[bytes] = mapped_column(LargeBinary)
