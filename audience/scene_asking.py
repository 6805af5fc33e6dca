"""Asking tables of people, products and moments for one contact, and what texts and people are told of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from audience.facts import ContactFacts
from rules.explain import explain
from rules.matching import BEHIND, CHOSEN, LATER, NEVER, OVER, WHO, Choice, Matching, Reason
from rules.scene import Scene
from rules.zones import local

#: What became of a row, in words; {when} is filled in where it is known.
REASONS: Mapping[str, tuple[str, str]] = {
    CHOSEN: ("选中了这一行", "this row is chosen"),
    WHO: ("不是这一行的人群", "not of this row's people"),
    OVER: ("已过这一行的截止日", "past this row's last day"),
    NEVER: ("它的时机永远不会到来", "its moment never comes"),
    LATER: ("它的时机更晚（{when}）", "its moment comes later ({when})"),
    BEHIND: ("也适合，但排在选中的行之后", "fits as well, but stands behind the row chosen"),
}


def scene_of(facts: ContactFacts, zone: ZoneInfo, now: datetime) -> Scene:
    """What rows of tables see of a contact."""
    return Scene(
        attributes=facts.attributes,
        tags=frozenset(facts.tags),
        segments=facts.segments,
        tiers=facts.tiers,
        history={name: [(at, data) for at, _, data in rows] for name, rows in facts.history.items()},
        matchings=facts.matchings,
        now=now,
        zone=zone,
    )


def spoken(tables: Mapping[str, Matching], scene: Scene) -> dict[str, Any]:
    """What a text may say of each table by its key; nothing of one that has nothing for this contact."""
    return {key: told for key, table in tables.items() if (told := _told(table.choose(scene), scene.zone))}


def _told(choice: Choice, zone: ZoneInfo) -> dict[str, Any]:
    if choice.row is None or choice.send_at is None:
        return {}
    at = local(choice.send_at, zone).replace(tzinfo=zone)
    product = {name: value for name, value in choice.row.product.items() if value not in (None, "")}
    window = choice.window
    return {
        "product": product,
        "moment": {"key": window.key, "name": window.name} if window else {},
        "send_at": at.isoformat(timespec="minutes"),
        "send_time": f"{at:%H:%M}",
        "send_day": f"{at:%Y-%m-%d}",
    }


def explained(choice: Choice, scene: Scene) -> list[dict[str, Any]]:
    """The reasons of a choice as the API tells them; of rows for other people what was asked and seen."""
    return [_reason(reason, scene) for reason in choice.reasons]


def _reason(reason: Reason, scene: Scene) -> dict[str, Any]:
    when = f"{local(reason.opens, scene.zone):%m-%d %H:%M}" if reason.opens else ""
    zh, en = REASONS[reason.because]
    asked = explain(reason.row.who, scene) if reason.because == WHO else []
    return {
        "row": reason.row.key,
        "product": reason.row.product["name"],
        "because": reason.because,
        "words": {"zh": zh.format(when=when), "en": en.format(when=when)},
        "opens_at": reason.opens,
        "asked": [one.json() for one in asked],
    }
