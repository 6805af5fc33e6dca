"""The phases of a customer group's life, what is measured in each, and what helps when a measure is low."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Words = dict[str, str]


@dataclass(slots=True, frozen=True)
class Measure:
    """One number of a phase; below `low` (above it if `falls`) the remedy is due."""

    key: str
    title: Words
    #: share (0 to 1) | amount
    unit: str
    low: float | None
    remedy: Words
    #: True if a small value is the good one.
    falls: bool = False

    def is_low(self, value: float | None) -> bool:
        """True if the value asks for the remedy; an unknown one does not."""
        if value is None or self.low is None:
            return False
        return value > self.low if self.falls else value < self.low


@dataclass(slots=True, frozen=True)
class Phase:
    """A part of a group's life, from so many days after its opening."""

    key: str
    title: Words
    from_day: int
    measures: tuple[Measure, ...]


def _words(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


PHASES = (
    Phase(
        "build",
        _words("建群期", "Build"),
        0,
        (
            Measure(
                "join_rate",
                _words("入群率", "Join rate"),
                "share",
                0.3,
                _words(
                    "把邀请里的好处写具体，由熟悉的员工一对一再邀请一次。",
                    "Say in the invitation what one gets, and let a known member of staff invite once more, one to one.",
                ),
            ),
            Measure(
                "profile_completion",
                _words("资料完善率", "Profiles filled in"),
                "share",
                0.4,
                _words(
                    "缩短表单，填完就送一份小礼；入群当天晚上再提醒一次。",
                    "Shorten the form, give a small present for it, and remind once more on the evening of the first day.",
                ),
            ),
            Measure(
                "first_week_retention",
                _words("首周留存率", "First-week retention"),
                "share",
                0.8,
                _words(
                    "首周每天只发一条有用的内容，少推销；问一问离开的人为什么走。",
                    "One useful message a day in the first week and little selling; ask those who left why.",
                ),
            ),
        ),
    ),
    Phase(
        "activate",
        _words("激活期", "Activate"),
        7,
        (
            Measure(
                "speaking",
                _words("发言率", "Members who speak"),
                "share",
                0.15,
                _words(
                    "抛一个人人能答的话题，先请三五位熟客接话，再点名回应。",
                    "Ask what everybody can answer, let a few regulars begin, then answer people by name.",
                ),
            ),
            Measure(
                "participation",
                _words("参与率", "Members who take part"),
                "share",
                0.2,
                _words(
                    "换成三天打卡这样门槛低的活动，做完当天就兑现奖励。",
                    "Change to something easy such as a three-day check-in, and give the reward on the same day.",
                ),
            ),
            Measure(
                "opening",
                _words("内容打开率", "Content opened"),
                "share",
                0.25,
                _words(
                    "标题只说一件事，发送时间移到群里最热闹的时段。",
                    "One thing in the title, sent at the hour at which this group is liveliest.",
                ),
            ),
        ),
    ),
    Phase(
        "monetise",
        _words("变现期", "Monetise"),
        30,
        (
            Measure(
                "conversion",
                _words("成交转化率", "Conversion"),
                "share",
                0.05,
                _words(
                    "先做一次低价的群专享体验，再推正价；看货过的人一对一跟进。",
                    "First a cheap trial for the group alone, then the full price; follow up one to one on who has looked.",
                ),
            ),
            Measure(
                "order_value",
                _words("客单价", "Order value"),
                "amount",
                None,
                _words(
                    "用满减和组合装拉高客单，而不是继续打折。",
                    "Raise it by bundles and by thresholds, not by deeper discounts.",
                ),
            ),
            Measure(
                "coupon_use",
                _words("用券率", "Coupons used"),
                "share",
                0.2,
                _words(
                    "缩短有效期，到期前一天在群里提醒，并写明怎么用。",
                    "Make them end sooner, remind the group a day before, and say how they are used.",
                ),
            ),
        ),
    ),
    Phase(
        "retain",
        _words("留存期", "Retain"),
        90,
        (
            Measure(
                "weekly_activity",
                _words("周活跃率", "Active in a week"),
                "share",
                0.1,
                _words(
                    "固定每周一个大家等着的时刻；三十天没有说话的人一对一问候。",
                    "A fixed hour every week that people wait for; greet those silent for thirty days one to one.",
                ),
            ),
            Measure(
                "repurchase",
                _words("复购率", "Bought again"),
                "share",
                0.2,
                _words(
                    "按上次购买的用完时间提醒，老客专享价只在群里给。",
                    "Remind when the last purchase runs out, with a price for regulars in the group alone.",
                ),
            ),
            Measure(
                "churn",
                _words("流失率", "Left within 30 days"),
                "share",
                0.1,
                _words(
                    "减少群发，把只看优惠的人分到福利群，留下的人多给服务。",
                    "Send less, move those who only want offers to a group of their own, and serve the others better.",
                ),
                falls=True,
            ),
        ),
    ),
)
BY_KEY = {phase.key: phase for phase in PHASES}


def phase_of(created_at: datetime, now: datetime) -> Phase:
    """The phase in which a group opened at `created_at` is at `now`."""
    days = (now - created_at) / timedelta(days=1)
    return next((phase for phase in reversed(PHASES) if days >= phase.from_day), PHASES[0])


def bounds(phase: Phase, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Between which times a group was opened that is in this phase at `now`: after the first, up to the second."""
    later = [other for other in PHASES if other.from_day > phase.from_day]
    oldest = now - timedelta(days=later[0].from_day) if later else None
    youngest = now - timedelta(days=phase.from_day) if phase.from_day else None
    return oldest, youngest


def told(phase: Phase, values: dict[str, float | None]) -> dict[str, Any]:
    """A phase with its measures for the API; a remedy is given where it is due."""
    return {
        "key": phase.key,
        "title": phase.title,
        "measures": [
            {
                "key": measure.key,
                "title": measure.title,
                "unit": measure.unit,
                "value": values.get(measure.key),
                "threshold": measure.low,
                "falls": measure.falls,
                "low": measure.is_low(values.get(measure.key)),
                "remedy": measure.remedy,
            }
            for measure in phase.measures
        ],
    }
