"""Messages to staff, app chats, group robots, the customer service, and consent to the archive."""

from __future__ import annotations

import json
from typing import Any

from connectors.wecom.fake.calls import Asked, call
from connectors.wecom.fake.doors import door
from connectors.wecom.fake.windows import HOUR, MINUTE
from connectors.wecom.fake.world import Refused, World


@call("message/send")
def send(asked: Asked) -> dict[str, Any]:
    world = asked.world
    wanted = list(world.staff) if asked.body.get("touser") == "@all" else asked.text("touser").split("|")
    people = [userid for userid in wanted if userid in world.staff and not world.staff[userid].resigned]
    if not people:
        raise Refused(asked.rule("app.nobody"), "user & party & tag all invalid")
    if asked.body.get("enable_duplicate_check") and _said_before(asked):
        return {"msgid": "", "invaliduser": ""}
    most = asked.rule("app.daily_per_account") * len(world.staff)
    app = asked.app.secret if asked.app else ""
    if not world.windows.take_day(("app", app), most, asked.now, len(people)):
        raise Refused(45009, "app message: too many people today")
    for userid in people:
        take, key = world.windows.take, ("member", app, userid)
        minute, hour = asked.rule("app.member_minute"), asked.rule("app.member_hour")
        if take(key, minute, MINUTE, asked.now) and take(key, hour, HOUR, asked.now):
            world.store("staff messages").setdefault(userid, []).append({"at": asked.now, **asked.body})
    return {"msgid": world.number("app"), "invaliduser": "|".join(one for one in wanted if one not in people)}


def _said_before(asked: Asked) -> bool:
    said = asked.world.store("said")
    key = json.dumps(
        [asked.body.get(name) for name in ("touser", "agentid", "msgtype", "text")], sort_keys=True
    )
    secs = asked.body.get("duplicate_check_interval") or asked.rule("app.duplicate_seconds")
    before = said.get(key)
    if before is not None and asked.now - before < secs:
        return True
    said[key] = asked.now
    return False


@call("appchat/create")
def appchat_create(asked: Asked) -> dict[str, Any]:
    people = asked.names("userlist", asked.rule("appchat.people"))
    if len(people) < 2 or not asked.world.windows.take_day(
        "appchats", asked.rule("appchat.made_a_day"), asked.now
    ):
        raise Refused(86006 if len(people) < 2 else 45009, "appchat: too few people, or too many chats today")
    chatid = asked.text("chatid") or asked.world.number("chat")
    asked.world.store("appchats")[chatid] = {"userlist": people, "name": asked.text("name")}
    return {"chatid": chatid}


@call("appchat/update")
def appchat_update(asked: Asked) -> dict[str, Any]:
    if not asked.world.windows.take(
        "appchat changes", asked.rule("appchat.changes_an_hour"), HOUR, asked.now
    ):
        raise Refused(45009, "appchat: too many changes")
    chat = asked.world.store("appchats")[asked.text("chatid")]
    chat["userlist"] = [*chat["userlist"], *asked.names("add_user_list", 2000)][
        : asked.rule("appchat.people")
    ]
    return {}


@call("appchat/send")
def appchat_send(asked: Asked) -> dict[str, Any]:
    chat, take = asked.world.store("appchats").get(asked.text("chatid")), asked.world.windows.take
    if chat is None:
        raise Refused(86001, "invalid chatid")
    number = len(chat["userlist"])
    minute = take("appchat", asked.rule("appchat.minute"), MINUTE, asked.now, number)
    if not minute or not take("appchat", asked.rule("appchat.hour"), HOUR, asked.now, number):
        raise Refused(45009, "appchat: too many people")
    got = asked.world.store("chat messages")
    for userid in chat["userlist"]:
        fine = take(("chat", userid), asked.rule("appchat.member_minute"), MINUTE, asked.now)
        if fine and asked.world.windows.take_day(
            ("chat", userid), asked.rule("appchat.member_day"), asked.now
        ):
            got[userid] = got.get(userid, 0) + 1
    return {}


@call("webhook/send")
def robot(asked: Asked) -> dict[str, Any]:
    key = asked.query.get("key", "")
    found = asked.world.store("robots").get(key)
    if found is None or found["off"]:
        raise Refused(
            93000 if found is None else 93004, "invalid webhook url" if found is None else "robot disabled"
        )
    text = asked.body.get("text") or {}
    if len(str(text.get("content", "")).encode()) > asked.rule("robot.text_bytes"):
        raise Refused(40058, "text.content exceed max length 2048")
    window = float(asked.rule("robot.window_seconds"))
    if not asked.world.windows.take(("robot", key), asked.rule("robot.minute"), window, asked.now):
        raise Refused(45009, "api freq out of limit")
    found["said"].append({"at": asked.now, "text": text.get("content", "")})
    return {}


@door("robot/make")
def robot_make(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A robot is put into a group, or switched `off`."""
    key = str(body.get("key") or world.number("robot-"))
    world.store("robots").setdefault(key, {"said": [], "off": False})["off"] = bool(body.get("off"))
    return {"key": key}


@door("service/customer")
def service_customer(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A customer writes to the customer service, or only comes in (`enter`), which gives a code."""
    external = str(body["external_userid"])
    if body.get("enter"):
        code = world.number("code")
        world.store("service codes")[code] = {
            "at": world.now(),
            "welcome": True,
            "to": external,
            "used": False,
        }
        world.tell("kf_msg_or_event", Token=world.number("kf"), OpenKfId="kf1")
        return {"code": code}
    world.store("service")[external] = {"at": world.now(), "answers": 0}
    world.tell("kf_msg_or_event", Token=world.number("kf"), OpenKfId="kf1")
    return {}


@call("kf/send_msg")
def service_send(asked: Asked) -> dict[str, Any]:
    talk = asked.world.store("service").get(asked.text("touser"))
    if talk is None or asked.now - talk["at"] > asked.rule("service.hours") * HOUR:
        raise Refused(95001, "the customer's last message is too old")
    if talk["answers"] >= asked.rule("service.messages"):
        raise Refused(95001, "send msg count limit")
    talk["answers"] += 1
    return {"msgid": asked.world.number("kfmsg")}


@call("kf/send_msg_on_event")
def service_on_event(asked: Asked) -> dict[str, Any]:
    code = asked.world.store("service codes").get(asked.text("code"))
    if code is None or code["used"]:
        raise Refused(95002, "invalid code")
    good = asked.rule("service.event_seconds") if code["welcome"] else asked.rule("service.hours") * HOUR
    if asked.now - code["at"] > good:
        raise Refused(95002, "code expired")
    code["used"] = True
    return {"msgid": asked.world.number("kfmsg")}


@door("service/event")
def service_event(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A conversation with the customer service ends, which gives a code for a last word."""
    code = world.number("code")
    told = {"at": world.now(), "welcome": False, "to": str(body["external_userid"]), "used": False}
    world.store("service codes")[code] = told
    return {"code": code}


@call("msgaudit/check_single_agree")
def check_single_agree(asked: Asked) -> dict[str, Any]:
    wanted = asked.body.get("info") or []
    if not isinstance(wanted, list) or len(wanted) > asked.rule("archive.agree"):
        raise Refused(40058, "info: at most 100")
    told = []
    for one in wanted:
        customer = asked.world.customer(one.get("exteranalopenid"))
        told.append({**one, "agree_status": customer.archive or "Disagree"})
    return {"agreeinfo": told}
