"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

#: A row's id: 64 bits on PostgreSQL, SQLite's own rowid there.
Id = BigInteger().with_variant(Integer(), "sqlite")

#: JSON that PostgreSQL can index and take apart.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

#: For tables whose ids are written down elsewhere: SQLite, too, never gives the id of a deleted row again.
NEVER_AGAIN = {"sqlite_autoincrement": True}

#: How a moment is written in SQLite: fixed width, so that text order is time order.
SQLITE_TIME = "%Y-%m-%d %H:%M:%S.%f"


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC: timestamptz on PostgreSQL, fixed-width text on SQLite; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(String(26) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone; this one has none.")
        value = value.astimezone(UTC)
        return value.strftime(SQLITE_TIME) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)
