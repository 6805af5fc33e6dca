"""Run benchmarks: `python -m bench` for all, `python -m bench NAME [--quick] [--json]` for one.

A benchmark is a module of this folder, named in BENCHMARKS with a dash for each underscore, whose
`run(quick: bool)` returns its figures by name: ratios wherever a limit or a peer can be measured beside it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.machine import described

#: In the order in which `make bench` runs them.
BENCHMARKS: tuple[str, ...] = (
    "advance",
    "advance-apart",
    "advance-sqlite",
    "caps",
    "simulate",
    "peers",
    "start",
    "canvas",
    "events",
    "events-single",
    "idle-tick",
    "timers",
    "kills",
    "poison",
    "trail",
    "memory",
    "orm",
    "queue",
    "machines",
    "import",
    "tags",
    "sizes",
    "segment",
    "keeping",
    "board",
    "rfm",
    "erase",
    "held",
    "dump",
    "many-journeys",
    "coupons",
    "delivery",
    "welcome",
    "reading",
    "quiet-hours",
)
LATEST = Path(__file__).parent / "results" / "latest.json"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m bench", description="Measure Roadbook on this machine.")
    parser.add_argument("name", nargs="?", choices=BENCHMARKS or None, help="one benchmark; without it, all")
    parser.add_argument("--quick", action="store_true", help="a smaller size, under 45 seconds")
    parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")
    asked = parser.parse_args(arguments)
    if asked.name:
        figures = measured(asked.name, asked.quick)
        print(json.dumps(figures, ensure_ascii=False) if asked.json else table(figures))
        return 0
    return all_of_them(asked.quick)


def measured(name: str, quick: bool) -> dict[str, Any]:
    """Run one benchmark in this process and return its figures with its name, size and duration."""
    module = import_module(f"bench.{name.replace('-', '_')}")
    begun = time.perf_counter()
    figures = module.run(quick)
    return {"name": name, "quick": quick, **figures, "took_seconds": round(time.perf_counter() - begun, 1)}


def all_of_them(quick: bool) -> int:
    """Run each in a process of its own, so that none inherits the heap of another, and keep the figures of each at once."""
    results: dict[str, Any] = {}
    failed = []
    machine = described()
    for place, name in enumerate(BENCHMARKS, 1):
        print(f"· {name} ({place} of {len(BENCHMARKS)})", flush=True)
        command = [sys.executable, "-m", "bench", name, "--json", *(["--quick"] if quick else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            failed.append(name)
        else:
            results[name] = json.loads(done.stdout.splitlines()[-1])
            print(table(results[name]), flush=True)
        LATEST.parent.mkdir(exist_ok=True)
        kept = {"machine": machine, "results": results}
        LATEST.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"Failed: {', '.join(failed)}" if failed else f"Kept in bench/results/{LATEST.name}")
    return 1 if failed else 0


def table(figures: Mapping[str, Any]) -> str:
    width = max(map(len, figures))
    return "\n".join(f"  {name:<{width}}  {shown(value)}" for name, value in figures.items())


def shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if type(value) is int else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
