"""SMS by any gateway that speaks HTTP: its address, its fields, and what its answer looks like when it took the message."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

from connectors.base import Account, Broken, Halted, Message, Permanent, Receipt, Retryable
from connectors.forms import PER_SECOND, Field, field, words
from connectors.safe_http import Answer, ask
from connectors.sms_text import BadSms, finished, length, wants_to_leave

TITLE = words("短信（HTTP 网关）", "SMS (HTTP gateway)")
CARRIERS = frozenset({"sms"})
CALLS_BACK = True
PHONE = re.compile(r"\+?[0-9]{5,20}")
TEXT_FIELDS: tuple[Field, ...] = (
    field(
        "signature", "text", "短信签名", "Signature", longest=16, help=words("例如 花间，会写作【花间】。", "Such as Brand, written 【Brand】.")
    ),
    field(
        "marketing", "boolean", "营销短信", "Advertising", default=True,
        help=words("营销短信必须写明退订方式。", "Advertising must say how to opt out."),
    ),
    field("opt_out", "text", "退订说明", "How to opt out", default="，退订回T", longest=30, show_if={"marketing": True}),
)  # fmt: skip
FORM = (
    field(
        "url", "text", "网关地址", "Address of the gateway", required=True, url=True,
        help=words("可写 {phone}、{text}、{key}、{user}、{password}。", "May hold {phone}, {text}, {key}, {user} and {password}."),
    ),
    field("method", "select", "方法", "Method", required=True, default="POST",
          options=(("POST", words("POST", "POST")), ("GET", words("GET", "GET")))),
    field("encoding", "select", "格式", "Format", required=True, default="json", show_if={"method": "POST"},
          options=(("json", words("JSON", "JSON")), ("form", words("表单", "Form")))),
    field(
        "fields", "lines", "字段", "Fields", longest=2000, show_if={"method": "POST"},
        default="mobile={phone}\ncontent={text}\nuid={key}",
        help=words("每行一个：网关的字段名=值。", "One a line: the gateway's name = value."),
    ),
    field("user", "text", "用户名", "User"),
    field("password", "secret", "密码或密钥", "Password"),
    field(
        "success", "text", "成功的回复", "What success looks like", default="code=0",
        help=words("字段=值；留空则只看 HTTP 状态。", "Field = value; the HTTP status alone if left out."),
    ),
    field("reference", "text", "回复中的编号字段", "Field with their number", default="msgid"),
    field("report_key", "text", "回执中我方编号的字段", "Reports: field with our key", default="uid"),
    field("report_reference", "text", "回执中对方编号的字段", "Reports: field with their number", default="msgid"),
    field("report_state", "text", "回执中状态的字段", "Reports: field with the state", default="status"),
    field("report_delivered", "text", "表示送达的值", "Reports: value of delivered", default="DELIVRD"),
    *TEXT_FIELDS,
    PER_SECOND,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider tells later of one message, or of somebody who answered."""

    state: Literal["delivered", "failed"] = "failed"
    key: str | None = None
    reference: str | None = None
    phone: str | None = None
    reason: str | None = None
    #: He wants no more.
    left: bool = False
    #: There is no such number.
    no_number: bool = False


def make(account: Account) -> Sms:
    """The way out to this account's gateway."""
    return Sms(account)


class Sms:
    """Sends one message a call; knows no keys, so that what is unclear is left to a person."""

    carriers = CARRIERS
    most = 100
    keeps_keys = False

    def __init__(self, account: Account) -> None:
        self.settings, self._secrets = account.settings, account.secrets

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Send each by itself; what went before a failure stands in its receipts."""
        return one_by_one(self, messages)

    def later(self) -> list[Receipt]:
        """Reports come by callback."""
        return []

    def one(self, message: Message, text: str) -> Receipt:
        """Send a text that is finished."""
        given = {
            "phone": str(message.to),
            "text": text,
            "key": message.key,
            "user": str(self.settings.get("user") or ""),
            "password": self._secrets.get("password", ""),
        }
        url = _filled(
            str(self.settings["url"]), {name: quote(value, safe="") for name, value in given.items()}
        )
        method = str(self.settings.get("method", "POST"))
        body, kind = b"", "application/json"
        if method == "POST":
            pairs = {name: _filled(value, given) for name, value in _pairs(self.settings.get("fields"))}
            as_form = self.settings.get("encoding") == "form"
            kind = "application/x-www-form-urlencoded" if as_form else "application/json; charset=utf-8"
            body = (urlencode(pairs) if as_form else json.dumps(pairs, ensure_ascii=False)).encode()
        answer = ask(method, url, headers={"Content-Type": kind}, body=body)
        return self._judged(message, answer)

    def _judged(self, message: Message, answer: Answer) -> Receipt:
        if answer.status in (401, 403):
            raise Broken(f"{answer.status} was answered: the gateway refuses the account")
        if answer.status == 429 or answer.status >= 500:
            raise Retryable(f"{answer.status} was answered", _wait(answer))
        told = _read(answer.body)
        if answer.status >= 300:
            return receipt(message, "failed", None, f"{answer.status} was answered")
        name, _, wanted = str(self.settings.get("success") or "").partition("=")
        said = _at(told, name.strip()) if name.strip() else None
        if name.strip() and said != wanted.strip():
            return receipt(message, "refused", None, f"{said}: the gateway did not take it")
        return receipt(message, "sent", _at(told, str(self.settings.get("reference") or "")) or None, None)


def one_by_one(connector: Any, messages: Sequence[Message]) -> list[Receipt]:
    """Check numbers and texts, and send each message by itself."""
    if len(messages) > connector.most:
        raise ValueError(f"Send at most {connector.most} messages at once.")
    done: list[Receipt] = []
    for message in messages:
        try:
            text = finished(
                str(message.body.get("text") or ""),
                connector.settings,
                with_signature=getattr(connector, "signs", True),
            )
        except BadSms as error:
            done.append(receipt(message, "failed", None, str(error)))
            continue
        if not PHONE.fullmatch(message.to or ""):
            done.append(receipt(message, "refused", None, "this is no phone number"))
            continue
        try:
            done.append(connector.one(message, text))
        except Halted:
            raise Halted(done) from None
        except Retryable as error:
            raise Retryable(str(error), error.after, [*error.receipts, *done]) from error
        except Permanent as error:
            if isinstance(error, Broken) or not done:
                raise
            raise Retryable(str(error), None, done) from error
    return done


def reports(settings: Mapping[str, Any], told: Any) -> list[Report]:
    """Read what the gateway posts: reports of messages, and answers of people."""
    many = told if isinstance(told, list) else [told]
    return [found for one in many[:1000] if isinstance(one, Mapping) and (found := _report(settings, one))]


def _report(settings: Mapping[str, Any], one: Mapping[str, Any]) -> Report | None:
    phone = next(
        (str(one[name]) for name in ("mobile", "phone", "phone_number", "from") if one.get(name)), None
    )
    said = next(
        (str(one[name]) for name in ("content", "text", "message") if isinstance(one.get(name), str)), None
    )
    if said is not None and phone and wants_to_leave(said):
        return Report(phone=phone, left=True)
    key = _at(one, str(settings.get("report_key") or "")) or None
    reference = _at(one, str(settings.get("report_reference") or "")) or None
    state = _at(one, str(settings.get("report_state") or ""))
    if not state or not (key or reference):
        return None
    good = state == str(settings.get("report_delivered") or "DELIVRD")
    return Report("delivered" if good else "failed", key, reference, phone, None if good else state[:100])


def receipt(message: Message, state: Any, reference: str | None, reason: str | None) -> Receipt:
    """A receipt of now."""
    return Receipt(message.key, state, datetime.now(UTC), reference, reason)


def segments(text: str) -> int:
    """How many messages a text takes."""
    return length(text).segments


def _filled(template: str, given: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: given.get(found[1], found[0]), template)


def _pairs(lines: Any) -> list[tuple[str, str]]:
    split = (line.partition("=") for line in str(lines or "").splitlines() if "=" in line)
    return [(name.strip(), value.strip()) for name, _, value in split]


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _at(told: Any, path: str) -> str:
    for name in path.split(".") if path else ():
        told = told.get(name) if isinstance(told, Mapping) else None
    plain = isinstance(told, str | int | float) and bool(path)
    return str(told)[:128] if plain else ""


def _wait(answer: Answer) -> float | None:
    said = answer.headers.get("retry-after", "")
    return min(float(said), 3600.0) if said.isascii() and said.isdigit() else None
