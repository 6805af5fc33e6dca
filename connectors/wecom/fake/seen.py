"""What there is to see in the fake WeCom, as JSON for its page and for tests."""

from __future__ import annotations

from typing import Any

from connectors.wecom.fake.world import World

#: The latest callbacks that are shown.
CALLBACKS = 200


def seen(world: World) -> dict[str, Any]:
    """The state of a world whose lock is held."""
    return {
        "now": world.now(),
        "corp_id": world.corp_id,
        "rules": world.rules.changed,
        "apps": [{"name": a.name, "agent_id": a.agent_id, "url": a.url} for a in world.apps.values()],
        "staff": [vars(member) for member in world.staff.values()],
        "customers": [
            {
                "external_userid": customer.external_userid,
                "name": customer.name,
                "archive": customer.archive,
                "follows": {userid: vars(follow) for userid, follow in customer.follows.items()},
                "arrived": customer.arrived,
            }
            for customer in world.customers.values()
        ],
        "tasks": [
            {
                "msgid": task.msgid,
                "kind": task.kind,
                "text": task.message["text"],
                "cancelled": task.cancelled,
                "confirmed": list(task.confirmed),
                "staff": {
                    who: {to: one["status"] for to, one in theirs.items()}
                    for who, theirs in task.staff.items()
                },
            }
            for task in world.store("tasks").values()
        ],
        "moments": list(world.store("moments").values()),
        "groups": [
            {
                "chat_id": g["chat_id"],
                "name": g["name"],
                "owner": g["owner"],
                "members": len(g["member_list"]),
                "arrived": g["arrived"],
            }
            for g in world.store("groups").values()
            if not g["dismissed"]
        ],
        "asked": dict(world.asked),
        "callbacks": [
            {"fields": dict(call.fields), "answers": call.answers, "took": call.took}
            for call in list(world.callbacks.calls)[-CALLBACKS:]
        ],
    }
