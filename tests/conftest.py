"""Fixtures everybody may use. All are lazy: a test of rules or of the kernel opens no database."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import Databases, postgres_server
from tests.needs import Missing, SecondTries

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("dev", max_examples=25, deadline=None, suppress_health_check=SLOW)
settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW
)
settings.register_profile(
    "nightly", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=SLOW
)
settings.load_profile(os.environ.get("ROADBOOK_HYPOTHESIS", "dev"))


#: A test of the night may take long; by day five minutes are the end of each.
NIGHT_SECS = 3600


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Missing(), "roadbook-missing")
    config.pluginmanager.register(SecondTries(), "roadbook-second-tries")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: it is not looked through for rubbish again and again."""
    gc.freeze()


#: Rooms whose files start processes and take long.
HEAVY = ("browser", "faults", "machines", "house", "bench")
#: Files elsewhere that take more than half a minute.
LONG = ("test_fuzz.py", "test_tracing.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _mix(items)
    nightly = [item for item in items if item.get_closest_marker("nightly")]
    if os.environ.get("ROADBOOK_NIGHTLY") == "1":
        for item in nightly:
            item.add_marker(pytest.mark.timeout(NIGHT_SECS))
        return
    if nightly:
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if item not in nightly]


def _mix(items: list[pytest.Item]) -> None:
    """Spread the files that take long evenly among the rest, and end with short ones: side by side they would be slow."""
    files = list(dict.fromkeys(item.path for item in items))
    heavy = [file for file in files if file.parent.name in HEAVY or file.name in LONG]
    light = [file for file in files if file not in set(heavy)]
    place = {
        file: n / len(some) * share
        for some, share in ((heavy, 0.9), (light, 1.0))
        for n, file in enumerate(some)
    }
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a PostgreSQL server's first database; ask `postgres_databases` for one of your own."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes SQLite databases: `.fresh()` with the product's tables, `.bare()` without any."""
    return Databases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes PostgreSQL databases: `.fresh()` with the product's tables, `.bare()` without any."""
    databases = Databases(tmp_path_factory.mktemp("databases"), postgres_url)
    yield databases
    if "ROADBOOK_TEST_POSTGRES_URL" in os.environ:  # a server of our own is thrown away as a whole
        databases.drop_all()


BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def databases(request: pytest.FixtureRequest) -> Databases:
    """The maker of databases, once for SQLite and once for PostgreSQL."""
    kind = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    found: Databases = request.getfixturevalue(kind)
    return found


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A fresh database with the product's empty tables: the test runs on SQLite and on PostgreSQL."""
    url = databases.fresh()
    yield url
    databases.drop(url)
