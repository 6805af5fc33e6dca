"""A world whose messages go to a provider that outlives its workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import faults
from runtime.worker import Worker
from tests.faults.provider import Provider, registry
from tests.faults.shaken import Shaken


@pytest.fixture
def shaken(database_url: str, tmp_path: Path) -> Iterator[Shaken]:
    made = Shaken(database_url, tmp_path / "provider.log")
    yield made
    faults.disarm()
    made.close()


__all__ = ["Provider", "Worker", "registry"]
