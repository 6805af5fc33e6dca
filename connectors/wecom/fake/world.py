"""The company that the fake WeCom plays: its apps, staff, customers, and what was sent to whom."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from connectors.wecom.crypto import Crypto
from connectors.wecom.facts import value
from connectors.wecom.fake.callbacks import Callbacks
from connectors.wecom.fake.rules import Rules
from connectors.wecom.fake.windows import Windows

CORP_ID, SECRET, AGENT_ID = "ww0fake0company0", "fake-secret-of-the-app", 1000002


class Refused(Exception):
    """The errcode and errmsg with which a call is answered."""

    def __init__(self, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.more = code, message, more


@dataclass
class App:
    """An app of the company: its secret, and where it hears of events."""

    name: str
    secret: str
    agent_id: int
    vendor: bool = False
    token: str = ""
    token_until: float = 0.0
    url: str = ""
    crypto: Crypto | None = None


@dataclass
class Member:
    """A member of staff."""

    userid: str
    name: str
    active: bool = True
    resigned: bool = False
    departments: list[int] = field(default_factory=lambda: [1])
    capacity: int | None = None


@dataclass
class Follow:
    """What a member of staff and a customer are to each other."""

    since: float
    state: str = ""
    #: How they came together, by WeCom's numbers: 1 a code was scanned, 10 the video channel …
    add_way: int = 0
    remark: str = ""
    tags: list[str] = field(default_factory=list)
    #: staff: no relation is left; customer: a one-way relation is.
    deleted_by: str = ""
    chatting: bool = False


@dataclass
class Customer:
    """Somebody who added staff; `arrived` is everything that reached him."""

    external_userid: str
    name: str
    follows: dict[str, Follow] = field(default_factory=dict)
    arrived: list[dict[str, Any]] = field(default_factory=list)
    archive: str = ""
    #: When he got broadcasts, and when he was handed on.
    broadcasts: list[float] = field(default_factory=list)
    transfers: list[float] = field(default_factory=list)
    unionid: str = ""


@dataclass
class Welcome:
    """A welcome code."""

    userid: str
    external_userid: str
    made: float
    state: str = "open"


class World:
    """Everything there is; whoever reads or changes it holds `lock`."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.rules = Rules()
        self.corp_id = CORP_ID
        self.ahead = 0.0
        self.callbacks = Callbacks(self.rules)
        self.numbers = itertools.count(1)
        self.empty()

    def empty(self) -> None:
        """Begin anew with one app and three members of staff."""
        self.apps = {SECRET: App("Roadbook", SECRET, AGENT_ID)}
        self.staff = {
            m.userid: m
            for m in (Member("lili", "李丽"), Member("wangwei", "王伟"), Member("chenjie", "陈洁"))
        }
        self.departments = {1: "花间"}
        self.customers: dict[str, Customer] = {}
        self.welcomes: dict[str, Welcome] = {}
        self.admin_welcome: set[str] = set()
        self.windows = Windows()
        self.wrong_secrets: dict[str, int] = defaultdict(int)
        self.banned: dict[str, float] = {}
        self.failing: list[dict[str, Any]] = []
        self.busy: dict[str, int] = defaultdict(int)
        self.asked: dict[str, int] = defaultdict(int)
        #: Whatever the families of calls keep, by their own names.
        self.kept: dict[str, Any] = {}

    def now(self) -> float:
        return time.time() + self.ahead

    def store(self, name: str, kind: type = dict) -> Any:
        """What a family of calls keeps under `name`, made when first asked for."""
        return self.kept.setdefault(name, kind())

    def number(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers):08d}"

    def customer(self, external_userid: Any) -> Customer:
        found = self.customers.get(external_userid) if isinstance(external_userid, str) else None
        if found is None:
            raise Refused(40096, "invalid external userid")
        return found

    def member(self, userid: Any) -> Member:
        found = self.staff.get(userid) if isinstance(userid, str) else None
        if found is None:
            raise Refused(value("member.unknown")[0], "userid not found")
        return found

    def follow(self, userid: Any, external_userid: Any) -> Follow:
        """The relation of a pair; raises Refused 84061 if there is none, or none any more."""
        customer = self.customer(external_userid)
        found = customer.follows.get(self.member(userid).userid)
        if found is None or found.deleted_by == "staff":
            raise Refused(84061, "not external contact")
        return found

    def followed_by(self, customer: Customer) -> list[str]:
        """The staff he is a friend of, the oldest friendship first."""
        return [
            u for u, f in sorted(customer.follows.items(), key=lambda one: one[1].since) if not f.deleted_by
        ]

    def tell(self, event: str, change: str = "", **fields: Any) -> None:
        """Call every app that has an address; `fields` with empty values are left out."""
        told: dict[str, Any] = {
            "ToUserName": self.corp_id,
            "FromUserName": self.rules["callback.sys"],
            "CreateTime": int(self.now()),
            "MsgType": "event",
            "Event": event,
        }
        if change:
            told["ChangeType"] = change
        told.update({name: value for name, value in fields.items() if value not in (None, "")})
        for app in self.apps.values():
            if app.url and app.crypto:
                self.callbacks.post(app.url, app.crypto, self.corp_id, app.agent_id, told, self.now)
