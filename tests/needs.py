"""What a machine may lack: said once, in words, at the end; a failure where nothing may be missing."""

from __future__ import annotations

import os
from collections import Counter

import pytest

MARK = "not to be had here: "


def need(name: str, ok: object, reason: str) -> None:
    """Skip the running test unless `ok`; with ROADBOOK_REQUIRE_ALL=1 fail it instead.

    `name` is the thing (postgres, chromium …), `reason` a sentence: why it is missing and how to get it.
    """
    if ok:
        return
    sentence = f"{MARK}{name}: {reason}"
    if os.environ.get("ROADBOOK_REQUIRE_ALL") == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


class Missing:
    """Pytest plugin that gathers what was skipped by `need`, from every process of the run."""

    def __init__(self) -> None:
        self.sentences: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            _, found, sentence = str(report.longrepr[2]).partition(MARK)
            if found:
                self.sentences[sentence] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.sentences:
            return
        terminalreporter.section("skipped because this machine lacks something")
        for sentence, tests in sorted(self.sentences.items()):
            terminalreporter.write_line(f"{sentence} ({tests} tests)")


class SecondTries:
    """Pytest plugin that says, of each test that was tried again, what it had failed on (docs/decisions/0010)."""

    def __init__(self) -> None:
        self.failed: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome == "rerun":
            self.failed.append((report.nodeid, report.longreprtext))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for nodeid, text in self.failed:
            terminalreporter.section(f"tried again: {nodeid}")
            terminalreporter.write_line(text)
