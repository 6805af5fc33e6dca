"""The facts of many contacts as the kernel wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from audience import facts as audience_facts
from audience import group_facts, matchings
from audience.facts import Wanted, belongings
from journeys.position import Facts
from rules.zones import known_zone
from runtime.database import Transaction
from store.database import dumps
from store.subjects import is_group

NOTHING: Mapping[str, Any] = {}


def load(tx: Transaction, workspace_id: int, contact_ids: Iterable[int], reads: Wanted) -> dict[int, Facts]:
    """The facts of these contacts by id, no more of them than `reads`; who does not exist has none.

    Or of customer groups, by subject number: those of one plan are all of one kind.

    Attributes and tags that read alike are one object, so that those who know alike are told quickly.
    """
    contact_ids = list(contact_ids)
    if contact_ids and is_group(contact_ids[0]):
        return _of_groups(tx, workspace_id, contact_ids, reads)
    if reads.scenes:
        reads, tables = matchings.widen(tx.session, workspace_id, reads)
        found = load(tx, workspace_id, contact_ids, reads)
        for facts in found.values():
            facts.matchings = tables
        return found
    if reads.events or reads.attributes is None:
        known = audience_facts.load(tx.session, workspace_id, contact_ids, reads)
        return {
            number: Facts(
                *(str(number), one.attributes, one.tags, _zone(one.zone), one.history),
                *(one.segments, one.tiers),
            )
            for number, one in known.items()
        }
    names = sorted(reads.attributes)
    people = tx.sql.people(tx.cursor, workspace_id, contact_ids, names)
    attributes = _Alike(names)
    tags: dict[str, list[str]] = {}
    found = {}
    for number, text, worn, zone in people:
        if not reads.tags:
            worn = "[]"
        list_of_tags = tags.get(worn)
        if list_of_tags is None:
            list_of_tags = tags[worn] = orjson.loads(worn)
        found[number] = Facts(str(number), attributes.of(text), list_of_tags, _zone(zone), NOTHING)
    if found and (reads.segments or reads.tiers):
        for number, (segments, tiers) in belongings(tx.session, workspace_id, found, reads).items():
            found[number].segments, found[number].tiers = segments, tiers
    return found


def _of_groups(
    tx: Transaction, workspace_id: int, subjects: Iterable[int], reads: Wanted
) -> dict[int, Facts]:
    known = group_facts.load(tx.session, workspace_id, subjects, reads)
    return {
        number: Facts(str(number), one.attributes, one.tags, _zone(one.zone), one.history)
        for number, one in known.items()
    }


class _Alike:
    """Turns texts of attributes into what of them is read: equal ones into one object."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self._by_text: dict[str | tuple[str | None, ...], Mapping[str, Any]] = {}
        self._by_meaning: dict[str, Mapping[str, Any]] = {}

    def of(self, text: str | tuple[str | None, ...]) -> Mapping[str, Any]:
        found = self._by_text.get(text)
        if found is None:
            if isinstance(text, str):
                given = orjson.loads(text)
            else:
                pairs = zip(self.names, text, strict=False)
                given = {name: orjson.loads(value) for name, value in pairs if value is not None}
            read = {name: value for name in self.names if (value := given.get(name)) is not None}
            found = self._by_text[text] = self._by_meaning.setdefault(dumps(read), read)
        return found


def _zone(name: str | None) -> Any:
    # A zone that nobody knows leaves the journey's own in force.
    return known_zone(name) if name else None
