"""That whoever is held is to be asked again: noted where the policies are changed, done by the worker's housekeeping."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from store.tables_reach import AskAgain


def ask_again(session: Session, workspace_id: int) -> None:
    """Let everybody who is held in this workspace be asked again soon; begins anew if it was under way."""
    begin: dict[str, Any] = {"message": 0, "up_to": 0, "last": 0, "asked": 0}
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_pg
    given = insert(AskAgain).values(workspace_id=workspace_id, **begin)
    session.execute(given.on_conflict_do_update(index_elements=["workspace_id"], set_=begin))
