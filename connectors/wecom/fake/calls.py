"""The calls that the fake WeCom answers, by their paths, and what each is checked for before it is heard."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from connectors.wecom.fake.windows import HOUR, MINUTE
from connectors.wecom.fake.world import App, Refused, World

Handler = Callable[["Asked"], dict[str, Any]]
#: Paths below /cgi-bin/.
CALLS: dict[str, Handler] = {}
#: Calls whose own limits stand in place of the base rate.
NOT_COUNTED = frozenset({"message/send"})
NO_TOKEN = frozenset({"gettoken", "webhook/send"})
T = TypeVar("T")


@dataclass
class Asked:
    """One call as its handler sees it."""

    world: World
    path: str
    query: Mapping[str, str]
    body: dict[str, Any]
    address: str
    app: App | None = None
    now: float = 0.0
    #: Bytes of an uploaded file.
    file: bytes = b""
    notes: dict[str, Any] = field(default_factory=dict)

    def rule(self, name: str) -> Any:
        return self.world.rules[name]

    def text(self, name: str, *, longest_bytes: int | None = None, longest: int | None = None) -> str:
        """A text of the body, '' if it is not there; raises Refused 40058."""
        value = self.body.get(name, "")
        if not isinstance(value, str):
            raise Refused(40058, f"invalid Request Parameter: {name}")
        if longest_bytes is not None and len(value.encode()) > longest_bytes:
            raise Refused(40058, f"{name} exceed max length {longest_bytes}")
        if longest is not None and len(value) > longest:
            raise Refused(40058, f"{name} exceed max length {longest}")
        return value

    def names(self, name: str, most: int) -> list[str]:
        """A list of texts of the body; raises Refused 40058."""
        value = self.body.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or len(value) > most:
            raise Refused(40058, f"{name}: at most {most}")
        return list(value)


def call(path: str) -> Callable[[Handler], Handler]:
    """Answer a path with a function."""

    def add(handler: Handler) -> Handler:
        CALLS[path] = handler
        return handler

    return add


def answer(asked: Asked) -> dict[str, Any]:
    """Check a call and hear it; returns what goes out as JSON."""
    world = asked.world
    try:
        with world.lock:
            asked.now = world.now()
            world.asked[asked.path] += 1
            _admit(asked)
            told = CALLS[asked.path](asked)
        return {"errcode": 0, "errmsg": "ok", **told}
    except Refused as refused:
        return {"errcode": refused.code, "errmsg": refused.message, **refused.more}


def _admit(asked: Asked) -> None:
    if asked.path not in CALLS:
        raise Refused(40001 if not asked.path else 40066, "invalid url")
    if asked.path not in NO_TOKEN:
        _known(asked)
    _counted(asked)


def _known(asked: Asked) -> None:
    token = asked.query.get("access_token", "")
    if not token:
        raise Refused(41001, "access_token missing")
    app = next((app for app in asked.world.apps.values() if app.token == token), None)
    if app is None:
        raise Refused(40014, "invalid access_token")
    if app.token_until <= asked.now:
        raise Refused(42001, "access_token expired")
    asked.app = app


def _counted(asked: Asked) -> None:
    rule, take, now = asked.rule, asked.world.windows.take, asked.now
    if asked.query.get("debug") == "1" and not take(
        ("debug", asked.path), rule("limit.debug_minute"), MINUTE, now
    ):
        raise Refused(45009, "api freq out of limit, debug")
    if asked.path in NOT_COUNTED:
        return
    who = "vendor_ip" if asked.app is not None and asked.app.vendor else "ip"
    fine = (
        take((who, asked.address), rule(f"limit.{who}_minute"), MINUTE, now)
        and take((who, asked.address), rule(f"limit.{who}_hour"), HOUR, now)
        and take(("api", asked.path), rule("limit.api_minute"), MINUTE, now)
        and take(("api", asked.path), rule("limit.api_hour"), HOUR, now)
    )
    if not fine:
        raise Refused(45009, "api freq out of limit")


def page(items: Sequence[T], asked: Asked, most: int, usual: int) -> tuple[list[T], str]:
    """One page of a list by `limit` and `cursor`, with the cursor of the next; raises Refused 40058."""
    limit, cursor = asked.body.get("limit", usual) or usual, asked.body.get("cursor") or "0"
    if not isinstance(limit, int) or not 1 <= limit <= most or not str(cursor).isdecimal():
        raise Refused(40058, "invalid limit or cursor")
    begin = int(cursor)
    return list(items[begin : begin + limit]), str(begin + limit) if begin + limit < len(items) else ""


@call("gettoken")
def gettoken(asked: Asked) -> dict[str, Any]:
    world, address = asked.world, asked.address
    if asked.now < world.banned.get(address, 0.0):
        raise Refused(45009, "api freq out of limit, ip banned")
    app = world.apps.get(asked.query.get("corpsecret", ""))
    if asked.query.get("corpid") != world.corp_id:
        raise Refused(40013, "invalid corpid")
    if app is None:
        world.wrong_secrets[address] += 1
        if world.wrong_secrets[address] >= asked.rule("token.wrong_most"):
            world.banned[address] = asked.now + asked.rule("token.ban_seconds")
            world.wrong_secrets[address] = 0
        raise Refused(40001, "invalid credential")
    if app.token_until <= asked.now:
        app.token = os.urandom(asked.rule("token.bytes") // 2).hex()
        app.token_until = asked.now + asked.rule("token.seconds")
    return {"access_token": app.token, "expires_in": int(app.token_until - asked.now)}


@call("getcallbackip")
def getcallbackip(asked: Asked) -> dict[str, Any]:
    return {"ip_list": ["127.0.0.1"]}
