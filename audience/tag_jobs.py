"""Tags on or off many contacts, a part at a time: short transactions, and a kill loses and repeats nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audience import contacts
from audience.changes import Change
from audience.identities import well_known
from audience.rule_tables import RuleTables
from audience.tables import Contact
from audience.tables_tags import TagJob, TagJobPart
from audience.tag_definitions import BadTags
from audience.tag_shelf import shelf_of
from audience.values import tag_problem
from rules.conditions import parse
from rules.errors import NotUnderstood
from rules.sql import where
from rules.zones import SHANGHAI, zone_of
from store.bulk import among
from store.database import begin_write
from store.pace import Pace
from store.problem import Problem, problem
from store.tables import Workspace

#: Contacts, or lines of a file, of one transaction; and of one row of what waits.
PACE, CHUNK = Pace(1000), 1000
MOST_IDS, MOST_LINES, MOST_TAGS = 10_000, 1_000_000, 20
WAITING, RUNNING, PAUSED, DONE, CANCELLED, FAILED = (
    "waiting", "running", "paused", "done", "cancelled", "failed",
)  # fmt: skip
KINDS = ("external_id", "phone", "email", "unionid", "openid", "external_userid")
#: From which states each act leads where.
ACTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "pause": ((WAITING, RUNNING), PAUSED),
    "resume": ((PAUSED,), WAITING),
    "cancel": ((WAITING, RUNNING, PAUSED), CANCELLED),
}


def create(
    session: Session,
    workspace_id: int,
    given: Mapping[str, Any],
    now: datetime,
    *,
    by: str,
    lines: Sequence[str] | None = None,
) -> TagJob:
    """Write down a job; the worker does it. Raises BadTags. Nothing is committed.

    `given` has add and remove, name, and whom: one of contact_ids, segment (its key), rule, or kind for `lines`,
    which are names of contacts of that kind of identity.
    """
    begin_write(session)
    add, remove = (list(dict.fromkeys(given.get(way) or ())) for way in ("add", "remove"))
    problems = [*_tag_problems(session, workspace_id, add, remove)]
    whom, tree, wrong = _whom(given, lines)
    if problems or wrong:
        raise BadTags(problems + wrong)
    made = TagJob(
        workspace_id=workspace_id,
        name=str(given.get("name") or "")[:200],
        whom=whom,
        rule=tree,
        add=add,
        remove=remove,
        state=WAITING,
        total=0,
        done=0,
        changed=0,
        missing=0,
        reached=0,
        created_at=now,
        created_by=by[:120],
    )
    session.add(made)
    session.flush()
    if tree is not None:
        everybody = select(func.count()).where(Contact.workspace_id == workspace_id)
        made.total = session.scalar(everybody) or 0
    elif lines is not None:
        kind = str(given["kind"])
        _keep_parts(session, made, [{"kind": kind, "names": part} for part in _cut(lines)])
        made.total = len(lines)
    else:
        ids = sorted(set(given["contact_ids"]))
        _keep_parts(session, made, [{"ids": part} for part in _cut(ids)])
        made.total = len(ids)
    session.flush()
    return made


def act(session: Session, job: TagJob, what: str, now: datetime) -> bool:
    """Pause, resume or cancel a job; False if it is in no state for that."""
    begin_write(session)
    session.refresh(job, with_for_update=True)
    come_from, state = ACTS[what]
    if job.state not in come_from:
        return False
    job.state = state
    if state == CANCELLED:
        job.finished_at = now
        session.execute(delete(TagJobPart).where(TagJobPart.job_id == job.id))
    session.flush()
    return True


def run_some(session: Session, now: datetime) -> bool:
    """Tag the next portion of one job in this transaction; True if there was one. Commits nothing."""
    query = (
        select(TagJob)
        .where(TagJob.finished_at.is_(None), TagJob.state.in_((WAITING, RUNNING)))
        .order_by(TagJob.done, TagJob.id)
        .limit(1)
    )
    job = session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if job is None:
        return False
    job.state = RUNNING
    with PACE.portion(job.id) as portion:
        portion.done, ids, missing, last = _next(session, job, now, portion.size)
        job.done += portion.done
        job.missing += missing
        job.changed += _tag(session, job, ids, now)
        if last:
            job.state, job.finished_at, job.total = DONE, now, job.done
        session.flush()
    return True


def fail(session: Session, now: datetime, reason: str) -> None:
    """Give up the job that is under way, because of a fault of the house."""
    query = select(TagJob).where(TagJob.finished_at.is_(None), TagJob.state.in_((WAITING, RUNNING)))
    job = session.scalar(query.order_by(TagJob.done, TagJob.id).limit(1))
    if job is not None:
        job.state, job.finished_at, job.reason = FAILED, now, reason


def _next(session: Session, job: TagJob, now: datetime, most: int) -> tuple[int, list[int], int, bool]:
    """How many were looked at, whom to tag, how many are nobody, and whether that was all."""
    if job.rule is not None:
        people = select(Contact.id).where(Contact.workspace_id == job.workspace_id, Contact.id > job.reached)
        looked = list(session.scalars(people.order_by(Contact.id).limit(most)))
        if looked:
            job.reached = looked[-1]
        return len(looked), _holding(session, job, looked, now), 0, len(looked) < most
    query = select(TagJobPart).where(TagJobPart.job_id == job.id).order_by(TagJobPart.number).limit(2)
    parts = session.scalars(query).all()
    if not parts:
        return 0, [], 0, True
    whom = orjson.loads(parts[0].whom)
    what = "ids" if "ids" in whom else "names"
    taken, left = whom[what][:most], whom[what][most:]
    if left:
        parts[0].whom = orjson.dumps({**whom, what: left})
    else:
        session.delete(parts[0])
    if what == "ids":
        there = select(Contact.id).where(
            Contact.workspace_id == job.workspace_id, among(session, Contact.id, taken)
        )
        found = sorted(session.scalars(there))
        missing = len(taken) - len(found)
    else:
        numbers = well_known(session, job.workspace_id, [{whom["kind"]: name} for name in taken])
        found = sorted({number for number in numbers if number is not None})
        missing = sum(number is None for number in numbers)
    return len(taken), found, missing, not left and len(parts) == 1


def _holding(session: Session, job: TagJob, ids: Sequence[int], now: datetime) -> list[int]:
    if not ids:
        return []
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == job.workspace_id)))
    whom = (Contact.workspace_id == job.workspace_id, among(session, Contact.id, ids))
    zones = [name for name in session.scalars(select(Contact.timezone).where(*whom).distinct()) if name]
    holds = where(parse(job.rule), RuleTables, now, zone, zones=zones)
    return sorted(session.scalars(select(Contact.id).where(*whom, holds)))


def _tag(session: Session, job: TagJob, ids: Sequence[int], now: datetime) -> int:
    """Change the tags of these and return how many wear other ones now."""
    if not ids:
        return 0
    wearing = select(Contact.id, Contact.tags).where(among(session, Contact.id, ids))
    before = dict(session.execute(wearing).all())
    add, remove, who = tuple(job.add), tuple(job.remove), f"job:{job.id}"
    changes = [Change(job.workspace_id, number, now, {}, add, remove, None, who) for number in ids]
    contacts.change(session, changes, now)
    return sum(tags != before.get(number) for number, tags in session.execute(wearing))


def _whom(
    given: Mapping[str, Any], lines: Sequence[str] | None
) -> tuple[str, dict[str, Any] | None, list[Problem]]:
    """Where the contacts come from, by which rule, and what is wrong with that."""
    ways = [name for name in ("contact_ids", "segment", "rule") if given.get(name) is not None]
    if len(ways) + (lines is not None) != 1:
        words = (
            "请用 contact_ids、segment、rule 三者之一说明是哪些客户。",
            "Say whom by one of contact_ids, segment and rule.",
        )
        return "", None, [problem("", *words)]
    if lines is not None:
        return "upload", None, [*_line_problems(given, lines)]
    if ways == ["contact_ids"]:
        many = len(given["contact_ids"]) > MOST_IDS
        words = (
            f"一次最多 {MOST_IDS} 个；更多请上传文件。",
            f"At most {MOST_IDS} at once: upload a file for more.",
        )
        return "contacts", None, [problem("contact_ids", *words)] if many else []
    tree = given.get("rule") or {"field": "segments", "operator": "has", "value": given.get("segment")}
    try:
        where(parse(tree, ways[0]), RuleTables, datetime(2000, 1, 1).astimezone(), SHANGHAI)
    except NotUnderstood as bad:
        return "", None, [Problem(at or ways[0], said) for at, said in bad.problems]
    return ways[0], tree, []


def _line_problems(given: Mapping[str, Any], lines: Sequence[str]) -> list[Problem]:
    if given.get("kind") not in KINDS:
        listed = ", ".join(KINDS)
        return [problem("kind", f"只能是其中之一：{listed}。", f"Must be one of: {listed}.")]
    if not lines:
        words = "文件里没有内容。", "There is nothing in the file."
        return [problem("file", *words)]
    if len(lines) > MOST_LINES:
        words = f"一次最多 {MOST_LINES} 行。", f"At most {MOST_LINES} lines at once."
        return [problem("file", *words)]
    return []


def _tag_problems(
    session: Session, workspace_id: int, add: Sequence[str], remove: Sequence[str]
) -> list[Problem]:
    if not add and not remove:
        words = "请选择要打上或去掉的标签。", "Choose tags to put on or to take off."
        return [problem("add", *words)]
    shelf = shelf_of(session, workspace_id)
    problems = []
    for way, tags in (("add", add), ("remove", remove)):
        if len(tags) > MOST_TAGS:
            problems.append(problem(way, f"最多 {MOST_TAGS} 个标签。", f"At most {MOST_TAGS} tags."))
        for number, tag in enumerate(tags):
            wrong = tag_problem(tag, f"{way}.{number}")
            if wrong is None and way == "add" and not shelf.allows(tag):
                wrong = shelf.problem(tag, f"{way}.{number}")
            if wrong is not None:
                problems.append(wrong)
    return problems


def _keep_parts(session: Session, job: TagJob, parts: Sequence[Mapping[str, Any]]) -> None:
    session.add_all(
        TagJobPart(job_id=job.id, number=number, workspace_id=job.workspace_id, whom=orjson.dumps(part))
        for number, part in enumerate(parts)
    )


def _cut(items: Sequence[Any]) -> list[list[Any]]:
    return [list(items[at : at + CHUNK]) for at in range(0, len(items), CHUNK)]
