"""How a person's names look to those who may not see them whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

_KEYS = (
    "phone phonenumber mobile mobilephone tel telephone email mail emailaddress openid unionid externaluserid "
    "wechat wechatid idcard idnumber identitycard passport address street receiver receivername receiverphone "
    "consignee realname fullname birthday birthdate dateofbirth ip ipaddress deviceid "
    "手机 手机号 电话 邮箱 地址 收货地址 收件人 身份证 身份证号 真实姓名 微信号 生日"
)
#: Properties of events that name or locate a person, however a sender writes them (`Phone_Number`, `phoneNumber`).
PERSONAL_KEYS = frozenset(_KEYS.split())
_PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

#: Stands for a value that is there and not shown.
COVER = "***"


def masked(kind: str, value: str) -> str:
    """Enough of a name to tell two apart, too little to reach anybody."""
    if kind == "email":
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    return f"{value[:3]}****{value[-4:]}" if len(value) > 8 else f"{value[:1]}***"


def covered(properties: Mapping[str, Any], private: Collection[str] = ()) -> dict[str, Any]:
    """What an event said, for those who may not see people whole.

    Covered is what bears the name of a private attribute or of a well-known personal thing, and every text that is a
    phone number or an address of e-mail, at any depth.
    """
    return {
        name: COVER if value is not None and _is_private(name, private) else _covered_value(value, private)
        for name, value in properties.items()
    }


def _is_private(name: str, private: Collection[str]) -> bool:
    return name in private or re.sub(r"[\s_\-.]+", "", name).lower() in PERSONAL_KEYS


def _covered_value(value: Any, private: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return covered(value, private)
    if isinstance(value, list):
        return [_covered_value(one, private) for one in value]
    told = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if _PHONE.fullmatch(told):
        return masked("phone", told)
    return masked("email", told) if _EMAIL.fullmatch(told) else value
