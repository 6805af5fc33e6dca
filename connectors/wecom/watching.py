"""Tasks that staff have yet to confirm, asked after now and then, less and less often."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base import ConnectorError, Permanent, Receipt, State
from connectors.wecom.client import Client
from connectors.wecom.facts import value

#: Seconds until the first question, the factor of the next, and the longest pause.
FIRST_SECS, SLOWER, LONGEST_SECS = 20.0, 1.6, 900.0
#: After so long a task that nobody confirmed is not asked after any more.
GIVEN_UP_SECS = 30 * 86400.0
#: Questions of one turn may take so long; whatever else is due comes with the next.
TURN_SECS = 0.4
SENT, NO_FRIEND, ANOTHER = 1, 2, 3
OUTCOMES: Mapping[int, tuple[State, str | None]] = {
    SENT: ("delivered", None),
    NO_FRIEND: ("refused", "not a friend"),
    ANOTHER: ("refused", "the customer already got another broadcast"),
}


@dataclass
class Open:
    """A task with those of whom nothing is known yet: their names at WeCom with our keys."""

    reference: str
    keys: dict[str, list[str]]
    since: float
    wait: float = FIRST_SECS
    #: Moments tasks: the job's Moment, once it is known.
    moment: str = ""


class Watching:
    """The open tasks of one account."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self.client, self.clock = client, clock
        self._lock = threading.Lock()
        self._tasks: dict[str, Open] = {}
        self._due: list[tuple[float, int, str]] = []
        self._order = itertools.count()

    def add(self, reference: str, keys: Iterable[tuple[str, str]], *, moment: bool = False) -> None:
        """Ask after a task from now on; `keys` are (the receiver's name at WeCom, our key)."""
        with self._lock:
            task = self._tasks.get(reference)
            if task is None:
                task = self._tasks[reference] = Open(
                    reference, {}, self.clock(), moment="?" if moment else ""
                )
                self._plan(reference, FIRST_SECS)
            for name, key in keys:
                mine = task.keys.setdefault(name, [])
                if key not in mine:
                    mine.append(key)

    def __len__(self) -> int:
        return len(self._tasks)

    def ask(self) -> list[Receipt]:
        """What has become known of the tasks whose turn it is."""
        found: list[Receipt] = []
        until = self.clock() + TURN_SECS
        while (task := self._next()) is not None:
            before = len(found)
            try:
                for to, state, reason in self._asked(task):
                    for key in task.keys.pop(to, []):
                        found.append(Receipt(key, state, datetime.now(UTC), task.reference, reason))
            except Permanent:
                task.since = -GIVEN_UP_SECS  # WeCom knows no such task, or does not show it
            except ConnectorError:
                pass  # another time
            self._again(task, heard=len(found) > before)
            if self.clock() >= until:
                break
        return found

    def _next(self) -> Open | None:
        with self._lock:
            if not self._due or self._due[0][0] > self.clock():
                return None
            return self._tasks[heapq.heappop(self._due)[2]]

    def _again(self, task: Open, *, heard: bool) -> None:
        with self._lock:
            if not task.keys or self.clock() - task.since > GIVEN_UP_SECS:
                self._tasks.pop(task.reference, None)
                return
            task.wait = FIRST_SECS if heard else min(task.wait * SLOWER, LONGEST_SECS)
            self._plan(task.reference, task.wait)

    def _plan(self, reference: str, wait: float) -> None:
        heapq.heappush(self._due, (self.clock() + wait, next(self._order), reference))

    def _asked(self, task: Open) -> Iterator[tuple[str, State, str | None]]:
        yield from (self._of_moment(task) if task.moment else self._of_task(task))

    def _of_task(self, task: Open) -> Iterator[tuple[str, State, str | None]]:
        asked = {"msgid": task.reference}
        for row in pages(self.client, "externalcontact/get_groupmsg_task", asked, "task_list"):
            if row.get("status") != 2:
                continue
            theirs = {**asked, "userid": str(row["userid"])}
            for one in pages(self.client, "externalcontact/get_groupmsg_send_result", theirs, "send_list"):
                outcome = OUTCOMES.get(int(one.get("status", 0)))
                if outcome is not None:
                    yield str(one.get("external_userid") or one.get("chat_id")), *outcome

    def _of_moment(self, task: Open) -> Iterator[tuple[str, State, str | None]]:
        """Staff publish a Moment; whose customers saw it then is not told one by one."""
        if task.moment == "?":
            told = self.client.call("externalcontact/get_moment_task_result", jobid=task.reference)
            if told.get("status") != 3:
                return
            task.moment = str((told.get("result") or {}).get("moment_id") or "?")
        asked = {"moment_id": task.moment}
        for row in pages(self.client, "externalcontact/get_moment_task", asked, "task_list"):
            if row.get("publish_status") == 1:
                who = str(row["userid"])
                for name in [name for name in task.keys if name.split("|", 1)[0] in (who, "")]:
                    yield name, "delivered", None


def pages(client: Client, path: str, body: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """All rows of a list that comes in pages."""
    cursor = ""
    for _ in range(1000):
        told = client.call(
            path, {**body, "limit": value("mass.page"), **({"cursor": cursor} if cursor else {})}
        )
        yield from told.get(name) or []
        cursor = str(told.get("next_cursor") or "")
        if not cursor:
            return
