"""Channel codes: made, changed, and what came of them: joins a day, who got whom, and whether promises are kept."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from audience import channel_routing, channels
from audience.tables import Contact
from audience.tables_channels import ChannelCode, ChannelJoin
from audience.tables_people import Staff
from content.tables import Material
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.problem import Problem as Wrong
from store.problem import problem
from store.tables import Workspace
from web import promises
from web.access import actor, here, scoped
from web.api.code_shapes import ChannelCodeArgs, ChannelCodeOut, ChannelJoinsOut
from web.errors import invalid, not_found
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import contacts as shown_contacts
from web.shown import located

codes = Resource("codes", "/codes", description="Channel codes: the ways in, and what each promises.")
KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: How many of the newest joins are told.
NEWEST = 20
DAYS = 30


@codes.get("", least="viewer")
@codes.arguments(PageArgs, location="query")
@codes.response(200, page_of(ChannelCodeOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The codes, newest first."""
    return page(scoped(ChannelCode), ChannelCode.id, args, shown=_shown)


@codes.post("", least="editor")
@codes.arguments(ChannelCodeArgs)
@codes.response(201, ChannelCodeOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a code; the worker has WeCom draw it within a few seconds."""
    session, now = db.session(), clock.now(db.session())
    key = args.pop("key", None)
    _refuse([*_wrong(args), *_wrong_key(key)])
    row = ChannelCode(
        workspace_id=here(), key=key or _free_key(args["name"]), state=f"rb_{secrets.token_hex(8)}", told=[],
        created_at=now, updated_at=now, **_whole(args),
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record("code.created", row, now)
    return _shown([row])[0]


@codes.get("/<code_key>", least="viewer")
@codes.response(200, ChannelCodeOut)
def one(code_key: str) -> dict[str, Any]:
    """One code."""
    return _shown([_found(code_key)])[0]


@codes.put("/<code_key>", least="editor")
@codes.arguments(ChannelCodeArgs)
@codes.response(200, ChannelCodeOut)
def change(args: dict[str, Any], code_key: str) -> dict[str, Any]:
    """Change a code as a whole; its key and its picture stay."""
    now, row = clock.now(db.session()), _found(code_key)
    args.pop("key", None)
    _refuse(_wrong(args))
    for name, value in _whole(args).items():
        setattr(row, name, value)
    row.updated_at, row.trouble = now, None
    db.session.flush()
    _record("code.changed", row, now)
    return _shown([row])[0]


@codes.get("/<code_key>/joins", least="viewer")
@codes.response(200, ChannelJoinsOut)
def joins(code_key: str) -> dict[str, Any]:
    """Joins of the last thirty days, who got how many, and who came last."""
    session, row = db.session(), _found(code_key)
    now = clock.now(session)
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == here())))
    newest = session.scalars(
        select(ChannelJoin)
        .where(ChannelJoin.code_id == row.id)
        .order_by(ChannelJoin.at.desc(), ChannelJoin.id.desc())
        .limit(NEWEST)
    ).all()
    ids = [join.contact_id for join in newest]
    rows = session.scalars(select(Contact).where(Contact.workspace_id == here(), Contact.id.in_(ids))).all()
    people = {one["id"]: one for one in shown_contacts(rows)}
    return {
        "days": channels.days(session, row, now, zone, DAYS),
        "staff": _takers(row, now),
        "newest": [
            {
                "contact": people.get(j.contact_id),
                "staff_key": j.staff_key,
                "adviser": j.adviser,
                "at": j.at,
            }
            for j in newest
        ],
    }


def _takers(row: ChannelCode, now: datetime) -> list[dict[str, Any]]:
    """Everybody whom the route names, and whoever else got somebody, with how many."""
    session = db.session()
    today, _ = channels.taken(session, row, now)
    counted = select(ChannelJoin.staff_key, func.count()).where(ChannelJoin.code_id == row.id)
    ever: dict[str, int] = dict(session.execute(counted.group_by(ChannelJoin.staff_key)).all())
    caps = {one["key"]: one.get("cap") for one in row.route.get("staff") or ()}
    fallback = [key for key in row.route.get("fallback") or () if key not in caps]
    order = [*caps, *fallback, *sorted(ever.keys() - caps.keys() - set(fallback))]
    names = _names(order)
    return [
        {
            "key": key,
            "name": names.get(key, key),
            "cap": caps.get(key),
            "today": today.get(key, 0),
            "all": ever.get(key, 0),
            "fallback": key in fallback,
            "here": key in names,
        }
        for key in order
    ]


def _names(keys: Sequence[str]) -> dict[str, str]:
    query = select(Staff.key, Staff.name).where(Staff.workspace_id == here(), Staff.key.in_(list(keys)))
    return dict(db.session.execute(query).all())


def _shown(rows: Sequence[ChannelCode]) -> list[dict[str, Any]]:
    session = db.session()
    now = clock.now(session)
    begin = channels.start_of_day(session, here(), now) if rows else now
    ids = [row.id for row in rows]
    counted = select(ChannelJoin.code_id, func.count()).where(ChannelJoin.code_id.in_(ids))
    ever = dict(session.execute(counted.group_by(ChannelJoin.code_id)).all())
    today = dict(session.execute(counted.where(ChannelJoin.at >= begin).group_by(ChannelJoin.code_id)).all())
    bodies = promises.of_materials(session, here(), {row.greeting for row in rows if row.greeting})
    names = [name for name in ChannelCodeOut().fields if name not in ("unsaid", "joins", "joins_today")]
    return [
        {name: getattr(row, name) for name in names}
        | {
            "unsaid": list(promises.unsaid(row.promised, bodies.get(row.greeting, {}))),
            "joins": ever.get(row.id, 0),
            "joins_today": today.get(row.id, 0),
        }
        for row in rows
    ]


def _whole(args: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a code's form decides, each with what it is when left out."""
    return {
        "name": args["name"],
        "greeting": args.get("greeting", ""),
        "promise": args.get("promise", ""),
        "promised": args.get("promised", []),
        "route": args["route"],
        "tags": args.get("tags", []),
        "attributes": args.get("attributes", {}),
        "active": args.get("active", True),
    }


def _wrong(args: Mapping[str, Any]) -> list[Wrong]:
    """What of a code names nobody or nothing here."""
    session, route, found = db.session(), args["route"], []
    known = set(_names(sorted(channel_routing.everybody(route))))
    for key in sorted(channel_routing.everybody(route) - known):
        found.append(problem("route", f"没有工号为“{key}”的员工。", f'There is nobody with the key "{key}".'))
    if not route["staff"]:
        found.append(problem("route.staff", "至少选一名员工。", "Choose one member of staff at least."))
    if route["mode"] == "attribute" and not (route.get("attribute") and route.get("places")):
        words = "请选择属性，并给出各个值由谁跟进。", "Choose the attribute, and who looks after which value."
        found.append(problem("route.attribute", *words))
    greeting = args.get("greeting")
    if greeting:
        query = select(Material.id).where(Material.workspace_id == here(), Material.key == greeting)
        if session.scalar(query) is None:
            found.append(problem("greeting", "没有这个素材。", "There is no such material."))
    return found


def _wrong_key(key: str | None) -> list[Wrong]:
    if key is None:
        return []
    if not KEY.fullmatch(key):
        words = (
            "键以小写字母开头，只含小写字母、数字和下划线。",
            "A key begins with a small letter and has small letters, digits and underscores.",
        )
        return [problem("key", *words)]
    taken = db.session.scalar(
        select(ChannelCode.id).where(ChannelCode.workspace_id == here(), ChannelCode.key == key)
    )
    return [problem("key", "已经有这个键了。", "There is a code with this key.")] if taken else []


def _free_key(name: str) -> str:
    query = select(ChannelCode.key).where(ChannelCode.workspace_id == here())
    taken = set(db.session.scalars(query))
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:56]
    if KEY.fullmatch(stem) and stem not in taken:
        return stem
    stem = stem if KEY.fullmatch(stem) else "code"
    return next(key for number in range(1, len(taken) + 2) if (key := f"{stem}_{number}") not in taken)


def _refuse(problems: Sequence[Wrong]) -> None:
    if problems:
        raise invalid(*located(problems))


def _found(key: str) -> ChannelCode:
    mine = ChannelCode.workspace_id == here()
    row = db.session.scalars(select(ChannelCode).where(mine, ChannelCode.key == key)).one_or_none()
    if row is None:
        raise not_found()
    return row


def _record(action: str, row: ChannelCode, now: datetime) -> None:
    audit.record(db.session(), here(), actor().name, action, f"code:{row.key}", {"name": row.name}, now)
