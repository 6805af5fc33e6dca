"""A table of scenes and a lifecycle with somebody in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audience.tables_lifecycle import Lifecycle
from audience.tables_matching import SceneTable
from audience.tables_tiers import LIFECYCLE, TierDimension, TierStanding
from store.database import db

VIP = {"combinator": "and", "rules": [{"field": "tags", "operator": "has", "value": "vip"}]}
MOMENTS: list[dict[str, Any]] = [
    {"key": "noon", "name": "午休", "from": "12:00", "to": "13:30", "weekdays": [1, 2, 3, 4, 5]},
    {"key": "evening", "name": "晚间", "from": "19:00", "to": "22:00"},
]
MASK = {"key": "mask", "name": "面膜", "url": "https://shop.example/mask", "price": 99.0, "material": ""}
SOAP = {"key": "soap", "name": "洁面", "url": "", "price": None, "material": ""}
ROWS: list[dict[str, Any]] = [
    {"tags": ["vip"], "product": MASK, "moments": ["evening"], "priority": 1},
    {"product": SOAP, "moments": ["noon", "evening"]},
]
#: A sheet that can be brought in.
SHEET = "商品编号,商品名称\nmask,面膜\n"
SCENE: dict[str, Any] = {"name": "每日推荐", "moments": MOMENTS, "rows": ROWS}
STAGES: list[dict[str, Any]] = [
    {
        "key": "lead",
        "name": "线索",
        "rule": {**VIP, "rules": [{"field": "attribute.city", "operator": "notNull"}]},
    },
    {"key": "owner", "name": "车主", "rule": VIP},
]


def scene_of(here: int, slug: str, now: datetime) -> str:
    """The key of a table."""
    moments = [{"weekdays": [], "workdays": False, "color": "", **one} for one in MOMENTS]
    empty = {"tags": [], "who": None, "moments": [], "priority": 0, "until": None}
    rows = [{**empty, **row, "key": f"row_{n}"} for n, row in enumerate(ROWS, 1)]
    made = SceneTable(
        workspace_id=here, key=f"daily_{slug}", name="每日推荐", moments=moments, rows=rows, created_at=now,
        updated_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.key


def lifecycle_of(here: int, contact_id: int, now: datetime) -> str:
    """The key of a lifecycle; the contact is in its last stage."""
    empty = {"words": "", "benefits": [], "color": "", "from_days": None}
    levels = [{**empty, **stage} for stage in reversed(STAGES)]
    made = TierDimension(
        workspace_id=here, key=f"life_{here}", name="车主之路", kind=LIFECYCLE, levels=levels, created_at=now,
        updated_at=now, ready_at=now, demote_after_days=0, otherwise="none",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    standing = TierStanding(
        dimension_id=made.id, contact_id=contact_id, workspace_id=here, level="owner", natural="owner", since=now,
        met=["lead", "owner"], lost={},
    )  # fmt: skip
    db.session.add_all([Lifecycle(dimension_id=made.id, workspace_id=here, model="cars"), standing])
    db.session.flush()
    return made.key
