"""The files themselves: short, free of machine paths and registry addresses, running no text as code."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

from tests.house.sources import text, tracked, tree, with_suffix

LONGEST = 500
NINE_IN_TEN = 300
GENERATED = {Path("web/studio/src/api/schema.d.ts")}
BINARY = {".png", ".jpg", ".jpeg", ".ico", ".woff2", ".gz", ".zip", ".xlsx", ".webp"}
#: Written in two halves, so that this file does not find itself.
FORBIDDEN = {
    "a machine path": re.compile(r"(?<![\w.$}>)/-])/(?:wor" + r"k|roo" + r"t|tmp/r" + r"b)/[\w.]"),
    "the shared folder": re.compile(r"\.\./sha" + r"red\b"),
    "a registry address": re.compile(
        r"https?://[^\s\"')]*(?:registr" + r"y\.|py" + r"pi\.|npmmir" + r"ror|/simp" + r"le/|tarb" + r"all)"
    ),
    "a resolved download": re.compile(r"\"resol" + r"ved\":\s*\"https?:"),
}
CALLS_THAT_RUN_TEXT = {"eval", "exec", "compile", "__import__"}
#: Plants known faults in our own sources and runs what came of it, to see the other tests catch them.
RUNS_OUR_OWN_TEXT = {Path("tests/journeys/test_mutants.py")}
MODULES_THAT_RUN_DATA = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


def readable() -> list[Path]:
    return [path for path in tracked() if path.suffix not in BINARY]


def test_files_are_short() -> None:
    lines = {
        path: text(path).count("\n") for path in with_suffix(".py", ".ts", ".tsx") if path not in GENERATED
    }
    long = {str(path): count for path, count in lines.items() if count > LONGEST}
    assert not long, f"longer than {LONGEST} lines: {long}"
    ninetieth = statistics.quantiles(lines.values(), n=10, method="inclusive")[-1]
    assert ninetieth < NINE_IN_TEN, f"nine in ten files must stay under {NINE_IN_TEN} lines: {ninetieth:.0f}"


def test_nothing_names_a_machine_or_a_registry() -> None:
    found = []
    for path in readable():
        for number, line in enumerate(text(path).splitlines(), 1):
            found += [f"{path}:{number}: {name}" for name, form in FORBIDDEN.items() if form.search(line)]
    assert not found, "\n".join(found)


def test_nothing_runs_text_as_code() -> None:
    found = []
    for path in sorted({*with_suffix(".py")} - RUNS_OUR_OWN_TEXT):
        for node in ast.walk(tree(path)):
            found += [f"{path}:{node.lineno}: {what}" for what in _running(node)]
    assert not found, "\n".join(found)


def _running(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Name) and called.id in CALLS_THAT_RUN_TEXT:
            return [called.id]
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            whole = f"{called.value.id}.{called.attr}"
            if whole in {"yaml.load", "yaml.unsafe_load", "builtins.eval", "builtins.exec", "os.system"}:
                return [whole]
    if isinstance(node, ast.Import):
        return [a.name for a in node.names if a.name.split(".")[0] in MODULES_THAT_RUN_DATA]
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES_THAT_RUN_DATA:
        return [node.module or ""]
    return []


def test_the_checks_themselves_bite() -> None:
    assert _running(ast.parse("ev" + "al('1')").body[0].value)  # type: ignore[attr-defined]
    assert _running(ast.parse("from pick" + "le import loads").body[0])
    assert not _running(ast.parse("rule.compile()").body[0].value)  # type: ignore[attr-defined]
    machine = FORBIDDEN["a machine path"]
    assert machine.search("cd /wor" + "k/main") and machine.search('"/roo' + 't/.cache"')
    assert not machine.search("https://example.org/wor" + "k/x") and not machine.search("../wor" + "k/x")
    assert FORBIDDEN["a registry address"].search("https://registr" + "y.npmjs.org/antd")
