"""Customer groups: listing them, who is in them, and whose they are."""

from __future__ import annotations

from typing import Any

from connectors.wecom.fake.calls import Asked, call, page
from connectors.wecom.fake.doors import door
from connectors.wecom.fake.windows import DAY
from connectors.wecom.fake.world import Refused, World

DAYS_90 = 90 * DAY


@call("externalcontact/groupchat/list")
def group_list(asked: Asked) -> dict[str, Any]:
    given = asked.body.get("owner_filter") or {}
    owners = given.get("userid_list") or []
    if len(owners) > asked.rule("chat.owners"):
        raise Refused(40058, "owner_filter: too many userids")
    if not owners and len(asked.world.staff) > asked.rule("chat.visible"):
        raise Refused(81017, "too many visible owners, use owner_filter")
    if "limit" not in asked.body:
        raise Refused(40058, "limit missing")
    rows = [
        {"chat_id": chat_id, "status": 0}
        for chat_id, group in asked.world.store("groups").items()
        if not group["dismissed"] and (not owners or group["owner"] in owners)
    ]
    items, cursor = page(rows, asked, asked.rule("chat.page"), asked.rule("chat.page"))
    return {"group_chat_list": items, "next_cursor": cursor}


@call("externalcontact/groupchat/get")
def group_get(asked: Asked) -> dict[str, Any]:
    group = _group(asked.world, asked.body.get("chat_id"))
    shown = {name: group[name] for name in ("chat_id", "name", "owner", "create_time", "member_list")}
    return {"group_chat": shown}


@call("externalcontact/groupchat/onjob_transfer")
def onjob_transfer(asked: Asked) -> dict[str, Any]:
    most = asked.rule("chat.transfer_90_days")
    return _handed_on(asked, asked.rule("chat.transfer"), asked.rule("chat.transfer_day"), most)


@call("externalcontact/groupchat/transfer")
def transfer(asked: Asked) -> dict[str, Any]:
    """Of owners who have left."""
    return _handed_on(
        asked, asked.rule("chat.transfer_resigned"), asked.rule("chat.transfer_resigned_day"), None
    )


def _handed_on(asked: Asked, chats: int, day: int, most: int | None) -> dict[str, Any]:
    """Groups change hands; each at most `most` times in 90 days, None where its owner has left."""
    world, failed = asked.world, []
    new_owner = world.member(asked.body.get("new_owner"))
    for chat_id in asked.names("chat_id_list", chats):
        group = _group(world, chat_id)
        if world.staff[group["owner"]].resigned != (most is None) or new_owner.resigned:
            code = asked.rule("chat.transfer_owner")
            failed.append({"chat_id": chat_id, "errcode": code, "errmsg": "not an owner of this kind"})
            continue
        lately = [at for at in group["transfers"] if asked.now - at < DAYS_90]
        too_often = most is not None and len(lately) >= most
        if too_often or not world.windows.take_day(("hand on", group["owner"]), day, asked.now):
            failed.append({"chat_id": chat_id, "errcode": 90507, "errmsg": "transfer too many times"})
            continue
        group["owner"], group["transfers"] = new_owner.userid, [*lately, asked.now]
    return {"failed_chat_list": failed}


def _group(world: World, chat_id: Any) -> dict[str, Any]:
    group = world.store("groups").get(chat_id)
    if group is None or group["dismissed"]:
        raise Refused(world.rules["chat.unknown"], "invalid chat_id")
    found: dict[str, Any] = group
    return found


@door("group/make")
def make(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Staff make a group; `quiet` tells nobody."""
    chat_id = str(body.get("chat_id") or world.number("wr"))
    owner = world.member(body.get("owner") or next(iter(world.staff))).userid
    world.store("groups")[chat_id] = {
        "chat_id": chat_id,
        "name": str(body.get("name") or "新客户群"),
        "owner": owner,
        "create_time": int(world.now()),
        "member_list": [{"userid": owner, "type": 1, "join_time": int(world.now())}],
        "arrived": [],
        "transfers": [],
        "dismissed": False,
    }
    world.tell("change_external_chat", "create", ChatId=chat_id)
    return {"chat_id": chat_id}


@door("group/join")
def join(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A customer comes into a group."""
    group, external = _group(world, body["chat_id"]), world.customer(body["external_userid"]).external_userid
    group["member_list"].append(
        {"userid": external, "type": 2, "join_time": int(world.now()), "join_scene": 3}
    )
    world.tell(
        "change_external_chat",
        "update",
        ChatId=body["chat_id"],
        UpdateDetail="add_member",
        JoinScene=3,
        MemChangeCnt=1,
    )
    return {}


@door("group/leave")
def leave(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A customer goes out of a group."""
    group = _group(world, body["chat_id"])
    group["member_list"] = [one for one in group["member_list"] if one["userid"] != body["external_userid"]]
    world.tell(
        "change_external_chat",
        "update",
        ChatId=body["chat_id"],
        UpdateDetail="del_member",
        QuitScene=0,
        MemChangeCnt=1,
    )
    return {}


@door("group/dismiss")
def dismiss(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A group is given up."""
    _group(world, body["chat_id"])["dismissed"] = True
    world.tell("change_external_chat", "dismiss", ChatId=body["chat_id"])
    return {}
