"""Parts that were read ahead are taken as those that were not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from audience import import_parts, imports, plain_rows, staging
from audience.reading_ahead import Ahead
from audience.tables import Contact
from audience.tables_files import Import, ImportPart
from tests.audience.conftest import NOW
from tests.audience.test_imports import begin

PEOPLE = 60


def file() -> bytes:
    """Three parts of twenty, in which somebody comes twice, and one is nobody we could know."""
    lines = [f"c{n % 50},客户{n},1380013{n % 50:04d},{n}" for n in range(PEOPLE - 1)]
    return "\n".join(["id,name,phone,points", *lines, ",无名,,7"]).encode()


@pytest.mark.parametrize("pace", [7, 100], ids=["piece by piece", "read ahead"])
def test_a_part_that_was_read_ahead_is_taken_as_one_that_was_not(
    session: Session, workspace: int, monkeypatch: pytest.MonkeyPatch, pace: int
) -> None:
    monkeypatch.setattr(staging, "ROWS_IN_PART", 20)
    begun: list[object] = []
    glances = []
    monkeypatch.setattr(Ahead, "begin", lambda self, key, make, do=Ahead.begin: (begun.append(key), do(self, key, make)))  # fmt: skip
    monkeypatch.setattr(import_parts, "glance", lambda *given: glances.append(1) or plain_rows.glance(*given))
    number = begin(session, workspace, file(), mapping=imports.preview(file()).mapping)
    session.get_one(Import, number).pace = pace
    session.commit()
    while imports.run_chunk(session, number, NOW):
        session.get_one(Import, number).pace = pace
        session.commit()
    done = session.get_one(Import, number)
    assert (done.state, done.created, done.updated, done.failed) == ("done", 50, 9, 1)
    points = sa.select(Contact.external_id, Contact.name, Contact.attributes["points"].as_integer())
    found = {one: (name, n) for one, name, n in session.execute(points)}
    assert found == {f"c{n % 50}": (f"客户{n}", n) for n in range(PEOPLE - 1)}
    assert session.scalar(sa.select(sa.func.count()).select_from(ImportPart)) == 0
    assert len(begun) == len(glances) == (2 if pace >= 20 else 0)


def test_what_goes_wrong_ahead_is_told_to_whom_asks_and_the_next_is_tried_anew() -> None:
    ahead: Ahead[int] = Ahead()
    ahead.begin("a", lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        ahead.take("a", lambda: 1)
    assert ahead.take("a", lambda: 2) == 2
    ahead.begin("b", lambda: 3)
    assert ahead.take("c", lambda: 4) == 4
    assert ahead.take("b", lambda: 5) == 3
