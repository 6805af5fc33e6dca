"""What keeps a workspace's messages back now, each with what can be done about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from content.carriers import CARRIERS
from journeys.position import WAITING
from journeys.tables import Enrollment, Version
from rules.contact_policy import REASONS
from store import home
from store.tables import Outbox, WorkerBeat
from store.tables_connections import Connection
from store.tables_guards import CLOSED, Breaker
from web import names

#: A worker that was not heard of for so long does not live.
SEEN_SECS = 60
#: No more waiting messages are counted.
MOST = 1000
#: Of so many versions, the newest, people are looked for at steps that send.
VERSIONS = 100
Said = dict[str, str]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One reason: `carrier` where it is about one alone, `waiting` messages up to `MOST`."""

    kind: str
    carrier: str | None
    waiting: int
    words: Said
    todo: Said


def delivers(session: Session, now: datetime) -> bool:
    """True if a worker that delivers was heard of lately."""
    lately = WorkerBeat.seen_at > now - timedelta(seconds=SEEN_SECS)
    roles = session.scalars(select(WorkerBeat.roles).where(lately))
    return any("deliver" in said.split(",") for said in roles)


def reasons(session: Session, workspace_id: int) -> list[dict[str, Any]]:
    """Everything that keeps messages back, what concerns all of them first; the stop button says so itself."""
    found = [*_everywhere(session, workspace_id), *_accounts(session, workspace_id)]
    quiet = _count(session, workspace_id, Outbox.reason.in_(sorted(REASONS))) + _asked(session, workspace_id)
    if quiet:
        found.append(
            HeldBack(
                *("policy", None, quiet),
                _said("触达规则让它们等着", "The reach policy lets them wait."),
                _said(
                    "到时间会自己发出；在“设置 → 触达规则”放宽后会马上再问一次。",
                    "They go by themselves in time; loosen it under Settings → Reach, and they are asked again at once.",
                ),
            )
        )
    return [asdict(one) for one in found]


def _everywhere(session: Session, workspace_id: int) -> list[HeldBack]:
    found = []
    if not delivers(session, datetime.now(UTC)):
        found.append(
            HeldBack(
                *("no_worker", None, _count(session, workspace_id)),
                _said("没有在发送的后台进程", "No worker delivers."),
                _said(
                    "请运维启动一个：flask --app wsgi worker（角色里要有 deliver）。",
                    "Whoever runs Roadbook starts one: flask --app wsgi worker, with deliver among its roles.",
                ),
            )
        )
    if home.held(session) is not None:
        found.append(
            HeldBack(
                *("switched_off", None, _count(session, workspace_id)),
                _said(
                    "这个数据库的发送是关着的（还原的副本，或被运维关掉）",
                    "Sending is off for this database: it is a restored copy, or was switched off.",
                ),
                _said(
                    "确认这里该发之后，请运维执行：flask --app wsgi sending on。",
                    "If messages should leave from here, whoever runs Roadbook says: flask --app wsgi sending on.",
                ),
            )
        )
    return found


def _accounts(session: Session, workspace_id: int) -> list[HeldBack]:
    mine = select(Connection).where(Connection.workspace_id == workspace_id, Connection.state != "on")
    served: set[str] = set()
    on = select(Connection.carriers).where(Connection.workspace_id == workspace_id, Connection.state == "on")
    for carriers in session.scalars(on):
        served |= set(carriers)
    found = []
    for row in session.scalars(mine.order_by(Connection.id)):
        for carrier in sorted(set(row.carriers) - served):
            said = _broken(row.name) if row.state == "broken" else _off(row.name)
            kind = "connection_broken" if row.state == "broken" else "connection_off"
            found.append(
                HeldBack(kind, carrier, _count(session, workspace_id, Outbox.carrier == carrier), *said)
            )
    away = select(Breaker.carrier).where(Breaker.workspace_id == workspace_id, Breaker.state != CLOSED)
    for carrier in session.scalars(away.order_by(Breaker.carrier)):
        title = CARRIERS[carrier].title if carrier in CARRIERS else {"zh": carrier, "en": carrier}
        found.append(
            HeldBack(
                *("provider_silent", carrier, _count(session, workspace_id, Outbox.carrier == carrier)),
                _said(f"{title['zh']}的服务商没有回应", f"The provider of {title['en']} does not answer."),
                _said(
                    "会自己再试；若很久不恢复，请看“设置 → 渠道”里的错误。",
                    "It is tried again by itself; if that takes long, see the errors under Settings → Channels.",
                ),
            )
        )
    return found


def _broken(name: str) -> tuple[Said, Said]:
    return (
        _said(f"“{name}”的账号被服务商拒绝", f"The provider refuses the account “{name}”."),
        _said(
            "在“设置 → 渠道”改好密钥后点“测试”，消息会继续发出。",
            "Correct its secret under Settings → Channels and try it: messages then go on.",
        ),
    )


def _off(name: str) -> tuple[Said, Said]:
    return (
        _said(f"“{name}”已停用：它的消息进沙盒，不会到达客户", f"“{name}” is off: its messages go to the sandbox and reach nobody."),
        _said("在“设置 → 渠道”里启用它。", "Switch it on under Settings → Channels."),
    )  # fmt: skip


def _count(session: Session, workspace_id: int, *where: ColumnElement[bool]) -> int:
    mine = Outbox.workspace_id == workspace_id, Outbox.state == "pending"
    some = select(Outbox.id).where(*mine, *where).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _asked(session: Session, workspace_id: int) -> int:
    """Messages that will be made only when the policies let them: whoever is to have one stands at its step."""
    newest = select(Version.id).where(Version.workspace_id == workspace_id).order_by(Version.id.desc())
    versions = names.drawn(session.scalars(newest.limit(VERSIONS)))
    steps = [
        (number, step["id"])
        for number, version in versions.items()
        for step in version.definition["steps"]
        if step["kind"] == "send"
    ]
    if not steps:
        return 0
    there = select(Enrollment.state["hold"]["because"].as_string().label("because")).where(
        tuple_(Enrollment.version_id, Enrollment.step).in_(steps),
        Enrollment.workspace_id == workspace_id,
        Enrollment.status == WAITING,
    )
    some = there.limit(MOST).subquery()
    return session.scalar(select(func.count()).where(some.c.because.in_(sorted(REASONS)))) or 0


def _said(zh: str, en: str) -> Said:
    return {"zh": zh, "en": en}
