"""What channel codes promise, and whether the texts that greet say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_channels import ChannelCode
from content.tables import Material


def of_workspace(session: Session, workspace_id: int) -> dict[str, tuple[str, tuple[str, ...]]]:
    """By the key of each code: the key of the material that greets, and what it does not say of the promise."""
    codes = session.execute(
        select(ChannelCode.key, ChannelCode.greeting, ChannelCode.promised).where(
            ChannelCode.workspace_id == workspace_id
        )
    ).all()
    bodies = of_materials(session, workspace_id, {code.greeting for code in codes if code.greeting})
    return {code.key: (code.greeting, unsaid(code.promised, bodies.get(code.greeting, {}))) for code in codes}


def of_materials(session: Session, workspace_id: int, keys: set[str]) -> dict[str, Mapping[str, Any]]:
    """The bodies of materials by key, of those that are there."""
    query = select(Material.key, Material.body).where(
        Material.workspace_id == workspace_id, Material.key.in_(sorted(keys))
    )
    return dict(session.execute(query).all())


def unkept(session: Session, workspace_id: int, key: str, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name of the code, phrase) of all that codes promise which greet with this material, and `body` does not say."""
    query = (
        select(ChannelCode.name, ChannelCode.promised)
        .where(ChannelCode.workspace_id == workspace_id, ChannelCode.greeting == key)
        .order_by(ChannelCode.id)
    )
    return [(name, phrase) for name, promised in session.execute(query) for phrase in unsaid(promised, body)]


def unsaid(promised: list[str], body: Mapping[str, Any]) -> tuple[str, ...]:
    """What of a promise a material does not mention, in its text or in the title of what it offers; nothing if it has none."""
    if not body:
        return ()
    said = "\n".join(_texts(body)).casefold()
    return tuple(phrase for phrase in promised if phrase.casefold() not in said)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
