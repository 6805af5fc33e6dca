"""SMS by Aliyun: SendSms with a template that is approved there, signed as ACS3-HMAC-SHA256 says."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets as chance
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.base import Account, Broken, Message, Receipt, Retryable
from connectors.forms import PER_SECOND, field, words
from connectors.safe_http import Answer, ask
from connectors.sms import TEXT_FIELDS, Report, one_by_one, receipt
from connectors.sms_text import wants_to_leave

TITLE = words("短信（阿里云）", "SMS (Aliyun)")
CARRIERS = frozenset({"sms"})
CALLS_BACK = True
VERSION, ACTION = "2017-05-25", "SendSms"
ENDPOINT = "https://dysmsapi.aliyuncs.com"
FORM = (
    field("access_key_id", "text", "AccessKey ID", "AccessKey ID", required=True, longest=128),
    field("access_key_secret", "secret", "AccessKey Secret", "AccessKey Secret", required=True),
    field("template_code", "text", "模板编号", "Template code", required=True, longest=64,
          help=words("例如 SMS_123456；变量值由下面一项给出。", "Such as SMS_123456; its values come from the next field.")),
    field("template_param", "text", "模板变量（JSON）", "Template values (JSON)", default='{"content": "{text}"}',
          help=words("{text} 会换成素材的正文。", "{text} becomes the material's text.")),
    field("endpoint", "text", "接入地址", "Endpoint", default=ENDPOINT, url=True),
    *TEXT_FIELDS,
    PER_SECOND,
)  # fmt: skip
#: Their codes: not now; the account is wrong; this recipient.
LATER = frozenset(
    {"isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "Throttling.User", "Throttling", "ServiceUnavailable"}
)
ACCOUNT = frozenset({
    "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE",
    "isv.PRODUCT_UN_SUBSCRIPT", "isp.RAM_PERMISSION_DENY", "InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch",
    "InvalidAccessKeyId.Inactive", "Forbidden.AccessKeyDisabled",
})  # fmt: skip
RECIPIENT = frozenset(
    {"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.BLACK_KEY_CONTROL_LIMIT"}
)
#: Reports: there is no such number.
NO_NUMBER = frozenset({"MK:0001", "MI:0013", "1", "UNDELIV_EMPTY", "MK:0005"})


def make(account: Account) -> Aliyun:
    """The way out to this account."""
    return Aliyun(account)


def signed(
    method: str,
    host: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    key_id: str,
    secret: str,
) -> str:
    """The Authorization header of a request; `headers` are the x-acs-* ones."""
    line = "&".join(f"{_quoted(name)}={_quoted(query[name])}" for name in sorted(query))
    told = {"host": host, **{name.lower(): value.strip() for name, value in headers.items()}}
    names = ";".join(sorted(told))
    canonical = "\n".join(
        (
            *(method, "/", line),
            "".join(f"{name}:{told[name]}\n" for name in sorted(told)),
            *(names, hashlib.sha256(body).hexdigest()),
        )
    )
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    mark = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={mark}"


class Aliyun:
    """Sends one message a call; the signature is put before the text by the provider."""

    carriers = CARRIERS
    most = 100
    keeps_keys = False
    signs = False

    def __init__(self, account: Account) -> None:
        self.settings, self._secret = account.settings, account.secrets.get("access_key_secret", "")

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Send each by itself."""
        return one_by_one(self, messages)

    def later(self) -> list[Receipt]:
        """Reports come by callback."""
        return []

    def one(self, message: Message, text: str) -> Receipt:
        """Send a text that is finished; our key travels as OutId and comes back in the report."""
        body = message.body
        query = {
            "PhoneNumbers": str(message.to),
            "SignName": str(self.settings.get("signature") or ""),
            "TemplateCode": str(body.get("template_code") or self.settings["template_code"]),
            "TemplateParam": self._values(body, text),
            "OutId": message.key,
        }
        endpoint = str(self.settings.get("endpoint") or ENDPOINT).rstrip("/")
        host = urlsplit(endpoint).netloc
        headers = {
            "x-acs-action": ACTION,
            "x-acs-version": VERSION,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": chance.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        key_id = str(self.settings["access_key_id"])
        mark = signed("POST", host, query, headers, b"", key_id, self._secret)
        line = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query.items())
        answer = ask("POST", f"{endpoint}/?{line}", headers={**headers, "Authorization": mark})
        return self._judged(message, answer)

    def _values(self, body: Mapping[str, Any], text: str) -> str:
        values = body.get("template_values")
        if isinstance(values, Mapping):
            return json.dumps(dict(values), ensure_ascii=False)
        try:
            shape = json.loads(str(self.settings.get("template_param") or "{}"))
        except ValueError:
            raise Broken("the template's values are no JSON") from None
        if not isinstance(shape, dict):
            raise Broken("the template's values are no JSON object")
        told = {name: str(value).replace("{text}", text) for name, value in shape.items()}
        return json.dumps(told, ensure_ascii=False)

    def _judged(self, message: Message, answer: Answer) -> Receipt:
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = {}
        code = str(told.get("Code", "")) if isinstance(told, dict) else ""
        if code == "OK":
            return receipt(message, "sent", str(told.get("BizId") or "") or None, None)
        if code in LATER or (not code and (answer.status == 429 or answer.status >= 500)):
            raise Retryable(f"{code or answer.status} was answered", 60.0 if "LIMIT" in code else None)
        if code in ACCOUNT:
            raise Broken(f"{code} was answered")
        return receipt(
            message, "refused" if code in RECIPIENT else "failed", None, code or f"{answer.status}"
        )


def reports(settings: Mapping[str, Any], told: Any) -> list[Report]:
    """Read SmsReport and SmsUp, as they are posted: a list of objects."""
    many = told if isinstance(told, list) else [told]
    return [found for one in many[:1000] if isinstance(one, Mapping) and (found := _report(one))]


def _report(one: Mapping[str, Any]) -> Report | None:
    phone = str(one.get("phone_number") or "") or None
    if "content" in one and "success" not in one:
        return Report(phone=phone, left=True) if phone and wants_to_leave(str(one["content"])) else None
    key, reference = str(one.get("out_id") or "") or None, str(one.get("biz_id") or "") or None
    if "success" not in one or not (key or reference):
        return None
    good = one["success"] is True or str(one["success"]).lower() == "true"
    code = str(one.get("err_code") or "")[:60]
    return Report(
        "delivered" if good else "failed", key, reference, phone, None if good else code or "failed",
        no_number=not good and code in NO_NUMBER,
    )  # fmt: skip


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
