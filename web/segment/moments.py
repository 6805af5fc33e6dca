"""When a call happened, by our clock: what the client's clock says, less how much it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from audience.plain_events import EARLIEST
from store.problem import Problem, problem
from web.api.events import AHEAD, TOO_EARLY

NO_TIME = (
    "须是 ISO 8601 时间，例如 2026-03-01T10:00:00.000Z。",
    "Give an ISO 8601 time, for example 2026-03-01T10:00:00.000Z.",
)


def read(value: Any) -> datetime | None:
    """An ISO 8601 text as a moment, in UTC where it names no zone; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def happened(
    call: Mapping[str, Any], path: str, sent_at: datetime | None, now: datetime, said: list[Problem]
) -> datetime | None:
    """When the call happened: `now` less the time between its happening and its sending, both by the client's clock.

    `sent_at` is the batch's; a call may carry its own. None, and said, where there is no such time.
    """
    name = "originalTimestamp" if call.get("originalTimestamp") is not None else "timestamp"
    if call.get(name) is None:
        return now
    where = f"{path}{name}"
    happened = read(call[name])
    if happened is None:
        said.append(problem(where, *NO_TIME))
        return None
    sent = read(call.get("sentAt")) or sent_at
    try:
        at = happened if sent is None else now - (sent - happened)
        if at > now + AHEAD:
            said.append(problem(where, str(TOO_EARLY), TOO_EARLY.en))
            return None
    except OverflowError:
        at = None
    if at is None or at < EARLIEST:
        said.append(problem(where, "时间须在 1970 年之后。", "Give a time after 1970."))
        return None
    return at
