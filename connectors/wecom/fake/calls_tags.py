"""The company's tags, on a pair of staff and customer; and what there is to read about customers."""

from __future__ import annotations

from typing import Any

from connectors.wecom.fake.calls import Asked, call, page
from connectors.wecom.fake.doors import door
from connectors.wecom.fake.world import Customer, Refused, World


@call("externalcontact/add_corp_tag")
def add_corp_tag(asked: Asked) -> dict[str, Any]:
    wanted = asked.body.get("tag") or []
    group = asked.text("group_name", longest=30) or "Roadbook"
    return {"tag_group": _made(asked.world, group, [str(one.get("name", "")) for one in wanted])}


def _made(world: World, group: str, names: list[str]) -> dict[str, Any]:
    tags = world.store("tags")
    have = {(tag["group"], tag["name"]): tag for tag in tags.values()}
    if len(tags) + sum((group, name) not in have for name in names) > world.rules["tag.most"]:
        raise Refused(40126, "too many corp tags")
    made = []
    for name in names:
        tag = have.get((group, name)) or {"id": world.number("et"), "name": name, "group": group}
        tags[tag["id"]] = tag
        made.append({"id": tag["id"], "name": name})
    return {"group_name": group, "tag": made}


@call("externalcontact/get_corp_tag_list")
def tag_list(asked: Asked) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for tag in asked.world.store("tags").values():
        groups.setdefault(tag["group"], []).append({"id": tag["id"], "name": tag["name"]})
    return {
        "tag_group": [{"group_id": name, "group_name": name, "tag": tags} for name, tags in groups.items()]
    }


@call("externalcontact/mark_tag")
def mark_tag(asked: Asked) -> dict[str, Any]:
    follow = asked.world.follow(asked.body.get("userid"), asked.body.get("external_userid"))
    add, remove = asked.names("add_tag", 100), asked.names("remove_tag", 100)
    known = asked.world.store("tags")
    if not all(tag in known for tag in (*add, *remove)):
        raise Refused(40068, "invalid tagid")
    follow.tags = [tag for tag in dict.fromkeys((*follow.tags, *add)) if tag not in remove]
    return {}


@call("externalcontact/list")
def contact_list(asked: Asked) -> dict[str, Any]:
    userid = asked.world.member(asked.query.get("userid")).userid
    found = [
        c.external_userid for c in asked.world.customers.values() if userid in asked.world.followed_by(c)
    ]
    if not found:
        raise Refused(84061, "not external contact")
    return {"external_userid": found}


@call("externalcontact/get")
def contact_get(asked: Asked) -> dict[str, Any]:
    return _shown(asked.world, asked.world.customer(asked.query.get("external_userid")))


@call("externalcontact/batch/get_by_user")
def contacts_of(asked: Asked) -> dict[str, Any]:
    users = [asked.world.member(one).userid for one in asked.names("userid_list", 100)]
    rows = []
    for customer in asked.world.customers.values():
        shown = _shown(asked.world, customer)
        rows += [
            {"external_contact": shown["external_contact"], "follow_info": _with_ids(follow)}
            for follow in shown["follow_user"]
            if follow["userid"] in users
        ]
    items, cursor = page(rows, asked, asked.rule("contact.page"), asked.rule("contact.page") // 2)
    return {"external_contact_list": items, "next_cursor": cursor}


def _with_ids(follow: dict[str, Any]) -> dict[str, Any]:
    """A list of many tells only the ids of tags."""
    return {k: v for k, v in follow.items() if k != "tags"} | {
        "tag_id": [tag["tag_id"] for tag in follow["tags"]]
    }


def _shown(world: World, customer: Customer) -> dict[str, Any]:
    tags = world.store("tags")
    follows = [
        {
            "userid": userid,
            "remark": follow.remark,
            "createtime": int(follow.since),
            "state": follow.state,
            "add_way": follow.add_way,
            "tags": [
                {"tag_id": tag, "tag_name": tags[tag]["name"], "group_name": tags[tag]["group"]}
                for tag in follow.tags
                if tag in tags
            ],
        }
        for userid, follow in customer.follows.items()
        if follow.deleted_by != "staff"
    ]
    about = {"external_userid": customer.external_userid, "name": customer.name, "type": 1}
    if customer.unionid:
        about["unionid"] = customer.unionid
    return {"external_contact": about, "follow_user": follows}


@call("user/simplelist")
def user_list(asked: Asked) -> dict[str, Any]:
    return {
        "userlist": [
            {"userid": m.userid, "name": m.name, "department": m.departments}
            for m in asked.world.staff.values()
            if not m.resigned
        ]
    }


@call("department/list")
def department_list(asked: Asked) -> dict[str, Any]:
    return {"department": [{"id": n, "name": name} for n, name in asked.world.departments.items()]}


@door("tag/make")
def make(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Somebody makes a tag in the admin console."""
    made = _made(world, str(body.get("group", "手工")), [str(body["name"])])
    world.tell("change_external_tag", "create", Id=made["tag"][0]["id"], TagType="tag")
    return made["tag"][0]


@door("tag/change")
def change(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Somebody renames a tag, deletes it, or moves it."""
    tags, how = world.store("tags"), str(body["how"])
    if how == "update":
        tags[body["id"]]["name"] = str(body["name"])
    elif how == "delete":
        del tags[body["id"]]
    world.tell("change_external_tag", how, Id=body["id"], TagType="tag")
    return {}


@door("staff/tag")
def staff_tags(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member of staff tags a customer by hand, which is an edit."""
    follow = world.follow(body["userid"], body["external_userid"])
    follow.tags = [
        t for t in dict.fromkeys((*follow.tags, *body.get("add", []))) if t not in body.get("remove", [])
    ]
    edited = {"UserID": body["userid"], "ExternalUserID": body["external_userid"]}
    world.tell("change_external_contact", "edit_external_contact", **edited)
    return {}
