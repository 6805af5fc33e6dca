"""Taking tags off whose time is over: a change like any other, which journeys hear."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import contacts, tag_wearing
from audience.changes import Change
from audience.tables_tags import TagExpiry, TagRule, TagRuleHolder
from audience.tag_rule_making import ON
from audience.tag_shelf import shelves
from store.bulk import among
from store.pace import Pace

#: Tags taken off in one transaction.
PACE = Pace(2000)


def run_some(session: Session, now: datetime) -> bool:
    """Take off one portion of the tags whose time is over; True if there were any. Commits nothing.

    A tag that a rule has put on stays as long as the rule holds, and is looked at again when it would have ended
    had it been put on now.
    """
    with PACE.portion() as portion:
        portion.done = _take_off(session, now, portion.size)
    return portion.done > 0


def _take_off(session: Session, now: datetime, most: int) -> int:
    query = (
        select(TagExpiry.contact_id, TagExpiry.tag, TagExpiry.workspace_id, TagExpiry.until)
        .where(TagExpiry.until <= now)
        .order_by(TagExpiry.until, TagExpiry.contact_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    over = session.execute(query).all()
    if not over:
        return 0
    held = _held_by_rules(session, {row.contact_id for row in over})
    days = shelves(session, (row.workspace_id for row in over))
    kept, gone = [], defaultdict(list)
    for contact_id, tag, workspace_id, until in over:
        lasts = days[workspace_id].days(tag)
        if lasts is not None and (contact_id, tag) in held:
            again = now + timedelta(days=lasts)
            kept.append({"contact_id": contact_id, "tag": tag, "workspace_id": workspace_id, "until": again})
        else:
            gone[workspace_id, tag].append((contact_id, until))
    tag_wearing.prolong(session, kept)
    for (workspace_id, tag), whom in sorted(gone.items()):
        changes = [
            Change(workspace_id, number, until, {}, (), (tag,), None, "expiry") for number, until in whom
        ]
        contacts.change(session, changes, now)
        # Also where the definition lets it stay by now, so that it is not asked for ever.
        tag_wearing.forget(session, [(number, tag) for number, _ in whom])
    return len(over)


def _held_by_rules(session: Session, ids: set[int]) -> set[tuple[int, str]]:
    """(contact, tag) that a rule puts on and for whom it holds now."""
    query = (
        select(TagRuleHolder.contact_id, TagRule.holding)
        .join(TagRule, TagRule.id == TagRuleHolder.rule_id)
        .where(
            among(session, TagRuleHolder.contact_id, sorted(ids)), TagRuleHolder.holds, TagRule.state == ON
        )
    )
    return {(number, tag) for number, acts in session.execute(query) for tag in acts.get("add", ())}
