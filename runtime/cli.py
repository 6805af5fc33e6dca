"""Commands of the engine: `worker`, `verify`, `demo`, `fake-wecom`, each with `--help`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from connectors import dialing
from runtime import faults
from runtime.roles import ROLES
from store import clock, home, logs, tracing
from store.secrets import Vault

if TYPE_CHECKING:
    from runtime.database import Database
    from runtime.demo import Outcome

sending = AppGroup("sending", help="Whether messages leave this database; a restored copy starts with off.")
demo = AppGroup("demo", help="Real customers on a virtual clock, in a database of their own.")


def register(app: Flask) -> None:
    """Give `app` the engine's commands."""
    for command in (worker, verify, sending, demo, fake_wecom):
        app.cli.add_command(command)


@click.command("worker")
@click.option(
    "--roles",
    default=",".join(ROLES),
    show_default=True,
    help="What this worker does, separated by commas.",
)
@click.option("--carriers", help="What it delivers, separated by commas; all of them unless said.")
@with_appcontext
def worker(roles: str, carriers: str | None) -> None:
    """Move everybody along: take signals in, advance, deliver, keep house. Ends on SIGTERM or Ctrl-C."""
    # The web registers these commands too and need not wait for the engine.
    from runtime.database import Database
    from runtime.worker import Worker

    settings = current_app.config["ROADBOOK"]
    logs.configure(settings.log_level, settings.log_format)
    tracing.configure(settings.otel_endpoint, "roadbook-worker")
    database = Database(
        current_app.config["SQLALCHEMY_DATABASE_URI"],
        direct_url=settings.database_direct_url,
    )
    test_mode = bool(getattr(settings, "test_mode", False))
    clock.configure(test_mode)
    dialing.configure(settings.allow_subnets, settings.allow_ports)
    if test_mode:
        faults.arm_from_environment()
    try:
        running = Worker(
            database,
            _listed(roles),
            carriers=_listed(carriers) if carriers else None,
            vault=Vault(settings.secret_keys),
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--roles") from error
    click.echo(f"Working as {', '.join(running.roles)}. Ctrl-C ends.", err=True)
    running.run()
    database.close()
    tracing.end()


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@with_appcontext
def verify(as_json: bool) -> None:
    """Check that history is whole: trail, messages, counters, nobody stuck. Exit code 1 if it is not."""
    from runtime.database import Database
    from runtime.verify import verify as check

    database = Database(current_app.config["SQLALCHEMY_DATABASE_URI"])
    with database.reading() as tx:
        findings = check(tx.session)
    database.close()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.code:16} {finding.about:24} {finding.sentence}")
        click.echo(
            "History is whole." if not findings else f"{len(findings):,} things are not as they should be."
        )
    if findings:
        sys.exit(1)


@sending.command("status")
@with_appcontext
def sending_status() -> None:
    """Tell whether messages leave, and if not, why."""
    with _open() as database, database.reading() as tx:
        why = home.held(tx.session)
    click.echo("Messages are sent." if why is None else f"Nothing is sent: {why}")


@sending.command("on")
@with_appcontext
def sending_on() -> None:
    """Let messages leave from here, and call this place the database's home."""
    with _open() as database, database.transaction() as tx:
        home.decide(tx.session, hold=False)
    click.echo("Messages are sent.")


@sending.command("off")
@click.option("--why", default="An operator shut it.", show_default=True, help="Told to whoever asks.")
@with_appcontext
def sending_off(why: str) -> None:
    """Hold every message of every workspace; people go on meanwhile, and their messages wait."""
    with _open() as database, database.transaction() as tx:
        home.decide(tx.session, hold=True, why=why[:200])
    click.echo(f"Nothing is sent: {why}")


@contextmanager
def _open() -> Iterator[Database]:
    from runtime.database import Database

    database = Database(current_app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        yield database
    finally:
        database.close()


@demo.command("cdnow")
@click.option("--database-url", help="An empty database; by default a new SQLite file in the var folder.")
@click.option("--compare", is_flag=True, help="Play every customer through the simulator too, and compare.")
@click.option("--kill-every", type=float, metavar="SECONDS", help="Kill the worker process that often.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@with_appcontext
def cdnow(database_url: str | None, compare: bool, kill_every: float | None, as_json: bool) -> None:
    """Replay 2,357 real customers through the published beauty journey, eighteen months in a minute or two."""
    from runtime import demo as replaying
    from runtime.replay import NotEmpty

    try:
        with _progress(not as_json) as on_day:
            outcome = replaying.cdnow(
                database_url or _fresh_file(), compare=compare, kill_every=kill_every, on_day=on_day
            )
    except NotEmpty as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(asdict(outcome), ensure_ascii=False, default=str) if as_json else _told(outcome))
    if outcome.findings or (compare and outcome.equal != outcome.customers):
        sys.exit(1)


@demo.command("shop")
@with_appcontext
def shop() -> None:
    """Make a workspace with an invented shop's last ninety days in it; does nothing where it is already."""
    from runtime import shop as demo_shop

    if demo_shop.make(current_app.config["SQLALCHEMY_DATABASE_URI"]):
        click.echo(
            f"The workspace {demo_shop.NAME} shows {demo_shop.PEOPLE} invented customers in a live journey."
        )


@click.command("fake-wecom")
@click.option("--port", default=8866, show_default=True, help="0 takes any free port.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where it listens; it asks nobody who he is."
)
def fake_wecom(port: int, host: str) -> None:
    """Play a WeCom that holds to the real limits, to rehearse a launch with. Ctrl-C ends, and all is forgotten."""
    from connectors.wecom.fake.server import Server
    from connectors.wecom.fake.world import AGENT_ID, CORP_ID, SECRET

    server = Server(port, host)
    click.echo(
        f"A fake WeCom stands at {server.url}\n  corp id   {CORP_ID}\n  secret    {SECRET}\n  agent id  {AGENT_ID}"
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _fresh_file() -> str:
    """A SQLite file of the demo's own; what an earlier demo left is removed."""
    settings = current_app.config.get("ROADBOOK")
    folder = Path(getattr(settings, "var", None) or current_app.instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo-cdnow.db"
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return f"sqlite:///{path}"


class _progress:
    """A bar of events taken; silent where the output is for a program."""

    def __init__(self, shown: bool) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,} events"),
            TimeElapsedColumn(), disable=not shown,
        )  # fmt: skip

    def __enter__(self) -> Any:
        from runtime.replay import read_sample

        self.bar.start()
        task = self.bar.add_task("1997-01-01", total=len(read_sample()))

        def on_day(at: datetime, count: int) -> None:
            self.bar.update(task, completed=count, description=f"{at:%Y-%m-%d}")

        return on_day

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _told(outcome: Outcome) -> str:
    lines = [
        f"{outcome.customers:,} customers, {outcome.events:,} events, {outcome.seconds:.1f} s"
        + (f", the worker killed {outcome.kills} times" if outcome.kills else ""),
        f"entered                     {outcome.entered:>8,}",
        *(
            f"stage {name:<22}{here:>8,} here {passed:>8,} times entered"
            for name, (here, passed) in outcome.stages.items()
        ),
        *(f"messages {state:<19}{count:>8,}" for state, count in sorted(outcome.messages.items())),
        *(f"goal {goal:<23}{count:>8,}" for goal, count in sorted(outcome.goals.items())),
        f"orders                      {outcome.orders:>8,}",
        f"repurchases in the journey  {outcome.repurchases:>8,}, of which {outcome.within_window:,} within 21 days",
        f"paths of all customers      {outcome.digest[:16]}",
    ]
    if outcome.equal is not None:
        lines.append(f"equal to the simulator's    {outcome.equal:>8,} of {outcome.customers:,}")
    if outcome.difference is not None:
        first = outcome.difference
        lines += [
            f"first difference: customer {first.customer}, line {first.line}",
            f"  engine    {first.ours}",
            f"  simulator {first.theirs}",
        ]
    lines += [f"{finding.code}: {finding.about}: {finding.sentence}" for finding in outcome.findings[:20]]
    lines.append("History is whole." if not outcome.findings else f"{len(outcome.findings):,} findings.")
    return "\n".join(lines)
