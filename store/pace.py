"""How much one transaction takes in hand, found by how long the last ones took: short ones on a busy machine, too."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Seconds that a portion should take; a transaction may take 2.
GOAL_SECS = 0.3
#: A process begins with this part of the most.
FIRST = 4
#: How much of the newest measurement goes into what is expected of the next.
NEWEST = 0.6
#: Kinds of work that are told apart; beyond, all are learned anew.
MOST_KINDS = 1000


@dataclass(slots=True)
class Portion:
    """How many things to take, and, said afterwards, how many there were."""

    size: int
    done: int = 0


class Pace:
    """What a process has learned of one sort of work; `key` tells kinds of it apart, such as workspaces."""

    def __init__(
        self, most: int, fewest: int = 20, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.most, self.fewest, self._clock = most, min(fewest, most), clock
        self._sizes: dict[Hashable, float] = {}

    @contextmanager
    def portion(self, key: Hashable = None) -> Iterator[Portion]:
        """Give a portion, which is to be worked off inside, with `done` set; what failed teaches nothing."""
        size = self._sizes.get(key, max(self.fewest, self.most / FIRST))
        given = Portion(int(size))
        begun = self._clock()
        yield given
        took = max(self._clock() - begun, 1e-6)
        if not given.done or (given.done < given.size and took < GOAL_SECS):
            return  # too few to tell what many would take
        if len(self._sizes) >= MOST_KINDS:
            self._sizes.clear()
        fitting = given.done * GOAL_SECS / took
        # At once to less, by degrees to more: one slow transaction is no reason to expect none.
        size = fitting if took > 2 * GOAL_SECS else size + NEWEST * (min(fitting, 4 * size) - size)
        self._sizes[key] = min(self.most, max(self.fewest, size))
