"""Contact ways (「联系我」): codes to scan, each with its state."""

from __future__ import annotations

import math
from typing import Any

from connectors.wecom.fake.calls import Asked, call
from connectors.wecom.fake.doors import NotSo, door
from connectors.wecom.fake.doors import enter as enter_door
from connectors.wecom.fake.windows import DAY
from connectors.wecom.fake.world import Refused, World


def _checked(asked: Asked) -> dict[str, Any]:
    users = asked.names("user", asked.rule("way.users"))
    for userid in users:
        asked.world.member(userid)
    return {
        "user": users,
        "state": asked.text("state", longest=asked.rule("way.state")),
        "remark": asked.text("remark", longest=asked.rule("way.remark")),
        "skip_verify": bool(asked.body.get("skip_verify", True)),
    }


@call("externalcontact/add_contact_way")
def add_contact_way(asked: Asked) -> dict[str, Any]:
    ways, way = asked.world.store("ways"), _checked(asked)
    if not way["user"]:
        raise Refused(40098, "user missing")
    if len(ways) >= asked.rule("way.most"):
        raise Refused(41066, "too many contact ways")
    if asked.body.get("is_temp"):
        secs = asked.body.get("expires_in", 7 * 86_400)
        if not isinstance(secs, int) or secs > asked.rule("way.temporary_days") * DAY:
            raise Refused(40058, "invalid expires_in")
        if not asked.world.windows.take_day("temporary ways", asked.rule("way.temporary_day"), asked.now):
            raise Refused(45009, "too many temporary ways today")
        way["until"] = asked.now + secs
    config_id = asked.world.number("way")
    ways[config_id] = {"config_id": config_id, "qr_code": f"https://wework.qpic.cn/fake/{config_id}", **way}
    return {"config_id": config_id, "qr_code": ways[config_id]["qr_code"]}


def _way(asked: Asked) -> dict[str, Any]:
    found = asked.world.store("ways").get(asked.body.get("config_id"))
    if found is None:
        raise Refused(40058, "invalid config_id")
    way: dict[str, Any] = found
    return way


@call("externalcontact/get_contact_way")
def get_contact_way(asked: Asked) -> dict[str, Any]:
    return {"contact_way": _way(asked)}


@call("externalcontact/update_contact_way")
def update_contact_way(asked: Asked) -> dict[str, Any]:
    way, checked = _way(asked), _checked(asked)
    way.update({name: value for name, value in checked.items() if name in asked.body})
    return {}


@call("externalcontact/del_contact_way")
def del_contact_way(asked: Asked) -> dict[str, Any]:
    del asked.world.store("ways")[_way(asked)["config_id"]]
    return {}


@door("customer/scan")
def scan(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A customer scans a code, by its `config_id` or its `state`, and adds the first of its staff who has room."""
    for way in world.store("ways").values():
        if way["config_id"] != body.get("config_id") and way["state"] != (body.get("state") or None):
            continue
        if way.get("until", math.inf) < world.now():
            raise NotSo("the code is over")
        for userid in way["user"]:
            if world.staff[userid].active and not world.staff[userid].resigned:
                more = {"userid": userid, "state": way["state"], "half": body.get("half")}
                return enter_door(world, "customer/add", {**body, **more})
        raise NotSo("nobody of its staff can be added")
    raise NotSo("there is no such code")
