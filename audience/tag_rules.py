"""What follows when rules that set tags come to hold for somebody, or hold no longer.

Tags change once, when the rule's answer changes, and not at every look: what somebody takes off by hand stays off
until the rule comes to hold anew. So rules come to rest by themselves, except where two look at each other's tags;
whoever goes to and fro too often on one day is left alone until the next, and a rule with many such is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from audience import contacts
from audience.changes import Change
from audience.families import Looked, Verdict
from audience.tables_tags import TagChange, TagRule, TagRuleHolder
from audience.tag_rule_making import ON, STOPPED
from store.bulk import among

#: How often a rule's answer for one contact may change on one day.
MOST_FLIPS = 6
#: With so many contacts that went to and fro on one day, a rule is stopped.
STOPS_AT = 20

_HOLD = text("""INSERT INTO tag_rule_holder (rule_id, contact_id, workspace_id, holds, day, flips)
SELECT :rule, n.contact, :workspace, n.holds, :day, n.flips
FROM unnest(CAST(:contacts AS bigint[]), CAST(:holds AS boolean[]), CAST(:flips AS int[])) AS n(contact, holds, flips)
ON CONFLICT (rule_id, contact_id) DO UPDATE SET holds = excluded.holds, day = excluded.day, flips = excluded.flips""")


def settle(session: Session, looked: Looked) -> None:
    """Change the tags of those whose rules answer otherwise than before; commits nothing."""
    keys = {verdict.owner for verdict in looked.verdicts}
    query = select(TagRule).where(
        TagRule.workspace_id == looked.workspace_id, TagRule.key.in_(keys), TagRule.state == ON
    )
    rules = {row.key: row for row in session.scalars(query)}
    for verdict in looked.verdicts:
        rule = rules.get(verdict.owner)
        if rule is not None:
            _settle_one(session, rule, verdict, looked.now)


def _settle_one(session: Session, rule: TagRule, verdict: Verdict, now: datetime) -> None:
    today = now.date().isoformat()
    query = select(
        TagRuleHolder.contact_id, TagRuleHolder.holds, TagRuleHolder.day, TagRuleHolder.flips
    ).where(TagRuleHolder.rule_id == rule.id, among(session, TagRuleHolder.contact_id, verdict.looked_at))
    before = {number: (holds, day, flips) for number, holds, day, flips in session.execute(query)}
    flips: dict[int, int] = {}
    weary: list[int] = []
    for number in verdict.looked_at:
        held, day, often = before.get(number, (False, today, 0))
        if held == (number in verdict.holding):
            continue
        flips[number] = often + 1 if day == today else 1
        if flips[number] > MOST_FLIPS:
            del flips[number]
            weary.append(number)
    if weary:
        _note_fight(session, rule, weary, today)
    if not flips:
        return
    _write(session, rule, flips, verdict.holding, today)
    came = [number for number in flips if number in verdict.holding]
    went = [number for number in flips if number not in verdict.holding]
    for numbers, acts in ((came, rule.holding), (went, rule.ending)):
        _act(session, rule, numbers, acts, now)


def _act(
    session: Session, rule: TagRule, numbers: Sequence[int], acts: Mapping[str, list[str]], now: datetime
) -> None:
    add, remove = tuple(acts.get("add", ())), tuple(acts.get("remove", ()))
    if not numbers or not (add or remove):
        return
    who = f"rule:{rule.key}"
    changes = [Change(rule.workspace_id, n, now, {}, add, remove, None, who) for n in numbers]
    contacts.change(session, changes, now)


def _write(
    session: Session, rule: TagRule, flips: Mapping[int, int], holding: frozenset[int], today: str
) -> None:
    """Remember for whom the rule holds now."""
    numbers = sorted(flips)
    if session.get_bind().dialect.name == "postgresql":
        given = {
            "rule": rule.id,
            "workspace": rule.workspace_id,
            "day": today,
            "contacts": numbers,
            "holds": [number in holding for number in numbers],
            "flips": [flips[number] for number in numbers],
        }
        session.connection().execute(_HOLD, given)
        return
    rows = [
        {
            "rule_id": rule.id,
            "contact_id": number,
            "workspace_id": rule.workspace_id,
            "holds": number in holding,
            "day": today,
            "flips": flips[number],
        }
        for number in numbers
    ]
    insert = sqlite.insert(TagRuleHolder)
    new = insert.excluded
    changed = {"holds": new.holds, "day": new.day, "flips": new.flips}
    session.execute(
        insert.on_conflict_do_update(index_elements=["rule_id", "contact_id"], set_=changed), rows
    )


def _note_fight(session: Session, rule: TagRule, weary: Sequence[int], today: str) -> None:
    """Show that this rule and others undo each other, and for how many; stop it if they are many."""
    so_far = rule.fights if rule.fights and rule.fights["day"] == today else None
    # The same person may come again today: who has been counted is known by number, as long as they are few.
    known = set(so_far["ids"]) if so_far else set()
    known.update(weary[: STOPS_AT + 1])
    rule.fights = {
        "day": today,
        "contacts": len(known),
        "ids": sorted(known)[: STOPS_AT + 1],
        "with": _rivals(session, rule, weary[0]) or (so_far or {}).get("with", []),
    }
    if len(known) >= STOPS_AT:
        rule.state = STOPPED
    session.flush()


def _rivals(session: Session, rule: TagRule, contact_id: int) -> list[str]:
    """The keys of the other rules that changed tags of this contact lately."""
    query = (
        select(TagChange.by)
        .where(TagChange.contact_id == contact_id, TagChange.workspace_id == rule.workspace_id)
        .order_by(TagChange.id.desc())
        .limit(50)
    )
    own = f"rule:{rule.key}"
    found = {by for by in session.scalars(query) if by and by.startswith("rule:") and by != own}
    return sorted(by.removeprefix("rule:") for by in found)
