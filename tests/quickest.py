"""How long something takes on a machine that is busy with other things, too."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 5


def quickest(
    act: Callable[[], object],
    enough: float,
    *,
    tries: int = TRIES,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The shortest of some tries in seconds, no more of them than are needed to be within `enough`.

    Somebody else's work can only make a try longer: what is slow by itself is slow each time.
    """
    best = float("inf")
    for _ in range(tries):
        begun = clock()
        act()
        best = min(best, clock() - begun)
        if best <= enough:
            break
    return best
