"""Events: taken in from outside, and moved by intake to where rules read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audience import event_watch, group_events, known, merging
from audience.identities import read_keys
from audience.plain_events import AHEAD, EARLIEST, FIELDS, LONGEST_ID, OURS, glance
from audience.tables import Contact
from audience.values import EVENT_NAME, properties_problems, text_problem
from store.bulk import among
from store.database import begin_write, dumps
from store.inbox import NewSignal, put
from store.problem import Problem, problem
from store.subjects import GROUP_KEY, of_group

MOST_IN_BATCH = 1000
LARGEST_PROPERTIES = 32 * 1024
ALL_FIELDS = FIELDS | set(group_events.NAMES)


@dataclass(slots=True)
class Taken:
    """What became of a batch of events: how many are new, how many were here before, and what was refused."""

    accepted: int = 0
    duplicates: int = 0
    errors: list[Problem] = field(default_factory=list)


def take(
    session: Session,
    workspace_id: int,
    events: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    path: str = "events",
) -> Taken:
    """Check at most 1,000 events and put the good ones into the inbox; intake finds their contacts later.

    An event is {name, external_id | contact_id | identity: {kind: value}, group: {key} | group_id, event_id?,
    occurred_at?, properties?}; it names a person, a customer group, or both, and then it is a signal to both.
    `occurred_at` is a datetime with a zone or its ISO text, and `now` if missing. Nothing is committed.
    """
    if len(events) > MOST_IN_BATCH:
        words = f"一批最多 {MOST_IN_BATCH} 个事件，请分批。", f"Send at most {MOST_IN_BATCH} events at once."
        return Taken(errors=[problem(path, *words)])
    begin_write(session)
    taken = Taken()
    signals: dict[int, NewSignal] = {}
    for number, given in enumerate(events):
        signal, problems = read(workspace_id, given, now, f"{path}.{number}")
        taken.errors += problems
        if signal is not None:
            signals[number] = signal
    for number in _strangers(session, workspace_id, signals):
        del signals[number]
        words = "该联系人不存在。", "There is no such contact in the workspace."
        taken.errors.append(problem(f"{path}.{number}.contact_id", *words))
    others = _in_groups(session, workspace_id, events, signals, path, taken)
    taken.accepted = put(session, list(signals.values()), now)
    taken.duplicates = len(signals) - taken.accepted
    put(session, others, now)
    return taken


def _in_groups(
    session: Session,
    workspace_id: int,
    events: Sequence[Mapping[str, Any]],
    signals: dict[int, NewSignal],
    path: str,
    taken: Taken,
) -> list[NewSignal]:
    """Tell persons' events in which group they happened, and return what the groups themselves hear of them."""
    named = {n: group_events.of_event(events[n], "")[0] for n in signals if names_group(events[n])}
    if not named:
        return []
    ids = {group["group_id"] for group in named.values() if "group_id" in group}
    keys = group_events.keys_of(session, workspace_id, ids)
    others = []
    for number, group in named.items():
        group_id, key = group.get("group_id"), group.get("group")
        key = key if group_id is None else keys.get(group_id)
        if key is None:
            del signals[number]
            words = "该客户群不存在。", "There is no such group in the workspace."
            taken.errors.append(problem(f"{path}.{number}.group_id", *words))
            continue
        signal = signals[number]
        signal.data = {**signal.data, group_events.GROUP: key}
        if signal.contact_id is not None or signal.identity:
            others.append(group_events.of_the_group(key, group_id, signal))
        elif group_id is None:
            signal.identity = {GROUP_KEY: key}
        else:
            signal.contact_id = of_group(group_id)
    return others


def names_group(given: Mapping[str, Any]) -> bool:
    """True if an event happened in a customer group: then it is not one signal, but may be two."""
    return any(given.get(name) is not None for name in group_events.NAMES)


def _strangers(session: Session, workspace_id: int, signals: Mapping[int, NewSignal]) -> list[int]:
    """Return which of these events name a contact by an id that the workspace does not have."""
    ids = {signal.contact_id for signal in signals.values() if signal.contact_id is not None}
    if not ids:
        return []
    ours = set(
        session.scalars(
            select(Contact.id).where(Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
        )
    )
    # Who was merged is found by intake.
    ours |= {
        old
        for old, keeper in merging.keepers(session, ids - ours, workspace_id).items()
        if keeper is not None
    }
    return [
        n for n, signal in signals.items() if signal.contact_id is not None and signal.contact_id not in ours
    ]


def read(workspace_id: int, given: Any, now: datetime, path: str) -> tuple[NewSignal | None, list[Problem]]:
    """Turn one event from outside into a signal, or say everything that is wrong with it."""
    plain = glance(workspace_id, given, now)
    return (plain, []) if plain is not None else _look_closely(workspace_id, given, now, path)


def _look_closely(
    workspace_id: int, given: Any, now: datetime, path: str
) -> tuple[NewSignal | None, list[Problem]]:
    if not isinstance(given, Mapping):
        return None, [problem(path, "事件须是一个对象。", "Give each event as an object.")]
    problems = [
        problem(
            f"{path}.{name}",
            "没有这个字段。",
            f"There is no such field: use {', '.join(sorted(ALL_FIELDS))}.",
        )
        for name in given
        if name not in ALL_FIELDS
    ]
    name, event_id = given.get("name"), given.get("event_id")
    problems += _name_problems(name, f"{path}.name") + _id_problems(event_id, f"{path}.event_id")
    group, wrong = group_events.of_event(given, path)
    problems += wrong
    contact_id, identity, wrong = _whose(given, path, bool(group))
    at, late = _moment(given.get("occurred_at"), now, f"{path}.occurred_at")
    properties = given.get("properties")
    properties = {} if properties is None else properties
    problems += [*wrong, *late, *properties_problems(properties, f"{path}.properties")]
    if not problems and len(dumps(properties)) > LARGEST_PROPERTIES:
        words = "一个事件的属性合计最多 32 KiB。", "Keep an event's properties to 32 KiB in all."
        problems.append(problem(f"{path}.properties", *words))
    if problems:
        return None, problems
    return (
        NewSignal(workspace_id, "event", str(name), at, properties, contact_id, identity, event_id=event_id),
        [],
    )


#: Pairs of inbox row and contact, as a table.
_GIVEN = {
    "sqlite": (
        "(SELECT json_extract(value, '$.id') AS id, json_extract(value, '$.contact_id') AS contact_id"
        " FROM json_each(:pairs)) AS g"
    ),
    "postgresql": "jsonb_to_recordset(CAST(:pairs AS jsonb)) AS g(id bigint, contact_id bigint)",
}


def record(session: Session, contact_of: Mapping[int, int]) -> int:
    """Move event signals {inbox id: contact id} to where rules read them; return how many were not there yet.

    Repeating it changes nothing. The rows are copied inside the database and stay in the inbox.
    """
    if not contact_of:
        return 0
    pairs = [{"id": number, "contact_id": contact} for number, contact in contact_of.items()]
    given = _GIVEN[session.get_bind().dialect.name]
    statement = text(
        "INSERT INTO event (id, workspace_id, contact_id, name, event_id, occurred_at, stored_at, properties)"
        " SELECT i.id, i.workspace_id, g.contact_id, i.name, i.event_id, i.occurred_at, i.stored_at, i.data"
        f" FROM {given} JOIN inbox i ON i.id = g.id"
        " WHERE i.kind = 'event' ORDER BY i.id ON CONFLICT DO NOTHING"
    )
    return session.connection().execute(statement, {"pairs": dumps(pairs)}).rowcount


def learn(
    session: Session, workspace_id: int, events: Iterable[tuple[str, Mapping[str, Any]]], now: datetime
) -> None:
    """Remember the names and properties (name, properties) that the workspace has not met before.

    Also counts them for the hour of `now`, and keeps what about them looks like a sender's mistake.
    """
    given = list(events)
    learned = known.learn(session, workspace_id, (known.of_event(name, data) for name, data in given), now)
    event_watch.count(session, workspace_id, (name for name, _ in given), now)
    findings = event_watch.of_new_names(session, workspace_id, [name for _, name in learned.names])
    findings += [
        (name, prop, event_watch.TYPE_CHANGED, {"was": was, "is": now_is})
        for (_, name), prop, was, now_is in learned.changed
    ]
    event_watch.note(session, workspace_id, findings, now)


def _name_problems(name: Any, path: str) -> list[Problem]:
    if not isinstance(name, str) or not EVENT_NAME.fullmatch(name):
        words = (
            "事件名只能用英文字母、数字、下划线、冒号和连字符，最长 128 个字符。",
            "Name the event with letters, digits, underscores, colons and hyphens, 128 characters at most.",
        )
        return [problem(path, *words)]
    if name in OURS:
        return [
            problem(
                path,
                f"“{name}”是系统自己的信号，请换一个名称。",
                f"“{name}” is the product's own: rename it.",
            )
        ]
    return []


def _id_problems(event_id: Any, path: str) -> list[Problem]:
    if event_id is None:
        return []
    if not isinstance(event_id, str) or not 1 <= len(event_id) <= LONGEST_ID:
        words = f"须是 1 至 {LONGEST_ID} 个字符的文字。", f"Give a text of 1 to {LONGEST_ID} characters."
        return [problem(path, *words)]
    wrong = text_problem(event_id, path)
    return [wrong] if wrong else []


def _whose(
    given: Mapping[str, Any], path: str, in_group: bool
) -> tuple[int | None, dict[str, str] | None, list[Problem]]:
    """Whom an event names, and what is wrong with that; one about a group alone names nobody."""
    named = [name for name in ("external_id", "contact_id", "identity") if given.get(name) is not None]
    if in_group and not named:
        return None, None, []
    if len(named) != 1:
        words = (
            "请用 external_id、contact_id、identity 三者之一指明联系人，或用 group 指明客户群。",
            "Name the contact by exactly one of external_id, contact_id and identity, or a customer group by group.",
        )
        return None, None, [problem(path, *words)]
    if named == ["contact_id"]:
        number = given["contact_id"]
        if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 2**63:
            return (
                None,
                None,
                [problem(f"{path}.contact_id", "须是正整数。", "Give a positive whole number.")],
            )
        return number, None, []
    keys, problems = read_keys(given.get("external_id"), given.get("identity"), path)
    problems = [Problem(wrong.path.replace(".identities", ".identity", 1), wrong.words) for wrong in problems]
    if not keys and not problems:
        problems = [
            problem(f"{path}.identity", "请给出一个标识。", 'Give one identity, such as {"phone": …}.')
        ]
    return None, dict(keys), problems


def _moment(value: Any, now: datetime, path: str) -> tuple[datetime, list[Problem]]:
    if value is None:
        return now, []
    try:
        given = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        moment = given.astimezone(UTC) if given.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        moment = None
    if moment is None:
        words = (
            "须是带时区的 ISO 8601 时间，例如 2026-03-01T10:00:00+08:00。",
            "Give an ISO 8601 time with its zone, for example 2026-03-01T10:00:00+08:00.",
        )
        return now, [problem(path, *words)]
    if not EARLIEST <= moment <= now + AHEAD:
        words = (
            "时间须在 1970 年之后，且不晚于当前时间 24 小时。",
            "Give a time after 1970 and no more than 24 hours ahead of now.",
        )
        return now, [problem(path, *words)]
    return moment, []
