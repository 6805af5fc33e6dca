"""Passwords: hashed with argon2id, compared in the same time whether or not anybody has the address."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from journeys.words import Words
from web.errors import Problem

SHORTEST = 10
LONGEST = 200
#: How many hashes are computed at once: each takes a core and 64 MiB for some tenths of a second.
AT_ONCE = 2
WAIT_SECS = 10
CROWDED = Words("登录的人太多；请稍后再试。", "Too many people are signing in; try again in a moment.")
#: Letters and digits that nobody takes for one another.
CLEAR = "abcdefghijkmnpqrstuvwxyz23456789"


class Passwords:
    """Hashes and checks. `cheap` is for test mode, where nothing is worth protecting."""

    def __init__(self, *, cheap: bool = False):
        cost = {"time_cost": 1, "memory_cost": 256, "parallelism": 1} if cheap else {}
        self._hasher = PasswordHasher(**cost)
        self._turns = BoundedSemaphore(AT_ONCE)
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self._hasher.hash(password)

    def right(self, password: str, kept: str | None) -> bool:
        """True if `password` is the one of `kept`; without a hash one is computed all the same."""
        if not self._turns.acquire(timeout=WAIT_SECS):
            raise Problem(503, "crowded", CROWDED, headers={"Retry-After": "5"})
        try:
            if self._nobody is None:
                self._nobody = self.hash(secrets.token_hex(16))
            return self._hasher.verify(kept or self._nobody, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._turns.release()

    def weak(self, kept: str) -> bool:
        """True if `kept` was made with other costs than today's and should be made anew."""
        return self._hasher.check_needs_rehash(kept)


def generated() -> str:
    """A password for a first sign-in: 80 bits in four groups that can be read aloud."""
    return "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(4))
