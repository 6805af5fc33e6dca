"""Settings: defaults that start, complaints that say what to change, a secret made once."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import settings


def load(tmp_path: Path, **given: str) -> settings.Settings:
    return settings.load({"ROADBOOK_VAR": str(tmp_path), **{f"ROADBOOK_{k}": v for k, v in given.items()}})


def test_an_empty_environment_starts_on_sqlite_in_var(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path / 'roadbook.db'}"
    assert (found.host, found.port, found.test_mode, found.broker_url) == ("127.0.0.1", 8000, False, None)
    assert not found.production


def test_what_is_given_wins_over_the_defaults(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        DATABASE_URL="postgresql://u:p@db/roadbook",
        PORT="9001",
        LOG_LEVEL="debug",
        ENVIRONMENT="Production",
        SESSION_HOURS="2",
        BROKER_URL="redis://q",
        SECRET_KEY="s" * 40,
    )
    assert found.database_url == "postgresql://u:p@db/roadbook"
    assert (found.port, found.log_level, found.session_hours, found.broker_url) == (
        9001,
        "DEBUG",
        2,
        "redis://q",
    )
    assert found.production and found.secret_key == "s" * 40


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = load(tmp_path), load(tmp_path)
    assert first.secret_key == second.secret_key and len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_many_first_starts_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: load(tmp_path).secret_key, range(32)))
    assert len(found) == 1


def test_a_damaged_secret_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(settings.BadSettings, match="delete it"):
        load(tmp_path)


def test_test_mode_never_starts_in_production(tmp_path: Path) -> None:
    with pytest.raises(settings.BadSettings, match="ROADBOOK_TEST_MODE"):
        load(tmp_path, TEST_MODE="1", ENVIRONMENT="production")
    assert load(tmp_path, TEST_MODE="1").test_mode


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(settings.BadSettings) as caught:
        load(
            tmp_path,
            PORT="99999",
            LOG_LEVEL="loud",
            TEST_MODE="maybe",
            SECRET_KEY="short",
            SESSION_HOURS="-1",
        )
    named = {problem.split()[0].removeprefix("ROADBOOK_") for problem in caught.value.problems}
    assert named == {"PORT", "LOG_LEVEL", "TEST_MODE", "SECRET_KEY", "SESSION_HOURS"}


def test_settings_can_be_logged(tmp_path: Path) -> None:
    found = load(tmp_path, DATABASE_URL="postgresql://u:hunter2@db/x", SECRET_KEY="k" * 32)
    assert "hunter2" not in repr(found) and "k" * 32 not in repr(found)
