"""Chance that can be told again: the same name draws the same numbers, whatever else is drawn around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
WHOLE = 2.0**64


class Dice:
    """Draws numbers from the digests of a name."""

    __slots__ = ("_name", "_round", "_left")

    def __init__(self, *name: object):
        self._name, self._round = ":".join(map(str, name)), 0
        self._left = b""

    def draw(self) -> float:
        """A number from 0 up to 1."""
        if not self._left:
            self._left = blake2b(f"{self._name}:{self._round}".encode("utf-8", "replace")).digest()
            self._round += 1
        drawn, self._left = self._left[:8], self._left[8:]
        return int.from_bytes(drawn, "big") / WHOLE

    def choice(self, among: Sequence[T]) -> T:
        """One of them, each as likely as any other."""
        return among[min(int(self.draw() * len(among)), len(among) - 1)]

    def later(self, mean: float) -> float:
        """A waiting time whose mean is this (exponential)."""
        return -math.log(1.0 - self.draw()) * mean

    def around(self, middle: float) -> float:
        """A number whose median is `middle` and of which most lie between half and double (lognormal)."""
        angle, length = 2 * math.pi * self.draw(), math.sqrt(-2 * math.log(1.0 - self.draw()))
        return middle * math.exp(0.6 * length * math.cos(angle))
