"""Lifecycles: stages of industries that contacts move through, and the board of where everybody is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from audience import lifecycle_board, lifecycles, tier_counts, tier_dimensions
from audience.lifecycle_models import MODELS, Model
from audience.lifecycles import Life
from audience.tables_lifecycle import Lifecycle
from audience.tables_tiers import LIFECYCLE, TierDimension
from insights import lifecycle_places
from journeys.words import Words
from rules.conditions import parse
from store import audit, clock
from store.database import db
from web import names
from web.access import actor, here
from web.api.lifecycle_shapes import (
    BoardArgs,
    BoardOut,
    InJourneyOut,
    LifecycleArgs,
    LifecycleOut,
    LifeModelOut,
)
from web.errors import Problem, invalid, not_found
from web.language import language
from web.paging import PageArgs, page_of, whole
from web.resource import Resource
from web.shown import located
from web.titles import rule_titles

resource = Resource("lifecycles", "/lifecycles", description="Stages of a customer's life, and who is where.")

MOVED = Words(
    "这个生命周期刚被别人改过；请重新载入。", "Somebody has changed this lifecycle since; load it again."
)
KEY_STAYS = Words("键不能改；请另建一个生命周期。", "A lifecycle's key cannot be changed; make another one.")


@resource.get("/models", least="viewer")
@resource.arguments(PageArgs, location="query")
@resource.response(200, page_of(LifeModelOut))
def models(_: dict[str, Any]) -> dict[str, Any]:
    """Ready lifecycles of industries to start from."""
    return whole([_model(one) for one in MODELS.values()])


@resource.get("", least="viewer")
@resource.arguments(PageArgs, location="query")
@resource.response(200, page_of(LifecycleOut))
def listed(_: dict[str, Any]) -> dict[str, Any]:
    """All lifecycles of the workspace."""
    return whole(shown(lifecycles.all_of(db.session(), here())))


@resource.post("", least="editor")
@resource.arguments(LifecycleArgs)
@resource.response(201, LifecycleOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a lifecycle; the worker sorts everybody into its stages and tells nobody, `progress` says how far it is."""
    session, now = db.session(), clock.now(db.session())
    args.pop("revision", None)
    try:
        row = lifecycles.create(session, here(), Life(**args), now, actor().name)
    except tier_dimensions.BadDimension as bad:
        raise _wrong(bad, len(args["stages"])) from None
    _note(row, "lifecycle.made", now)
    return shown([kept(row.key)])[0]


@resource.get("/<lifecycle_key>", least="viewer")
@resource.response(200, LifecycleOut)
def one(lifecycle_key: str) -> dict[str, Any]:
    """One lifecycle."""
    return shown([kept(lifecycle_key)])[0]


@resource.put("/<lifecycle_key>", least="editor")
@resource.arguments(LifecycleArgs)
@resource.response(200, LifecycleOut)
def change(args: dict[str, Any], lifecycle_key: str) -> dict[str, Any]:
    """Replace a lifecycle; who is in another stage by the new rules moves there quietly."""
    session, (row, life) = db.session(), kept(lifecycle_key)
    if args["key"] not in ("", row.key):
        raise invalid(("key", KEY_STAYS))
    now, revision = clock.now(session), args.pop("revision", None)
    args["model"] = life.model
    try:
        lifecycles.change(session, row, Life(**args), revision, now, actor().name)
    except tier_dimensions.BadDimension as bad:
        raise _wrong(bad, len(args["stages"])) from None
    except tier_dimensions.DimensionMoved as moved:
        raise Problem(409, "lifecycle-moved", MOVED, theirs=moved.revision) from None
    _note(row, "lifecycle.changed", now)
    return shown([(row, life)])[0]


@resource.delete("/<lifecycle_key>", least="editor")
@resource.response(204)
def remove(lifecycle_key: str) -> str:
    """Delete a lifecycle; its stages are taken off everybody in the background, and nobody is told."""
    session, (row, _) = db.session(), kept(lifecycle_key)
    now = clock.now(session)
    _note(row, "lifecycle.deleted", now)
    lifecycles.remove(session, row, now)
    return ""


@resource.get("/<lifecycle_key>/board", least="viewer")
@resource.arguments(BoardArgs, location="query")
@resource.response(200, BoardOut)
def board(args: dict[str, Any], lifecycle_key: str) -> dict[str, Any]:
    """Who is in each stage, who came and went lately, and how long they stay; counted as it is now."""
    session, (row, _) = db.session(), kept(lifecycle_key)
    now = clock.now(session)
    found = lifecycle_board.columns(session, row, now - timedelta(days=args["days"]), now)
    people = sum(column.people for column in found.values())
    going_on = tier_counts.progress(session, here())
    columns = []
    for stage in lifecycles.stages(row):
        column = found[stage["key"]]
        share = column.people / people if people else 0.0
        numbers = {name: getattr(column, name) for name in ("people", "days", "arrived", "went_on", "lost")}
        columns.append({"stage": stage["key"], "share": share, **numbers})
    state = "sorting" if row.key in going_on else "kept"
    return {
        "columns": columns,
        "people": people,
        "days": args["days"],
        "state": state,
        "progress": going_on.get(row.key, 1.0),
    }


@resource.get("/<lifecycle_key>/journeys", least="viewer")
@resource.arguments(PageArgs, location="query")
@resource.response(200, page_of(InJourneyOut))
def journeys(_: dict[str, Any], lifecycle_key: str) -> dict[str, Any]:
    """In which stages of journeys the people of each stage of the lifecycle stand now; most people first."""
    row, _life = kept(lifecycle_key)
    found = lifecycle_places.places(db.session(), here(), row.id)
    drawn = names.drawn({one.version_id for one in found})
    titles = names.journeys({one.journey_id for one in found})
    total: dict[tuple[str, int, str], dict[str, Any]] = {}
    for one in sorted(found, key=lambda each: each.version_id):
        version = drawn.get(one.version_id)
        line = total.setdefault(
            (one.level, one.journey_id, one.stage),
            {
                "stage": one.level,
                "journey_id": one.journey_id,
                "journey": titles.get(one.journey_id, ""),
                "journey_stage": one.stage,
                "people": 0,
            },
        )
        line["journey_stage_name"] = (version and version.name(one.stage)) or one.stage
        line["people"] += one.people
    return whole(sorted(total.values(), key=lambda line: (-line["people"], line["journey"])))


def kept(key: str) -> tuple[TierDimension, Lifecycle]:
    """The lifecycle of this workspace with this key; 404 for any other."""
    query = (
        select(TierDimension, Lifecycle)
        .join(Lifecycle, Lifecycle.dimension_id == TierDimension.id)
        .where(
            TierDimension.workspace_id == here(), TierDimension.key == key, TierDimension.kind == LIFECYCLE
        )
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise not_found()
    return row[0], row[1]


def shown(rows: Sequence[tuple[TierDimension, Lifecycle]]) -> list[dict[str, Any]]:
    """Lifecycles as the API gives them."""
    session = db.session()
    going_on = tier_counts.progress(session, here()) if rows else {}
    titles, lang = rule_titles() if rows else {}, language()
    columns = ("key", "name", "description", "revision", "updated_at", "updated_by")
    return [
        {column: getattr(row, column) for column in columns}
        | {
            "model": life.model,
            "dates": life.dates,
            "stages": [
                {**stage, "criteria": parse(stage["rule"]).say(lang, titles)}
                for stage in lifecycles.stages(row)
            ],
            "state": "sorting" if row.key in going_on else "kept",
            "progress": going_on.get(row.key, 1.0),
        }
        for row, life in rows
    ]


def _model(one: Model) -> dict[str, Any]:
    place = 0 if language() == "zh" else 1
    return {
        "key": one.key,
        "name": one.name[place],
        "words": one.words[place],
        "dates": dict(one.dates) if one.dates else None,
        "stages": [
            {
                "key": stage.key,
                "name": stage.name[place],
                "words": stage.words[place],
                "rule": stage.rule or lifecycles.by_dates(one.dates or {}, stage.from_days or 0),
                "from_days": stage.from_days,
            }
            for stage in one.stages
        ],
    }


def _wrong(bad: tier_dimensions.BadDimension, count: int) -> Problem:
    """Problems at the places of stages, which are kept the other way round."""
    errors = []
    for path, words in located(bad.problems):
        head, bracket, rest = path.partition("[")
        if head == "levels":
            number, _, below = rest.partition("]")
            path = f"stages[{count - 1 - int(number)}]{below}" if bracket else "stages"
        errors.append((path, words))
    return invalid(*errors)


def _note(row: TierDimension, action: str, now: datetime) -> None:
    detail = {
        "key": row.key,
        "stages": [stage["key"] for stage in lifecycles.stages(row)],
        "revision": row.revision,
    }
    audit.record(db.session(), here(), actor().name, action, f"lifecycle:{row.key}", detail, now)
