"""What staff, customers and time itself do in the fake WeCom: the doors under /fake/."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from connectors.wecom.crypto import BadKey, Crypto
from connectors.wecom.fake.callbacks import proved
from connectors.wecom.fake.world import App, Customer, Follow, Member, Refused, Welcome, World

Door = Callable[[World, dict[str, Any]], dict[str, Any]]
DOORS: dict[str, Door] = {}
SURNAMES, NAMES = (
    "王李张刘陈杨黄赵周吴",
    ("婷", "磊", "雪梅", "志强", "佳怡", "明", "丽华", "浩然", "小雨", "建国"),
)


class NotSo(Exception):
    """This cannot happen now."""


def door(name: str) -> Callable[[Door], Door]:
    def add(made: Door) -> Door:
        DOORS[name] = made
        return made

    return add


def enter(world: World, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Go through a door; raises NotSo with what is wrong."""
    if name not in DOORS:
        raise NotSo(f"There is no door {name}: {', '.join(sorted(DOORS))}")
    try:
        with world.lock:
            return DOORS[name](world, body)
    except Refused as refused:
        raise NotSo(refused.message) from refused
    except (KeyError, TypeError, ValueError) as error:
        raise NotSo(f"{type(error).__name__}: {error}") from error


@door("clock")
def clock(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Turn the clock on by `advance` seconds."""
    world.ahead += float(body["advance"])
    return {"now": world.now()}


@door("rules")
def rules(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Enforce other values, by the id of their fact."""
    for name, value in body.items():
        world.rules.set(name, value)
    return world.rules.changed


@door("reset")
def reset(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Forget everything but the callback addresses."""
    apps = world.apps
    world.empty()
    world.apps = apps
    return {}


@door("callback")
def callback(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Let an app hear of events at `url`, as the admin console does: the address is proved first."""
    app = world.apps[body.get("secret") or next(iter(world.apps))]
    try:
        crypto = Crypto(str(body["token"]), str(body["encoding_aes_key"]), world.corp_id)
    except BadKey as error:
        raise NotSo(str(error)) from error
    if body.get("prove", True):
        world.lock.release()
        try:
            wrong = proved(str(body["url"]), crypto, world.rules, world.now())
        finally:
            world.lock.acquire()
        if wrong:
            raise NotSo(f"openapi callback address check fails: {wrong}")
    app.url, app.crypto = str(body["url"]), crypto
    return {"url": app.url}


@door("app")
def app(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Make another app of the company."""
    made = App(str(body["name"]), str(body["secret"]), 1000002 + len(world.apps), bool(body.get("vendor")))
    world.apps[made.secret] = made
    return {"agent_id": made.agent_id}


@door("token/kill")
def kill_token(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Make every token invalid before its time."""
    for one in world.apps.values():
        one.token, one.token_until = "", 0.0
    return {}


@door("fail")
def fail(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Let the next `times` calls of `path` fail: with `code`, or HTTP `status`, or by hanging `seconds`.

    With `after` they take effect first, and only their answer is lost.
    """
    world.failing.append({"times": 1, "after": False, **body})
    return {}


@door("staff")
def staff(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Hire somebody, or change him: name, active, resigned, capacity, departments; `teams` names departments."""
    userid = str(body["userid"])
    member = world.staff.setdefault(userid, Member(userid, str(body.get("name", userid))))
    for name in ("name", "active", "resigned", "capacity", "departments"):
        if name in body:
            setattr(member, name, body[name])
    world.departments.update({int(number): str(name) for number, name in (body.get("teams") or {}).items()})
    return {"userid": userid}


@door("customer/add")
def customer_add(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A customer adds a member of staff, by the code of `state` if there is one; `half` without confirmation."""
    member = world.member(body.get("userid") or next(iter(world.staff)))
    made = len(world.customers)
    name = body.get("name") or SURNAMES[made % 10] + NAMES[made // 10 % 10]
    external = str(body.get("external_userid") or f"wm{os.urandom(12).hex()}")
    known = world.customers.get(external)
    before = known.follows.get(member.userid) if known else None
    if before is None or before.deleted_by:
        _room(world, member)
    customer = world.customers.setdefault(external, Customer(external, str(name)))
    customer.unionid = str(body.get("unionid") or customer.unionid)
    way = int(body.get("add_way") or (1 if body.get("state") else 0))
    customer.follows[member.userid] = Follow(world.now(), str(body.get("state") or ""), way)
    if body.get("before"):  # the company was there before us: nobody is told
        return {"external_userid": external, "userid": member.userid, "name": customer.name}
    code = "" if member.userid in world.admin_welcome else os.urandom(16).hex()
    if code:
        world.welcomes[code] = Welcome(member.userid, external, world.now())
    change = "add_half_external_contact" if body.get("half") else "add_external_contact"
    _contact_event(world, change, member.userid, external, State=body.get("state") or "", WelcomeCode=code)
    return {"external_userid": external, "userid": member.userid, "welcome_code": code, "name": customer.name}


def _room(world: World, member: Member) -> None:
    theirs = sum(
        member.userid in c.follows and c.follows[member.userid].deleted_by != "staff"
        for c in world.customers.values()
    )
    if theirs >= min(member.capacity or world.rules["capacity.staff"], world.rules["capacity.staff_most"]):
        raise NotSo(f"{member.name} has as many customers as a member of staff may have")
    if len(world.customers) >= world.rules["capacity.company"]:
        raise NotSo("the company has as many customers as it may have")


@door("customer/delete_staff")
def customer_deletes(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The customer deletes the member of staff: what is left is one-way."""
    world.follow(body["userid"], body["external_userid"]).deleted_by = "customer"
    world.store("negative", list).append((world.now(), body["userid"]))
    _contact_event(world, "del_follow_user", body["userid"], body["external_userid"])
    return {}


@door("staff/delete_customer")
def staff_deletes(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The member of staff deletes the customer: nothing is left."""
    world.follow(body["userid"], body["external_userid"]).deleted_by = "staff"
    _contact_event(world, "del_external_contact", body["userid"], body["external_userid"])
    return {}


@door("staff/edit")
def staff_edits(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Somebody changes his note about a customer; a change of only `phones` is told to nobody."""
    follow = world.follow(body["userid"], body["external_userid"])
    if "remark" in body:
        follow.remark = str(body["remark"])
        _contact_event(world, "edit_external_contact", body["userid"], body["external_userid"])
    return {}


@door("customer/chat")
def chat(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The two begin to chat."""
    world.follow(body["userid"], body["external_userid"]).chatting = True
    return {}


@door("customer/archive")
def archive(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The customer agrees to the archive of chats, or not."""
    customer = world.customer(body["external_userid"])
    customer.archive = "Agree" if body.get("agree", True) else "Disagree"
    if customer.archive == "Agree":
        for userid in world.followed_by(customer)[:1]:
            _contact_event(world, "msg_audit_approved", userid, customer.external_userid)
    return {}


@door("admin/welcome")
def admin_welcome(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Write a welcome for `userid` in the admin console, or take it away."""
    change = world.admin_welcome.add if body.get("on", True) else world.admin_welcome.discard
    change(world.member(body["userid"]).userid)
    return {}


@door("welcome/hold")
def hold_welcome(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Let a welcome be on its way already, sent by some other app."""
    world.welcomes[str(body["welcome_code"])].state = "sending"
    return {}


@door("event")
def event(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Send any event: `event`, `change` and `fields`."""
    world.tell(str(body["event"]), str(body.get("change") or ""), **(body.get("fields") or {}))
    return {}


@door("acquisition/balance")
def acquisition_balance(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """So much is left to the acquisition assistant; it tells when that is little."""
    if body["balance"] < world.rules["event.acquisition"]:
        world.tell("customer_acquisition", "balance_low", Balance=int(body["balance"]))
    return {}


def _contact_event(world: World, change: str, userid: str, external: str, **fields: Any) -> None:
    world.tell("change_external_contact", change, UserID=userid, ExternalUserID=external, **fields)
