"""Commands of the web: the first set-up, and people's accounts. `flask --app wsgi COMMAND --help` tells more."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import delete, select

from store import audit, workspaces
from store.database import begin_write, db
from store.tables import Account, LoginSession, Workspace
from store.workspaces import WorkspaceError
from web.passwords import SHORTEST, Passwords, generated

ACTOR = "command line"
OWNER = "owner@roadbook.local"
users = AppGroup("users", help="People who sign in.")


def register(app: Flask) -> None:
    """Give `app` the web's commands."""
    app.cli.add_command(users)
    app.cli.add_command(setup)


@click.command("setup")
@click.option("--email", default=OWNER, show_default=True, help="The owner's sign-in.")
@click.option(
    "--workspace", "name", default="我的品牌", show_default=True, help="Name of the first workspace."
)
@with_appcontext
def setup(email: str, name: str) -> None:
    """Make the first workspace and its owner; does nothing once there is a workspace."""
    session = db.session()
    begin_write(session)
    if session.scalar(select(Workspace.id).limit(1)) is not None:
        session.rollback()
        return
    session.rollback()
    password = generated()
    hashed = _passwords().hash(password)
    now = datetime.now(UTC)
    begin_write(session)
    if session.scalar(select(Workspace.id).limit(1)) is not None:  # another first start was faster
        session.rollback()
        return
    workspace = workspaces.create_workspace(session, name, "main", now)
    account = workspaces.create_account(session, email, hashed, now)
    workspaces.add_member(session, workspace.id, account.id, "owner", now)
    audit.record(
        session, workspace.id, ACTOR, "workspace.made", f"workspace:{workspace.id}", {"name": name}, now
    )
    session.commit()
    click.echo(f"Sign in as  {email}\npassword    {password}\nThe password is shown this once; keep it.")


@users.command("create")
@click.argument("email")
@click.option("--name", default="", help="What to call the person.")
@click.option(
    "--workspace", "slug", default=None, help="Short name of the workspace; the first one by default."
)
@click.option("--role", type=click.Choice(workspaces.ROLES), default="editor", show_default=True)
@click.option("--password", default=None, help="Asked for if left out; give - to have one generated.")
def create(email: str, name: str, slug: str | None, role: str, password: str | None) -> None:
    """Make an account and let it into a workspace."""
    chosen = _chosen(password)
    session, now = db.session(), datetime.now(UTC)
    hashed = _passwords().hash(chosen)
    begin_write(session)
    workspace = _workspace(slug)
    try:
        account = workspaces.create_account(session, email, hashed, now, name)
        workspaces.add_member(session, workspace.id, account.id, role, now)
    except WorkspaceError as error:
        raise click.ClickException(str(error)) from None
    note = {"role": role}
    audit.record(session, workspace.id, ACTOR, "member.added", f"account:{account.id}", note, now)
    session.commit()
    click.echo(f"{account.email} may sign in to {workspace.name} as {role}.")
    if password == "-":
        click.echo(f"password    {chosen}")


@users.command("password")
@click.argument("email")
@click.option("--password", default=None, help="Asked for if left out; give - to have one generated.")
def change_password(email: str, password: str | None) -> None:
    """Give an account a new password and sign it out everywhere."""
    chosen = _chosen(password)
    hashed = _passwords().hash(chosen)
    session = db.session()
    begin_write(session)
    account = workspaces.find_account(session, email)
    if account is None:
        raise click.ClickException(f"There is no account {email}.")
    account.password_hash = hashed
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    for workspace, _ in workspaces.memberships(session, account.id):
        audit.record(session, workspace.id, ACTOR, "account.password", f"account:{account.id}")
    session.commit()
    click.echo(f"{account.email} has a new password and is signed out everywhere.")
    if password == "-":
        click.echo(f"password    {chosen}")


@users.command("list")
def listed() -> None:
    """Show who may sign in, and where."""
    for account in db.session.scalars(select(Account).order_by(Account.id)):
        rooms = ", ".join(f"{w.slug}: {role}" for w, role in workspaces.memberships(db.session(), account.id))
        click.echo(f"{account.email:40} {'' if account.active else '(inactive) '}{rooms}")


def _passwords() -> Passwords:
    found: Passwords = current_app.config["ROADBOOK_PASSWORDS"]
    return found


def _chosen(password: str | None) -> str:
    if password == "-":
        return generated()
    chosen = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(chosen) < SHORTEST:
        raise click.ClickException(f"Choose a password of at least {SHORTEST} characters.")
    return str(chosen)


def _workspace(slug: str | None) -> Workspace:
    wanted = select(Workspace).order_by(Workspace.id).limit(1)
    found = db.session.scalar(wanted if slug is None else wanted.where(Workspace.slug == slug))
    if found is None:
        raise click.ClickException("There is no such workspace: run `flask --app wsgi setup` first.")
    return found
