"""Every story is told by the kernel alone, and by the engine on both databases."""

from __future__ import annotations

import pytest

from tests.stories.story import KernelDriver, Story


@pytest.fixture(params=["kernel"])
def story(request: pytest.FixtureRequest) -> Story:
    """A story that nothing has happened in yet."""
    return Story(KernelDriver())
