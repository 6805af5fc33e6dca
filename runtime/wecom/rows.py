"""What WeCom answers, as rows of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from audience.following import Followed
from runtime.wecom.companies import journeys_time


def followed(row: Mapping[str, Any], now: datetime) -> Iterator[Followed]:
    """The pairs of one customer: a row of `batch/get_by_user`, which has one, or an answer of `externalcontact/get`."""
    about = row.get("external_contact") or {}
    external = str(about.get("external_userid") or "")
    info = row.get("follow_info")
    for one in [info] if info else row.get("follow_user") or []:
        if not external or not one.get("userid"):
            continue
        listed, named = one.get("tag_id"), one.get("tags")
        tags = None
        if listed is not None or named is not None:
            # Tags that staff made for themselves have no id.
            tags = tuple(str(tag) for tag in listed or ()) or tuple(
                str(tag["tag_id"]) for tag in named or () if tag.get("tag_id")
            )
        yield Followed(
            external[:255],
            str(one["userid"])[:64],
            journeys_time(now, one.get("createtime")),
            str(about.get("name") or ""),
            str(about.get("unionid") or ""),
            str(one.get("remark") or ""),
            str(one.get("state") or ""),
            int(one.get("add_way") or 0),
            tags,
        )


def tag_groups(told: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The company's tags as `following.learn_tags` takes them."""
    return [
        (
            str(group.get("group_name") or ""),
            [(str(tag["id"])[:64], str(tag.get("name") or "")) for tag in group.get("tag") or []],
        )
        for group in told.get("tag_group") or []
    ]
