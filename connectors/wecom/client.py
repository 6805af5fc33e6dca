"""Calling WeCom: one token for all threads, circuits for what was asked too often, errors by their table."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from connectors.base import Broken, ConnectorError, Halted, Retryable, Unknown
from connectors.safe_http import NoAnswer
from connectors.wecom import errors
from connectors.wecom.facts import value
from connectors.wecom.wire import Wire

ADDRESS = "https://qyapi.weixin.qq.com"
#: The whole of a call. A welcome is late after twenty seconds, so it does not wait for long.
SECS = 8.0
#: Before its end a token is fetched anew.
EARLY_SECS = 120.0
#: After a wrong secret nobody asks again for so long: whoever keeps asking is banned.
WRONG_SECRET_SECS = 600.0
#: Calls at once to begin with, at least and at most.
SLOTS, LEAST_SLOTS = 32, 1
#: Calls without trouble after which one more at once is tried.
CALM = 50


class Tokens:
    """The token of one app: fetched by one thread while the others wait for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.fetched = 0
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0
        self._failure: tuple[float, ConnectorError] | None = None

    def get(self, fetch: Callable[[], Mapping[str, Any]]) -> str:
        """The token at hand, or what `fetch` answers."""
        token, until = self._token, self._until
        if token and self.clock() < until:
            return token
        with self._lock:
            if self._token and self.clock() < self._until:
                return self._token
            if self._failure is not None and self.clock() < self._failure[0]:
                raise self._failure[1]
            try:
                told = fetch()
            except Halted:
                raise  # which says nothing of the token
            except ConnectorError as error:
                wait = WRONG_SECRET_SECS if isinstance(error, Broken) else errors.SOON
                self._failure = self.clock() + wait, error
                raise
            self.fetched += 1
            lives = float(told.get("expires_in") or value("token.seconds"))
            self._token, self._failure = str(told["access_token"]), None
            self._until = self.clock() + max(lives - EARLY_SECS, lives / 2)
            return self._token

    def drop(self, token: str) -> None:
        """This token is not valid any more; of a newer one nothing is said."""
        with self._lock:
            if self._token == token:
                self._token = ""


class Slots:
    """How many calls are made at once: fewer after each complaint, one more after a calm while."""

    def __init__(self, most: int = SLOTS) -> None:
        self.most, self.size = most, most
        self._busy, self._calm = 0, 0
        self._free = threading.Condition()

    @contextmanager
    def one(self, secs: float = SECS) -> Iterator[None]:
        with self._free:
            if not self._free.wait_for(lambda: self._busy < self.size, secs):
                raise Retryable("45033 all calls that may be made at once are under way", errors.SOON)
            self._busy += 1
        try:
            yield
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify()

    def complain(self) -> None:
        with self._free:
            self.size, self._calm = max(LEAST_SLOTS, self.size // 2), 0

    def fine(self) -> None:
        with self._free:
            self._calm += 1
            if self._calm >= CALM and self.size < self.most:
                self.size, self._calm = self.size + 1, 0
                self._free.notify()


_tokens: dict[tuple[str, str, str], Tokens] = {}
_tokens_lock = threading.Lock()


def tokens_of(address: str, corp_id: str, secret: str) -> Tokens:
    """The one token of an app in this process, whichever carriers use it."""
    key = address, corp_id, hashlib.sha256(secret.encode()).hexdigest()
    with _tokens_lock:
        return _tokens.setdefault(key, Tokens())


class Client:
    """Calls as one app of one company; any number of threads may use it."""

    def __init__(
        self, corp_id: str, secret: str, address: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.corp_id, self._secret, self.clock = corp_id, secret, clock
        address = address or ADDRESS
        self.wire, self.slots = Wire(address), Slots()
        self.tokens = tokens_of(address, corp_id, secret)
        #: Until when an API is left alone.
        self.closed: dict[str, float] = {}

    def call(
        self, path: str, body: Mapping[str, Any] | None = None, *, sends: bool = False, **query: str
    ) -> dict[str, Any]:
        """Make a call and return its answer; `sends` if it must not be made twice.

        Raises Retryable, Permanent (Denied where it is about the receiver, Broken where it is about the account), and
        Unknown where a call that sends got no answer.
        """
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        return self._called(path, data, "application/json", sends, query)

    def upload(self, kind: str, name: str, content: bytes) -> str:
        """Upload a file and return its media id, which is good for three days."""
        edge = os.urandom(12).hex()
        head = f'--{edge}\r\nContent-Disposition: form-data; name="media"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        told = self._called(
            "media/upload", body, f"multipart/form-data; boundary={edge}", False, {"type": kind}
        )
        return str(told["media_id"])

    def robot(self, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Let a group's robot speak; it needs no token."""
        data = json.dumps(body, ensure_ascii=False).encode()
        return self._once("webhook/send", {"key": key}, data, "application/json", True)

    def _called(
        self, path: str, data: bytes, kind: str, sends: bool, query: Mapping[str, str]
    ) -> dict[str, Any]:
        self._rests(path)
        for again in (True, False):
            token = self.tokens.get(self._fetch)
            try:
                return self._once(path, {**query, "access_token": token}, data, kind, sends)
            except Retryable as error:
                if not isinstance(error, _Stale) or not again:
                    raise
                self.tokens.drop(token)
        raise AssertionError("unreachable")

    def _fetch(self) -> Mapping[str, Any]:
        self._rests("gettoken")
        query = {"corpid": self.corp_id, "corpsecret": self._secret}
        return self._once("gettoken", query, b"", "", False)

    def _once(
        self, path: str, query: Mapping[str, str], data: bytes, kind: str, sends: bool
    ) -> dict[str, Any]:
        headers = {"Content-Type": kind} if data else {}
        target = f"/cgi-bin/{path}?{urlencode(query)}"
        with self.slots.one():
            try:
                status, read = self.wire.ask("POST" if data else "GET", target, data, headers, SECS)
            except NoAnswer as error:
                raise error if sends else Retryable(str(error), errors.SYSTEM_SECS) from error
        told = _read(read)
        if status >= 500 or told is None:
            said = f"{status} WeCom failed"
            raise Unknown(said) if sends else Retryable(said, errors.SYSTEM_SECS)
        code = int(told.get("errcode") or 0)
        if code == 0:
            self.slots.fine()
            return told
        raise self._failed(path, code, str(told.get("errmsg", "")), sends)

    def _failed(self, path: str, code: int, message: str, sends: bool) -> ConnectorError:
        found = errors.action(code)
        does = found.does if found else ""
        if does == errors.REFRESH:
            return _Stale(f"{code} {found.says if found else ''}", errors.SYSTEM_SECS)
        if does == errors.FEWER:
            self.slots.complain()
        if does == errors.WINDOW:
            secs = value("token.ban_seconds") if path == "gettoken" else errors.WINDOW_SECS
            self.closed[path] = self.clock() + secs
            return Retryable(f"{code} {found.says if found else ''}", secs)
        return errors.error(code, message, sends=sends)

    def _rests(self, path: str) -> None:
        left = self.closed.get(path, 0.0) - self.clock()
        if left > 0:
            raise Retryable(f"45009 {path} was asked too often and rests for a while", left)


class _Stale(Retryable):
    """The token was not valid any more."""


def _read(data: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(data)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
