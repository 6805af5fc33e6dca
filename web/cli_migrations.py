"""`flask db`: Flask-Migrate's commands, loaded when one of them is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask

from store.database import db


class Migrations(click.Command):
    """Stands for the group `db`: what it brings takes ten megabytes, which a server that serves does not need."""

    def __init__(self, app: Flask, folder: Path) -> None:
        super().__init__("db", help="Perform database migrations.")
        self._app, self._folder = app, folder

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of Flask-Migrate's own group, which then does the work."""
        from flask_migrate import Migrate
        from flask_migrate.cli import db as commands

        Migrate(self._app, db, directory=str(self._folder), render_as_batch=True)
        group: click.Group = commands
        return group.make_context(info_name, args, parent, **extra)
