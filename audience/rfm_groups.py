"""The eight groups of RFM: high or low in recency, frequency and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Group:
    """One group; `high` tells for R, F and M whether it is above the average."""

    key: str
    high: tuple[bool, bool, bool]
    zh: str
    en: str
    #: What to do with these people.
    advice_zh: str
    advice_en: str
    color: str


_UP, _LOW = True, False
GROUPS: Final = (
    Group("important_value", (_UP, _UP, _UP), "重要价值客户", "Champions",
          "最近买、常买、买得多：给专属服务和新品优先。", "Recent, frequent, high spending: serve them personally.", "#0b6e4f"),
    Group("important_develop", (_UP, _LOW, _UP), "重要发展客户", "Promising spenders",
          "最近买过且花得多，但次数少：用搭配推荐和会员权益提高频次。", "Recent and high spending but rare: give reasons to come again.", "#1f7a8c"),
    Group("important_keep", (_LOW, _UP, _UP), "重要保持客户", "Important to keep",
          "常买、花得多，但有一阵没来了：由顾问主动联系。", "Frequent and high spending but away for a while: call on them.", "#3d5a99"),
    Group("important_win_back", (_LOW, _LOW, _UP), "重要挽留客户", "Important to win back",
          "花得多但很久没来：用有分量的回归权益挽回。", "High spending but long gone: win them back with something that counts.", "#6a4c93"),
    Group("general_value", (_UP, _UP, _LOW), "一般价值客户", "Loyal small spenders",
          "常来但客单低：做组合与升级，提高客单价。", "Frequent and recent with small orders: offer sets and upgrades.", "#4f7f3f"),
    Group("general_develop", (_UP, _LOW, _LOW), "一般发展客户", "Newcomers",
          "刚来、买得少：讲清楚价值，促成第二单。", "New and small: help them to the second order.", "#8a7a22"),
    Group("general_keep", (_LOW, _UP, _LOW), "一般保持客户", "Cooling regulars",
          "曾经常来、客单低：低成本内容唤醒。", "Once frequent, small orders: wake them with content that costs little.", "#a4632b"),
    Group("general_win_back", (_LOW, _LOW, _LOW), "一般挽留客户", "Hibernating",
          "很久没来、花得少：批量触达即可，不必投入人力。", "Long gone and small: reach them in bulk only.", "#8d5a5a"),
)  # fmt: skip
BY_KEY: Final = {group.key: group for group in GROUPS}


def levels() -> list[dict[str, Any]]:
    """The groups as the levels of a dimension."""
    return [
        {
            "key": group.key,
            "name": group.zh,
            "name_en": group.en,
            "rule": None,
            "words": group.advice_zh,
            "words_en": group.advice_en,
            "benefits": [],
            "color": group.color,
        }
        for group in GROUPS
    ]


def score_levels(letter: str) -> list[dict[str, Any]]:
    """Scores 5 to 1 of R, F or M as the levels of a dimension."""
    return [
        {
            "key": f"{letter}{score}",
            "name": f"{letter.upper()} {score} 分",
            "name_en": f"{letter.upper()} score {score}",
            "rule": None,
            "words": "",
            "words_en": "",
            "benefits": [],
            "color": "",
        }
        for score in range(5, 0, -1)
    ]
