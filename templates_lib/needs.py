"""What a template needs in a workspace beside its journey and its texts, made where it is not there.

What is there under the same key is used as it is and never changed. Kinds of things, each a list in `needs.json`:
attributes, tags, tiers, pools, points, referrals, draws, scenes and scripts. People are never made up: who does the
tasks is for whoever clones it to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import catalogue, coupon_codes, scenes, tag_definitions, tier_dimensions
from audience.draws import new_seed
from audience.tables import Known
from audience.tables_matching import SceneTable
from audience.tables_referrals import Draw, DrawPrize, ReferralProgram
from audience.tables_rewards import GENERATED, CouponPool, PointsScheme
from audience.tables_tags import TagDefinition
from audience.tables_tiers import RULES
from content import scripts
from content.tables_materials import Script


@dataclass(frozen=True, slots=True)
class Made:
    """One thing that was made in the workspace; its key is empty where it has none."""

    kind: str
    key: str
    name: str


@dataclass(slots=True)
class Making:
    """The workspace in which things are made, and what was made in it."""

    session: Session
    workspace_id: int
    now: datetime
    by: str
    #: The template's own name.
    slug: str
    made: list[Made] = field(default_factory=list)
    #: Keys of dimensions that had to be called otherwise here: {key in the template: key in the workspace}.
    tiers: dict[str, str] = field(default_factory=dict)

    def has(self, model: Any, column: Any) -> set[str]:
        """What the workspace has of a kind, by one of its columns."""
        return set(self.session.scalars(select(column).where(model.workspace_id == self.workspace_id)))

    def told(self, kind: str, key: str, name: str) -> None:
        """Note that something was made."""
        self.made.append(Made(kind, key, name))


Need = Mapping[str, Any]


def make(making: Making, needs: Mapping[str, list[dict[str, Any]]]) -> None:
    """Make everything that is needed and not there. Commits nothing."""
    for kind, maker in MAKERS.items():
        for need in needs.get(kind, ()):
            maker(making, need)
        making.session.flush()


def _attribute(making: Making, need: Need) -> None:
    """An attribute of contacts by name and type, so that rules may ask for it before anybody has it."""
    known = select(Known.name).where(
        Known.workspace_id == making.workspace_id, Known.kind == "attribute", Known.name == need["name"]
    )
    if making.session.scalar(known) is not None:
        return
    catalogue.declare(
        making.session, making.workspace_id, making.now, attributes={need["name"]: need["type"]}
    )
    catalogue.describe(
        making.session, making.workspace_id, "attribute", need["name"], title=need.get("title", "")
    )
    making.told("attribute", need["name"], need.get("title", ""))


def _tag(making: Making, need: Need) -> None:
    if need["name"] not in making.has(TagDefinition, TagDefinition.name):
        tag_definitions.save(making.session, making.workspace_id, need, making.now, by=making.by)
        making.told("tag", need["name"], need.get("title") or need["name"])


def _tier(making: Making, need: Need) -> None:
    """A dimension; one of the same key without these levels is left alone, and the template's gets another key."""
    there = {row.key: row for row in tier_dimensions.all_of(making.session, making.workspace_id)}
    key, number = need["key"], 1
    while key in there and not _gives(there[key], need):
        number += 1
        key = f"{need['key']}_{number}"
    making.tiers[need["key"]] = key
    if key not in there:
        wanted = tier_dimensions.Wanted(**{**need, "key": key, "levels": [dict(x) for x in need["levels"]]})
        tier_dimensions.create(making.session, making.workspace_id, wanted, making.now, making.by)
        making.told("tier", key, need["name"])


def _gives(row: Any, need: Need) -> bool:
    return row.kind == RULES and {x["key"] for x in need["levels"]} <= {x["key"] for x in row.levels}


def _pool(making: Making, need: Need) -> None:
    """A pool of coupons; generated codes are made at once, so that the first customer finds one."""
    if need["key"] in making.has(CouponPool, CouponPool.key):
        return
    row = CouponPool(workspace_id=making.workspace_id, created_at=making.now, **_marks(making, need))
    making.session.add(row)
    making.session.flush()
    if row.kind == GENERATED:
        form = row.form
        alphabet = coupon_codes.ALPHABETS[form["alphabet"]]
        codes: dict[str, None] = {}
        while len(codes) < (row.total or 0):
            codes[coupon_codes.make_code(form["prefix"], form["length"], alphabet)] = None
        coupon_codes.add(making.session, row, codes)
    making.told("pool", row.key, row.name)


def _points(making: Making, need: Need) -> None:
    if need["key"] not in making.has(PointsScheme, PointsScheme.key):
        lists = {"earn": need.get("earn", []), "exchange": need.get("exchange", [])}
        row = PointsScheme(
            workspace_id=making.workspace_id, created_at=making.now, **_marks(making, {**need, **lists})
        )
        making.session.add(row)
        making.told("points", row.key, row.name)


def _referral(making: Making, need: Need) -> None:
    if need["key"] not in making.has(ReferralProgram, ReferralProgram.key):
        row = ReferralProgram(
            workspace_id=making.workspace_id, created_at=making.now, **_marks(making, {"hints": [], **need})
        )
        making.session.add(row)
        making.told("referral", row.key, row.name)


def _draw(making: Making, need: Need) -> None:
    if need["key"] in making.has(Draw, Draw.key):
        return
    seed, seal = new_seed()
    about = {name: value for name, value in need.items() if name != "prizes"}
    row = Draw(
        workspace_id=making.workspace_id,
        seed=seed,
        seed_hash=seal,
        created_at=making.now,
        **_marks(making, about),
    )
    making.session.add(row)
    making.session.flush()
    for number, prize in enumerate(need["prizes"], 1):
        making.session.add(
            DrawPrize(workspace_id=making.workspace_id, draw_id=row.id, key=f"p{number}", **prize)
        )
    making.told("draw", row.key, row.name)


def _scene(making: Making, need: Need) -> None:
    if need["key"] not in making.has(SceneTable, SceneTable.key):
        wanted = scenes.Wanted(
            need["name"],
            [dict(one) for one in need["moments"]],
            [dict(one) for one in need["rows"]],
            need["key"],
            need.get("description", ""),
        )
        scenes.create(making.session, making.workspace_id, wanted, making.now, making.by)
        making.told("scene", need["key"], need["name"])


def _script(making: Making, need: Need) -> None:
    """Words for the staff, beside tasks of every journey that was made from this template."""
    if need["key"] in making.has(Script, Script.key):
        return
    # Made before scripts had keys: then it is known by its question.
    older = select(Script).where(
        Script.workspace_id == making.workspace_id, Script.key.is_(None), Script.journey == making.slug,
        Script.question == need["question"],
    )  # fmt: skip
    row = making.session.scalars(older.order_by(Script.id)).first()
    if row is not None:
        row.key = need["key"]
        return
    said = {name: value for name, value in need.items() if name != "key"}
    row = Script(
        workspace_id=making.workspace_id, key=need["key"], copies=[], updated_at=making.now,
        updated_by=making.by[:120],
    )  # fmt: skip
    scripts.keep(making.session, row, {**said, "journey": making.slug})
    making.told("script", need["key"], need["question"])


def _marks(making: Making, need: Need) -> dict[str, Any]:
    return {**need, "updated_at": making.now, "updated_by": making.by[:120]}


#: In this order: what comes later may name what came before.
MAKERS: Final[Mapping[str, Callable[[Making, Need], None]]] = {
    "attributes": _attribute,
    "tags": _tag,
    "tiers": _tier,
    "pools": _pool,
    "points": _points,
    "referrals": _referral,
    "draws": _draw,
    "scenes": _scene,
    "scripts": _script,
}
