"""Scripts: what customers ask at the moment they decide, and what staff may answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from content.tables_materials import Script
from store.database import begin_write, dumps
from store.problem import Problem, problem

MOST_ANSWERS, MOST_TAGS = 10, 20
LONGEST_QUESTION, LONGEST_ANSWER = 500, 2000


class BadScript(ValueError):
    """The script cannot be kept; `problems` says what to change."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in self.problems))


def check(question: str, answers: list[str], tags: list[str]) -> list[Problem]:
    """Say everything that is wrong with a script."""
    found: list[Problem] = []
    if not question.strip() or len(question) > LONGEST_QUESTION:
        said = "请写下客户会怎么问。", "Write down how customers ask."
        found.append(problem("question", *said))
    if not 1 <= len(answers) <= MOST_ANSWERS or any(
        not one.strip() or len(one) > LONGEST_ANSWER for one in answers
    ):
        found.append(
            problem(
                "answers",
                f"写 1 到 {MOST_ANSWERS} 种答法，每种最多 {LONGEST_ANSWER} 字。",
                f"Give 1 to {MOST_ANSWERS} answers of {LONGEST_ANSWER} characters at most.",
            )
        )
    if len(tags) > MOST_TAGS or any(not one.strip() or len(one) > 40 for one in tags):
        found.append(problem("tags", f"最多 {MOST_TAGS} 个标签。", f"{MOST_TAGS} tags at most."))
    return found


def keep(session: Session, script: Script, given: Mapping[str, Any]) -> Script:
    """Take over what is `given`; copies are counted on for answers that stay. Raises BadScript."""
    begin_write(session)
    question = str(given.get("question", script.question or "")).strip()
    answers = [one.strip() for one in given.get("answers", script.answers or [])]
    tags = list(dict.fromkeys(one.strip() for one in given.get("tags", script.tags or [])))
    wrong = check(question, answers, tags)
    if wrong:
        raise BadScript(wrong)
    counted = dict(zip(script.answers or (), script.copies or (), strict=True))
    script.question, script.answers, script.tags = question, answers, tags
    script.copies = [counted.get(one, 0) for one in answers]
    script.journey = given.get("journey", script.journey or "")
    script.stage = given.get("stage", script.stage or "")
    session.add(script)
    return script


def copied(session: Session, script: Script, answer: int) -> None:
    """Count one copying of an answer; raises IndexError if there is none with this number."""
    begin_write(session)
    session.refresh(script, with_for_update=True)
    copies = list(script.copies)
    copies[answer] += 1
    script.copies = copies
    session.flush()


def query(workspace_id: int, *, q: str = "", tag: str = "", journey: str = "", stage: str = "") -> Any:
    """The scripts of a workspace that fit: every word of `q` stands in the question, an answer or a tag."""
    wanted = select(Script).where(Script.workspace_id == workspace_id)
    for word in q.split()[:10]:
        columns = Script.question, cast(Script.answers, String), cast(Script.tags, String)
        wanted = wanted.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if tag:
        wanted = wanted.where(cast(Script.tags, String).contains(dumps(tag), autoescape=True))
    if journey:
        wanted = wanted.where(Script.journey.in_(("", journey)))
    if stage:
        wanted = wanted.where(Script.stage.in_(("", stage)))
    return wanted
