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


def _data(most: int) -> Field:
    """The named places of a platform's template, and what is written into each."""
    return Field(
        "data",
        "list",
        words("模板里的各项", "Fields of the template"),
        most=most,
        of=(
            Field("name", "text", words("字段名", "Field"), True, 64, rendered=False),
            Field("value", "text", words("内容", "Value"), True, 200),
        ),
    )


_BYTES = words("微信按字节计长度，一个汉字三个字节。", "WeCom counts bytes; a Chinese character has three.")
_LINES = words(
    "最长 500 字，每 67 字计一条短信；营销短信须写明退订方式。",
    "500 characters at most, 67 to a message; marketing texts must say how to opt out.",
)
_SIGNATURE = words(
    "以【】放在短信开头，须与服务商报备的一致。",
    "Put in 【】 before the text, as registered with the provider.",
)
_OPT_OUT = words("放在短信末尾，例如：拒收请回复R", "Put at the end of the text, such as: reply R to stop")
_CALL = words("放在正文之后：请大家做什么。", "Put after the text: what people are asked to do.")
_HTML = words(
    "可以不填；填了，收件人看到的就是它，正文只给看不了网页的邮箱。脚本和表单会被去掉。",
    "May stay empty; if there is one, people read it, and the text is for mailboxes that show no HTML. "
    "Scripts and forms are taken out.",
)
_TEMPLATE = words(
    "在公众平台选用的模板的编号。", "The id of the template, as chosen on the platform of official accounts."
)
_SHOWN = words(
    "只用于预览和沙盒；客户看到的是平台模板的样子。",
    "For previews and the sandbox; people see the platform's own template.",
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
                Field("call", "text", words("行动号召", "Call to action"), longest=200, help=_CALL),
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
                Field(
                    "template_id",
                    "text",
                    words("模板编号", "Template id"),
                    longest=64,
                    rendered=False,
                    help=_TEMPLATE,
                ),
                _data(10),
            ),
            "openid",
        ),
        Carrier(
            "mini_program",
            words("小程序订阅消息", "Mini-program subscription"),
            (
                Field("template_id", "text", words("模板编号", "Template id"), True, 64, rendered=False),
                _text(500, help=_SHOWN),
                _data(20),
                Field("page", "text", words("小程序页面", "Page"), longest=1024),
            ),
            "openid",
        ),
        Carrier(
            "sms",
            words("短信", "SMS"),
            (
                Field("signature", "text", words("签名", "Signature"), longest=20, help=_SIGNATURE),
                _text(500, help=_LINES),
                Field("opt_out", "text", words("退订说明", "How to opt out"), longest=40, help=_OPT_OUT),
            ),
            "phone",
        ),
        Carrier(
            "email",
            words("邮件", "E-mail"),
            (
                Field("subject", "text", words("主题", "Subject"), True, 200),
                _text(50_000),
                Field("html", "html", words("网页版", "HTML"), longest=50_000, help=_HTML),
            ),
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
