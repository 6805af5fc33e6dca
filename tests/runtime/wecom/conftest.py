"""A fake WeCom that may be called, and a world on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors import dialing
from tests.connectors.wecom.conftest import Fake


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    dialing.configure(["127.0.0.0/8"], [made.server.server_address[1]])
    yield made
    dialing.configure()
    made.end()
