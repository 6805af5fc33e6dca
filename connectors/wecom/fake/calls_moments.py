"""Moments: a job makes a task, staff publish it, customers like it and write under it."""

from __future__ import annotations

from typing import Any

from connectors.wecom.fake.calls import Asked, call, page
from connectors.wecom.fake.doors import NotSo, door
from connectors.wecom.fake.windows import HOUR
from connectors.wecom.fake.world import Refused, World

DONE = 3


@call("externalcontact/add_moment_task")
def add_moment_task(asked: Asked) -> dict[str, Any]:
    text = asked.body.get("text") or {}
    content = str(text.get("content", "")) if isinstance(text, dict) else ""
    if len(content) > asked.rule("moment.letters"):
        raise Refused(40058, f"text.content exceed max length {asked.rule('moment.letters')}")
    attachments = asked.body.get("attachments") or []
    _one_kind(asked, attachments)
    visible = asked.body.get("visible_range") or {}
    users = (visible.get("sender_list") or {}).get("user_list") or []
    tags = (visible.get("external_contact_list") or {}).get("tag_list") or []
    if len(users) > asked.rule("moment.users"):
        raise Refused(40058, "user_list: too many")
    for userid in users:
        asked.world.member(userid)
    jobs = asked.world.store("moment jobs")
    open_ = sum(
        not job["asked"] and asked.now - job["made"] < asked.rule("moment.job_hours") * HOUR
        for job in jobs.values()
    )
    if open_ >= asked.rule("moment.jobs_most"):
        raise Refused(asked.rule("moment.jobs"), "too many async tasks")
    moment = {
        "moment_id": asked.world.number("mom"),
        "text": content,
        "attachments": attachments,
        "tags": tags,
        "staff": dict.fromkeys(users or asked.world.staff, 0.0),
        "cancelled": False,
        "likes": [],
        "comments": [],
    }
    asked.world.store("moments")[moment["moment_id"]] = moment
    jobid = asked.world.number("job")
    jobs[jobid] = {"made": asked.now, "moment_id": moment["moment_id"], "asked": False}
    return {"jobid": jobid}


def _one_kind(asked: Asked, attachments: list[dict[str, Any]]) -> None:
    kinds = [str(one.get("msgtype")) for one in attachments]
    if not kinds:
        return
    most = asked.rule("moment.images") if kinds[0] == "image" else 1
    if len(set(kinds)) > 1 or kinds[0] not in ("image", "video", "link") or len(kinds) > most:
        raise Refused(40058, "attachments: nine images, or one video, or one link")
    for one in attachments:
        media = asked.world.store("media").get((one.get(kinds[0]) or {}).get("media_id"))
        if kinds[0] == "link":
            continue
        if media is None:
            raise Refused(40007, "invalid media_id")
        too_long = media.get("seconds", 0) > asked.rule("moment.video_seconds")
        if kinds[0] == "video" and (media["bytes"] > asked.rule("moment.video_bytes") or too_long):
            raise Refused(40006, "invalid video: size or seconds")


@call("externalcontact/get_moment_task_result")
def task_result(asked: Asked) -> dict[str, Any]:
    job = asked.world.store("moment jobs").get(asked.query.get("jobid"))
    if job is None or asked.now - job["made"] > asked.rule("moment.job_hours") * HOUR:
        raise Refused(40058, "invalid jobid")
    job["asked"] = True
    result = {"errcode": 0, "errmsg": "ok", "moment_id": job["moment_id"]}
    return {"status": DONE, "type": "add_moment_task", "result": result}


def _moment(asked: Asked) -> dict[str, Any]:
    found = asked.world.store("moments").get(asked.body.get("moment_id"))
    if found is None:
        raise Refused(40058, "invalid moment_id")
    moment: dict[str, Any] = found
    return moment


@call("externalcontact/get_moment_task")
def get_moment_task(asked: Asked) -> dict[str, Any]:
    rows = [{"userid": who, "publish_status": int(at > 0)} for who, at in _moment(asked)["staff"].items()]
    items, cursor = page(rows, asked, 1000, 500)
    return {"task_list": items, "next_cursor": cursor}


@call("externalcontact/cancel_moment_task")
def cancel_moment_task(asked: Asked) -> dict[str, Any]:
    """What is published stays; nobody publishes it any more."""
    _moment(asked)["cancelled"] = True
    return {}


@call("externalcontact/get_moment_comments")
def get_moment_comments(asked: Asked) -> dict[str, Any]:
    moment, userid = _moment(asked), asked.world.member(asked.body.get("userid")).userid
    if not moment["staff"].get(userid):
        raise Refused(asked.rule("moment.published_by_staff"), "the moment is not published")
    theirs = {name: [one for one in moment[name] if one["staff"] == userid] for name in ("likes", "comments")}
    shown = {
        name: [{k: v for k, v in one.items() if k != "staff"} for one in rows]
        for name, rows in theirs.items()
    }
    return {"comment_list": shown["comments"], "like_list": shown["likes"]}


@door("moment/publish")
def publish(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member of staff publishes a Moment; returns whose customers see it."""
    moment = world.store("moments")[body["moment_id"]]
    userid = str(body["userid"])
    if moment["cancelled"]:
        raise NotSo("the task was cancelled")
    moment["staff"][userid] = world.now()
    most, sees = world.rules["moment.display"], []
    for customer in world.customers.values():
        follow = customer.follows.get(userid)
        if (
            follow is None
            or follow.deleted_by
            or (moment["tags"] and not set(moment["tags"]) & set(follow.tags))
        ):
            continue
        today = [
            one for one in customer.arrived if one["kind"] == "moment" and world.now() - one["at"] < 24 * HOUR
        ]
        if most is not None and len(today) >= most:
            continue
        shown = {"kind": "moment", "from": userid, "at": world.now(), "text": moment["text"]}
        customer.arrived.append({**shown, "attachments": moment["attachments"]})
        sees.append(customer.external_userid)
    return {"seen_by": sees}


@door("moment/comment")
def comment(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A customer writes under a Moment, or likes it with `like`."""
    moment = world.store("moments")[body["moment_id"]]
    told = {
        "external_userid": world.customer(body["external_userid"]).external_userid,
        "create_time": int(world.now()),
    }
    moment["likes" if body.get("like") else "comments"].append({**told, "staff": str(body["userid"])})
    return {}
