"""The start-up scripts: a busy port is passed by, processes fall, rise and stop together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.sources import ROOT

SCRIPTS = ROOT / "scripts"
TWO = """
import os, sys
sys.path.insert(0, {scripts!r})
from supervise import Company
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
fall = [sys.executable, "-c", {second!r}]
company = Company({{"web": sleep, "worker": fall}}, os.environ)
sys.exit(company.run(lambda: print("pids", *(p.pid for p in company.processes.values()), flush=True)))
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import run as module

    return module


def company(second: str) -> subprocess.Popen[str]:
    code = TWO.format(scripts=str(SCRIPTS), second=second)
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def pids(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdout
    line = next(line for line in process.stdout if line.startswith("pids"))
    return [int(word) for word in line.split()[1:]]


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def wait_for(what: Callable[[], bool], seconds: float = 10) -> bool:
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if what():
            return True
        time.sleep(0.02)
    return what()


def test_a_busy_port_is_named_and_the_next_one_taken(
    run: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        assert run.free_port("127.0.0.1", busy) > busy
    assert f"port {busy} cannot be used" in capsys.readouterr().out


def test_no_free_port_is_said_in_words(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "PORTS_TRIED", 0)
    with pytest.raises(SystemExit):
        run.free_port("127.0.0.1", 8000)
    assert "ROADBOOK_PORT" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_all(number: signal.Signals) -> None:
    process = company("import time; time.sleep(60)")
    both = pids(process)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert len(both) == 2 and all(wait_for(lambda pid=pid: gone(pid)) for pid in both)


@pytest.mark.faults
@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel to end orphans")
def test_nothing_is_left_behind_by_an_outright_kill() -> None:
    process = company("import time; time.sleep(60)")
    both = pids(process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    assert all(wait_for(lambda pid=pid: gone(pid)) for pid in both)


def test_a_fall_restarts_all_and_many_falls_give_up_with_the_reason() -> None:
    process = company("raise SystemExit(7)")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output.count("starting all again") == 3 and "the worker ended with code 7" in errors


def test_a_requirement_that_changed_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import environment

    for name in environment.LISTS:
        (tmp_path / name).write_text("Flask==3.1.3\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "_works", lambda: True)
    asked: list[str] = []
    monkeypatch.setattr(environment, "_install", lambda wanted: asked.append(wanted) or True)
    environment.ensure("requirements-dev.txt")
    environment.ensure("requirements.txt")
    assert asked == ["requirements-dev.txt"]
    (tmp_path / "requirements.txt").write_text("Flask==3.2\n")
    environment.ensure("requirements.txt")
    assert asked == ["requirements-dev.txt", "requirements.txt"]
    assert environment.pinned("flask") == "Flask==3.1.3"
