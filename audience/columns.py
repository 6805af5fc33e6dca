"""What the columns of a file mean: guessing it from their names, checking it, and reading cells by type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from audience.identities import KIND
from audience.values import NAME, RESERVED
from store.problem import Problem, problem

#: What a column may become, by what the file is of, besides `identity:KIND` and `attribute:NAME[:TYPE]` (of events
#: `property:NAME[:TYPE]`); the empty text leaves it out.
PLAIN: Mapping[str, frozenset[str]] = {
    "contacts": frozenset({"external_id", "name", "timezone", "tags", ""}),
    "list": frozenset({"external_id", "name", "timezone", "tags", ""}),
    "events": frozenset({"external_id", "event_name", "event_id", "occurred_at", ""}),
}
#: Types a column can be read as, the narrowest first; `text` takes everything.
READABLE = ("number", "date", "time", "boolean", "list", "text")
#: Narrowest first: what is tried on a column whose type nobody has named.
GUESSED = ("boolean", "number", "date", "time")

_HEADINGS: dict[str, str] = {
    "external_id": "external_id externalid id user_id userid customer_id 客户编号 客户id 用户id 用户编号 会员号 会员编号 编号",
    "name": "name full_name nickname 姓名 名字 昵称 客户姓名 称呼 姓名昵称",
    "timezone": "timezone time_zone 时区",
    "tags": "tags tag labels 标签 客户标签",
    "identity:phone": "phone mobile phone_number tel 手机 手机号 手机号码 电话 联系电话 电话号码",
    "identity:email": "email e_mail mail 邮箱 电子邮箱 邮件 电子邮件",
    "identity:unionid": "unionid union_id",
    "identity:openid": "openid open_id",
    "identity:external_userid": "external_userid 外部联系人id",
    "attribute:birthday": "birthday birth_date date_of_birth 生日 出生日期",
    "attribute:gender": "gender sex 性别",
    "attribute:age": "age 年龄",
    "attribute:city": "city 城市 所在城市",
    "attribute:region": "region province 省份 地区 区域",
    "attribute:level": "level tier 等级 会员等级",
    "attribute:source": "source channel 来源 渠道 来源渠道",
    "attribute:registered_at": "registered_at created_at signup_date 注册时间 注册日期 加入时间",
    "attribute:occupation": "occupation job 职业",
    "attribute:points": "points 积分",
    "attribute:due_date": "due_date 预产期",
    "attribute:delivery_date": "delivery_date 交付日期 交车日期",
}  # fmt: skip
_KNOWN = {heading: target for target, headings in _HEADINGS.items() for heading in headings.split()}
_HEADINGS_OF_EVENTS: dict[str, str] = {
    "event_name": "event_name eventname event name 事件 事件名 事件名称 行为",
    "event_id": "event_id eventid message_id messageid 事件编号 事件id",
    "occurred_at": "occurred_at time timestamp at date event_time 时间 发生时间 事件时间 日期 下单时间 支付时间 付款时间",
    **{target: said for target, said in _HEADINGS.items() if target == "external_id" or target[:9] == "identity:"},
}  # fmt: skip
_KNOWN_OF_EVENTS = {
    heading: target for target, headings in _HEADINGS_OF_EVENTS.items() for heading in headings.split()
}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)")
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")
_YES = frozenset({"true", "yes", "是", "对"})
_NO = frozenset({"false", "no", "否", "不是"})
_BETWEEN_TAGS = re.compile(r"[,，、;；|]")


def suggest(columns: Sequence[str], kind: str = "contacts") -> dict[str, str]:
    """Guess what each column means from its name; what cannot be told becomes an attribute of its own."""
    mapping: dict[str, str] = {}
    of_events = kind == "events"
    for number, column in enumerate(columns, 1):
        heading = re.sub(r"[\s\-·（）()]+", "_", column.strip().lower()).strip("_")
        known = _KNOWN_OF_EVENTS if of_events else _KNOWN
        target = known.get(heading) or known.get(heading.replace("_", ""))
        if ":" in column and _is_target(column, kind):
            target = column  # as exports write what has no name of its own
        if target is None:
            fits = NAME.fullmatch(heading) and (of_events or heading not in RESERVED)
            target = f"{'property' if of_events else 'attribute'}:{heading if fits else f'column_{number}'}"
        mapping[column] = "" if target in mapping.values() else target
    return mapping


def mapping_problems(
    columns: Sequence[str], mapping: Any, kind: str = "contacts", options: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Say what is wrong with a mapping {column: target} for a file of this kind with these columns."""
    if not isinstance(mapping, Mapping):
        return [problem("mapping", "须是一个对象。", "Give an object of column and meaning.")]
    found: list[Problem] = []
    targets: list[str] = []
    for column, target in mapping.items():
        path = f"mapping.{column}"
        if column not in columns:
            found.append(problem(path, "文件中没有这一列。", "The file has no such column."))
        elif not isinstance(target, str) or not _is_target(target, kind):
            found.append(problem(path, *_USE["events" if kind == "events" else "contacts"]))
        elif target and target != "tags" and _bare(target) in targets:
            found.append(problem(path, "另一列已经是这一项。", "Another column means this already."))
        else:
            targets.append(_bare(target))
    if not found and not any(target == "external_id" or target.startswith("identity:") for target in targets):
        said = (
            "至少要有一列是 external_id 或标识（例如 identity:phone），否则无法认出联系人。",
            "Let one column be external_id or an identity such as identity:phone, so that contacts can be found.",
        )
        found.append(problem("mapping", *said))
    if not found and kind == "events" and "event_name" not in targets and not (options or {}).get("event"):
        said = (
            "请指明哪一列是事件名（event_name），或为整个文件指定一个事件。",
            "Say which column is the event's name (event_name), or name one event for the whole file.",
        )
        found.append(problem("mapping", *said))
    return found


_USE = {
    "contacts": (
        "须是 external_id、name、timezone、tags、identity:种类、attribute:名称 或空。",
        "Use external_id, name, timezone, tags, identity:KIND, attribute:NAME, or nothing.",
    ),
    "events": (
        "须是 event_name、occurred_at、event_id、external_id、identity:种类、property:名称 或空。",
        "Use event_name, occurred_at, event_id, external_id, identity:KIND, property:NAME, or nothing.",
    ),
}


def is_typeless(target: str) -> bool:
    """True for an attribute or property whose type nobody has named yet."""
    return target.startswith(("attribute:", "property:")) and target.count(":") == 1


def _is_target(target: str, kind: str) -> bool:
    head, _, name = target.partition(":")
    if target in PLAIN[kind]:
        return True
    if head == "identity":
        return KIND.fullmatch(name) is not None and name not in ("id", "external_id")
    name, _, type_ = name.partition(":")
    of_events = kind == "events"
    return (
        head == ("property" if of_events else "attribute")
        and NAME.fullmatch(name) is not None
        and (of_events or name not in RESERVED)
        and (not type_ or type_ in READABLE)
    )


def _bare(target: str) -> str:
    return ":".join(target.split(":")[:2])


class Guess:
    """Finds the narrowest type that every cell of a column fits."""

    def __init__(self, left: Sequence[str] = GUESSED, seen: bool = False) -> None:
        self.left = list(left)
        self.seen = seen

    def look(self, cell: str) -> None:
        """Take one cell into account; empty ones say nothing."""
        if not cell or not self.left:
            return
        self.seen = True
        self.left = [type_ for type_ in self.left if value_of(cell, type_) is not None]

    @property
    def type(self) -> str:
        return self.left[0] if self.left and self.seen else "text"


def value_of(cell: str, type_: str) -> Any:
    """Read a cell as `type_`; None if it does not fit. Dates and times become ISO 8601 text."""
    if type_ == "text":
        return cell
    if type_ == "number":
        if not _NUMBER.fullmatch(cell):
            return None
        return float(cell) if "." in cell else int(cell)
    if type_ == "boolean":
        low = cell.lower()
        return True if low in _YES else False if low in _NO else None
    if type_ == "list":
        return parts(cell)
    return _moment(cell, clock=type_ == "time")


def parts(cell: str) -> list[str]:
    """Take apart tags or a list: by commas, semicolons, 、 and |; each once, in order."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in _BETWEEN_TAGS.split(cell)))))


def _moment(cell: str, *, clock: bool) -> str | None:
    day, _, rest = cell.replace("T", " ", 1).partition(" ")
    found = _DATE.fullmatch(day) or _COMPACT.fullmatch(day)
    if found is None or bool(rest) != clock:
        return None
    try:
        when = date(int(found[1]), int(found[2]), int(found[3]))
        if not clock:
            return when.isoformat()
        if "+" in rest or rest.endswith("Z") or "." in rest:
            return datetime.fromisoformat(f"{when.isoformat()}T{rest.strip()}").isoformat()
        at = _CLOCK.fullmatch(rest.strip())
        if at is None:
            return None
        return datetime(when.year, when.month, when.day, int(at[1]), int(at[2]), int(at[3] or 0)).isoformat()
    except ValueError:
        return None
