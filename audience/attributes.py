"""The catalogue of attributes: what each is called, of which type it is, which values it has and who may see them.

What fits no entry of the catalogue is taken as it comes. A value that does not fit its entry is refused if the entry
is strict; else it is kept, and counted as a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_people import AttributeType, AttributeWarning
from audience.values import type_of
from store.problem import Problem, problem

#: `object` is for events alone.
TYPES: Final = ("text", "number", "boolean", "date", "time", "list")
EVERYONE, PERSONAL = "everyone", "personal"
MOST_ALLOWED: Final = 200
WRONG_TYPE, NOT_ALLOWED = "type", "allowed"


@dataclass(frozen=True, slots=True)
class Meant:
    """What an attribute is meant to be."""

    name: str
    title: Mapping[str, str]
    type: str
    allowed: Sequence[Any] | None = None
    description: Mapping[str, str] | None = None
    seen_by: str = EVERYONE
    strict: bool = False
    built_in: bool = False

    def wrong(self, value: Any) -> str | None:
        """What is wrong with a value: `type`, `allowed`, or nothing."""
        if not _of_type(value, self.type):
            return WRONG_TYPE
        if self.allowed:
            given = value if isinstance(value, list) else [value]
            if any(one not in self.allowed for one in given):
                return NOT_ALLOWED
        return None


def _built_in(name: str, kind: str, zh: str, en: str, **more: Any) -> Meant:
    return Meant(name, {"zh": zh, "en": en}, kind, built_in=True, **more)


#: What every brand asks of its customers.
BUILT_IN: Final[Mapping[str, Meant]] = {
    one.name: one
    for one in (
        _built_in("source_channel", "text", "来源渠道", "Source channel"),
        _built_in("consulted_at", "time", "咨询时间", "Time of consultation"),
        _built_in("consultation", "text", "咨询问题", "Question of consultation"),
        _built_in("region", "text", "地区", "Region"),
        _built_in("occupation", "text", "职业", "Occupation"),
        _built_in("gender", "text", "性别", "Gender", allowed=("女", "男", "未知")),
        _built_in("birthday", "date", "生日", "Birthday", seen_by=PERSONAL),
        _built_in("due_date", "date", "预产期", "Due date", seen_by=PERSONAL),
        _built_in("child_birth_date", "date", "孩子出生日期", "Child's birth date", seen_by=PERSONAL),
    )
}

#: What attributes that many brands have are called, as (Chinese, English), where nobody has given them a title.
USUAL_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "city": ("城市", "City"),
    "age": ("年龄", "Age"),
    "level": ("等级", "Level"),
    "points": ("积分", "Points"),
    "source": ("来源", "Source"),
    "registered_at": ("注册时间", "Registered at"),
    "delivery_date": ("交付日期", "Delivery date"),
    "skin_type": ("肤质", "Skin type"),
    "no_marketing": ("不收营销消息", "No marketing"),
    "no_profiling": ("不做自动画像", "No profiling"),
}


def catalogue(session: Session, workspace_id: int) -> dict[str, Meant]:
    """Everything the workspace has said of its attributes, and what is built in, by name."""
    found = dict(BUILT_IN)
    query = select(AttributeType).where(AttributeType.workspace_id == workspace_id)
    for row in session.scalars(query):
        built_in = BUILT_IN.get(row.name)
        title = {"zh": row.title, "en": row.title} if row.title or built_in is None else built_in.title
        words = {"zh": row.description, "en": row.description} if row.description else None
        found[row.name] = Meant(
            row.name, title, row.type, row.allowed, words, row.seen_by, row.strict, built_in is not None
        )
    return found


def judge(
    known: Mapping[str, Meant], attributes: Mapping[str, Any], path: str, warned: Counter[tuple[str, str]]
) -> list[Problem]:
    """Say which attributes must be refused; those that only do not fit are added to `warned`."""
    problems = []
    for name, value in attributes.items():
        meant = known.get(name)
        wrong = meant.wrong(value) if meant is not None and value is not None else None
        if meant is None or wrong is None:
            continue
        if meant.strict:
            problems.append(problem(f"{path}.{name}", *_words(meant, wrong)))
        else:
            warned[name, wrong] += 1
    return problems


def warn(session: Session, workspace_id: int, warned: Mapping[tuple[str, str], int], now: datetime) -> None:
    """Count values that did not fit. Nothing is committed."""
    for (name, wrong), times in sorted(warned.items()):
        row = session.get(AttributeWarning, (workspace_id, name, wrong), with_for_update=True)
        if row is None:
            row = AttributeWarning(workspace_id=workspace_id, name=name, wrong=wrong, times=0, first_at=now)
            session.add(row)
        row.times += times
        row.last_at = now
        session.flush()


def hidden(known: Iterable[Meant]) -> frozenset[str]:
    """The attributes that only those see who may see people whole."""
    return frozenset(meant.name for meant in known if meant.seen_by == PERSONAL)


def _of_type(value: Any, kind: str) -> bool:
    found = type_of(value)
    if kind == "text":
        return isinstance(value, str)
    return found == kind or (kind == "time" and found == "date")


def _words(meant: Meant, wrong: str) -> tuple[str, str]:
    if wrong == WRONG_TYPE:
        zh, en = TYPE_WORDS[meant.type]
        return f"“{meant.title['zh']}”须是{zh}。", f"“{meant.title['en']}” takes {en}."
    listed = ", ".join(str(one) for one in list(meant.allowed or ())[:10])
    return (
        f"“{meant.title['zh']}”只能是：{listed}。",
        f"“{meant.title['en']}” can only be: {listed}.",
    )


TYPE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("文字", "a text"),
    "number": ("数字", "a number"),
    "boolean": ("是或否", "true or false"),
    "date": ("日期，例如 2026-03-01", "a date such as 2026-03-01"),
    "time": ("时间，例如 2026-03-01T10:00:00+08:00", "a time such as 2026-03-01T10:00:00+08:00"),
    "list": ("文字列表", "a list of texts"),
}
