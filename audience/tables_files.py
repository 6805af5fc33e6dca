"""Files on their way in and out: imports with the parts that wait, exports with what is ready."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class Import(db.Model):
    """A file on its way in; taken a part at a time, resumable after a kill."""

    __tablename__ = "import"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), index=True)
    #: contacts | events | list
    kind: Mapped[str] = mapped_column(String(16), default="contacts", server_default="contacts")
    #: csv | xlsx | jsonl
    form: Mapped[str] = mapped_column(String(8), default="csv", server_default="csv")
    filename: Mapped[str] = mapped_column(String(255))
    delimiter: Mapped[str] = mapped_column(String(1), default=",", server_default=",")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    #: The header of the file.
    columns: Mapped[list[str]] = mapped_column(Json, default=list)
    #: {"column": "external_id" | "name" | "attribute:city:text" | "identity:phone" | "tags" | ""}
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: What else was asked: {"list": key of a static list}, {"event": name of all events}
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    #: arriving | waiting | running | paused | cancelled | done | failed
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    #: False while a worker still has to take the rows out of the file itself, as with XLSX.
    cut: Mapped[bool] = mapped_column(Boolean, default=True, server_default=text("true"))
    #: Rows taken in one transaction; it adapts itself to what a transaction took.
    pace: Mapped[int] = mapped_column(Integer, default=1000, server_default="1000")
    rows: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[int] = mapped_column(Integer, default=0)
    updated: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    #: How many things were wrong in all; of them the first 10,000 are kept.
    problems: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[str] = mapped_column(String(120), default="")


class ImportPart(db.Model):
    """Some rows of an import that wait for their turn; gone once they are taken."""

    __tablename__ = "import_part"
    import_id: Mapped[int] = mapped_column(Id, ForeignKey("import.id"), primary_key=True)
    #: The number of its first row in the file, the header being row 1.
    first_row: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The rows as they stand in the file, in UTF-8 and compressed; what was kept before revision 0011 is JSON.
    cells: Mapped[bytes] = mapped_column(LargeBinary)
    #: How many of its rows are taken.
    taken: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class ImportProblem(db.Model):
    """A row of an import that could not be taken, and why."""

    __tablename__ = "import_problem"
    __table_args__ = (Index("ix_import_problem_import", "import_id", "row"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    import_id: Mapped[int] = mapped_column(Id, ForeignKey("import.id"))
    #: Counted from 1, the header being row 1.
    row: Mapped[int] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(String(255), default="")
    #: {"zh": …, "en": …}
    reason: Mapped[dict[str, str]] = mapped_column(Json)


class FilePiece(db.Model):
    """A piece of a file that is kept whole: an uploaded workbook, or the rows of an export."""

    __tablename__ = "file_piece"
    #: import | export
    owner: Mapped[str] = mapped_column(String(8), primary_key=True)
    owner_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: Of an upload its bytes, of an export compressed JSON of [[cell, …], …].
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Export(db.Model):
    """A table of contacts, messages or events on its way out; written a piece at a time, kept for a week."""

    __tablename__ = "export"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), index=True)
    #: contacts | messages | events
    kind: Mapped[str] = mapped_column(String(16))
    filename: Mapped[str] = mapped_column(String(255))
    columns: Mapped[list[str]] = mapped_column(Json, default=list)
    #: {"rule": tree, "name": …, "since": …}: what of it was asked for
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: True if phone numbers and the like are written with stars, for whoever may not see them.
    masked: Mapped[bool] = mapped_column(Boolean, default=False)
    #: waiting | running | paused | cancelled | done | failed
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    #: How many rows there will be, as far as it can be told; and how many are written.
    rows: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    pieces: Mapped[int] = mapped_column(Integer, default=0)
    #: The id up to which it has come.
    reached: Mapped[int] = mapped_column(Id, default=0)
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[str] = mapped_column(String(120), default="")
