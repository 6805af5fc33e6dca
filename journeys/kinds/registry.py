"""All step kinds by name; a kind's file in this folder, or a `roadbook.kinds` entry point, is all it takes."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

import journeys.kinds
from journeys.errors import KindTaken
from journeys.kinds.base import Kind

NOT_KINDS = {"base", "registry"}


@cache
def all_kinds() -> dict[str, type[Kind]]:
    """Every kind by its name, in the palette's order."""
    found: dict[str, type[Kind]] = {}
    for module in pkgutil.iter_modules(journeys.kinds.__path__):
        if module.name not in NOT_KINDS:
            importlib.import_module(f"journeys.kinds.{module.name}")
    classes = [*_below(Kind), *(point.load() for point in entry_points(group="roadbook.kinds"))]
    for cls in classes:
        if not hasattr(cls, "kind"):
            continue
        taken = found.setdefault(cls.kind, cls)
        if taken is not cls:
            raise KindTaken(
                f"The step kind {cls.kind!r} is claimed by {taken.__module__} and by {cls.__module__}."
            )
    return dict(sorted(found.items(), key=lambda item: (GROUPS.index(item[1].group), item[0])))


#: The palette's groups in their order.
GROUPS = ("time", "choice", "reach", "people", "data", "flow")


def _below(cls: type[Kind]) -> list[type[Kind]]:
    return [c for sub in cls.__subclasses__() for c in (sub, *_below(sub))]
