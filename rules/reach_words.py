"""What each policy of a workspace says, in words; the list is in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rules.contact_policy import Policy
from rules.duration import Duration
from rules.moment import Moment
from rules.reach import NOTHING, read

#: Display names: "carrier.sms", "tier.value.high", "journey.welcome"; what has none is shown as it is written.
Names = Mapping[str, str]
PERIODS: Final = {"day": ("每天", "a day"), "week": ("每周", "a week"), "month": ("每月", "a month")}


@dataclass(frozen=True, slots=True)
class Said:
    """One policy with what is said of it; `where` is its place in the setting (`caps[0]`), empty if it is always there."""

    kind: str
    where: str
    policy: Policy
    title: tuple[str, str]
    words: tuple[str, str]


def listed(setting: Mapping[str, Any], quiet: Sequence[str] | None, names: Mapping[str, Names]) -> list[Said]:
    """Every policy in its order; `names` are those in `zh` and in `en`."""
    setting = {**NOTHING, **setting}
    told = [*_fixed(quiet), *_set(setting, names)]
    policies = read(setting).policies
    return [
        Said(kind, where, policy, title, words)
        for (kind, where, title, words), policy in zip(told, policies, strict=True)
    ]


Told = tuple[str, str, tuple[str, str], tuple[str, str]]


def _fixed(quiet: Sequence[str] | None) -> list[Told]:
    hours = (
        (
            f"客户当地 {quiet[0]} 到 {quiet[1]} 不发送，到点后在十分钟内错开发出",
            f"nothing from {quiet[0]} to {quiet[1]} by the contact's clock; then within ten minutes, one after another",
        )
        if quiet
        else ("没有设免打扰时段", "no quiet hours are set")
    )
    return [
        (
            *("consent", "", ("同意", "Consent")),
            (
                "不接收营销、或没有同意这个渠道的客户不发送",
                "never to who wants no marketing, or has not agreed to the carrier",
            ),
        ),
        (
            *("blocked", "", ("屏蔽与删好友", "Blocked, no friend any more")),
            (
                "屏蔽了我们或渠道的、已删除好友的客户不发送",
                "never to who is blocked or has blocked, or is no friend where only friends are reached",
            ),
        ),
        ("quiet_hours", "", ("免打扰时段", "Quiet hours"), hours),
        (
            *("window", "", ("步骤的发送时段", "The step's own window")),
            ("步骤设了发送时段的，等到时段打开", "held until the window opens that the step may have"),
        ),
    ]


def _set(setting: Mapping[str, Any], names: Mapping[str, Names]) -> list[Told]:
    told: list[Told] = []
    for n, one in enumerate(setting["hours"]):
        told.append(("hours", f"hours[{n}]", ("渠道时段", "Hours of a carrier"), _hours(one, names)))
    if setting["one_a_minute"]:
        told.append(
            (
                *("one_a_minute", "one_a_minute", ("一分钟一条", "One a minute")),
                (
                    "同一客户、同一渠道一分钟最多一条，不论旅程怎么画",
                    "one message a minute to one contact by one carrier, whatever the drawings say",
                ),
            )
        )
    for n, one in enumerate(setting["quotas"]):
        told.append(("quota", f"quotas[{n}]", ("群发额度", "Quota of broadcasts"), _quota(one, names)))
    for n, one in enumerate(setting["caps"]):
        told.append(("cap", f"caps[{n}]", ("次数上限", "Cap"), _cap(one, names)))
    if (setting["priority"] or {}).get("journeys"):
        told.append(
            ("priority", "priority", ("旅程优先级", "Priority"), _priority(setting["priority"], names))
        )
    return told


def _hours(one: Mapping[str, Any], names: Mapping[str, Names]) -> tuple[str, str]:
    hours = Moment.parse_window(dict(one["window"]))
    zh = hours.say("zh").removeprefix("下一个 ")
    en = hours.say("en").removeprefix("the next ")
    return f"{_carriers(one, names, 'zh')}只在 {zh} 发送", f"{_carriers(one, names, 'en')} only at {en}"


def _quota(one: Mapping[str, Any], names: Mapping[str, Names]) -> tuple[str, str]:
    budgets = [unit for unit in PERIODS if one.get(unit) is not None]
    zh = [f"{PERIODS[unit][0]} {one[unit]} 条" for unit in budgets]
    en = [f"{one[unit]} {PERIODS[unit][1]}" for unit in budgets]
    if days := one.get("monthdays"):
        zh.append(f"只在每月 {'、'.join('最后一天' if d == -1 else f'{d} 日' for d in days)}")
        en.append(f"only on day {', '.join('last' if d == -1 else str(d) for d in days)} of the month")
    full = _full(one)
    return (
        f"{_carriers(one, names, 'zh')}对每位客户{'、'.join(zh)}；{full[0]}",
        f"{_carriers(one, names, 'en')} to each contact: {', '.join(en)}; {full[1]}",
    )


def _cap(one: Mapping[str, Any], names: Mapping[str, Names]) -> tuple[str, str]:
    per = PERIODS.get(one["per"])
    zh = per[0] if per else f"任意 {Duration.parse(one['per']).say('zh')}内"
    en = per[1] if per else f"in any {Duration.parse(one['per']).say('en')}"
    full = _full(one)
    return (
        f"{_who(one, names, 'zh')}{_carriers(one, names, 'zh')}{zh}最多 {one['most']} 次；{full[0]}",
        f"{_who(one, names, 'en')}{_carriers(one, names, 'en')} at most {one['most']} {en}; {full[1]}",
    )


def _who(one: Mapping[str, Any], names: Mapping[str, Names], lang: str) -> str:
    who = one.get("who")
    if not who:
        return "每位客户：" if lang == "zh" else "Everybody: "
    if who.get("tag"):
        return f"标签“{who['tag']}”：" if lang == "zh" else f"Tag “{who['tag']}”: "
    key = f"tier.{who['tier']}.{who['level']}"
    return f"{names[lang].get(key, key)}{'：' if lang == 'zh' else ': '}"


def _carriers(one: Mapping[str, Any], names: Mapping[str, Names], lang: str) -> str:
    carriers = one.get("carriers") or ()
    if not carriers:
        return "所有渠道合计" if lang == "zh" else "all carriers together"
    shown = [names[lang].get(f"carrier.{carrier}", carrier) for carrier in carriers]
    return ("、" if lang == "zh" else ", ").join(shown)


def _full(one: Mapping[str, Any]) -> tuple[str, str]:
    if one.get("when_full", "hold") == "hold":
        return "满了就等到有空位", "when it is full the message waits for room"
    return "满了就不发", "when it is full the message is left out"


def _priority(one: Mapping[str, Any], names: Mapping[str, Names]) -> tuple[str, str]:
    shown = {
        lang: (" ＞ " if lang == "zh" else " before ").join(
            names[lang].get(f"journey.{key}", key) for key in one["journeys"]
        )
        for lang in ("zh", "en")
    }
    hours = f"{one['hours']:g}"
    return (
        f"{shown['zh']}，其余最后；靠前的旅程 {hours} 小时内要联系同一客户时，靠后的先让",
        f"{shown['en']}, all others last; one further down waits while one further up is to send within {hours} hours",
    )
