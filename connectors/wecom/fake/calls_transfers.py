"""Handing customers on to other staff, and the statistics of staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.wecom.fake.calls import Asked, call, page
from connectors.wecom.fake.doors import door
from connectors.wecom.fake.windows import CHINA, DAY, HOUR
from connectors.wecom.fake.world import Refused, World

FINISHED, WAITING, REFUSED, LIMIT, NONE = 1, 2, 3, 4, 5


@call("externalcontact/transfer_customer")
def transfer(asked: Asked) -> dict[str, Any]:
    return _transferred(asked, resigned=False)


@call("externalcontact/resigned/transfer_customer")
def transfer_resigned(asked: Asked) -> dict[str, Any]:
    return _transferred(asked, resigned=True)


def _transferred(asked: Asked, *, resigned: bool) -> dict[str, Any]:
    world = asked.world
    gives = world.member(asked.body.get("handover_userid"))
    takes = world.member(asked.body.get("takeover_userid"))
    if gives.resigned != resigned:
        raise Refused(
            40097, "handover_userid has resigned" if gives.resigned else "handover_userid has not resigned"
        )
    told = []
    for external in asked.names("external_userid", asked.rule("transfer.customers")):
        told.append(
            {"external_userid": external, "errcode": _begun(world, gives.userid, takes.userid, external)}
        )
    return {"customer": told}


def _begun(world: World, gives: str, takes: str, external: str) -> int:
    try:
        world.follow(gives, external)
    except Refused as refused:
        return refused.code
    customer, now = world.customers[external], world.now()
    customer.transfers = [at for at in customer.transfers if now - at < world.rules["transfer.days"] * DAY]
    if len(customer.transfers) >= world.rules["transfer.most"]:
        return 40128
    customer.transfers.append(now)
    world.store("transfers")[gives, external] = {"takes": takes, "at": now, "status": WAITING}
    return 0


def _settle(world: World) -> None:
    """Transfers that nobody refused take effect in their time."""
    for (gives, external), one in world.store("transfers").items():
        if one["status"] == WAITING and world.now() - one["at"] >= world.rules["transfer.hours"] * HOUR:
            follows = world.customers[external].follows
            follows[one["takes"]] = replace(follows[gives], since=world.now())
            follows[gives].deleted_by = "staff"
            one["status"] = FINISHED


@call("externalcontact/transfer_result")
def transfer_result(asked: Asked) -> dict[str, Any]:
    return _results(asked)


@call("externalcontact/resigned/transfer_result")
def resigned_result(asked: Asked) -> dict[str, Any]:
    return _results(asked)


def _results(asked: Asked) -> dict[str, Any]:
    _settle(asked.world)
    gives, takes = asked.text("handover_userid"), asked.text("takeover_userid")
    rows = [
        {"external_userid": external, "status": one["status"], "takeover_time": int(one["at"])}
        for (giver, external), one in asked.world.store("transfers").items()
        if giver == gives and one["takes"] == takes
    ]
    if not rows:
        rows = [
            {"external_userid": external, "status": NONE} for external in asked.names("external_userid", 100)
        ]
    items, cursor = page(rows, asked, 1000, 1000)
    return {"customer": items, "next_cursor": cursor}


@door("customer/refuse_transfer")
def refuse(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The customer refuses to be handed on, or the taker has too many customers (`limit`)."""
    one = world.store("transfers")[body["userid"], body["external_userid"]]
    one["status"] = LIMIT if body.get("limit") else REFUSED
    reason = world.rules["event.transfer_fail"][1 if body.get("limit") else 0]
    who = {"UserID": one["takes"], "ExternalUserID": body["external_userid"]}
    world.tell("change_external_contact", "transfer_fail", FailReason=reason, **who)
    return {}


@call("externalcontact/get_user_behavior_data")
def behavior(asked: Asked) -> dict[str, Any]:
    users = asked.names("userid", asked.rule("behavior.users"))
    begin, end = asked.body.get("start_time"), asked.body.get("end_time")
    if not isinstance(begin, int) or not isinstance(end, int) or end < begin:
        raise Refused(40058, "invalid start_time or end_time")
    if (
        end - begin > asked.rule("behavior.span_days") * DAY
        or asked.now - begin > asked.rule("behavior.back_days") * DAY
    ):
        raise Refused(40058, "start_time and end_time: at most 30 days, of the last 180")
    days: dict[int, dict[str, int]] = {}

    def count(name: str, at: float) -> None:
        day = int(
            datetime.fromtimestamp(at, CHINA).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        )
        if begin <= at <= end + DAY:
            one = days.setdefault(day, {"stat_time": day, "new_contact_cnt": 0, "negative_feedback_cnt": 0})
            one[name] += 1

    for customer in asked.world.customers.values():
        for userid, follow in customer.follows.items():
            if userid in users:
                count("new_contact_cnt", follow.since)
    for at, userid in asked.world.store("negative", list):
        if userid in users:
            count("negative_feedback_cnt", at)
    return {"behavior_data": [days[day] for day in sorted(days)]}
