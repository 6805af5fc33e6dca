"""Drafts: saved whole or not at all, and never over somebody else's work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from journeys import drafts, versions
from journeys.errors import BadDefinition, DraftMoved
from journeys.tables import Draft, Journey
from tests.journeys.desk import DRAWING, NOW, Desk


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.engine.dispose()


def create(desk: Desk, name: str = "新客", **more: object) -> int:
    with desk.begin() as session:
        journey = drafts.create(session, desk.workspace_id, name, DRAWING, now=NOW, actor="me", **more)  # type: ignore[arg-type]
        session.commit()
        return journey.id


def save(desk: Desk, number: int, revision: int, name: str = "x") -> int:
    with desk.begin() as session:
        drawing = {**DRAWING, "stages": [{**DRAWING["stages"][0], "name": name}]}
        saved = drafts.save(session, session.get_one(Journey, number), drawing, revision, now=NOW, actor="me")
        session.commit()
        return saved


def test_a_saved_draft_comes_back_with_the_next_revision(desk: Desk) -> None:
    number = create(desk)
    assert save(desk, number, 1, "改名") == 2
    with desk.begin() as session:
        kept = drafts.opened(session, session.get_one(Journey, number))
        assert kept.revision == 2 and kept.definition["stages"][0]["name"] == "改名"
        assert kept.updated_by == "me" and kept.updated_at == NOW
    assert desk.audit() == ["journey.created", "draft.saved"]


def test_an_old_revision_is_told_which_is_the_newest(desk: Desk) -> None:
    number = create(desk)
    save(desk, number, 1)
    save(desk, number, 2)
    with pytest.raises(DraftMoved) as moved:
        save(desk, number, 1)
    assert (moved.value.theirs, moved.value.yours) == (3, 1)


def test_of_many_savers_at_once_one_wins(desk: Desk) -> None:
    number = create(desk)

    def attempt(who: int) -> str:
        try:
            save(desk, number, 1, f"saver {who}")
            return "saved"
        except DraftMoved:
            return "moved"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(attempt, range(16))) == {"saved": 1, "moved": 15}
    assert desk.audit().count("draft.saved") == 1


def test_what_cannot_be_drawn_is_refused_whole(desk: Desk) -> None:
    number = create(desk)
    bad = {**DRAWING, "arrows": [{"id": "a", "from": "pause", "exit": "next", "to": "nowhere"}]}
    with desk.begin() as session, pytest.raises(BadDefinition) as refused:
        drafts.save(session, session.get_one(Journey, number), bad, 1, now=NOW, actor="me")
    assert [path for path, _ in refused.value.problems] == ["arrows[0].to"]
    with desk.begin() as session:
        assert drafts.opened(session, session.get_one(Journey, number)).revision == 1


def test_an_unfinished_step_can_be_saved(desk: Desk) -> None:
    number = create(desk)
    with desk.begin() as session:
        steps = [*DRAWING["steps"], {"id": "later", "stage": "trust", "kind": "send", "config": {}}]
        drafts.save(
            session, session.get_one(Journey, number), {**DRAWING, "steps": steps}, 1, now=NOW, actor="me"
        )
        session.commit()
    with desk.begin() as session:
        kept = drafts.opened(session, session.get_one(Journey, number))
        assert kept.revision == 2 and kept.definition["steps"] == steps
        assert {key: kept.definition[key] for key in DRAWING if key != "steps"} == {
            key: value for key, value in DRAWING.items() if key != "steps"
        }


def test_keys_are_made_of_the_name_and_never_twice(desk: Desk) -> None:
    with desk.begin() as session:
        keys = [
            drafts.create(session, desk.workspace_id, name, now=NOW, actor="me").key
            for name in ("Spring Sale 2026!", "Spring sale 2026", "新客旅程", "老客旅程", "x" * 200)
        ]
        session.commit()
    assert keys[0] == "spring-sale-2026" and keys[1].startswith("spring-sale-2026-")
    assert keys[2] == "journey" and keys[3].startswith("journey-")
    assert len(set(keys)) == 5 and max(map(len, keys)) <= 64


def test_a_clone_owes_nothing(desk: Desk) -> None:
    number = create(desk, template="beauty")
    with desk.begin() as session:
        copy = drafts.clone(session, session.get_one(Journey, number), "副本", now=NOW, actor="me").id
        session.commit()
    save(desk, copy, 1, "changed")
    with desk.begin() as session:
        first, second = (
            drafts.opened(session, session.get_one(Journey, n)).definition for n in (number, copy)
        )
        assert first == DRAWING and second != DRAWING
        assert session.get_one(Journey, copy).template == "beauty"


def test_only_what_was_never_published_can_be_deleted(desk: Desk) -> None:
    number, other = create(desk), create(desk, "other")
    with desk.begin() as session:
        drafts.discard(session, session.get_one(Journey, number), now=NOW, actor="me")
        session.commit()
    with desk.begin() as session:
        assert session.get(Journey, number) is None
        assert session.scalars(select(func.count()).select_from(Draft)).one() == 1
        journey = session.get_one(Journey, other)
        versions.publish(session, journey, 1, lambda _: [], now=NOW, actor="me")
        session.commit()
        with pytest.raises(drafts.NotADraft):
            drafts.discard(session, journey, now=NOW, actor="me")
