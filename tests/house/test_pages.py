"""What the pages say is so: commands, links and settings that they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, text, with_suffix

PAGES = [path for path in with_suffix(".md") if path.parts[0] not in {"web", "templates_lib"}]
TARGETS = set(re.findall(r"^(\w+):", text(Path("Makefile")), re.M))


@pytest.mark.parametrize("which", PAGES, ids=str)
def test_a_page_names_only_what_exists(which: Path) -> None:
    said = text(which)
    wanted = set(re.findall(r"^make (\w+)|`make (\w+)", said, re.M))
    assert {first or second for first, second in wanted} <= TARGETS
    for script in re.findall(r"python3 (\S+\.py)", said):
        assert (ROOT / script).is_file(), f"{which} names {script}"
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", said):
        if "://" not in target and not target.startswith("mailto:"):
            assert (ROOT / which.parent / target).exists(), f"{which} links to {target}"


@pytest.mark.parametrize("which", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_setting_that_has_a_user(which: str) -> None:
    known = set(re.findall(r'given\.\w+\(\s*"([A-Z_]+)"', text(Path("settings.py"))))
    named = set(re.findall(r"`ROADBOOK_([A-Z_]+)`", text(Path(which))))
    assert named <= known, f"{which} names settings that nobody reads: {named - known}"
    assert known - named <= {"BROKER_URL"}, f"{which} leaves out {known - named}"


def test_both_readmes_tell_the_same() -> None:
    here, there = text(Path("README.md")), text(Path("README.zh-CN.md"))
    for mark in (r"^#+ ", r"^\| `", r"^```", r"!\["):
        assert len(re.findall(mark, here, re.M)) == len(re.findall(mark, there, re.M)), mark
    code = r"`(make \w+|python3 [\w/]+\.py|ROADBOOK_\w+)"
    assert set(re.findall(code, here)) == set(re.findall(code, there))
