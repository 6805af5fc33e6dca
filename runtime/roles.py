"""What a worker may do: each of these by one worker or by many."""

from __future__ import annotations

ROLES = ("welcome", "intake", "advance", "deliver", "housekeeping")
