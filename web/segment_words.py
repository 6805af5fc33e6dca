"""Who is in a segment, said in words, with the names that the workspace has given."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import event_titles
from audience.segment_making import COMBINED, RULE, tree_of
from audience.tables_segments import Segment
from rules.conditions import BadRule, parse
from web.language import language
from web.titles import titles

Titles = Mapping[str, str]


def titles_of(session: Session, workspace_id: int) -> Titles:
    """Display names of fields, events and segments ("attribute.level", "order_paid", "segment.vip")."""
    zh = language() == "zh"
    usual = {name: words[0] if zh else words[1] for name, words in event_titles.EVENTS.items()}
    rows = session.execute(
        select(Segment.key, Segment.name).where(Segment.workspace_id == workspace_id)
    ).all()
    named = {f"segment.{key}": name for key, name in rows}
    return {**usual, **titles(materials=False).fields, **named}


def words_of(segment: Segment, lang: str, names: Titles) -> str:
    """The rule or the combination of a segment as a sentence; what is said of a list if it is one."""
    if segment.kind not in (RULE, COMBINED):
        return "手工名单" if lang == "zh" else "A list kept by hand"
    tree = segment.rule if segment.kind == RULE else tree_of(segment.combine or {})
    try:
        return parse(tree).say(lang, names)
    except BadRule:  # written when the language of rules was another one
        return segment.name
