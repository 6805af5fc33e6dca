"""Connections as the web keeps them: forms read, secrets sealed, health told in a word."""

from __future__ import annotations

import secrets as chance
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors import catalogue, forms
from connectors.registry import NoConnector
from journeys.words import Words
from store.secrets import CannotOpen, Vault
from store.tables_connections import BROKEN, OFF, Connection
from store.tables_guards import CLOSED, Breaker
from web.errors import invalid

#: How a connection is doing.
HEALTH = ("off", "broken", "failing", "good", "unused")
#: How long a secret of before signs beside the new one.
OVERLAP = timedelta(hours=24)
NO_CONNECTOR = Words("没有这种连接。", "There is no such connector.")
NOT_ITS_CARRIER = Words("这种连接不服务这个渠道。", "This connector does not serve that carrier.")


def vault() -> Vault:
    """What seals this installation's secrets."""
    return _vault(current_app.config["ROADBOOK"].secret_keys)


@lru_cache(maxsize=4)
def _vault(keys: tuple[str, ...]) -> Vault:
    return Vault(keys)


def sealed_for(row: Connection) -> str:
    """For what the secrets of a connection are sealed; the worker opens them by the same name."""
    return f"connection:{row.workspace_id}:{row.id}"


def known(row: Connection) -> dict[str, str]:
    """The secrets of a connection; empty if there are none, or none that can be read here."""
    try:
        return vault().open(row.secrets, sealed_for(row)) if row.secrets else {}
    except CannotOpen:
        return {}


def fill_in(
    row: Connection,
    settings: Mapping[str, Any],
    secrets: Mapping[str, Any],
) -> None:
    """Put a filled form into a connection that has its id; secrets that are not given stay. 422 if it is wrong."""
    try:
        described = catalogue.describe(row.connector)
    except NoConnector:
        raise invalid(("connector", NO_CONNECTOR)) from None
    before = known(row)
    try:
        told, hidden = forms.read(described["form"], settings, secrets, kept=tuple(before))
    except forms.BadForm as bad:
        raise invalid(*[(path, Words(said["zh"], said["en"])) for path, said in bad.problems]) from None
    if described["rotates"]:
        hidden |= _rotated(described["rotates"], before, hidden)
    row.settings = told
    kept = {**before, **hidden}
    row.secrets = vault().seal(kept, sealed_for(row)) if kept else None


def _rotated(name: str, before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The secret of before signs as well for a while, so that the other side can change over."""
    old, new = before.get(name), given.get(name)
    if not old or not new or old == new:
        return {}
    until = datetime.now(UTC) + OVERLAP
    return {f"old_{name}": old, f"old_{name}_until": until.isoformat()}


def carriers_of(connector: str, asked: Iterable[str] | None) -> list[str]:
    """The carriers that a connection is to serve: those asked for, all that it can if none."""
    try:
        able = catalogue.describe(connector)["carriers"]
    except NoConnector:
        raise invalid(("connector", NO_CONNECTOR)) from None
    chosen = able if asked is None else list(dict.fromkeys(asked))
    if not chosen or set(chosen) - set(able):
        raise invalid(("carriers", NOT_ITS_CARRIER))
    return sorted(chosen)


def connected(session: Session, workspace_id: int) -> frozenset[str]:
    """The carriers for which the workspace has an account; the sandbox takes the others."""
    rows = session.scalars(
        select(Connection.carriers).where(Connection.workspace_id == workspace_id, Connection.state != OFF)
    )
    return frozenset(carrier for carriers in rows for carrier in carriers)


def breakers(session: Session, rows: Iterable[Connection]) -> dict[int, Breaker]:
    """Of each connection, the breaker that stands open before it."""
    every = list(rows)
    if not every:
        return {}
    workspaces = {row.workspace_id for row in every}
    standing = session.scalars(
        select(Breaker).where(Breaker.workspace_id.in_(workspaces), Breaker.state != CLOSED)
    ).all()
    found: dict[int, Breaker] = {}
    for row in every:
        for one in standing:
            if one.workspace_id == row.workspace_id and one.carrier in row.carriers and row.state != OFF:
                found.setdefault(row.id, one)
    return found


def health(row: Connection) -> str:
    """One of HEALTH: what was last heard of it."""
    if row.state == OFF:
        return "off"
    if row.state == BROKEN:
        return "broken"
    if row.last_error_at is not None and (row.last_ok_at is None or row.last_error_at > row.last_ok_at):
        return "failing"
    return "good" if row.last_ok_at is not None else "unused"


def unguessable() -> str:
    """The end of the address that a provider calls."""
    return chance.token_urlsafe(32)


def touched(row: Connection, now: datetime) -> None:
    """Let every worker read this connection anew."""
    row.revision, row.updated_at = (row.revision or 0) + 1, now
