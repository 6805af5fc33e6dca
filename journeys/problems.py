"""What a check finds: a problem pinned to its node, and what the workspace has to check against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journeys.words import Words

ERROR, WARNING, INFO = "error", "warning", "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; an error stops publishing, a warning and an info do not."""

    code: str
    severity: str
    #: The id of the stage, step, arrow, entry, end or goal that shows it; empty for the journey itself.
    node: str
    message: Words
    #: Where in the definition, such as `steps[3].config.until`.
    path: str = ""

    def json(self) -> dict[str, Any]:
        """As the API answers it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "node": self.node,
            "path": self.path,
            "message": self.message.json(),
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a workspace has; a part that is None is not checked against."""

    events: frozenset[str] | None = None
    attributes: frozenset[str] | None = None
    #: The same of customer groups.
    group_attributes: frozenset[str] | None = None
    tags: frozenset[str] | None = None
    #: Keys of segments, and dimensions of tiers.
    segments: frozenset[str] | None = None
    tiers: frozenset[str] | None = None
    #: Keys of tables of people, products and moments.
    scenes: frozenset[str] | None = None
    #: Channel code key -> (the material that greets, what its promise names and the material does not say).
    channels: Mapping[str, tuple[str, tuple[str, ...]]] | None = None
    #: Dimension -> keys of its levels, of those that a step may give.
    levels: Mapping[str, frozenset[str]] | None = None
    #: Keys of coupon pools, and of schemes of points.
    pools: frozenset[str] | None = None
    schemes: frozenset[str] | None = None
    #: Material key -> its carrier.
    contents: Mapping[str, str] | None = None
    #: Keys of the staff who are there, and names of their teams.
    staff: frozenset[str] | None = None
    teams: frozenset[str] | None = None
    #: Material key -> (draft | review | sent_back | expired, error | warning) of those that are not to be said.
    unready: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Journey key -> its status.
    journeys: Mapping[str, str] | None = None
    #: Carriers that have an account; the sandbox takes the others.
    carriers: frozenset[str] | None = None
    #: Event name -> names of its properties.
    properties: Mapping[str, frozenset[str]] = field(default_factory=dict)


def error(code: str, node: str, zh: str, en: str, path: str = "") -> Problem:
    """A finding that stops publishing."""
    return Problem(code, ERROR, node, Words(zh, en), path)


def warning(code: str, node: str, zh: str, en: str, path: str = "") -> Problem:
    """A finding that is probably a mistake."""
    return Problem(code, WARNING, node, Words(zh, en), path)


def info(code: str, node: str, zh: str, en: str, path: str = "") -> Problem:
    """A finding that is good to know."""
    return Problem(code, INFO, node, Words(zh, en), path)
