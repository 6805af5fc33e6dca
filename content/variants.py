"""Variants of a material: who is told which, and which of them does better, with honest intervals."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from content.bodies import body_problems
from store.problem import Problem, problem

#: The body itself, beside its variants.
FIRST = "a"
KEYS = ("b", "c", "d", "e")
MEASURES = ("replied", "converted")
#: Of each variant, before one may be called the better.
LEAST_SAMPLE = 30
#: 95 %.
Z = 1.959963984540054


def variant_problems(carrier: str, variants: Any) -> list[Problem]:
    """Say everything that is wrong with the variants of a material."""
    if variants is None:
        return []
    if not isinstance(variants, Sequence) or isinstance(variants, str) or len(variants) > len(KEYS):
        return [problem("variants", f"最多 {len(KEYS)} 个变体。", f"Give a list of {len(KEYS)} at most.")]
    found: list[Problem] = []
    weights = 0
    for number, one in enumerate(variants):
        path = f"variants.{number}"
        if not isinstance(one, Mapping) or set(one) - {"key", "weight", "body"} or "body" not in one:
            said = "变体由 key、weight 和 body 组成。", "A variant has key, weight and body."
            found.append(problem(path, *said))
            continue
        if one.get("key") not in KEYS or one.get("key") in [v.get("key") for v in variants[:number]]:
            said = f"变体的 key 是 {', '.join(KEYS)} 之一，不重复。", f"Use each of {', '.join(KEYS)} once."
            found.append(problem(f"{path}.key", *said))
        weight = one.get("weight")
        if not isinstance(weight, int) or isinstance(weight, bool) or not 1 <= weight <= 99:
            said = "占比是 1 到 99 的整数。", "The weight is a whole number of percent from 1 to 99."
            found.append(problem(f"{path}.weight", *said))
        else:
            weights += weight
        found += body_problems(carrier, one["body"], f"{path}.body")
    if weights > 99:
        said = (
            "各变体的占比加起来要小于 100，剩下的归原文。",
            "Together the variants take less than 100 percent: the rest is the first text's.",
        )
        found.append(problem("variants", *said))
    return found


def weights(variants: Sequence[Mapping[str, Any]] | None) -> dict[str, int]:
    """{key: percent} of all variants, the body itself first."""
    others = {str(one["key"]): int(one["weight"]) for one in variants or ()}
    return {FIRST: 100 - sum(others.values())} | others


def chosen(
    material_id: int, contact_id: int, variants: Sequence[Mapping[str, Any]] | None, winner: str = ""
) -> str:
    """The key of the variant that a contact is told: the same each time, as long as the weights stay."""
    shares = weights(variants)
    if winner in shares:
        return winner
    digest = hashlib.blake2b(f"{material_id}:{contact_id}".encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64 * 100
    for key, share in shares.items():
        place -= share
        if place < 0:
            return key
    return FIRST


def body_of(body: Mapping[str, Any], variants: Sequence[Mapping[str, Any]] | None, key: str) -> Any:
    """The body of one variant."""
    return next((one["body"] for one in variants or () if one["key"] == key), body)


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval for a share, 95 %: also true for few and for shares near 0 and 1."""
    if of <= 0:
        return 0.0, 1.0
    share = hits / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z / (1 + Z * Z / of) * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True, frozen=True)
class Count:
    """What became of the messages of one variant."""

    key: str
    sent: int = 0
    delivered: int = 0
    replied: int = 0
    converted: int = 0
    #: People who got at least one: what shares are of.
    people: int = 0

    def share(self, measure: str) -> float | None:
        return int(getattr(self, measure)) / self.people if self.people else None

    def interval(self, measure: str) -> tuple[float, float]:
        return interval(int(getattr(self, measure)), self.people)


def better(counts: Sequence[Count], measure: str, sample: int = LEAST_SAMPLE) -> str | None:
    """The variant whose interval lies above all others', if each was told to at least `sample` people."""
    if len(counts) < 2 or any(count.people < max(sample, LEAST_SAMPLE) for count in counts):
        return None
    best = max(counts, key=lambda count: count.share(measure) or 0)
    lowest = best.interval(measure)[0]
    if all(count.interval(measure)[1] < lowest for count in counts if count is not best):
        return best.key
    return None
