"""Providers at home: an SMS gateway, Aliyun (which checks signatures its own way), and an official account's API."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.connectors.servers import Desk, Post, web

JSON = {"Content-Type": "application/json"}
Said = tuple[int, Mapping[str, str], bytes]


def said(body: Any, status: int = 200, **headers: str) -> Said:
    return status, {**JSON, **headers}, json.dumps(body).encode()


@dataclass
class Gateway:
    """Takes SMS as JSON, as forms or in the address; `answers` by phone stand before its own."""

    answers: dict[str, Said] = field(default_factory=dict)
    texts: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, post: Post) -> Said:
        if post.method == "GET":
            told = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(post.path).query))
        elif post.headers["Content-Type"].startswith("application/json"):
            told = json.loads(post.body)
        else:
            told = dict(urllib.parse.parse_qsl(post.body.decode()))
        answer = self.answers.get(told.get("mobile", ""))
        if answer is None:
            self.texts.append(told)
            answer = said({"code": 0, "msgid": f"m-{len(self.texts)}"})
        return answer


@dataclass
class AliyunDesk:
    """Checks ACS3-HMAC-SHA256 from the request as it came, without anything of ours."""

    secret: str = "aliyun-secret"
    codes: dict[str, str] = field(default_factory=dict)
    taken: list[dict[str, str]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def __call__(self, post: Post) -> Said:
        place = urllib.parse.urlsplit(post.path)
        told = dict(urllib.parse.parse_qsl(place.query))
        if not self._is_signed(post, place):
            return said({"Code": "SignatureDoesNotMatch", "Message": "no"}, 400)
        code = self.codes.get(told["PhoneNumbers"], "OK")
        if code == "OK":
            self.taken.append(told)
        return said({"Code": code, "BizId": f"biz^{len(self.taken)}", "Message": code}, 200)

    def _is_signed(self, post: Post, place: urllib.parse.SplitResult) -> bool:
        headers = {name.lower(): value for name, value in post.headers.items()}
        scheme, _, rest = headers["authorization"].partition(" ")
        parts = dict(one.split("=", 1) for one in rest.split(","))
        if scheme != "ACS3-HMAC-SHA256" or headers["x-acs-signature-nonce"] in self.nonces:
            return False
        self.nonces.add(headers["x-acs-signature-nonce"])
        names = parts["SignedHeaders"].split(";")
        if names != sorted(names) or not {"host", "x-acs-action", "x-acs-date"} <= set(names):
            return False
        raw = sorted(place.query.split("&"))
        digest = hashlib.sha256(post.body).hexdigest()
        canonical = f"{post.method}\n{place.path}\n{'&'.join(raw)}\n"
        for name in names:
            canonical += f"{name}:{headers[name].strip()}\n"
        canonical += f"\n{parts['SignedHeaders']}\n{digest}"
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        made = hmac.new(self.secret.encode(), text.encode(), "sha256").hexdigest()
        return digest == headers["x-acs-content-sha256"] and made == parts["Signature"]


@dataclass
class WeixinDesk:
    """Gives tokens and takes template messages; a token asked for anew ends the one before."""

    secret: str = "weixin-secret"
    codes: dict[str, int] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)
    tokens: int = 0
    slow_secs: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, post: Post) -> Said:
        place = urllib.parse.urlsplit(post.path)
        query = dict(urllib.parse.parse_qsl(place.query))
        if place.path == "/cgi-bin/token":
            if query.get("secret") != self.secret:
                return said({"errcode": 40125, "errmsg": "invalid appsecret"})
            time.sleep(self.slow_secs)
            with self.lock:
                self.tokens += 1
                return said({"access_token": f"token-{self.tokens}", "expires_in": 7200})
        if query.get("access_token") != f"token-{self.tokens}":
            return said({"errcode": 42001, "errmsg": "access_token expired"})
        told = json.loads(post.body)
        code = self.codes.get(told["touser"], 0)
        if code:
            return said({"errcode": code, "errmsg": "no"})
        with self.lock:
            self.taken.append(told)
        return said({"errcode": 0, "errmsg": "ok", "msgid": 1000 + len(self.taken)})


@dataclass
class Hook:
    """A system of the brand's, which heeds each webhook-id once."""

    seen: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, post: Post) -> Said:
        self.seen.setdefault(post.headers["webhook-id"], post.body)
        return said({"ok": True})


@contextmanager
def at(behave: Any) -> Iterator[Desk]:
    with web(behave) as desk:
        yield desk
