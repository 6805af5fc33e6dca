"""Which journeys a signal may start or reach; read anew on every tick, so that a publishing is never missed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from journeys.definition import CONTACT
from journeys.entering import FRIEND_ADDED
from journeys.lifecycle import LIVE, PAUSED
from journeys.pauses import Pause
from journeys.plan import EntryPlan
from runtime.database import Transaction
from runtime.plans import Compiled, Plans
from runtime.rows import JourneyRow


@dataclass(slots=True, frozen=True)
class Start:
    """A live journey that a signal may open, with its fitting entries in drawn order."""

    journey: JourneyRow
    compiled: Compiled
    entries: tuple[EntryPlan, ...]


class Routes:
    """The journeys of all workspaces as the last tick saw them."""

    def __init__(self, plans: Plans | None = None) -> None:
        self.plans = plans or Plans()
        self.rows: list[JourneyRow] = []
        self.by_id: dict[int, JourneyRow] = {}
        self.by_key: dict[tuple[int, str], JourneyRow] = {}
        self.paused: list[int] = []
        self._starts: dict[tuple[int, str, str, str], list[Start]] = {}
        self._pauses: dict[int, tuple[Pause, ...]] = {}

    def refresh(self, tx: Transaction) -> None:
        """Read the journeys; when one has changed, forget what was worked out from them."""
        rows = tx.sql.journeys(tx.cursor)
        if rows == self.rows:
            return
        self.rows = rows
        self.by_id = {row.id: row for row in rows}
        self.by_key = {(row.workspace_id, row.key): row for row in rows}
        self.paused = [row.id for row in rows if row.status == PAUSED]
        self._starts.clear()
        self._pauses.clear()

    def starts(
        self, tx: Transaction, workspace_id: int, type: str, name: str, subject: str = CONTACT
    ) -> list[Start]:
        """The live journeys of such subjects that an event or a tag of this name may open, the oldest first."""
        wanted = (workspace_id, type, name, subject)
        found = self._starts.get(wanted)
        if found is None:
            found = self._starts[wanted] = []
            for row in self.rows:
                if row.workspace_id == workspace_id and row.status == LIVE and row.live_version_id:
                    compiled = self.plans.get(tx, row.live_version_id, row)
                    entries = tuple(compiled.plan.entries_for(type, name))
                    if entries and compiled.plan.subject == subject:
                        found.append(Start(row, compiled, entries))
        return found

    def event_starts(
        self, tx: Transaction, workspace_id: int, name: str, data: Mapping[str, Any], subject: str = CONTACT
    ) -> list[Start]:
        """The live journeys that an event may open, by its name or by the code through which a friend came."""
        found = self.starts(tx, workspace_id, "event", name, subject)
        code = data.get("channel") if name == FRIEND_ADDED else None
        if not isinstance(code, str):
            return found
        journeys = {
            start.journey.id: start for start in self.starts(tx, workspace_id, "channel", code, subject)
        }
        journeys |= {start.journey.id: start for start in found}
        return [journeys[number] for number in sorted(journeys)]

    def tag_starts(
        self, tx: Transaction, workspace_id: int, tags: Collection[str], subject: str = CONTACT
    ) -> list[Start]:
        """The live journeys of such subjects that putting on these tags may open."""
        found: dict[int, Start] = {}
        for tag in sorted(tags):
            for start in self.starts(tx, workspace_id, "tag", tag, subject):
                before = found.get(start.journey.id)
                ids = {entry.id for one in (start, before) if one for entry in one.entries}
                drawn = tuple(entry for entry in start.compiled.plan.entries if entry.id in ids)
                found[start.journey.id] = Start(start.journey, start.compiled, drawn)
        return list(found.values())

    def start_of(
        self, tx: Transaction, workspace_id: int, key: str, data: dict[str, Any], subject: str = CONTACT
    ) -> Start | None:
        """The live journey called `key` with the entry that `data` names, else its first one that fits.

        None also if it is about other subjects.
        """
        row = self.by_key.get((workspace_id, key))
        if row is None or row.status != LIVE or not row.live_version_id:
            return None
        compiled = self.plans.get(tx, row.live_version_id, row)
        if compiled.plan.subject != subject:
            return None
        entries = compiled.plan.entries
        if data.get("entry"):
            entries = tuple(entry for entry in entries if entry.id == data["entry"])
        elif data.get("by") in ("hand", "api"):
            entries = tuple(entry for entry in entries if entry.type == data["by"]) or entries
        return Start(row, compiled, entries[:1]) if entries else None

    def compiled(self, tx: Transaction, journey_id: int, version_id: int) -> Compiled | None:
        """The plan of a version; None if its journey is gone."""
        row = self.by_id.get(journey_id)
        return None if row is None else self.plans.get(tx, version_id, row)

    def pauses(self, tx: Transaction, journey_id: int) -> tuple[Pause, ...]:
        """The pauses of a journey that are over, oldest first."""
        found = self._pauses.get(journey_id)
        if found is None:
            found = self._pauses[journey_id] = self._read_pauses(tx, journey_id)
        return found

    def _read_pauses(self, tx: Transaction, journey_id: int) -> tuple[Pause, ...]:
        rows = tx.sql.pauses(tx.cursor, self.by_id[journey_id].workspace_id, journey_id)
        return tuple(Pause(since, until, on_resume) for since, until, on_resume in rows)
