"""The carriers of messages: what each is called and which form its material has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Words = Mapping[str, str]


def words(zh: str, en: str) -> dict[str, str]:
    """Say it in both languages."""
    return {"zh": zh, "en": en}


@dataclass(slots=True, frozen=True)
class Field:
    """One field of a material's body; `longest` is in characters, or in UTF-8 bytes where `bytes_` is set."""

    name: str
    type: str
    title: Words
    required: bool = False
    longest: int | None = None
    bytes_: bool = False
    most: int | None = None
    #: True if the text may hold variables.
    rendered: bool = True
    help: Words | None = None
    of: tuple[Field, ...] = ()
    options: tuple[tuple[str, Words], ...] = ()

    def form(self) -> dict[str, Any]:
        """Describe the field as the studio's forms are described."""
        shape: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "title": dict(self.title),
            "required": self.required,
        }
        if self.help:
            shape["help"] = dict(self.help)
        if self.longest or self.most:
            shape["max"] = self.longest or self.most
        if self.of:
            shape["of"] = [field.form() for field in self.of]
        if self.options:
            shape["options"] = [{"value": value, "title": dict(title)} for value, title in self.options]
        return shape


@dataclass(slots=True, frozen=True)
class Carrier:
    """One way to reach a contact. `identity` is the kind of name it needs the contact to have."""

    key: str
    title: Words
    fields: tuple[Field, ...]
    identity: str | None = None
    #: Whom it reaches: contact or group; None if both.
    reaches: str | None = "contact"
    #: True if a member of staff has to confirm before anything goes out.
    confirmed: bool = False

    def form(self) -> list[dict[str, Any]]:
        return [field.form() for field in self.fields]

    def as_dict(self) -> dict[str, Any]:
        """Describe the carrier for the API."""
        return {
            "key": self.key,
            "title": dict(self.title),
            "form": self.form(),
            "identity": self.identity,
            "confirmed": self.confirmed,
        }


KINDS_OF_ATTACHMENT = (
    ("image", words("图片", "Image")),
    ("link", words("网页", "Link")),
    ("miniprogram", words("小程序", "Mini program")),
    ("video", words("视频", "Video")),
    ("file", words("文件", "File")),
)


def _text(longest: int, *, bytes_: bool = False, help: Words | None = None) -> Field:
    return Field("text", "text", words("正文", "Text"), True, longest, bytes_, help=help)


def _attachments(most: int, kinds: tuple[str, ...] = ()) -> Field:
    options = tuple(kind for kind in KINDS_OF_ATTACHMENT if not kinds or kind[0] in kinds)
    return Field(
        "attachments",
        "list",
        words("附件", "Attachments"),
        most=most,
        of=(
            Field("type", "select", words("类型", "Type"), True, rendered=False, options=options),
            Field("title", "text", words("标题", "Title"), longest=64),
            Field("url", "text", words("地址", "Address"), True, longest=2048),
        ),
    )


_BYTES = words("微信按字节计长度，一个汉字三个字节。", "WeCom counts bytes; a Chinese character has three.")
_LINES = words(
    "最长 500 字，每 67 字计一条短信；营销短信须写明退订方式。",
    "500 characters at most, 67 to a message; marketing texts must say how to opt out.",
)

CARRIERS: dict[str, Carrier] = {
    carrier.key: carrier
    for carrier in (
        Carrier(
            "wecom_direct",
            words("企业微信单聊", "WeCom 1:1"),
            (_text(4000, bytes_=True, help=_BYTES), _attachments(9)),
            "external_userid",
            confirmed=True,
        ),
        Carrier(
            "wecom_group",
            words("企业微信群", "WeCom group"),
            (
                Field("title", "text", words("标题", "Title"), longest=64),
                _text(4000, bytes_=True, help=_BYTES),
                _attachments(9),
            ),
            "chat_id",
            "group",
            confirmed=True,
        ),
        Carrier(
            "moments",
            words("朋友圈", "Moments"),
            (_text(2000), _attachments(9, ("image", "link", "video"))),
            "external_userid",
            confirmed=True,
        ),
        Carrier(
            "official_account",
            words("公众号", "Official account"),
            (
                Field("title", "text", words("标题", "Title"), longest=64),
                _text(2000, bytes_=True),
                Field("url", "text", words("跳转地址", "Address"), longest=2048),
            ),
            "openid",
        ),
        Carrier("sms", words("短信", "SMS"), (_text(500, help=_LINES),), "phone"),
        Carrier(
            "email",
            words("邮件", "E-mail"),
            (Field("subject", "text", words("主题", "Subject"), True, 200), _text(50_000)),
            "email",
        ),
        Carrier(
            "sandbox",
            words("沙盒", "Sandbox"),
            (
                Field("title", "text", words("标题", "Title"), longest=200),
                Field("subject", "text", words("主题", "Subject"), longest=200),
                _text(20_000),
                _attachments(9),
            ),
            reaches=None,
        ),
    )
}


def listed() -> list[dict[str, Any]]:
    """Return all carriers as the API shows them, in the order of the palette."""
    return [carrier.as_dict() for carrier in CARRIERS.values()]
