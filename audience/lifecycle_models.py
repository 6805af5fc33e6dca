"""Ready lifecycles of industries to start from: stages in order, each with its rule and what it means in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a model: its key, name and meaning in Chinese and English, and a rule or a number of days."""

    key: str
    name: Said
    words: Said
    rule: dict[str, Any] | None = None
    #: Of a lifecycle by dates: it begins so many days after the birth; before it if negative.
    from_days: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A lifecycle as an industry knows it."""

    key: str
    name: Said
    words: Said
    stages: tuple[Stage, ...]
    dates: Mapping[str, str] | None = None


def happened(event: str, operator: str = ">=", value: int = 1, **more: Any) -> dict[str, Any]:
    """The rule that something happened at least so often."""
    leaf = {"field": f"history.{event}.count", "operator": operator, "value": value, **more}
    return {"combinator": "and", "rules": [leaf]}


def any_of(*events: str) -> dict[str, Any]:
    """The rule that one of these happened."""
    return {"combinator": "or", "rules": [happened(event)["rules"][0] for event in events]}


def tagged(*tags: str) -> dict[str, Any]:
    """The rule that a contact wears one of these tags."""
    return {"combinator": "and", "rules": [{"field": "tags", "operator": "hasAny", "value": list(tags)}]}


CARS: Final = Model(
    "cars",
    ("新能源汽车", "Cars"),
    ("从留资到车主", "From the first lead to the owner"),
    (
        Stage("lead", ("线索", "Lead"), ("留下了联系方式", "Left contact details"), any_of("lead_created", "form_submitted")),
        Stage("contacted", ("已联系", "Contacted"), ("加了好友或回复过", "Became a friend or replied"), any_of("friend_added", "replied")),
        Stage("visited", ("到店", "Store visit"), ("到过门店", "Has visited a store"), happened("store_visited")),
        Stage("test_driven", ("试驾", "Test drive"), ("完成试驾", "Has driven a car"), happened("test_driven")),
        Stage("deposit", ("下定", "Deposit"), ("付了定金，之后没有退", "Paid a deposit and did not take it back"), {
            "combinator": "and",
            "rules": [*happened("deposit_paid")["rules"], *happened("deposit_refunded", "=", 0)["rules"]],
        }),
        Stage("owner", ("车主", "Owner"), ("已交付", "The car was delivered"), happened("delivered")),
    ),
)  # fmt: skip

EDUCATION: Final = Model(
    "education",
    ("教育培训", "Education"),
    ("从流量到复购", "From the first contact to the next course"),
    (
        Stage("traffic", ("流量", "Traffic"), ("加了好友或注册", "Became a friend or registered"),
              any_of("friend_added", "registered", "form_submitted")),
        Stage("low_course", ("低价课", "Low-price course"), ("买过低价课", "Bought a low-price course"), happened("low_course_paid")),
        Stage("high_course", ("正价课", "High-price course"), ("买过正价课", "Bought a full course"), happened("course_paid")),
        Stage("repeat", ("复购", "Repeat"), ("正价课买过两次以上", "Bought full courses twice or more"), happened("course_paid", ">=", 2)),
    ),
)  # fmt: skip

MOTHER: Final = Model(
    "mother_baby",
    ("母婴", "Mother & baby"),
    ("由预产期或宝宝生日算出；有了生日就以生日为准", "Computed from the due date, or the birth date once there is one"),
    (
        Stage("preparing", ("备孕", "Preparing"), ("带有“备孕”标签", "Tagged 备孕"), tagged("备孕")),
        Stage("pregnant", ("孕期", "Pregnant"), ("预产期前 280 天内", "Within 280 days before the due date"), from_days=-280),
        Stage("confinement", ("月子", "Confinement"), ("出生后 42 天内", "42 days from birth"), from_days=0),
        Stage("m0_6", ("0–6 个月", "0–6 months"), ("出生第 43 天起", "From the 43rd day on"), from_days=42),
        Stage("m6_12", ("6–12 个月", "6–12 months"), ("出生满 183 天", "183 days after birth"), from_days=183),
        Stage("y1", ("1 岁以上", "1 year +"), ("出生满 365 天", "365 days after birth"), from_days=365),
    ),
    {"due": "due_date", "birth": "birth_date"},
)  # fmt: skip

FINANCE: Final = Model(
    "finance",
    ("金融", "Finance"),
    ("从注册到首次交易", "From registration to the first trade"),
    (
        Stage("registered", ("已注册", "Registered"), ("完成注册", "Has registered"), happened("registered")),
        Stage("opened", ("已开户", "Account opened"), ("开户成功", "Has opened an account"), happened("account_opened")),
        Stage("traded", ("首次交易", "First trade"), ("有过交易", "Has traded"), happened("traded")),
    ),
)  # fmt: skip

CERTIFICATION: Final = Model(
    "certification",
    ("职业认证", "Certification"),
    ("从意向到持证", "From interest to the certificate"),
    (
        Stage("weak", ("弱意向", "Weak intent"), ("来咨询过", "Has asked once"),
              any_of("friend_added", "lead_created", "form_submitted", "registered")),
        Stage("strong", ("强意向", "Strong intent"), ("试听过，或聊过三次以上", "Had a trial lesson, or replied three times"), {
            "combinator": "or",
            "rules": [*happened("trial_lesson_taken")["rules"], *happened("replied", ">=", 3)["rules"], *tagged("强意向")["rules"]],
        }),
        Stage("enrolled", ("已报名", "Enrolled"), ("报名缴费", "Has paid for the course"), any_of("course_paid", "enrolled")),
        Stage("examined", ("已考试", "Examined"), ("参加过考试", "Has sat the exam"), happened("exam_taken")),
        Stage("certified", ("已持证", "Certified"), ("拿到证书", "Holds the certificate"), happened("certified")),
    ),
)  # fmt: skip

BEAUTY: Final = Model(
    "beauty",
    ("美妆", "Beauty"),
    ("新客、首购、复购到忠诚，以及沉睡", "Newcomer, first order, repeat, loyal and dormant"),
    (
        Stage("newcomer", ("新客", "Newcomer"), ("加了好友或注册", "Became a friend or registered"),
              any_of("friend_added", "registered", "group_joined")),
        Stage("first_order", ("首购", "First order"), ("下过一单", "Has ordered once"), happened("order_paid")),
        Stage("repeat", ("复购", "Repeat"), ("下过两单以上", "Has ordered twice or more"), happened("order_paid", ">=", 2)),
        Stage("loyal", ("忠诚", "Loyal"), ("半年内四单以上", "Four orders or more in half a year"), happened("order_paid", ">=", 4, within="P180D")),
        Stage("dormant", ("沉睡", "Dormant"), ("买过，但 90 天没有下单", "Has bought, but not in 90 days"), {
            "combinator": "and",
            "rules": [*happened("order_paid")["rules"], *happened("order_paid", "=", 0, within="P90D")["rules"]],
        }),
    ),
)  # fmt: skip

MODELS: Final[Mapping[str, Model]] = {
    one.key: one for one in (CARS, EDUCATION, MOTHER, FINANCE, CERTIFICATION, BEAUTY)
}
