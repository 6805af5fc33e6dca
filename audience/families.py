"""Who lives by watched rules: one line for each family, with what follows when its rules hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module

from sqlalchemy.orm import Session


@dataclass(slots=True)
class Verdict:
    """What a look at some contacts has found for one watched rule.

    `first` is true for the look at everybody after a rule was made or changed: who is found then was
    there before, and nobody is told of it.
    """

    rule_id: int
    owner: str
    part: str
    #: Contact ids, ascending.
    looked_at: Sequence[int]
    holding: frozenset[int]
    first: bool = False


@dataclass(slots=True, frozen=True)
class Looked:
    """All verdicts of one family in one look, in the order of their rules' ids."""

    workspace_id: int
    now: datetime
    verdicts: Sequence[Verdict] = field(default_factory=tuple)


#: Writes down what follows, and puts what others must hear into the inbox; commits nothing.
Settle = Callable[[Session, Looked], None]

#: The module whose `settle` is called for each family.
FAMILIES: Mapping[str, str] = {
    "segment": "audience.segments",
    "tag": "audience.tag_rules",
    "tier": "audience.tiers",
}


def settle(session: Session, family: str, looked: Looked) -> None:
    """Hand a look's verdicts to their family."""
    module = import_module(FAMILIES[family])
    act: Settle = module.settle
    act(session, looked)
