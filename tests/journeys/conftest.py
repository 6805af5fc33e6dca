"""The library behind the oracle warns of every trigger that moves nobody; here that is the ordinary case."""

from __future__ import annotations

import logging

logging.getLogger("transitions").setLevel(logging.ERROR)
