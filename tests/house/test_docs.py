"""What the documents name exists: tests, files, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(p.relative_to(ROOT) for p in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
TESTS = "\n".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("which", PAGES, ids=str)
def test_every_test_that_a_page_names_exists(which: Path):
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", (ROOT / which).read_text("utf-8")))
    assert {name for name in named if f"def {name}(" not in TESTS} == set()


@pytest.mark.parametrize("which", PAGES, ids=str)
def test_every_file_that_a_page_names_exists(which: Path):
    text = (ROOT / which).read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+/[A-Za-z0-9_./-]+\.(?:py|sql|md|json|ts|tsx|png|sh))`", text))
    missing = {
        name for name in named if not (ROOT / name).exists() and not (ROOT / which.parent / name).exists()
    }
    assert missing == set()
