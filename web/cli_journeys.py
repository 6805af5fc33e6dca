"""Commands about drawings in files: check, simulate, export; and the shelf of templates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from rich.console import Console
from rich.table import Table

from journeys import lives, played
from journeys.checks import check
from journeys.plan import compile_plan
from templates_lib import shelf
from web.exports import ENDINGS, written
from web.strict_json import BadJson, read

COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
console = Console()
templates = AppGroup("templates", help="The shelf of industry templates.")


def register(app: Flask) -> None:
    """Give `app` these commands."""
    for command in (check_file, simulate_file, export_file, templates):
        app.cli.add_command(command)


@click.command("check")
@FILE
@LANG
def check_file(file: Path, lang: str) -> None:
    """Check a drawing in FILE (JSON); ends with 1 if it could not be published."""
    problems = check(_drawing(file))
    for problem in problems:
        colour = COLOURS[problem.severity]
        where = problem.path or problem.node or "-"
        said = problem.message.en if lang == "en" else str(problem.message)
        console.print(f"[{colour}]{problem.severity:8}[/] [dim]{where}[/] ", end="")
        console.print(said, markup=False)
    errors = sum(problem.severity == "error" for problem in problems)
    console.print(f"{len(problems)} problems, {errors} of them errors")
    if errors:
        raise SystemExit(1)


@click.command("simulate")
@FILE
@click.option("--contacts", default=1000, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 3650))
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--start", default=None, help="ISO 8601 with its offset; now by default.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def simulate_file(file: Path, contacts: int, days: int, seed: int, start: str | None, as_json: bool) -> None:
    """Play invented contacts through the drawing in FILE on a virtual clock."""
    definition = _drawing(file)
    if any(problem.code == "shape" for problem in check(definition)):
        raise click.ClickException(f"The drawing is not complete: run `flask --app wsgi check {file}`.")
    begin = datetime.now(UTC) if start is None else _moment(start)
    plan = compile_plan(definition)
    with console.status(f"playing {contacts:,} contacts over {days} days"):
        told = played.report(plan, lives.invent(plan, contacts, begin, days, seed=seed), begin, days)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    names = {part["id"]: part.get("name") or part["id"] for part in definition["stages"]}
    table = Table(
        "stage", "reached", "here now", title=f"{told['entered']:,} entered, {told['messages']:,} messages"
    )
    for row in told["funnel"]:
        standing = told["nodes"].get(row["stage"], {}).get("here", 0)
        table.add_row(names[row["stage"]], f"{row['reached']:,}", f"{standing:,}")
    console.print(table)
    for result, count in told["ended"].items():
        console.print(f"ended {result}: {count:,}")


@click.command("export")
@FILE
@click.option("--as", "form", type=click.Choice(list(ENDINGS)), default="mermaid", show_default=True)
def export_file(file: Path, form: str) -> None:
    """Write the drawing in FILE as Mermaid, SCXML or tidy JSON."""
    definition = _drawing(file)
    if any(problem.code == "shape" for problem in check(definition)):
        raise click.ClickException(f"The drawing is not complete: run `flask --app wsgi check {file}`.")
    click.echo(written(form, definition))


@templates.command("list")
@LANG
def listed(lang: str) -> None:
    """Show the templates."""
    for template in shelf.every():
        console.print(f"[bold]{template.slug:24}[/] {template.name[lang]}: {template.summary[lang]}")


@templates.command("check")
def check_templates() -> None:
    """Check every template on the shelf; ends with 1 if one could not be published."""
    bad = 0
    for template in shelf.every():
        errors = [problem for problem in check(template.definition) if problem.severity == "error"]
        console.print(f"{template.slug:24} {'ok' if not errors else f'{len(errors)} errors'}")
        bad += bool(errors)
    if bad:
        raise SystemExit(1)


def _drawing(file: Path) -> dict[str, Any]:
    try:
        value = read(file.read_bytes())
    except BadJson as bad:
        raise click.ClickException(f"{file}: {bad}") from None
    if not isinstance(value, dict):
        raise click.ClickException(f"{file}: a drawing is a JSON object.")
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None:
        raise click.ClickException(
            "Give --start as ISO 8601 with its offset, such as 2026-03-01T10:00:00+08:00."
        )
    return moment.astimezone(UTC)
