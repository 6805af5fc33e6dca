"""What a workspace asks of its materials: whether they are reviewed, their mix, and words nobody may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from content.forbidden import READY
from content.tables_materials import MaterialPolicy

REVIEWS = ("off", "warning", "error")
#: What experienced operators aim at, in percent.
USUAL_MIX: Mapping[str, int] = {"activation": 50, "conversion": 30, "brand": 20}
MOST_WORDS = 500


@dataclass(slots=True, frozen=True)
class Policy:
    """The settings, with what ships where the workspace has said nothing."""

    review: str = "off"
    others_review: bool = False
    mix: Mapping[str, int] = field(default_factory=lambda: dict(USUAL_MIX))
    #: {list: {"on": bool, "words": […]}}, all lists that there are.
    lists: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def forbidden(self) -> dict[str, str]:
        """{word: list} of all words of the lists that are on, the words in small letters."""
        return {
            word.lower(): key for key, one in self.lists.items() if one["on"] for word in one["words"] if word
        }


def read(session: Session, workspace_id: int) -> Policy:
    """The settings of a workspace."""
    row = session.get(MaterialPolicy, workspace_id)
    own = row.lists if row is not None else {}
    lists = {
        key: {
            "on": bool(own.get(key, {}).get("on", ready.on)),
            "words": list(own.get(key, {}).get("words", ready.words)),
        }
        for key, ready in READY.items()
    }
    if row is None:
        return Policy(lists=lists)
    return Policy(row.review, row.others_review, dict(row.mix) or dict(USUAL_MIX), lists)


def write(session: Session, workspace_id: int, policy: Policy) -> None:
    """Keep the settings. Nothing is committed."""
    row = session.get(MaterialPolicy, workspace_id)
    if row is None:
        row = MaterialPolicy(workspace_id=workspace_id)
        session.add(row)
    row.review, row.others_review = policy.review, policy.others_review
    row.mix = dict(policy.mix)
    row.lists = {key: dict(one) for key, one in policy.lists.items()}
    session.flush()
