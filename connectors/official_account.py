"""Template messages of a WeChat official account: one token for all, taken once, and their codes made into acts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connectors.base import Account, Broken, Halted, Message, Receipt, Retryable
from connectors.forms import PER_SECOND, field, words
from connectors.safe_http import NoAnswer, ask

TITLE = words("公众号（模板消息）", "Official account (template messages)")
CARRIERS = frozenset({"official_account"})
ENDPOINT = "https://api.weixin.qq.com"
#: A token is given back so long before its end.
EARLY_SECS = 300
FORM = (
    field("app_id", "text", "AppID", "AppID", required=True, longest=64),
    field("app_secret", "secret", "AppSecret", "AppSecret", required=True),
    field("template_id", "text", "模板编号", "Template id", required=True, longest=128),
    field(
        "fields", "lines", "模板字段", "Template fields", required=True, default="thing1={title}\nthing2={text}",
        help=words("每行一个：模板里的名字=值；可写 {title}、{text}。", "One a line: the template's name = value; may hold {title} and {text}."),
    ),
    field("endpoint", "text", "接入地址", "Endpoint", default=ENDPOINT, url=True),
    PER_SECOND,
)  # fmt: skip
#: Their codes: the token is none any more; not now; the account; this recipient.
TOKEN = frozenset({40001, 40014, 42001, 42007})
LATER = {-1: None, 45009: 3600.0, 45011: 60.0, 50002: 600.0}
ACCOUNT = frozenset({40013, 40125, 40164, 41002, 41004, 48001, 48002, 48004, 61004})
RECIPIENT = frozenset({40003, 43004, 43019, 43101, 45015, 50005})


def make(account: Account) -> OfficialAccount:
    """The way out to this account."""
    return OfficialAccount(account)


class OfficialAccount:
    """Sends one template message a call; knows no keys, so that what is unclear is left to a person."""

    carriers = CARRIERS
    most = 100
    keeps_keys = False

    def __init__(self, account: Account) -> None:
        self.settings, self._secret = account.settings, account.secrets.get("app_secret", "")
        self._flight = threading.Lock()
        self._token: tuple[str, float] | None = None

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Send each by itself; what went before a failure stands in its receipts."""
        if len(messages) > self.most:
            raise ValueError(f"Send at most {self.most} messages at once.")
        done: list[Receipt] = []
        for message in messages:
            try:
                done.append(self._one(message))
            except Halted:
                raise Halted(done) from None
            except Retryable as error:
                raise Retryable(str(error), error.after, done) from error
        return done

    def later(self) -> list[Receipt]:
        """Nothing is polled."""
        return []

    def check(self) -> None:
        """Take a token; raises as `send`."""
        self._bearer(None)

    def _one(self, message: Message) -> Receipt:
        if not message.to:
            return _receipt(message, "refused", None, "the contact has no openid")
        token = self._bearer(None)
        told = self._posted(message, token)
        if told.get("errcode") in TOKEN:
            told = self._posted(message, self._bearer(token))
        return self._judged(message, told)

    def _posted(self, message: Message, token: str) -> Mapping[str, Any]:
        body = message.body
        data = body.get("data")
        values = data if isinstance(data, Mapping) else self._values(body)
        sent: dict[str, Any] = {
            "touser": message.to,
            "template_id": body.get("template_id") or self.settings["template_id"],
            "data": {name: {"value": str(value)} for name, value in values.items()},
            # Theirs against sending the same message twice, good for ten minutes.
            "client_msg_id": message.key[:32],
        }
        if body.get("url"):
            sent["url"] = body["url"]
        if isinstance(body.get("miniprogram"), Mapping):
            sent["miniprogram"] = dict(body["miniprogram"])
        path = f"/cgi-bin/message/template/send?access_token={quote(token, safe='')}"
        return self._asked("POST", path, json.dumps(sent, ensure_ascii=False).encode())

    def _values(self, body: Mapping[str, Any]) -> dict[str, str]:
        given = {"{title}": str(body.get("title") or ""), "{text}": str(body.get("text") or "")}
        found: dict[str, str] = {}
        for line in str(self.settings.get("fields") or "").splitlines():
            name, _, value = line.partition("=")
            for mark, text in given.items():
                value = value.replace(mark, text)
            if name.strip():
                found[name.strip()] = value.strip()
        return found

    def _judged(self, message: Message, told: Mapping[str, Any]) -> Receipt:
        code = told.get("errcode", 0)
        if code == 0:
            return _receipt(message, "sent", str(told.get("msgid") or "") or None, None)
        said = f"{code} {str(told.get('errmsg', ''))[:80]}"
        if code in LATER:
            raise Retryable(said, LATER[code])
        if code in ACCOUNT or code in TOKEN:
            raise Broken(said)
        return _receipt(message, "refused" if code in RECIPIENT else "failed", None, said)

    def _bearer(self, stale: str | None) -> str:
        """The token at hand, or a new one if it is `stale` or over; several who want one wait for one asking."""
        with self._flight:
            now = time.monotonic()
            if self._token is not None and self._token[0] != stale and now < self._token[1]:
                return self._token[0]
            query = (
                f"/cgi-bin/token?grant_type=client_credential&appid={quote(str(self.settings['app_id']), safe='')}"
                f"&secret={quote(self._secret, safe='')}"
            )
            try:
                told = self._asked("GET", query, b"")
            except NoAnswer as error:
                # To ask for a token twice is harmless.
                raise Retryable(str(error)) from error
            code = told.get("errcode", 0)
            if code in LATER:
                raise Retryable(f"{code} was answered", LATER[code])
            if not told.get("access_token"):
                raise Broken(f"{code}: no token is given to this account")
            lasts = max(60.0, float(told.get("expires_in", 7200)) - EARLY_SECS)
            self._token = (str(told["access_token"]), now + lasts)
            return self._token[0]

    def _asked(self, method: str, path: str, body: bytes) -> Mapping[str, Any]:
        endpoint = str(self.settings.get("endpoint") or ENDPOINT).rstrip("/")
        answer = ask(method, endpoint + path, headers={"Content-Type": "application/json"}, body=body)
        if answer.status == 429 or answer.status >= 500:
            raise Retryable(f"{answer.status} was answered")
        try:
            told = json.loads(answer.body)
        except ValueError:
            raise Retryable(f"{answer.status} was answered, and no JSON") from None
        return told if isinstance(told, Mapping) else {}


def _receipt(message: Message, state: Any, reference: str | None, reason: str | None) -> Receipt:
    return Receipt(message.key, state, datetime.now(UTC), reference, reason)
