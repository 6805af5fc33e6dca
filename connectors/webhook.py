"""Calls of the brand's own systems: signed as Standard Webhooks say, with the same id at every attempt of one call."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from connectors import brake
from connectors.base import Account, Broken, Halted, Message, Receipt, Retryable
from connectors.dialing import Forbidden, Unreachable
from connectors.forms import PER_SECOND, field, words
from connectors.safe_http import DEADLINE_SECS, Answer, NoAnswer, ask, bad_header

TITLE = words("外部系统（Webhook）", "Webhook")
CARRIERS = frozenset({"webhook"})
NEEDS_RECIPIENT = False
#: When `secret` changes, the one of before signs as well for a day.
ROTATES = "secret"
PREFIX = "whsec_"
#: What is said of a call that was not begun, since somebody said stop.
HALTED = "sending was stopped"
#: Calls at once, and so the most to one host.
AT_ONCE = 10
#: So many failures in a row, and a host is left alone for so long.
FAILURES, SILENCE_SECS = 5, 30.0
#: The longest text that is kept of an answer.
LONGEST_VALUE = 2000
MOST_WAIT_SECS = 3600.0
FORM = (
    field(
        "url",
        "text",
        "地址",
        "Address",
        required=True,
        url=True,
        help=words(
            "旅程里的步骤没有另写地址时，就调用它。", "Called by steps of journeys that name no other one."
        ),
    ),
    field(
        "secret",
        "secret",
        "签名密钥",
        "Signing secret",
        required=True,
        pattern=r"(whsec_)?[A-Za-z0-9+/]{24,128}={0,2}",
        help=words(
            "base64，可带 whsec_ 前缀；换新密钥后，旧密钥再同时签名 24 小时。",
            "Base64, with or without whsec_; after a change the old one signs as well for 24 hours.",
        ),
    ),
    field(
        "authorization",
        "secret",
        "Authorization 请求头",
        "Authorization header",
        help=words("只发给上面这个地址的主机。", "Sent to the host of the address above alone."),
    ),
    PER_SECOND,
)


def make(account: Account) -> Webhook:
    """The way out to this account's systems."""
    return Webhook(account)


def sign(secrets: Sequence[bytes], identity: str, at: int, body: bytes) -> str:
    """The signatures of a call, one for each secret, as `webhook-signature` bears them."""
    said = f"{identity}.{at}.".encode() + body
    made = (hmac.new(secret, said, hashlib.sha256).digest() for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made)


@dataclass(slots=True)
class Outcome:
    """What came of one call: a receipt, or why it is to be tried again and when at the earliest."""

    receipt: Receipt | None = None
    reason: str = ""
    after: float | None = None


class Webhook:
    """Posts calls, several at a time; the other side knows a call it has had by its id."""

    carriers = CARRIERS
    most = 50
    keeps_keys = True

    def __init__(self, account: Account) -> None:
        self.url = str(account.settings.get("url", ""))
        self._secrets, self._authorization = account.secrets, account.secrets.get("authorization")
        self._lock = threading.Lock()
        #: host -> (failures in a row, when it may be asked again)
        self._hosts: dict[str, tuple[int, float]] = {}

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Make the calls within one deadline for all of them; those that did not come through are Retryable."""
        if len(messages) > self.most:
            raise ValueError(f"Send at most {self.most} messages at once.")
        if not messages:
            return []
        until, stopped = time.monotonic() + DEADLINE_SECS, brake.asked()
        if len(messages) == 1:
            outcomes = [self._one(messages[0], until, stopped)]
        else:
            with ThreadPoolExecutor(min(AT_ONCE, len(messages))) as pool:
                outcomes = list(pool.map(lambda one: self._one(one, until, stopped), messages))
        done = [one.receipt for one in outcomes if one.receipt is not None]
        open_ = [one for one in outcomes if one.receipt is None]
        if any(one.reason == HALTED for one in open_):
            raise Halted(done)
        if open_:
            waits = [one.after for one in open_ if one.after is not None]
            # The whole account is silent only if every call of it was told to wait.
            after = max(waits) if waits and not done and len(waits) == len(open_) else None
            raise Retryable(open_[0].reason, after, done)
        return done

    def later(self) -> list[Receipt]:
        """Answers come at once or not at all."""
        return []

    def _one(self, message: Message, until: float, stopped: brake.Stopped) -> Outcome:
        if stopped():
            return Outcome(reason=HALTED)
        call = _call(message)
        url = str(call.get("url") or self.url)
        host = urlsplit(url).netloc.lower()
        left = until - time.monotonic()
        if left < 0.05 or self._is_silent(host):
            return Outcome(reason=f"{host} was not asked: it has not answered lately")
        try:
            body, headers = self._written(message, call, url)
        except (ValueError, TypeError) as error:
            return self._failed(message, f"the call cannot be written: {error}")
        try:
            with brake.obeying(stopped):  # in whichever thread this is
                answer = ask(str(call.get("method") or "POST"), url, headers=headers, body=body, secs=left)
        except Halted:
            return Outcome(reason=HALTED)
        except Forbidden as error:
            return self._failed(message, str(error))
        except (Unreachable, NoAnswer) as error:
            self._heard(host, good=False)
            return Outcome(reason=str(error))
        self._heard(host, good=answer.status < 500)
        return self._judged(message, call, answer)

    def _judged(self, message: Message, call: Mapping[str, Any], answer: Answer) -> Outcome:
        status = answer.status
        if 200 <= status < 300:
            kept = _kept(call.get("keep") or (), answer)
            reference = f"{status}"
            return Outcome(
                Receipt(message.key, "delivered", datetime.now(UTC), reference, None, kept or None)
            )
        if status in (408, 425, 429) or status >= 500:
            return Outcome(reason=f"{status} was answered", after=_wait(answer.headers.get("retry-after")))
        if 300 <= status < 400:
            return self._failed(message, f"{status} was answered: redirects are not followed")
        return self._failed(message, f"{status} was answered")

    def _failed(self, message: Message, reason: str) -> Outcome:
        return Outcome(Receipt(message.key, "failed", datetime.now(UTC), None, reason[:500]))

    def _written(self, message: Message, call: Mapping[str, Any], url: str) -> tuple[bytes, dict[str, str]]:
        payload = call.get("payload")
        method = str(call.get("method") or "POST")
        body = b"" if method in ("GET", "DELETE") else json.dumps(payload, ensure_ascii=False).encode()
        identity, at = f"msg_{message.key.replace(':', '_')}", int(time.time())
        headers = {str(one["name"]): str(one["value"]) for one in call.get("headers") or ()}
        wrong = [name for name, value in headers.items() if bad_header(name, value)]
        if wrong:
            raise ValueError("a header has a name or a value that headers may not have")
        ours = {
            "Content-Type": "application/json",
            "User-Agent": "Roadbook",
            "webhook-id": identity,
            "webhook-timestamp": str(at),
            "webhook-signature": sign(self._keys(), identity, at, body),
        }
        if self._authorization and _origin(url) == _origin(self.url):
            ours["Authorization"] = self._authorization
        taken = {name.lower() for name in ours}
        return body, ours | {name: value for name, value in headers.items() if name.lower() not in taken}

    def _keys(self) -> list[bytes]:
        """The secrets that sign now: ours, and for a day after a change the one of before."""
        given = [self._secrets.get("secret", "")]
        until = self._secrets.get("old_secret_until")
        if until and datetime.now(UTC) < datetime.fromisoformat(until):
            given.append(self._secrets.get("old_secret", ""))
        try:
            return [base64.b64decode(one.removeprefix(PREFIX)) for one in given if one]
        except (binascii.Error, ValueError):
            raise Broken("the signing secret is no base64") from None

    def _is_silent(self, host: str) -> bool:
        with self._lock:
            failures, until = self._hosts.get(host, (0, 0.0))
            return failures >= FAILURES and time.monotonic() < until

    def _heard(self, host: str, *, good: bool) -> None:
        with self._lock:
            if good:
                self._hosts.pop(host, None)
                return
            failures = self._hosts.get(host, (0, 0.0))[0] + 1
            if len(self._hosts) > 1000:
                self._hosts.clear()
            self._hosts[host] = (failures, time.monotonic() + SILENCE_SECS)


def _call(message: Message) -> Mapping[str, Any]:
    """What a step asks for; a test send asks for nothing but an answer."""
    if message.body.get("test"):
        return {"payload": {"type": "roadbook.test", "data": {"text": message.body.get("text")}}}
    return message.body


def _kept(wanted: Sequence[Mapping[str, Any]], answer: Answer) -> dict[str, Any]:
    """The values of a JSON answer that a step keeps: plain ones alone, texts cut to size."""
    if not wanted or answer.cut:
        return {}
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    found = {str(one["name"]): _at(told, str(one["path"])) for one in wanted}
    return {name: value for name, value in found.items() if value is not None}


def _at(told: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(told, Mapping):
            told = told.get(name)
        elif isinstance(told, list) and name.isdigit() and int(name) < len(told):
            told = told[int(name)]
        else:
            return None
    if isinstance(told, str):
        return told.replace("\x00", "")[:LONGEST_VALUE]
    if isinstance(told, bool) or (isinstance(told, int | float) and abs(told) < 2**53):
        return told
    return None


def _wait(said: str | None) -> float | None:
    return min(float(said), MOST_WAIT_SECS) if said and said.isascii() and said.isdigit() else None


def _origin(url: str) -> tuple[str, str]:
    place = urlsplit(url)
    return place.scheme, place.netloc.lower()
