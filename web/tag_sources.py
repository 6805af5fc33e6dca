"""By whom tags were changed, in words: people, keys, files, rules, steps of journeys, and the house itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from marshmallow import Schema, fields
from sqlalchemy import select

from audience.tables_files import Import
from audience.tables_tags import TagJob, TagRule
from journeys.tables import Enrollment, Journey, Trail
from journeys.words import Words
from store.database import db
from store.tables import Account, ApiKey
from web import names
from web.access import here
from web.api.catalogue import WordsOut

HOUSE = {
    "expiry": Words("到期自动去掉", "ran out"),
    "exclusive": Words("被同一标签的新取值替换", "replaced by another value"),
    "wecom": Words("企业微信", "WeCom"),
}
KINDS = ("hand", "key", "rule", "journey", "import", "job", "wecom", "expiry", "exclusive", "other")
UNKNOWN = Words("系统", "the system")
#: kind, words, and which tables have the names.
NAMED: Mapping[str, tuple[str, Words, Any, Any]] = {
    "account": ("hand", Words("成员", "member"), Account, Account.name),
    "key": ("key", Words("API 密钥", "API key"), ApiKey, ApiKey.name),
    "import": ("import", Words("导入", "import"), Import, Import.filename),
    "job": ("job", Words("批量打标", "bulk tagging"), TagJob, TagJob.name),
}


class TagSourceOut(Schema):
    """Who did it."""

    kind = fields.Str(required=True, metadata={"enum": list(KINDS)})
    words = fields.Nested(WordsOut, required=True)
    id = fields.Str(required=True, allow_none=True, metadata={"description": "Of the journey, rule, job …"})


class Told(Protocol):
    """What says by whom a tag was changed."""

    @property
    def by(self) -> str | None: ...

    @property
    def enrollment_id(self) -> int | None: ...


def sources(rows: Sequence[Told], at: Sequence[datetime | None], tags: Sequence[str]) -> list[dict[str, Any]]:
    """Who did each of these, all names in a few statements."""
    known = _names({row.by for row in rows if row.by})
    steps = _steps(
        [
            (row.enrollment_id, when, tag)
            for row, when, tag in zip(rows, at, tags, strict=True)
            if row.enrollment_id is not None
        ]
    )
    found = []
    for row, when, tag in zip(rows, at, tags, strict=True):
        if row.enrollment_id is not None:
            found.append(steps[row.enrollment_id, when, tag])
        else:
            found.append(known.get(row.by or "") or _source("other", UNKNOWN))
    return found


def _source(kind: str, words: Words, number: object = None) -> dict[str, Any]:
    return {"kind": kind, "words": words.json(), "id": None if number is None else str(number)}


def _names(given: Iterable[str]) -> dict[str, dict[str, Any]]:
    found = {name: _source(name, words) for name, words in HOUSE.items()}
    by_kind: dict[str, set[str]] = {}
    for one in given:
        kind, _, which = one.partition(":")
        by_kind.setdefault(kind, set()).add(which)
    for kind, (shown, words, table, column) in NAMED.items():
        ids = {int(which) for which in by_kind.get(kind, ()) if which.isdigit()}
        if not ids:
            continue
        query = select(table.id, column).where(table.id.in_(ids))
        if kind != "account":
            query = query.where(table.workspace_id == here())
        titles: dict[int, str] = dict(db.session.execute(query).all())
        for number in ids:
            name = titles.get(number)
            said = Words(f"{words} {name}", f"{words.en} {name}") if name else words
            found[f"{kind}:{number}"] = _source(shown, said, number)
    keys = by_kind.get("rule", set())
    if keys:
        rules = select(TagRule.key, TagRule.name).where(TagRule.workspace_id == here(), TagRule.key.in_(keys))
        rule_names: dict[str, str] = dict(db.session.execute(rules).all())
        for key in keys:
            name = rule_names.get(key, key)
            found[f"rule:{key}"] = _source("rule", Words(f"规则“{name}”", f"rule “{name}”"), key)
    return found


def _steps(
    wanted: Sequence[tuple[int, datetime | None, str]],
) -> dict[tuple[int, datetime | None, str], dict[str, Any]]:
    """The journey of each, with the step or the stage that changed the tag at that moment."""
    if not wanted:
        return {}
    ids = {enrollment for enrollment, _, _ in wanted}
    query = (
        select(Enrollment.id, Journey.id, Journey.name)
        .join(Journey, Journey.id == Enrollment.journey_id)
        .where(Enrollment.workspace_id == here(), Enrollment.id.in_(ids))
    )
    journeys = {number: (journey, name) for number, journey, name in db.session.execute(query)}
    lines = db.session.scalars(
        select(Trail)
        .where(
            Trail.workspace_id == here(),
            Trail.enrollment_id.in_(ids),
            Trail.at.in_({when for _, when, _ in wanted if when is not None}),
        )
        .order_by(Trail.id)
    ).all()
    drawings = names.drawn(line.version_id for line in lines)
    found = {}
    for enrollment, when, tag in wanted:
        journey, name = journeys.get(enrollment, (None, ""))
        words = Words(f"旅程“{name}”", f"journey “{name}”") if name else Words("旅程", "a journey")
        for line in lines:
            drawing = drawings.get(line.version_id)
            if drawing and (line.enrollment_id, line.at) == (enrollment, when) and _tags(line, drawing, tag):
                part = drawing.name(line.step if line.op == "step" else line.stage)
                words = Words(f"旅程“{name}”的“{part}”", f"“{part}” of journey “{name}”")
        found[enrollment, when, tag] = _source("journey", words, journey)
    return found


def _tags(line: Trail, drawing: names.Drawn, tag: str) -> bool:
    """Whether this line tells of a step or stage that changes the tag."""
    if line.op == "step":
        for step in drawing.definition.get("steps", ()):
            if step["id"] == line.step and step["kind"] == "tag":
                config = step.get("config") or {}
                return tag in (*(config.get("add") or ()), *(config.get("remove") or ()))
        return False
    stages = drawing.definition.get("stages", ())
    return line.op == "stage" and any(
        stage["id"] == line.stage and tag in (stage.get("tags") or ()) for stage in stages
    )
