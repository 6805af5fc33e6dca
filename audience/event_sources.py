"""Ready mappings of what other systems tell: a mini program, a video channel, a live room, group buys, draws, votes.

Each source sends {type, who, id?, time?, data?}; here its types become events with our names, its fields properties.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from store.problem import Problem, problem

#: Who it is about: any of these, in `who` or beside it. A mini program's openid is not that of an official account.
NAMES: Final = ("external_id", "unionid", "external_userid", "phone", "email", "openid")
#: Where a type and a time may stand.
TYPES, TIMES, IDS = ("type", "event", "action"), ("time", "occurred_at", "timestamp"), ("id", "event_id")
#: Seconds of this size are really thousandths.
MILLIS = 10**11


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of system: its types with our events, and which of its fields are called otherwise here."""

    key: str
    zh: str
    en: str
    #: {type there: event here}
    events: Mapping[str, str]
    #: {field there: property here}; all others keep their names.
    renames: Mapping[str, str] = field(default_factory=dict)
    #: The kind of identity that its `openid` is.
    openid: str = "openid"
    example: Mapping[str, Any] = field(default_factory=dict)


ORDER: Final = {
    "orderId": "order_id",
    "order_no": "order_id",
    "productId": "product",
    "product_id": "product",
}

SOURCES: Final[tuple[Source, ...]] = (
    Source(
        "mini_program", "小程序", "Mini program",
        {
            "visit": "mini_program_visited", "view": "product_viewed", "cart": "cart_added", "order": "order_created",
            "pay": "order_paid", "refund": "order_refunded", "share": "mini_program_shared", "form": "form_submitted",
        },
        ORDER, "mini_openid",
        {
            "type": "pay", "who": {"openid": "oMINI1", "unionid": "oU1"}, "id": "pay-2026-1", "time": 1772416800,
            "data": {"order_no": "A-1", "amount_fen": 19900, "product_id": "serum"},
        },
    ),
    Source(
        "channels", "视频号", "Video channel",
        {
            "follow": "channels_followed", "unfollow": "channels_unfollowed", "like": "channels_liked",
            "comment": "channels_commented", "share": "channels_shared", "message": "channels_messaged",
            "pay": "order_paid", "refund": "order_refunded",
        },
        {**ORDER, "feed_id": "feed", "export_id": "feed"}, "channels_openid",
        {"type": "comment", "who": {"openid": "oCHAN1", "unionid": "oU1"}, "time": 1772416800, "data": {"feed_id": "f1"}},
    ),
    Source(
        "live", "直播", "Live room",
        {
            "reserve": "live_reserved", "enter": "live_entered", "leave": "live_left", "comment": "live_commented",
            "like": "live_liked", "share": "live_shared", "click": "live_product_clicked", "pay": "order_paid",
        },
        {**ORDER, "room_id": "room", "roomId": "room", "stay_seconds": "seconds"}, "channels_openid",
        {
            "type": "leave", "who": {"unionid": "oU1"}, "time": 1772416800000,
            "data": {"room_id": "r-38", "stay_seconds": 540},
        },
    ),
    Source(
        "group_buy", "拼团", "Group buy",
        {
            "open": "group_buy_opened", "join": "group_buy_joined", "success": "group_buy_succeeded",
            "fail": "group_buy_failed",
        },
        {**ORDER, "activity_id": "activity", "team_id": "team"},
        example={"type": "success", "who": {"phone": "13800138000"}, "id": "team-7:lin", "data": {"activity_id": "38", "team_id": "7"}},
    ),
    Source(
        "lucky_draw", "抽奖", "Lucky draw",
        {"join": "lucky_draw_joined", "win": "lucky_draw_won", "lose": "lucky_draw_lost"},
        {"activity_id": "activity", "prize_name": "prize"},
        example={"type": "win", "who": {"external_userid": "wmLIN"}, "data": {"activity_id": "38", "prize_name": "小样"}},
    ),
    Source(
        "vote", "投票", "Vote",
        {"vote": "voted", "nominate": "vote_nominated"},
        {"activity_id": "activity", "option_id": "option"},
        example={"type": "vote", "who": {"external_userid": "wmLIN"}, "data": {"activity_id": "new-shade", "option_id": "红茶"}},
    ),
)  # fmt: skip
BY_KEY: Final = {one.key: one for one in SOURCES}


def read(source: Source, given: Any, path: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """One thing that a source tells, as `events.take` wants it, or what is wrong with it.

    Whatever is told without an id of its own has one made of all it says, so that a repetition is taken once.
    """
    if not isinstance(given, Mapping):
        return None, [problem(path, "须是一个对象。", "Give an object.")]
    kind = next((given[name] for name in TYPES if isinstance(given.get(name), str)), None)
    name = source.events.get(kind or "")
    if name is None:
        known = ", ".join(source.events)
        return None, [problem(f"{path}.type", f"类型须是：{known}。", f"Give one of these types: {known}.")]
    who = given.get("who")
    names = who if isinstance(who, Mapping) else given
    identity = {
        source.openid if one == "openid" else one: names[one]
        for one in NAMES
        if isinstance(names.get(one), str) and names[one]
    }
    if not identity:
        words = ", ".join(NAMES)
        return None, [problem(f"{path}.who", f"请给出其中一个：{words}。", f"Give one of: {words}.")]
    at, wrong = _time(given, f"{path}.time")
    if wrong is not None:
        return None, [wrong]
    data = given.get("data")
    told: dict[str, Any] = {
        "name": name, "properties": _properties(source, data if isinstance(data, Mapping) else {}),
        "event_id": f"{source.key}:{_identity(given)}",
    }  # fmt: skip
    external = identity.pop("external_id", None)
    if external is not None:
        told["external_id"] = external
    if identity:
        told["identity"] = identity
    if at is not None:
        told["occurred_at"] = at
    return told, []


def _time(given: Mapping[str, Any], path: str) -> tuple[datetime | str | None, Problem | None]:
    value = next((given[name] for name in TIMES if given.get(name) is not None), None)
    if value is None or isinstance(value, str):
        return value, None
    if not isinstance(value, bool) and isinstance(value, int | float) and 0 < value < MILLIS * 1000:
        return datetime.fromtimestamp(value / 1000 if value >= MILLIS else value, UTC), None
    return None, problem(path, "须是秒数或 ISO 时间。", "Give seconds or an ISO time.")


def _identity(given: Mapping[str, Any]) -> str:
    own = next((given[name] for name in IDS if isinstance(given.get(name), str) and given[name]), None)
    if own is not None:
        return own[:200]
    said = json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:40]


def _properties(source: Source, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in data.items():
        is_cents = isinstance(name, str) and name.endswith("_fen")
        if is_cents and isinstance(value, int | float) and not isinstance(value, bool):
            found[name.removesuffix("_fen")] = value / 100
        else:
            found[source.renames.get(name, name)] = value
    return found
