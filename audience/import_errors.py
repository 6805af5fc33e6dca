"""What was wrong with a file or with some of its rows, and the file of errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import csv_text
from audience.tables_files import Import, ImportProblem
from store.bulk import insert_rows
from store.problem import Problem

MOST_PROBLEMS = 10_000
#: (row, column, words)
Wrong = tuple[int, str, dict[str, str]]


class BadImport(ValueError):
    """The file cannot be imported like this; `problems` says what to change."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in self.problems))


def note(session: Session, running: Import, problems: Sequence[Wrong]) -> None:
    """Keep what is wrong with some rows; beyond the first 10,000 things they are only counted."""
    if not problems:
        return
    room = max(0, MOST_PROBLEMS - running.problems)
    rows = [
        {
            "workspace_id": running.workspace_id,
            "import_id": running.id,
            "row": number,
            "column": column,
            "reason": {"zh": said["zh"], "en": said["en"]},
        }
        for number, column, said in problems[:room]
    ]
    insert_rows(session, ImportProblem.__table__, rows)
    running.problems += len(problems)


def errors_csv(session: Session, workspace_id: int, import_id: int, lang: str = "zh") -> Iterator[str]:
    """Give the rows that could not be taken as CSV text: row, column, reason; safe to open in a spreadsheet.

    If there were more than are kept, the last line says how many.
    """
    titles = ("行", "列", "原因") if lang == "zh" else ("row", "column", "reason")
    query = (
        select(ImportProblem.row, ImportProblem.column, ImportProblem.reason)
        .where(ImportProblem.workspace_id == workspace_id, ImportProblem.import_id == import_id)
        .order_by(ImportProblem.row, ImportProblem.id)
    )
    found = session.execute(query).all()
    total = select(func.max(Import.problems)).where(
        Import.workspace_id == workspace_id, Import.id == import_id
    )
    more = (session.scalar(total) or 0) - len(found)
    rest = (
        f"另有 {more} 处问题没有列出：请先改正以上各行再导入。"
        if lang == "zh"
        else f"{more} more are not listed: correct these first and import again."
    )
    return csv_text.write(
        [
            titles,
            *((row, column, said.get(lang, "")) for row, column, said in found),
            *([("", "", rest)] if more > 0 else []),
        ]
    )
