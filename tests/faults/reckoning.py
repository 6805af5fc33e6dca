"""After the storm: what the trail, the outbox and the carriers' own logs say, held against each other."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from audience.tables import Contact, Event
from journeys.position import ENDED
from journeys.tables import Enrollment, Journey, Trail
from runtime.database import Database
from runtime.verify import verify
from store.tables import Inbox, Outbox
from tests.faults.weather import KEYED, KEYLESS, logs

#: What verify says of a write that came twice or too late.
LATE = ("opened-twice", "step-twice", "seq-back", "after-end", "inside-twice", "beyond-trail", "visit-gap")


@dataclass
class Reckoning:
    """The figures of a run; `wrong` counts what should not be."""

    acknowledged: int
    people: int
    steps: int
    messages: int
    handed: int
    repeats: int
    unknown: int
    standstill: float
    lost_events: int
    doubled_events: int
    lost_people: int
    lost_messages: int
    duplicates: int
    strays: int
    unlisted: int
    late: int
    unfinished: int
    unsent: int
    findings: list[str] = field(default_factory=list)
    rest_secs: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        return (
            self.lost_events + self.doubled_events + self.lost_people + self.lost_messages + self.duplicates + self.strays
            + self.unlisted + self.unfinished + self.unsent + len(self.findings) + sum(int(n) for s, n in self.answers.items() if s == "500")
        )  # fmt: skip


def left(database: Database) -> int:
    """How many signals, messages and people are still on the way; as many as there can be while nobody can say."""
    try:
        with database.reading() as tx:
            waiting = (
                select(func.count()).where(Inbox.state == "new").scalar_subquery()
                + select(func.count()).where(Outbox.state.in_(("pending", "sending"))).scalar_subquery()
                + select(func.count()).where(Enrollment.status != ENDED).scalar_subquery()
            )
            return tx.session.scalar(select(waiting)) or 0
    except Exception:  # noqa: BLE001 - whatever is away now will be asked again
        return sys.maxsize


def reckon(database: Database, folder: Path, acknowledged: set[str], secs: float) -> Reckoning:
    """Read everything once it is at rest."""
    handed = {carrier: _lines(path) for carrier, path in logs(folder).items()}
    with database.reading() as tx:
        session = tx.session
        findings = verify(session)
        known = set(session.scalars(select(Inbox.event_id).where(Inbox.state == "done")))
        kept = Counter(session.scalars(select(Event.event_id).where(Event.event_id.is_not(None))))
        joined = {one.removeprefix("joined:") for one in acknowledged if one.startswith("joined:")}
        main = select(Journey.id).where(Journey.key == "main")
        entered = Counter(
            session.scalars(
                select(Contact.external_id)
                .join(Enrollment, Enrollment.subject_id == Contact.id)
                .where(Enrollment.journey_id.in_(main))
            )
        )
        outbox: dict[str, Any] = {
            row.key: row
            for row in session.execute(
                select(Outbox.key, Outbox.state, Outbox.carrier, Outbox.contact_id, Outbox.content)
            )
        }
        steps = session.scalar(select(func.count()).select_from(Trail).where(Trail.op == "step")) or 0
        unfinished = session.scalar(select(func.count()).where(Enrollment.status != ENDED)) or 0
        open_messages = sum(row.state in ("pending", "sending") for row in outbox.values())
    times = sorted(at for lines in handed.values() for at, _ in lines)
    counts = {carrier: Counter(key for _, key in lines) for carrier, lines in handed.items()}
    every = counts[KEYED] + counts[KEYLESS]
    heard = Counter((outbox[key].contact_id, outbox[key].content) for key in every if key in outbox)
    return Reckoning(
        acknowledged=len(acknowledged),
        people=len(joined),
        steps=steps,
        messages=len(outbox),
        handed=every.total(),
        repeats=sum(n - 1 for n in counts[KEYED].values()),
        unknown=sum(row.state == "unknown" for row in outbox.values()),
        standstill=round(max((b - a for a, b in pairwise(times)), default=secs), 1),
        lost_events=len(acknowledged - (known & kept.keys())),
        doubled_events=sum(n - 1 for n in kept.values()),
        lost_people=sum(entered[who] != 1 for who in joined),
        lost_messages=sum(row.state in ("sent", "delivered") and not every[key] for key, row in outbox.items()),
        duplicates=sum(n - 1 for n in counts[KEYLESS].values()) + sum(n - 1 for n in heard.values()),
        strays=len(set(every) - set(outbox)),
        unlisted=sum(outbox[k].state not in ("sent", "delivered", "unknown") for k in counts[KEYLESS] if k in outbox),
        late=sum(finding.code in LATE for finding in findings),
        unfinished=unfinished + open_messages,
        unsent=sum(row.state in ("refused", "failed", "expired") for row in outbox.values()),
        findings=[f"{f.code}: {f.about}: {f.sentence}" for f in findings],
    )  # fmt: skip


def _lines(path: Path) -> list[tuple[float, str]]:
    words = (line.split() for line in path.read_text().splitlines()) if path.exists() else ()
    return [(float(word[0]), word[1]) for word in words if len(word) == 2]


def table(blows: Any, found: Reckoning, seed: int) -> str:
    """The figures for a person to read."""
    kills = ", ".join(f"{name} {count}" for name, count in blows.kills.items())
    rows = (
        ("kills", f"{blows.total:,}  ({kills})"),
        ("PostgreSQL immediate restarts", blows.restarts),
        ("SIGSTOP beyond the lease", blows.stops),
        ("seconds of storm / until rest", f"{blows.secs:.0f} / {found.rest_secs:.0f}"),
        ("events acknowledged", f"{found.acknowledged:,}"),
        ("answers of the web", found.answers),
        ("people entered", f"{found.people:,}"),
        ("steps", f"{found.steps:,}"),
        ("messages / handed over", f"{found.messages:,} / {found.handed:,}"),
        ("same key again, honoured", f"{found.repeats:,}"),
        ("unknown, listed for a person", f"{found.unknown:,}"),
        ("longest time without a delivery", f"{found.standstill:.1f} s"),
        (
            "lost: events, people, messages",
            f"{found.lost_events}, {found.lost_people}, {found.lost_messages}",
        ),
        ("events kept twice", found.doubled_events),
        ("duplicates at the provider", found.duplicates),
        ("sent without history, or unlisted", f"{found.strays}, {found.unlisted}"),
        ("refused, failed or expired", found.unsent),
        ("late or double writes", found.late),
        ("left on the way", found.unfinished),
        ("findings of verify", len(found.findings)),
    )
    lines = [f"seed {seed}", *(f"{name:<36}{value}" for name, value in rows), *found.findings[:20]]
    lines.append(
        "History is whole." if not found.wrong else f"{found.wrong:,} things are not as they should be."
    )
    return "\n".join(lines)
