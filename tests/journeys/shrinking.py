"""Makes a life that fails smaller while it still fails, so that a disagreement can be read."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from tests.journeys.charts import Life


def smallest(life: Life, fails: Callable[[Life], bool]) -> Life:
    """The smallest life found by leaving out one thing after the other; `fails` must be true of `life`."""
    again = True
    while again:
        again = False
        for smaller in _smaller(life):
            if fails(smaller):
                life, again = smaller, True
                break
    return life


def _smaller(life: Life) -> Iterator[Life]:
    for n in range(len(life.signals)):
        yield _changed(life, lambda x, n=n: x.signals.pop(n))
    d = life.definition
    for n in range(len(d["arrows"])):
        yield _changed(life, lambda x, n=n: x.definition["arrows"].pop(n))
    for stage in d["stages"]:
        if len(d["stages"]) > 1:
            yield _changed(life, lambda x, i=stage["id"]: _drop_stage(x.definition, i))
        for key in ("initial", "stay", "anchor"):
            if key in stage:
                yield _changed(life, lambda x, i=stage["id"], k=key: _find(x.definition["stages"], i).pop(k))
    for step in d["steps"]:
        yield _changed(life, lambda x, i=step["id"]: _drop_step(x.definition, i))
    for arrow in d["arrows"]:
        for key in ("where", "enter", "not_from"):
            if key in arrow:
                yield _changed(life, lambda x, i=arrow["id"], k=key: _find(x.definition["arrows"], i).pop(k))
        if isinstance(arrow["from"], list) and len(arrow["from"]) > 1:
            yield _changed(life, lambda x, i=arrow["id"]: _find(x.definition["arrows"], i)["from"].pop())
    for name in life.attributes:
        yield _changed(life, lambda x, k=name: x.attributes.pop(k))
    for step in d["steps"]:
        for key in ("until", "longest"):
            for part in step["config"].get(key) or {}:
                if part not in ("for", "at", "every", "offset"):
                    yield _changed(
                        life,
                        lambda x, i=step["id"], k=key, p=part: _find(x.definition["steps"], i)["config"][
                            k
                        ].pop(p),
                    )


def _changed(life: Life, change: Callable[[Life], Any]) -> Life:
    copied = copy.deepcopy(life)
    change(copied)
    return copied


def _find(things: list[Any], id_: str) -> dict[str, Any]:
    return next(t for t in things if t["id"] == id_)


def _drop_stage(definition: dict[str, Any], stage: str) -> None:
    for step in [p["id"] for p in definition["steps"] if p["stage"] == stage]:
        _drop_step(definition, step)
    definition["stages"] = [s for s in definition["stages"] if s["id"] != stage]
    for arrow in definition["arrows"]:
        if isinstance(arrow["from"], list):
            arrow["from"] = [s for s in arrow["from"] if s != stage]
    _drop_arrows(definition, stage)


def _drop_step(definition: dict[str, Any], step: str) -> None:
    definition["steps"] = [p for p in definition["steps"] if p["id"] != step]
    for stage in definition["stages"]:
        if stage.get("initial") == step:
            del stage["initial"]
    _drop_arrows(definition, step)


def _drop_arrows(definition: dict[str, Any], id_: str) -> None:
    definition["arrows"] = [a for a in definition["arrows"] if id_ not in (a["from"], a["to"]) and a["from"]]
    left = definition["stages"][0]["id"] if definition["stages"] else None
    definition["entries"] = [{**e, "to": left} if e["to"] == id_ else e for e in definition["entries"]]
