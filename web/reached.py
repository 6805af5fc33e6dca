"""The reach policy of the workspace at hand: its names, its templates, and what it would say of one contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from audience import touches
from audience.facts import Everything
from audience.facts import load as load_facts
from audience.tables import Contact
from audience.tables_tiers import RULES, TierDimension
from content.carriers import CARRIERS
from journeys.plan import Plan
from journeys.tables import Journey
from journeys.words import Words
from rules.contact_policy import Answer, Hold, Refuse, Touch, ask
from rules.reach import NOTHING, Reach
from rules.reach import read as read_reach
from rules.reach_words import Names, Said
from rules.reach_words import listed as said_of
from rules.zones import known_zone, zone_of
from store.database import db
from store.tables import Workspace
from store.tables_reach import ReachPolicy
from web.access import here, scoped

#: How far back the touches are shown that no policy asks for.
SHOWN = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Template:
    """A setting to begin with."""

    key: str
    title: Words
    words: Words
    policies: Mapping[str, Any]


def setting_of(row: ReachPolicy | None) -> dict[str, Any]:
    """What is set, every part of it there."""
    return {**NOTHING, **(row.policies if row else {})}


def reach_here() -> Reach:
    """The policies of the workspace at hand."""
    row = db.session.get(ReachPolicy, here())
    return read_reach(row.policies if row else None)


def touches_of(subjects: Iterable[int], plans: Iterable[Plan], until: datetime) -> dict[int, touches.Touches]:
    """How these subjects were reached before `until`, as far back as the policies of any of the plans look."""
    memory = max((p.reach.memory for p in plans if p.reserves and p.reach.memory), default=None)
    if memory is None:
        return {}
    found = touches.since(db.session(), here(), subjects, until - memory)
    return {who: tuple(one for one in had if one[0] <= until) for who, had in found.items()}


def quiet_hours() -> Sequence[str] | None:
    """The workspace's quiet hours."""
    hours: Sequence[str] | None = (db.session.get_one(Workspace, here()).settings or {}).get("quiet_hours")
    return hours


def dimensions() -> list[TierDimension]:
    """Dimensions of tiers, the oldest first."""
    return list(db.session.scalars(scoped(TierDimension).order_by(TierDimension.id)))


def levels() -> dict[str, list[str]]:
    """Levels of each dimension, the highest first."""
    return {row.key: [level["key"] for level in row.levels] for row in dimensions()}


def names() -> dict[str, Names]:
    """How carriers, levels and journeys are called, in both languages."""
    own = {
        f"tier.{row.key}.{level['key']}": f"{row.name} {level['name']}"
        for row in dimensions()
        for level in row.levels
    }
    rows = db.session.execute(select(Journey.key, Journey.name).where(Journey.workspace_id == here()))
    own |= {f"journey.{key}": name for key, name in rows}
    return {
        lang: {**own, **{f"carrier.{key}": one.title[lang] for key, one in CARRIERS.items()}}
        for lang in ("zh", "en")
    }


def listed(setting: Mapping[str, Any], quiet: Sequence[str] | None) -> list[dict[str, Any]]:
    """Every policy in its order, in words, as the API tells it."""
    return [_json(one) for one in said_of(setting, quiet, names())]


def templates() -> list[Template]:
    """What may be set to begin with; caps by tier for the first dimension that has levels by rules."""
    made = [
        Template(
            "wecom",
            Words("企业微信的额度", "WeCom's own quota"),
            Words(
                "企业微信对每位客户的群发额度，加上一分钟一条。",
                "WeCom's quota of broadcasts for each customer, and one message a minute.",
            ),
            {
                **NOTHING,
                "one_a_minute": True,
                "quotas": [_quota(["wecom_direct"], day=1, month=4), _quota(["moments"], day=1)],
            },
        ),
        Template(
            "gentle",
            Words("温和", "Gentle"),
            Words(
                "所有旅程合计一周三次、一天一次；短信只在工作日白天。",
                "Three a week and one a day over all journeys; SMS on work days by day only.",
            ),
            {
                **NOTHING,
                "one_a_minute": True,
                "hours": [
                    {"carriers": ["sms"], "window": {"from": "09:00", "to": "20:00", "workdays": True}}
                ],
                "caps": [_cap(3, "P7D"), _cap(1, "day")],
            },
        ),
    ]
    graded = next((row for row in dimensions() if row.kind == RULES and len(row.levels) > 1), None)
    if graded is not None:
        made.append(_by_tier(graded))
    return made


def _by_tier(graded: TierDimension) -> Template:
    """High may get more, low gets less: from five a week down to one, evenly over the levels."""
    last = len(graded.levels) - 1
    caps = [
        _cap(
            round(5 - 4 * n / last),
            "P7D",
            {"tier": graded.key, "level": level["key"]},
            "hold" if n < last else "refuse",
        )
        for n, level in enumerate(graded.levels)
    ]
    return Template(
        "by_tier",
        Words(f"按“{graded.name}”分层", f"By “{graded.name}”"),
        Words(
            "等级高的可以多联系，等级低的少打扰；再加一天一次。",
            "Who stands high may be reached more often, who stands low less; and once a day.",
        ),
        {**NOTHING, "one_a_minute": True, "caps": [*caps, _cap(1, "day")]},
    )


def _cap(
    most: int, per: str, who: Mapping[str, str] | None = None, when_full: str = "hold"
) -> dict[str, Any]:
    return {"most": most, "per": per, "carriers": [], "who": who, "when_full": when_full}


def _quota(carriers: list[str], **budgets: int) -> dict[str, Any]:
    return {"carriers": carriers, "monthdays": [], "when_full": "hold", **budgets}


def tried(
    contact: Contact, carrier: str, journey: str, at: datetime, setting: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What each policy says of a message to this contact at that time, by itself and all together."""
    session = db.session()
    workspace = session.get_one(Workspace, here())
    quiet = quiet_hours()
    if setting is None:
        setting = setting_of(session.get(ReachPolicy, here()))
    reach = read_reach(setting)
    wanted = Everything(tiers=frozenset(levels()))
    known = load_facts(session, here(), [contact.id], wanted)[contact.id]
    zone = (known_zone(known.zone) if known.zone else None) or zone_of(workspace.timezone)
    begin = at - max(SHOWN, reach.memory or SHOWN)
    had = touches.since(session, here(), [contact.id], begin).get(contact.id, ())
    touch = Touch(
        carrier=carrier,
        attributes=known.attributes,
        tags=known.tags,
        zone=zone,
        quiet_hours=(quiet[0], quiet[1]) if quiet else None,
        spread_key=f"{contact.id}:{journey}",
        tiers=known.tiers,
        touches=had,
        journey=journey,
    )
    return {
        "answer": answered(ask(touch, at, reach.policies), zone),
        "asked": [
            {**_json(one), "answer": answered(one.policy.ask(touch, at), zone)}
            for one in said_of(setting, quiet, names())
        ],
        "touches": [{"at": when.isoformat(), "carrier": by} for when, by in reversed(had)],
        "zone": zone.key,
        "tiers": dict(known.tiers),
    }


def answered(answer: Answer, zone: Any = None) -> dict[str, Any]:
    """An answer as the API tells it."""
    act = "hold" if isinstance(answer, Hold) else "refuse" if isinstance(answer, Refuse) else "go"
    return {
        "act": act,
        "because": getattr(answer, "because", None),
        "until": getattr(answer, "until", None),
        "words": {"zh": answer.say("zh", zone), "en": answer.say("en", zone)},
    }


def _json(one: Said) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "where": one.where,
        "title": {"zh": one.title[0], "en": one.title[1]},
        "words": {"zh": one.words[0], "en": one.words[1]},
    }
