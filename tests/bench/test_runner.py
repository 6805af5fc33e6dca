"""The benchmark runner: one line of JSON for one, a file of figures for all, a failure that is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import simulate


def test_one_benchmark_prints_one_line_of_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(simulate, "QUICK_CONTACTS", 20)
    monkeypatch.setattr(simulate, "PEER_STEPS", 20)
    assert bench.main(["simulate", "--quick", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    figures = json.loads(line)
    assert figures["name"] == "simulate" and figures["quick"] is True and figures["contacts"] == 20
    assert figures["steps"] > 20 and all(
        figures[key] > 0 for key in ("ratio", "per_second", "cpu_us", "messages")
    )


def test_every_benchmark_named_has_a_module_that_runs() -> None:
    for name in bench.BENCHMARKS:
        module = bench.import_module(f"bench.{name.replace('-', '_')}")
        assert callable(module.run) and module.__doc__


def test_all_of_them_keep_their_figures_and_tell_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "LATEST", tmp_path / "results" / "latest.json")
    monkeypatch.setattr(bench, "BENCHMARKS", ("no-such-thing",))
    assert bench.main(["--quick"]) == 1
    assert "Failed: no-such-thing" in capsys.readouterr().out
    kept = json.loads((tmp_path / "results" / "latest.json").read_text())
    assert kept["results"] == {} and kept["machine"]["cores"]
