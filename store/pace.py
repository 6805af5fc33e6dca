"""How much one transaction takes in hand, found by how long the last ones took: short ones on a busy machine, too."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Seconds that a portion should take. A transaction may take 2, also where a portion meets five others that want the
#: machine just then. In between the size stays: part of what a portion takes does not depend on how many are in it, and
#: smaller ones would be slower on the whole.
SHORT_SECS, LONG_SECS = 0.2, 0.4
#: A process begins with this part of the most, and goes down to that.
FIRST, LEAST = 4, 10
#: What a portion becomes that was short, and at the least one that was long.
LARGER, SMALLER = 2.0, 0.25
#: Kinds of work that are told apart; beyond, all are learned anew.
MOST_KINDS = 1000


@dataclass(slots=True)
class Portion:
    """How many things to take, and, said afterwards, how many there were."""

    size: int
    done: int = 0


class Pace:
    """What a process has learned of one sort of work; `key` tells kinds of it apart, such as workspaces."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self.most, self.fewest, self._clock = most, max(1, most // LEAST), clock
        self._sizes: dict[Hashable, float] = {}

    @contextmanager
    def portion(self, key: Hashable = None) -> Iterator[Portion]:
        """Give a portion, which is to be worked off inside, with `done` set; what failed teaches nothing."""
        size = self._sizes.get(key, max(1.0, self.most / FIRST))
        given = Portion(int(size))
        begun = self._clock()
        yield given
        took = self._clock() - begun
        if took > LONG_SECS and given.done:
            middle = (SHORT_SECS + LONG_SECS) / 2
            size = max(self.fewest, given.done * max(SMALLER, middle / took))
        elif took < SHORT_SECS and given.done >= given.size:  # fewer do not tell what many would take
            size = min(self.most, size * LARGER)
        else:
            return
        if len(self._sizes) >= MOST_KINDS:
            self._sizes.clear()
        self._sizes[key] = size
