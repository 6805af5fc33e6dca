"""Every story is told by the kernel alone, and by the engine on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.stories.engine import EngineDriver
from tests.stories.story import KernelDriver, Story

DRIVERS = ["kernel", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def sqlite_story_url(sqlite_databases: Databases) -> str:
    """The database that stories share, one after another."""
    return sqlite_databases.fresh()


@pytest.fixture(scope="session")
def postgresql_story_url(postgres_databases: Databases) -> str:
    """The database that stories share, one after another."""
    return postgres_databases.fresh()


@pytest.fixture(params=DRIVERS)
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    """A story that nothing has happened in yet."""
    if request.param == "kernel":
        yield Story(KernelDriver())
        return
    driver = EngineDriver(request.getfixturevalue(f"{request.param}_story_url"))
    yield Story(driver)
    driver.close()
