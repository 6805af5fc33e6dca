"""Materials of a workspace: made, read, changed and removed by their keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from content import material_versions
from content.bodies import body_problems
from content.tables import Material
from content.tables_materials import MaterialReview, MaterialVersion, SlotFill, VariantMessage
from content.variants import variant_problems
from store.bulk import among
from store.database import begin_write
from store.problem import Problem, problem

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,127}")
LONGEST_NAME = 200
MOST_IN_PAGE = 200
CATEGORIES = ("activation", "conversion", "brand")
STATES = ("draft", "review", "approved", "sent_back")
#: What may be said of a material beside its words.
ABOUT = ("category", "topic", "owner_id", "expires_at", "choosing")


class BadMaterial(ValueError):
    """The material cannot be kept; `problems` says what to change."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in self.problems))


class KeyTaken(ValueError):
    """There is a material with this key already: choose another key."""


class MaterialMoved(ValueError):
    """Somebody has changed the material since it was read: load it again."""

    def __init__(self, revision: int) -> None:
        self.revision = revision
        super().__init__(MaterialMoved.__doc__)


class NoMaterial(LookupError):
    """The workspace has no material with this key."""


def check(
    key: Any, name: Any, carrier: Any, body: Any, variants: Sequence[Mapping[str, Any]] | None = None
) -> list[Problem]:
    """Say everything that is wrong with a material."""
    found: list[Problem] = []
    if not isinstance(key, str) or not KEY.fullmatch(key):
        said = (
            "键只能用小写字母、数字、下划线和连字符，最长 128 个字符。",
            "Write the key with small letters, digits, underscores and hyphens, 128 characters at most.",
        )
        found.append(problem("key", *said))
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or "\x00" in name:
        said = f"请填写名称，最长 {LONGEST_NAME} 个字符。", f"Give a name of 1 to {LONGEST_NAME} characters."
        found.append(problem("name", *said))
    known = carrier if isinstance(carrier, str) else repr(carrier)
    return found + body_problems(known, body) + variant_problems(known, variants)


def create(
    session: Session,
    workspace_id: int,
    *,
    key: str,
    name: str,
    carrier: str,
    body: Mapping[str, Any],
    now: datetime,
    by: str = "",
    variants: Sequence[Mapping[str, Any]] | None = None,
    about: Mapping[str, Any] | None = None,
) -> Material:
    """Make a material; raises BadMaterial or KeyTaken. Nothing is committed.

    `about` may have what ABOUT names.
    """
    begin_write(session)
    wrong = check(key, name, carrier, body, variants)
    if wrong:
        raise BadMaterial(wrong)
    material = Material(
        workspace_id=workspace_id,
        key=key,
        name=name.strip(),
        carrier=carrier,
        body=dict(body),
        variants=_kept(variants),
        revision=1,
        version=1,
        status="draft",
        created_at=now,
        updated_at=now,
        updated_by=by[:120],
        **dict(about or {}),
    )
    try:
        with session.begin_nested():
            session.add(material)
    except IntegrityError as error:
        raise KeyTaken(KeyTaken.__doc__) from error
    material_versions.keep(session, material)
    return material


def get(session: Session, workspace_id: int, key: str) -> Material:
    """Return one material; raises NoMaterial."""
    found = session.scalar(_of(workspace_id).where(Material.key == key))
    if found is None:
        raise NoMaterial(NoMaterial.__doc__)
    return found


def change(
    session: Session,
    workspace_id: int,
    key: str,
    *,
    revision: int | None,
    name: str,
    carrier: str,
    body: Mapping[str, Any],
    now: datetime,
    by: str = "",
    variants: Sequence[Mapping[str, Any]] | None = None,
    about: Mapping[str, Any] | None = None,
) -> Material:
    """Replace a material that still has `revision` (None: whichever it has).

    If it says something else from now on, that is a new version, which nobody has approved yet. `about` may have what
    ABOUT names; what it does not name stays. Raises NoMaterial, BadMaterial, or MaterialMoved with the revision it
    has now. Nothing is committed.
    """
    begin_write(session)
    wrong = check(key, name, carrier, body, variants)
    if wrong:
        raise BadMaterial(wrong)
    material = get(session, workspace_id, key)
    material_versions.keep(session, material)
    says = (carrier, dict(body), _kept(variants))
    anew = (material.carrier, material.body, material.variants) != says
    statement = (
        update(Material)
        .where(Material.id == material.id, Material.workspace_id == workspace_id)
        .values(
            name=name.strip(),
            carrier=carrier,
            body=dict(body),
            variants=says[2],
            revision=Material.revision + 1,
            updated_at=now,
            updated_by=by[:120],
            **dict(about or {}),
            **({"version": Material.version + 1, "status": "draft", "winner": ""} if anew else {}),
        )
    )
    if revision is not None:
        statement = statement.where(Material.revision == revision)
    changed = session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    session.refresh(material)
    if not changed:
        raise MaterialMoved(material.revision)
    material_versions.keep(session, material)
    return material


def remove(session: Session, workspace_id: int, key: str) -> None:
    """Delete a material; raises NoMaterial. Whether a journey still needs it is for the caller to ask."""
    begin_write(session)
    gone = get(session, workspace_id, key)
    for table in (MaterialVersion, MaterialReview, SlotFill):
        session.execute(delete(table).where(table.material_id == gone.id))
    session.execute(delete(VariantMessage).where(VariantMessage.material_id == gone.id))
    session.delete(gone)
    session.flush()


def page(
    session: Session,
    workspace_id: int,
    *,
    q: str = "",
    carrier: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[list[Material], str | None]:
    """Return materials by key, after the key `after`, with the key to continue after, None at the end.

    `q` is looked for in key and name.
    """
    query = _of(workspace_id)
    if carrier:
        query = query.where(Material.carrier == carrier)
    if after:
        query = query.where(Material.key > after)
    if q:
        query = query.where(
            Material.key.icontains(q, autoescape=True) | Material.name.icontains(q, autoescape=True)
        )
    size = max(1, min(limit, MOST_IN_PAGE))
    rows = list(session.scalars(query.order_by(Material.key).limit(size + 1)))
    return rows[:size], rows[size - 1].key if len(rows) > size else None


def many(session: Session, workspace_id: int, keys: Iterable[str]) -> dict[str, Material]:
    """Return those of the named materials that exist, by key, in one statement."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    return {
        row.key: row for row in session.scalars(_of(workspace_id).where(among(session, Material.key, wanted)))
    }


def keys(session: Session, workspace_id: int) -> dict[str, str]:
    """Return {key: carrier} of every material, for checks."""
    query = select(Material.key, Material.carrier).where(Material.workspace_id == workspace_id)
    return dict(session.execute(query).all())


def _kept(variants: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    """The variants as they are kept: none at all are null."""
    return [dict(one) for one in variants] if variants else None


def _of(workspace_id: int) -> Any:
    return select(Material).where(Material.workspace_id == workspace_id)
