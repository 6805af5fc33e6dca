"""Who is in a segment, said in words, with the names that the workspace has given."""

from __future__ import annotations

from collections.abc import Mapping

from audience.segment_making import COMBINED, RULE, tree_of
from audience.tables_segments import Segment
from rules.conditions import BadRule, parse

Titles = Mapping[str, str]


def words_of(segment: Segment, lang: str, names: Titles) -> str:
    """The rule or the combination of a segment as a sentence; what is said of a list if it is one."""
    if segment.kind not in (RULE, COMBINED):
        return "手工名单" if lang == "zh" else "A list kept by hand"
    tree = segment.rule if segment.kind == RULE else tree_of(segment.combine or {})
    try:
        return parse(tree).say(lang, names)
    except BadRule:  # written when the language of rules was another one
        return segment.name
