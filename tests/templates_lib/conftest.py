"""A workspace in a fresh database, on SQLite and on PostgreSQL."""

from tests.content.conftest import session, workspaces

__all__ = ["session", "workspaces"]
