"""What events that nearly every brand has are called, as (Chinese, English); a workspace's own title comes first."""

from __future__ import annotations

EVENTS: dict[str, tuple[str, str]] = {
    "friend_added": ("添加好友", "friend added"),
    "friend_deleted": ("删除好友", "friend deleted"),
    "registered": ("注册", "registered"),
    "order_paid": ("支付订单", "order paid"),
    "order_refunded": ("退款", "order refunded"),
    "product_viewed": ("浏览商品", "product viewed"),
    "activity_joined": ("参加活动", "activity joined"),
    "replied": ("回复消息", "replied"),
    "group_joined": ("加入社群", "group joined"),
    "group_left": ("退出社群", "group left"),
    "store_visited": ("到店", "store visited"),
    "test_driven": ("试驾", "test drive"),
    "deposit_paid": ("支付定金", "deposit paid"),
    "deposit_refunded": ("退定金", "deposit refunded"),
    "unsubscribed": ("退订", "unsubscribed"),
    "lead_created": ("留资", "lead created"),
    "form_submitted": ("提交表单", "form submitted"),
    "delivered": ("交付", "delivered"),
    "service_done": ("完成保养", "service done"),
    "journey_ended": ("旅程结束", "journey ended"),
}


def title(name: str) -> tuple[str, str]:
    """What an event is called in both languages; its own name where nobody has a better one."""
    return EVENTS.get(name, (name, name))
