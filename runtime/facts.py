"""What is known of many contacts, each kind of knowledge once, and one's facts as the kernel wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from audience import facts as audience_facts
from audience import group_facts, matchings
from audience.facts import Wanted, belongings
from journeys.position import Facts
from rules.matching import Matching
from rules.zones import known_zone
from runtime.database import Transaction
from runtime.statements import Statements
from store.database import dumps
from store.subjects import is_group


@dataclass(slots=True)
class Known:
    """What is known of a subject, whoever he is: `Facts` but for the name. Those who know alike share one."""

    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    zone: ZoneInfo | None = None
    history: Mapping[str, Any] = field(default_factory=dict)
    segments: Set[str] = frozenset()
    tiers: Mapping[str, str] = field(default_factory=dict)
    matchings: Mapping[str, Matching] = field(default_factory=dict)
    touches: Sequence[Any] = ()
    coming: Sequence[Any] = ()
    coupons: Mapping[str, int] = field(default_factory=dict)

    def of(self, subject: int) -> Facts:
        """The facts of one subject."""
        return Facts(
            *(str(subject), self.attributes, self.tags, self.zone, self.history, self.segments, self.tiers),
            *(self.matchings, self.touches, self.coming, self.coupons),
        )


#: Of somebody who is not there.
UNKNOWN = Known()


def load(tx: Transaction, workspace_id: int, contact_ids: Iterable[int], reads: Wanted) -> dict[int, Known]:
    """What is known of these contacts by id, no more of it than `reads`; who does not exist has no line.

    Or of customer groups, by subject number: those of one plan are all of one kind.
    """
    contact_ids = list(contact_ids)
    if contact_ids and is_group(contact_ids[0]):
        groups = group_facts.load(tx.session, workspace_id, contact_ids, reads)
        return {
            number: Known(one.attributes, one.tags, _zone(one.zone), one.history)
            for number, one in groups.items()
        }
    if reads.scenes:
        reads, tables = matchings.widen(tx.session, workspace_id, reads)
        found = load(tx, workspace_id, contact_ids, reads)
        for one in found.values():
            one.matchings = tables
        return found
    if reads.events or reads.attributes is None:
        return _with_history(tx, workspace_id, contact_ids, reads)
    names = sorted(reads.attributes)
    kinds = _Kinds(tx.sql, names, tags=reads.tags)
    people = tx.sql.people(tx.cursor, workspace_id, contact_ids, names)
    found = {row[0]: kinds[row[1:]] for row in people}
    if found and (reads.segments or reads.tiers):
        alike: dict[tuple[int, int, int], Known] = {}
        for number, (segments, tiers) in belongings(tx.session, workspace_id, found, reads).items():
            old = found[number]
            name = id(old), id(segments), id(tiers)
            if name not in alike:
                alike[name] = replace(old, segments=segments, tiers=tiers)
            found[number] = alike[name]
    return found


def _with_history(
    tx: Transaction, workspace_id: int, contact_ids: Sequence[int], reads: Wanted
) -> dict[int, Known]:
    found = {}
    alike: dict[tuple[Any, ...], Known] = {}
    for number, one in audience_facts.load(tx.session, workspace_id, contact_ids, reads).items():
        name = id(one.attributes), id(one.tags), one.zone, id(one.segments), id(one.tiers)
        known = None if one.history else alike.get(name)
        if known is None:
            known = Known(
                *(one.attributes, one.tags, _zone(one.zone), one.history, one.segments, one.tiers),
            )
            if not one.history:
                alike[name] = known
        found[number] = known
    return found


class _Kinds(dict[tuple[Any, ...], Known]):
    """What many know alike, by the texts it is read from."""

    def __init__(self, sql: Statements, names: Sequence[str], *, tags: bool) -> None:
        self._sql, self._names, self._reads_tags = sql, names, tags
        self._alike: dict[tuple[str, str, str | None], Known] = {}

    def __missing__(self, kind: tuple[Any, ...]) -> Known:
        worn, zone, *texts = kind
        given = self._sql.attributes(texts, self._names)
        read = {name: value for name in self._names if (value := given.get(name)) is not None}
        if not self._reads_tags:
            worn = "[]"
        name = dumps(read), worn, zone
        known = self._alike.get(name)
        if known is None:
            known = self._alike[name] = Known(read, orjson.loads(worn), _zone(zone))
        self[kind] = known
        return known


def _zone(name: str | None) -> ZoneInfo | None:
    # A zone that nobody knows leaves the journey's own in force.
    return known_zone(name) if name else None
