"""The files that git keeps or is about to keep, for the checks on the house itself."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "rules",
    "store",
    "connectors",
    "journeys",
    "audience",
    "content",
    "templates_lib",
    "insights",
    "runtime",
    "web",
)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, tracked or new and not ignored; relative paths, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(Path(name) for name in sorted(filter(None, listed.split("\0"))) if (ROOT / name).is_file())


def with_suffix(*suffixes: str) -> list[Path]:
    return [path for path in tracked() if path.suffix in suffixes]


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


def imports(path: Path) -> set[str]:
    """Dotted names that the module at `path` imports anywhere in it, relative ones made absolute."""
    found: set[str] = set()
    package = list(path.parts[:-1])
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *filter(None, [node.module])])
            found.add(stem)
            found.update(f"{stem}.{alias.name}" for alias in node.names)
    return found
