"""Rules that build upon each other must not come back to themselves: nobody could say who is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_keeping import WatchedRule
from rules.conditions import Rule
from rules.errors import BadRule, words


def refuse(session: Session, workspace_id: int, family: str, owner: str, rules: Iterable[Rule]) -> None:
    """Refuse rules by which a segment or dimension of tiers would depend on itself.

    Raises BadRule, which names the circle.
    """
    own = name_of(family, owner)
    if own is None:
        return
    needs: dict[str, set[str]] = {}
    query = select(WatchedRule.family, WatchedRule.owner, WatchedRule.hears).where(
        WatchedRule.workspace_id == workspace_id
    )
    for its_family, its_owner, hears in session.execute(query):
        name = name_of(its_family, its_owner)
        if name is not None and name != own:
            needs.setdefault(name, set()).update(
                one for one in hears if one.startswith(("segment.", "tier."))
            )
    needs[own] = {
        name
        for rule in rules
        for name in (*(f"segment.{k}" for k in rule.reads.segments), *(f"tier.{k}" for k in rule.reads.tiers))
    }
    circle = find(needs, own)
    if circle:
        said = " → ".join(circle)
        raise BadRule(
            [
                (
                    "",
                    words(
                        f"这样会绕成一个圈：{said}。请去掉其中一个条件。",
                        f"This would go round in a circle: {said}. Remove one of these conditions.",
                    ),
                )
            ]
        )


def name_of(family: str, owner: str) -> str | None:
    """Under which name others read what a family's owner decides; None where that forms no circles."""
    return f"{family}.{owner}" if family in ("segment", "tier") else None


def find(needs: Mapping[str, Iterable[str]], start: str) -> list[str]:
    """The way from `start` back to it, both ends named; empty if there is none."""
    ways: list[list[str]] = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in sorted(needs.get(way[-1], ())):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []
