"""RFM: over what it is worked out, its runs, the grid of each with what moved since last month, and who is in a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from audience import rfm as working
from audience import rfm_grid
from audience.rfm_groups import GROUPS
from audience.tables_rfm import RfmPlan, RfmRun, RfmScore
from journeys.fields import EventName
from journeys.words import Flag, Shape, Text, Whole, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.api.tiers import names_of
from web.errors import Problem
from web.fields import At, OneOf, QueryNumber, RowNumber, between
from web.language import language
from web.paging import PageArgs, page, page_of
from web.resource import Resource

rfm = Resource("rfm", "/rfm", description="Customers by recency, frequency and money, at each month's end.")

NO_PLAN = Words(
    "还没有设定按哪个事件计算 RFM；请先保存设置。",
    "Nothing says yet over which event to work RFM out: save the settings first.",
)
MOVED = Words("设置刚被别人改过；请重新载入。", "Somebody has changed the settings since; load them again.")
RUNNING = Words("正在计算，请稍候。", "It is being worked out already.")
GROUP_KEYS = tuple(group.key for group in GROUPS)


class PlanArgs(Shape):
    event = EventName(required=True, metadata={"description": "What counts as an order"})
    amount = Text(
        longest=128, load_default="", metadata={"description": "Its property with the amount; '' for none"}
    )
    window_days = Whole(load_default=365, validate=between(7, 3650))
    monthly = Flag(
        load_default=True, metadata={"description": "At the end of each month, by the workspace's zone"}
    )
    revision = RowNumber(metadata={"description": "The revision that was changed; 409 if it is not the last"})


class CellArgs(PageArgs):
    r = QueryNumber(validate=between(1, 5))
    f = QueryNumber(validate=between(1, 5))
    group = OneOf(GROUP_KEYS)


class RunOut(Schema):
    id = fields.Int(required=True)
    label = fields.Str(
        required=True, metadata={"description": "The month, or `now` for one asked for by hand"}
    )
    monthly = fields.Bool(required=True)
    as_of = At(required=True)
    state = fields.Str(required=True, metadata={"enum": ["running", "done"]})
    phase = fields.Str(required=True, metadata={"enum": ["gather", "score", "apply"]})
    customers = fields.Int(required=True)
    event = fields.Str(required=True)
    amount = fields.Str(required=True)
    window_days = fields.Int(required=True)
    finished_at = At(required=True, allow_none=True)


class PlanOut(Schema):
    event = fields.Str(required=True)
    amount = fields.Str(required=True)
    window_days = fields.Int(required=True)
    monthly = fields.Bool(required=True)
    next_run = At(required=True, allow_none=True)
    revision = fields.Int(required=True)


class SettingsOut(Schema):
    plan = fields.Nested(PlanOut, required=True, allow_none=True)


class RfmCellOut(Schema):
    r = fields.Int(required=True)
    f = fields.Int(required=True)
    people = fields.Int(required=True)
    money = fields.Float(required=True)
    money_share = fields.Float(required=True, metadata={"description": "Of all money, 0 to 1"})
    before = fields.Int(required=True, allow_none=True, metadata={"description": "People last month"})


class RfmGroupOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    advice = fields.Str(required=True)
    color = fields.Str(required=True)
    high = fields.List(fields.Bool(), required=True, metadata={"description": "R, F and M above the average"})
    people = fields.Int(required=True)
    money = fields.Float(required=True)
    money_share = fields.Float(required=True)
    orders = fields.Int(required=True)
    days = fields.Float(required=True, metadata={"description": "Average since the last order"})
    before = fields.Int(required=True, allow_none=True)


class RfmMoveOut(Schema):
    old = fields.Str(required=True, allow_none=True)
    new = fields.Str(required=True, allow_none=True)
    people = fields.Int(required=True)
    money = fields.Float(required=True)


class GridOut(Schema):
    run = fields.Nested(RunOut, required=True)
    compared_with = fields.Nested(RunOut, required=True, allow_none=True)
    money = fields.Float(required=True)
    cuts = fields.Dict(required=True, metadata={"description": "The least value of each score, the averages"})
    cells = fields.List(fields.Nested(RfmCellOut), required=True)
    groups = fields.List(fields.Nested(RfmGroupOut), required=True)
    moves = fields.List(fields.Nested(RfmMoveOut), required=True)


class ScoredOut(Schema):
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    r = fields.Int(required=True)
    f = fields.Int(required=True)
    m = fields.Int(required=True)
    group = fields.Str(required=True)
    days = fields.Int(required=True)
    orders = fields.Int(required=True)
    money = fields.Float(required=True)


@rfm.get("", least="viewer")
@rfm.response(200, SettingsOut)
def settings() -> dict[str, Any]:
    """Over what RFM is worked out here; `plan` is null until somebody has said so."""
    return {"plan": db.session.get(RfmPlan, here())}


@rfm.put("", least="editor")
@rfm.arguments(PlanArgs)
@rfm.response(200, SettingsOut)
def save(args: dict[str, Any]) -> dict[str, Any]:
    """Say over what it is worked out, from the next run on."""
    session = db.session()
    now, before = clock.now(session), session.get(RfmPlan, here())
    revision = args.pop("revision", None)
    if before is not None and revision is not None and revision != before.revision:
        raise Problem(409, "rfm-moved", MOVED, theirs=before.revision)
    plan = working.save_plan(session, here(), **args, now=now, by=actor().name)
    detail = {**args, "revision": plan.revision}
    audit.record(session, here(), actor().name, "rfm.changed", "rfm", detail, now)
    return {"plan": plan}


@rfm.get("/runs", least="viewer")
@rfm.arguments(PageArgs, location="query")
@rfm.response(200, page_of(RunOut))
def runs(args: dict[str, Any]) -> dict[str, Any]:
    """The runs, the last first."""
    return page(scoped(RfmRun), RfmRun.id, args)


@rfm.post("/runs", least="editor")
@rfm.response(202, RunOut)
def start() -> RfmRun:
    """Work it out as of now; the worker does it in the background. The last one asked for is replaced."""
    session = db.session()
    plan = session.get(RfmPlan, here())
    if plan is None:
        raise Problem(409, "rfm-not-set", NO_PLAN)
    if session.scalar(scoped(RfmRun).where(RfmRun.state == "running").limit(1)) is not None:
        raise Problem(409, "rfm-running", RUNNING)
    now = clock.now(session)
    run = working.start(session, plan, now, actor().name)
    audit.record(session, here(), actor().name, "rfm.started", f"rfm-run:{run.id}", {}, now)
    return run


@rfm.get("/runs/<id:run_id>", least="viewer")
@rfm.response(200, GridOut)
def grid(run_id: int) -> dict[str, Any]:
    """One run as a grid of R by F and as eight groups, compared with the month before it."""
    session, run = db.session(), found(RfmRun, run_id)
    earlier = rfm_grid.before(session, run)
    cells = rfm_grid.cells(session, run.id)
    money = sum(cell.money for cell in cells)
    past_cells = {(c.r, c.f): c.people for c in rfm_grid.cells(session, earlier.id)} if earlier else {}
    return {
        "run": run,
        "compared_with": earlier,
        "money": round(money, 2),
        "cuts": run.cuts or {},
        "cells": [
            {
                **cell._asdict(),
                "money_share": _share(cell.money, money),
                "before": past_cells.get((cell.r, cell.f), 0) if earlier else None,
            }
            for cell in cells
        ],
        "groups": _groups(run, earlier, money),
        "moves": rfm_grid.moves(session, run, earlier) if earlier else [],
    }


@rfm.get("/runs/<id:run_id>/people", least="viewer")
@rfm.arguments(CellArgs, location="query")
@rfm.response(200, page_of(ScoredOut))
def people(args: dict[str, Any], run_id: int) -> dict[str, Any]:
    """Who is in a cell or a group of a run."""
    query = scoped(RfmScore).where(RfmScore.run_id == found(RfmRun, run_id).id, RfmScore.group.is_not(None))
    for name in ("r", "f", "group"):
        if name in args:
            query = query.where(getattr(RfmScore, name) == args[name])
    return page(query, RfmScore.contact_id, args, shown=_scored)


def _scored(rows: Sequence[RfmScore]) -> list[dict[str, Any]]:
    names = names_of({row.contact_id for row in rows})
    columns = ("contact_id", "r", "f", "m", "group", "days", "orders", "money")
    return [
        {column: getattr(row, column) for column in columns} | {"name": names.get(row.contact_id, "")}
        for row in rows
    ]


def _groups(run: RfmRun, earlier: RfmRun | None, money: float) -> list[dict[str, Any]]:
    session, english = db.session(), language() == "en"
    there = {one.group: one for one in rfm_grid.groups(session, run.id)}
    past = {one.group: one.people for one in rfm_grid.groups(session, earlier.id)} if earlier else {}
    shown = []
    for group in GROUPS:
        one = there.get(group.key) or rfm_grid.InGroup(group.key, 0, 0.0, 0, 0.0)
        shown.append(
            {
                "key": group.key,
                "name": group.en if english else group.zh,
                "advice": group.advice_en if english else group.advice_zh,
                "color": group.color,
                "high": list(group.high),
                "people": one.people,
                "money": one.money,
                "money_share": _share(one.money, money),
                "orders": one.orders,
                "days": one.days,
                "before": past.get(group.key, 0) if earlier else None,
            }
        )
    return shown


def _share(part: float, whole: float) -> float:
    return round(part / whole, 6) if whole else 0.0
