"""The floors: imports run downhill, the kernel stays pure, every room states its law."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOMS, ROOT, imports, tracked, tree, with_suffix

KNOW_THE_STORE = {f"journeys/{name}.py" for name in ("tables", "drafts", "moves", "versions", "uniting")}
READ_SETTINGS = {"web", "runtime"}
PRODUCT = [path for path in with_suffix(".py") if path.parts[0] in ROOMS]


def test_import_linter_keeps_every_contract() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_kernel_of_journeys_never_reaches_its_own_tables() -> None:
    closed = {name.removesuffix(".py").replace("/", ".") for name in KNOW_THE_STORE}
    for path in PRODUCT:
        if path.parts[0] == "journeys" and path.as_posix() not in KNOW_THE_STORE:
            assert not imports(path) & closed, f"{path} belongs to the kernel and opens the tables"


def test_nobody_imports_the_entry_and_only_the_top_floor_reads_settings() -> None:
    for path in PRODUCT:
        found = {name.split(".")[0] for name in imports(path)}
        assert "wsgi" not in found, f"{path} imports wsgi, which stands above every room"
        if path.parts[0] not in READ_SETTINGS:
            assert "settings" not in found, f"{path} reads settings: take what it needs as an argument"


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room).is_dir()])
def test_each_room_states_its_law_and_nothing_more(room: str) -> None:
    body = tree(Path(room, "__init__.py")).body
    assert len(body) == 1 and isinstance(body[0], ast.Expr), f"{room}/__init__.py holds more than its law"
    law = ast.get_docstring(tree(Path(room, "__init__.py")))
    assert law and law.startswith(f"{room}: "), f"{room}/__init__.py does not open with its own name"
    assert law.rstrip().endswith(".") and law.count(". ") + law.count(".\n") == 1, (
        f"{room}: not two sentences"
    )


def test_no_room_is_empty() -> None:
    started = {path.parts[0] for path in tracked() if path.parts[0] in ROOMS and path.name != "__init__.py"}
    doors = {
        path.parts[0] for path in tracked() if path.parts[0] in ROOMS and path.parts[1:] == ("__init__.py",)
    }
    assert doors <= started, f"rooms with a door and nothing behind it: {sorted(doors - started)}"
