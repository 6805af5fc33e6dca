"""Words that a text for customers had better not hold: short ready lists, to be edited by each workspace.

The lists are a beginning and no legal advice. They name what advertising law and platform rules are usually read to
forbid: absolute claims, and in some trades promises that nobody can keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class ReadyList:
    """A list as it ships."""

    title: Mapping[str, str]
    words: tuple[str, ...]
    on: bool = False


READY: Mapping[str, ReadyList] = {
    "absolute": ReadyList(
        {"zh": "绝对化用语", "en": "Absolute claims"},
        (
            *("国家级", "世界级", "最高级", "最佳", "最好", "最优", "最低价", "最便宜", "最先进", "最大"),
            *("第一", "唯一", "首个", "首选", "顶级", "极品", "独一无二", "绝无仅有", "史无前例", "万能"),
            *("100%有效", "百分百", "全网最低", "销量冠军", "永久", "number one", "best ever"),
        ),
        on=True,
    ),
    "inducing": ReadyList(
        {"zh": "诱导分享与关注", "en": "Pressing people to share"},
        ("转发到朋友圈", "集赞", "不转不是", "必转", "强制关注", "分享到三个群", "must share"),
        on=True,
    ),
    "beauty": ReadyList(
        {"zh": "美妆护肤", "en": "Beauty"},
        ("药妆", "医学护肤", "治疗", "根治", "疗效", "祛疤", "速效美白", "一洗白", "无副作用", "消炎"),
    ),
    "health": ReadyList(
        {"zh": "健康食品", "en": "Health food"},
        ("治愈", "药到病除", "降血糖", "降血压", "抗癌", "替代药物", "包治", "无毒副作用", "cure"),
    ),
    "education": ReadyList(
        {"zh": "教育培训", "en": "Education"},
        ("保过", "包过", "必过", "状元", "提分保证", "命题人", "名师押题", "guaranteed pass"),
    ),
    "finance": ReadyList(
        {"zh": "金融理财", "en": "Finance"},
        ("保本", "零风险", "无风险", "稳赚", "保收益", "高回报", "刚性兑付", "risk-free"),
    ),
    "own": ReadyList({"zh": "自己的禁用词", "en": "Our own words"}, (), on=True),
}
