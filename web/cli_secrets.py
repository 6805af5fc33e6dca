"""Commands for secrets at rest: sealing them anew after the installation's key was changed."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from store.database import begin_write, db
from store.secrets import CannotOpen, Vault
from store.tables_connections import Connection
from web.connecting import sealed_for

secrets = AppGroup("secrets", help="Secrets of connections, as they are kept.")


@secrets.command("rekey")
@with_appcontext
def rekey() -> None:
    """Seal what ROADBOOK_OLD_SECRET_KEYS had sealed with ROADBOOK_SECRET_KEY. May run while everything works."""
    vault = Vault(current_app.config["ROADBOOK"].secret_keys)
    session = db.session()
    numbers = session.scalars(select(Connection.id).where(Connection.secrets.is_not(None))).all()
    session.rollback()
    anew, lost = 0, []
    for number in numbers:
        begin_write(session)
        row = session.get(Connection, number, with_for_update=True)
        if row is not None and row.secrets is not None and not vault.is_current(row.secrets):
            try:
                row.secrets = vault.seal(vault.open(row.secrets, sealed_for(row)), sealed_for(row))
                row.revision += 1
                anew += 1
            except CannotOpen:
                lost.append(number)
        session.commit()
    click.echo(f"{anew} sealed anew, {len(numbers) - anew - len(lost)} were so already.")
    if lost:
        click.echo(
            f"These cannot be opened with any key at hand: connection {', '.join(map(str, lost))}. "
            "Add the key of old to ROADBOOK_OLD_SECRET_KEYS, or enter their secrets again in the studio.",
            err=True,
        )
        sys.exit(1)
