"""What comes due by time alone and is no journey's: tiers, RFM, coupons, points, tasks, guards, and who is to be asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from audience import coupon_codes, coupons, points, rfm, tasks, tiers
from runtime import asking_again, faults, guarding
from runtime.database import Database

#: How often guards look at what is new.
GUARD_SECS = 5.0
#: How often it is asked what has come due while there is other work to do; otherwise at each look.
BUSY_SECS = 0.25


@dataclass(frozen=True, slots=True)
class Work:
    """Whether there may be any, and one portion of it."""

    due: ColumnElement[bool]
    act: Callable[[Session, datetime], bool]
    fault: str


WORKS = (
    Work(tiers.DUE, tiers.fall, "tiers.mid_batch"),
    Work(tiers.UNSORTED, tiers.sort_anew, "tiers.mid_batch"),
    Work(rfm.DUE, rfm.run_some, "tiers.mid_batch"),
    Work(coupon_codes.UNMADE, coupon_codes.make_some, "rewards.mid_batch"),
    Work(coupons.DUE, coupons.run_out, "rewards.mid_batch"),
    Work(points.DUE, points.run_out, "rewards.mid_batch"),
    Work(tasks.DUE, tasks.run_some, "task.mid_batch"),
    Work(asking_again.DUE, asking_again.ask_some, "asking.mid_batch"),
)
#: One question for all of them: whoever has nothing to do asks nothing else.
ANY = select(or_(*(work.due for work in WORKS)))
EACH = select(*(work.due for work in WORKS))


class Upkeep:
    """Finds out what is due, and does a portion of it."""

    def __init__(self, database: Database, now: Callable[[Session], datetime]) -> None:
        self.database, self.now = database, now
        self._asked = self._guarded = float("-inf")

    def due(self, session: Session, now: datetime, *, busy: bool) -> list[Work] | None:
        """What there is to do at this time; None if there is other work and it was asked just now."""
        if busy and time.monotonic() - self._asked < BUSY_SECS:
            return None
        self._asked = time.monotonic()
        if not session.scalar(ANY, {"now": now}):
            return []
        due = session.execute(EACH, {"now": now}).one()
        return [work for work, is_due in zip(WORKS, due, strict=True) if is_due]

    def run(self, works: list[Work] | None, *, busy: bool) -> bool:
        """Do a portion of each of these, and of what guards have to look at; True if there was anything to do.

        If it was not asked what is due, and nothing else was done either, it is asked now: nothing waits for a calmer time.
        """
        if works is None and not busy:
            with self.database.looking() as tx:
                works = self.due(tx.session, self.now(tx.session), busy=False)
        done = self._guard()
        for work in works or ():
            with self.database.transaction() as tx:
                done |= work.act(tx.session, self.now(tx.session))
                faults.hit(work.fault)
        return done

    def _guard(self) -> bool:
        """Let guards look at what is new, one workspace after the other; True if one tripped or let go."""
        if time.monotonic() - self._guarded < GUARD_SECS:
            return False
        self._guarded = time.monotonic()
        with self.database.reading() as tx:
            workspaces = guarding.guarded(tx.session)
        done = False
        for number in workspaces:
            with self.database.transaction() as tx:
                done |= guarding.look(tx.session, number, self.now(tx.session)) > 0
        return done
