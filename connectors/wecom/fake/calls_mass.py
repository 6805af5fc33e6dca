"""Mass tasks: made by a call, sent by staff, counted for each customer."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.wecom.fake.calls import Asked, call, page
from connectors.wecom.fake.calls_welcome import said
from connectors.wecom.fake.doors import NotSo, door
from connectors.wecom.fake.windows import CHINA, DAY
from connectors.wecom.fake.world import Customer, Refused, World

TEXT_BYTES = 4000
UNSENT, SENT, NO_FRIEND, ANOTHER = range(4)


@dataclass
class Task:
    """A mass task; `staff` says of each member what became of each of his customers or groups."""

    msgid: str
    kind: str
    made: float
    message: dict[str, Any]
    staff: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    confirmed: dict[str, float] = field(default_factory=dict)
    reminded: list[float] = field(default_factory=list)
    cancelled: bool = False


@call("externalcontact/add_msg_template")
def add_msg_template(asked: Asked) -> dict[str, Any]:
    kind = asked.body.get("chat_type", "single")
    if kind not in asked.rule("mass.types"):
        raise Refused(40058, "invalid chat_type")
    message = said(asked, asked.rule("mass.attachments"), TEXT_BYTES)
    staff, failed = _to_customers(asked) if kind == "single" else _to_groups(asked)
    if not any(staff.values()):
        raise Refused(asked.rule("mass.nobody"), "no customer to send", fail_list=failed)
    task = Task(asked.world.number("msg"), kind, asked.now, message, staff)
    asked.world.store("tasks")[task.msgid] = task
    return {"fail_list": failed, "msgid": task.msgid}


def _to_customers(asked: Asked) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Everybody's oldest friend among the staff, or only the friends of `sender`."""
    sender = asked.text("sender")
    if sender:
        asked.world.member(sender)
    wanted = asked.names("external_userid", asked.rule("mass.customers"))
    if not wanted:
        wanted = _filtered(asked, sender)
    staff: dict[str, dict[str, Any]] = {}
    failed = []
    for external in dict.fromkeys(wanted):
        customer = asked.world.customers.get(external)
        friends = asked.world.followed_by(customer) if customer else []
        userid = sender if sender in friends else "" if sender else friends[0] if friends else ""
        if userid:
            staff.setdefault(userid, {})[external] = {"status": UNSENT}
        else:
            failed.append(external)
    return staff, failed


def _filtered(asked: Asked, sender: str) -> list[str]:
    """The customers who have one of the tags of every group of `tag_filter`."""
    groups = (asked.body.get("tag_filter") or {}).get("group_list") or []
    found = []
    for customer in asked.world.customers.values():
        tags = {tag for follow in customer.follows.values() for tag in follow.tags}
        if (groups or sender) and all(tags & set(group.get("tag_list") or []) for group in groups):
            found.append(customer.external_userid)
    return found


def _to_groups(asked: Asked) -> tuple[dict[str, dict[str, Any]], list[str]]:
    if not asked.text("sender"):
        raise Refused(41046, "sender missing")
    sender = asked.world.member(asked.body["sender"]).userid
    groups = asked.world.store("groups")
    wanted = asked.names("chat_id_list", asked.rule("mass.chats")) or [
        chat_id for chat_id, group in groups.items() if group["owner"] == sender and not group["dismissed"]
    ]
    owned = [c for c in wanted if c in groups and groups[c]["owner"] == sender and not groups[c]["dismissed"]]
    return {sender: {chat_id: {"status": UNSENT} for chat_id in owned}}, [c for c in wanted if c not in owned]


def _task(asked: Asked, *, open_: bool = False) -> Task:
    task: Task | None = asked.world.store("tasks").get(asked.text("msgid"))
    if task is None:
        raise Refused(40058, "invalid msgid")
    if asked.now - task.made < asked.rule("mass.dispatch_seconds"):
        raise Refused(asked.rule("mass.dispatching"), "group msg is being dispatched")
    if open_ and task.cancelled:
        raise Refused(asked.rule("mass.cancelled"), "group msg is cancelled")
    return task


@call("externalcontact/remind_groupmsg_send")
def remind(asked: Asked) -> dict[str, Any]:
    task = _task(asked, open_=True)
    task.reminded = [at for at in task.reminded if asked.now - at < DAY]
    if len(task.reminded) >= asked.rule("mass.reminders"):
        raise Refused(asked.rule("mass.reminded_too_often"), "remind too many times")
    task.reminded.append(asked.now)
    return {}


@call("externalcontact/cancel_groupmsg_send")
def cancel(asked: Asked) -> dict[str, Any]:
    _task(asked, open_=True).cancelled = True
    return {}


@call("externalcontact/get_groupmsg_task")
def get_task(asked: Asked) -> dict[str, Any]:
    task = _task(asked)
    rows = [
        {
            "userid": userid,
            "status": 2 if userid in task.confirmed else 0,
            "send_time": int(task.confirmed.get(userid, 0)),
        }
        for userid in task.staff
    ]
    items, cursor = page(rows, asked, asked.rule("mass.page"), asked.rule("mass.page_usual"))
    return {"task_list": items, "next_cursor": cursor}


@call("externalcontact/get_groupmsg_send_result")
def get_result(asked: Asked) -> dict[str, Any]:
    task, userid = _task(asked), asked.text("userid")
    name = "external_userid" if task.kind == "single" else "chat_id"
    rows = [{name: one, "userid": userid, **state} for one, state in task.staff.get(userid, {}).items()]
    items, cursor = page(rows, asked, asked.rule("mass.page"), asked.rule("mass.page_usual"))
    return {"send_list": items, "next_cursor": cursor}


@door("task/confirm")
def confirm(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member of staff sends his part of a task: to everybody, or to those named."""
    task: Task = world.store("tasks")[body["msgid"]]
    if task.cancelled:
        raise NotSo("the task was cancelled")
    counts = [0, 0, 0, 0]
    for userid in [body["userid"]] if body.get("userid") else list(task.staff):
        for to, state in task.staff[userid].items():
            if state["status"] == UNSENT and to in (body.get("to") or [to]):
                state.update(status=_reach(world, task, userid, to), send_time=int(world.now()))
                counts[state["status"]] += 1
        task.confirmed[userid] = world.now()
    return {"sent": counts[SENT], "not_a_friend": counts[NO_FRIEND], "got_another": counts[ANOTHER]}


def _reach(world: World, task: Task, userid: str, to: str) -> int:
    told = {"kind": "broadcast", "from": userid, "at": world.now(), "msgid": task.msgid, **task.message}
    if task.kind == "group":
        world.store("groups")[to]["arrived"].append(told)
        return SENT
    customer = world.customers[to]
    if userid not in world.followed_by(customer):
        return NO_FRIEND
    if not _has_room(world, customer):
        return ANOTHER
    customer.broadcasts.append(world.now())
    customer.arrived.append(told)
    return SENT


def _has_room(world: World, customer: Customer) -> bool:
    """True if a customer may get another broadcast: `days_of_month`, or a number with day, week or month."""
    rule, today = str(world.rules["mass.quota"]), datetime.fromtimestamp(world.now(), CHINA)
    if rule == "days_of_month":
        most, per = calendar.monthrange(today.year, today.month)[1], "month"
    else:
        number, _, per = rule.partition("/")
        most = int(number)

    def period(at: datetime) -> tuple[int, ...]:
        return {"day": (at.year, at.month, at.day), "week": tuple(at.isocalendar()[:2])}.get(
            per, (at.year, at.month)
        )

    got = [datetime.fromtimestamp(at, CHINA) for at in customer.broadcasts]
    return sum(period(at) == period(today) for at in got) < most
