"""The engine's statements: what each does is said here once; each database says how in a file of its own.

Every method works on a driver's cursor inside a transaction that the caller opened, takes whole batches and
commits nothing. Times are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from journeys.position import Crumb, SendMessage
from runtime.rows import Arrived, JourneyRow, Letter, Opening, Parcel, Place, Standing

#: How far behind the wall clock a lease may be before somebody else takes its message over.
LEASE_SECS = 15


class Fenced(RuntimeError):
    """Somebody else wrote one of these rows first; the batch is rolled back and taken again."""


class Waiting(NamedTuple):
    """What there is to do."""

    signals: bool
    enrollments: bool
    messages: bool
    schedules: bool
    imports: bool
    moves: bool
    #: Contacts to be looked at again for segments, tag rules and tiers.
    rechecks: bool
    #: Tags whose time is over, and tagging of many.
    tags: bool
    #: New friends who may be greeted.
    welcomes: bool


class Statements(Protocol):
    """What the engine asks of a database."""

    def look(self, cursor: Any, now: datetime) -> Waiting:
        """What there is to do now; costs a few index probes, however many wait."""

    # -- what is running ------------------------------------------------------------------------------------

    def journeys(self, cursor: Any) -> list[JourneyRow]:
        """Every journey that was ever published."""

    def definition(self, cursor: Any, version_id: int) -> dict[str, Any]:
        """What a version draws."""

    def pauses(self, cursor: Any, workspace_id: int, journey_id: int) -> list[tuple[datetime, datetime, str]]:
        """A journey's pauses that are over, as (since, until, on_resume) in their order."""

    def resumed(self, cursor: Any) -> list[int]:
        """Journeys whose people that came due in a pause are not back in the queue yet."""

    # -- intake ---------------------------------------------------------------------------------------------

    def take_turn(self, cursor: Any) -> bool:
        """Become the one transaction that reads the inbox; False if another one does."""

    def unread(self, cursor: Any, limit: int) -> list[Arrived]:
        """The oldest signals that nobody has taken yet, in order of arrival."""

    def unread_named(self, cursor: Any, names: Sequence[tuple[int, str]]) -> list[Arrived]:
        """Signals that nobody has taken yet by (workspace, event id), in order of arrival."""

    def oldest_unread(self, cursor: Any) -> datetime | None:
        """When the oldest of them was stored; None if all are taken."""

    def places(self, cursor: Any, subject_ids: Iterable[int]) -> list[Place]:
        """Every enrollment, open or ended, of these subjects."""

    def standing(self, cursor: Any, ids: Iterable[int]) -> list[Standing]:
        """Some enrollments whole, without a lock."""

    def open(self, cursor: Any, openings: Sequence[Opening]) -> dict[tuple[int, int, str], int]:
        """Make enrollments and return the ids of those made, by `Opening.unique`; one that is active already wins."""

    def knock(self, cursor: Any, knocks: Sequence[tuple[int, int, int]]) -> None:
        """Leave (workspace, enrollment, signal) for the next advance; twice is once."""

    def wake(self, cursor: Any, due: Mapping[int, datetime]) -> None:
        """Let these enrollments be due at that time at the latest."""

    def read_off(self, cursor: Any, contacts: Sequence[tuple[int, int | None]]) -> None:
        """Mark signals (id, contact id) as taken."""

    def refuse(self, cursor: Any, refused: Sequence[tuple[int, str]]) -> None:
        """Mark signals (id, reason) as impossible to take."""

    # -- advance --------------------------------------------------------------------------------------------

    def claim(self, cursor: Any, before: datetime, limit: int, paused: Sequence[int]) -> list[Standing]:
        """Lock the enrollments due before that time that nobody else holds, but none of the paused journeys."""

    def claim_some(self, cursor: Any, ids: Sequence[int]) -> list[Standing]:
        """Lock these enrollments, leaving out those that somebody else holds."""

    def leaving(self, cursor: Any, before: datetime, paused: Sequence[int], limit: int) -> list[int]:
        """The due enrollments of paused journeys that are to leave by hand: a pause keeps nobody who goes."""

    def park(self, cursor: Any, before: datetime, journeys: Sequence[int]) -> int:
        """Take the due enrollments of paused journeys, but those that leave, out of the queue; resuming puts them back."""

    def unpark(self, cursor: Any, journey_id: int, now: datetime) -> None:
        """Put those whom `park` took out back into the queue."""

    def woken(self, cursor: Any, journey_id: int) -> None:
        """Note that the pauses of a journey are done with."""

    def people(
        self, cursor: Any, workspace_id: int, ids: Iterable[int], names: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """Of contacts: (id, tags as JSON text, zone, and the texts out of which `attributes` takes those of these names)."""

    def attributes(self, texts: Sequence[Any], names: Sequence[str]) -> Mapping[str, Any]:
        """The attributes that `people` told of one contact: at least those of these names."""

    def knocks(self, cursor: Any, ids: Sequence[int]) -> list[tuple[int, Arrived]]:
        """Take away and return what knocked at these enrollments, as (enrollment id, signal) in order of arrival."""

    def write(self, cursor: Any, standings: Sequence[Standing]) -> None:
        """Write positions back, each only over the epoch it was read at; raises Fenced."""

    def trail(self, cursor: Any, crumbs: Sequence[tuple[Sequence[Standing], Sequence[Crumb]]]) -> None:
        """Append the same crumbs to the trails of several, for each such several."""

    def post(self, cursor: Any, messages: Sequence[tuple[Sequence[Standing], SendMessage]]) -> None:
        """Put messages into the outbox, each for several."""

    def send_letters(self, cursor: Any, letters: Sequence[Letter]) -> None:
        """Put signals of our own into the inbox; one whose event id is known is left out."""

    def withdraw(self, cursor: Any, visits: Sequence[tuple[int, int]]) -> None:
        """Take back the messages of (enrollment, visit) that no carrier has seen."""

    def children(self, cursor: Any, parents: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Of (subject, parent, visit): the open enrollments bound to them, as (id, subject, parent)."""

    def reach(
        self, cursor: Any, goals: Sequence[tuple[int, str, int, int, datetime, int]]
    ) -> list[tuple[int, str]]:
        """Note goals (enrollment, goal, workspace, version, at, held out); return those reached for the first time."""

    def count(self, cursor: Any, counts: Mapping[tuple[int, int, str], tuple[int, int]]) -> None:
        """Add (here, passed) to the counters of (version, workspace, node), always in the same order."""

    # -- deliver --------------------------------------------------------------------------------------------

    def lease(
        self, cursor: Any, owner: str, now: datetime, limit: int, paused: Sequence[int]
    ) -> list[Parcel]:
        """Lease messages that may go now, but none of the paused journeys."""

    def lease_of(
        self, cursor: Any, owner: str, now: datetime, enrollments: Sequence[int], paused: Sequence[int]
    ) -> list[Parcel]:
        """Lease what these enrollments say now, but nothing of the paused journeys."""

    def take_over(self, cursor: Any, owner: str, limit: int, paused: Sequence[int]) -> list[Parcel]:
        """Lease messages whose lease ran out on somebody who never said what became of them."""

    def hand_over(self, cursor: Any, owner: str, number: int) -> bool:
        """Note that a message is about to be handed to a carrier that knows no keys; False if it is not ours."""

    def keep_lease(self, cursor: Any, owner: str, ids: Sequence[int]) -> dict[int, str]:
        """Hold the lease on these for another while; says of those still ours: go, interrupted or paused."""

    def release(self, cursor: Any, owner: str) -> None:
        """Give back what this owner leased and handed to nobody."""

    def arrived(self, cursor: Any, key: str, state: str, reason: str | None) -> Parcel | None:
        """Note what a carrier says later of a message sent; None if it was not waiting to be told."""

    def settle(self, cursor: Any, owner: str, results: Sequence[Mapping[str, Any]]) -> set[int]:
        """Write down what became of messages, only while the lease is ours; returns the ids written."""
