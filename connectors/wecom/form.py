"""What a connection with WeCom is called, and what it asks for."""

from __future__ import annotations

from connectors.forms import field, words
from connectors.wecom.client import ADDRESS

TITLE = words("企业微信", "WeCom")
CARRIERS = frozenset({"wecom_direct", "wecom_group", "moments"})
#: WeCom calls us: see docs/wecom.md.
CALLS_BACK = True
FORM = [
    field(
        "corp_id",
        "text",
        "企业 ID",
        "Corp ID",
        required=True,
        help=words("管理后台 → 我的企业 → 企业信息", "Admin console → My company"),
    ),
    field(
        "secret",
        "secret",
        "应用 Secret",
        "App secret",
        required=True,
        help=words(
            "应用管理 → 自建应用；须在「客户联系 → API」中设为可调用应用",
            "Of the app you made, which must be allowed under Customer contact → API",
        ),
    ),
    field(
        "agent_id",
        "text",
        "应用 AgentId",
        "App AgentId",
        help=words("用于给员工发送应用消息", "To send messages to staff"),
    ),
    field(
        "callback_token",
        "secret",
        "回调 Token",
        "Callback token",
        help=words(
            "「接收事件服务器」里随机生成", "Made by the admin console where the callback address is set"
        ),
    ),
    field(
        "callback_aes_key",
        "secret",
        "回调 EncodingAESKey",
        "Callback EncodingAESKey",
        help=words("43 个字符，和 Token 在同一处", "43 letters, in the same place"),
    ),
    field(
        "robots",
        "secret",
        "群机器人",
        "Group robots",
        many_lines=True,
        help=words(
            "每行：群 ID 空格 Webhook 地址或 key；有机器人的群直接发，不等群主确认",
            "A line each: chat id, space, webhook address or key; such groups are told at once",
        ),
    ),
    field(
        "moments_staff",
        "text",
        "发表朋友圈的员工",
        "Staff who publish Moments",
        help=words(
            "userid，逗号分隔；客户没有跟进人时用",
            "userids with commas; for customers without a member of staff",
        ),
    ),
    field(
        "tags_out",
        "select",
        "把标签同步到企业微信",
        "Send tags to WeCom",
        default="known",
        options=[
            ("known", words("企业微信里已有的标签", "Tags that WeCom has")),
            (
                "all",
                words("全部，没有的新建在 Roadbook 组", "All; missing ones are made in the group Roadbook"),
            ),
            ("none", words("不同步", "None")),
        ],
    ),
    field(
        "address",
        "text",
        "接口地址",
        "Address",
        default=ADDRESS,
        url=True,
        help=words("只在用演练服务器时改", "Only to rehearse with the fake server"),
    ),
]
