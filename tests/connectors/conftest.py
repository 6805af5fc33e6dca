"""Connectors in tests may speak to servers at home."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors import dialing
from tests.connectors.servers import AT_HOME


@pytest.fixture
def at_home() -> Iterator[None]:
    """Allow this machine's own addresses, at all ports."""
    dialing.configure(AT_HOME, range(1024, 65536))
    yield
    dialing.configure()
