"""The one condition language: read a rule, ask whether it holds, say it in words.

A rule is the tree that the rule editor writes: groups {"combinator": "and" | "or", "not", "rules"} of
comparisons {"field", "operator", "value"}; null, {} and an empty group hold always. Comparisons of
histories may have `within` (a duration) and `where` (a rule about the event's own properties). How values
are compared is told in `condition_values.py`; the same rule as SQL is made in `sql.py`.

* An empty value makes every comparison false, `!=` and `notIn` too, except `null`; `not` before a group
  denies plainly.
* A date in a comparison with a history's time means that whole local day: `=` on it, `>` after its end.
* `within` reaches back on the local calendar, its first instant included.
* A list or object is not empty, but every comparison with it is false.
* `now.time` between 22:00 and 08:00 goes over midnight; any other `between` with crossed values never holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rules import condition_never
from rules.condition_form import read
from rules.condition_tests import compile_node
from rules.condition_tree import Group, Node, reads
from rules.condition_words import say
from rules.errors import BadRule
from rules.scene import Reads, Scene
from rules.seeing import LONGEST, Look, looks, small

__all__ = ["ALWAYS", "BadRule", "Reads", "Rule", "Scene", "excludes", "parse"]


class Rule:
    """A condition that has been read; it never changes."""

    __slots__ = ("_looks", "holds", "node", "reads")

    #: Whether it holds in a scene; never raises, whatever the facts are.
    holds: Callable[[Scene], bool]
    #: Which facts it looks at.
    reads: Reads
    #: Its checked tree, for `sql.py`.
    node: Node

    def __init__(self, node: Node):
        self.node = node
        self.reads = reads(node)
        self.holds = compile_node(node)
        self._looks: tuple[Look, ...] | None = None

    @property
    def always(self) -> bool:
        """True for the empty rule, which holds always."""
        return self.node == Group()

    @property
    def never(self) -> bool:
        """True if it provably holds for nobody, such as x = 1 and x = 2; False if that is not known."""
        return condition_never.never(self.node)

    def see(self, scene: Scene, into: dict[str, Any]) -> None:
        """Keep what each field of the rule is in this scene, by the field's name (`rules/seeing.py`)."""
        if self._looks is None:
            self._looks = looks(self.node)
        for name, get in self._looks:
            value = get(scene)
            short = type(value) is str and len(value) <= LONGEST  # nearly always
            into[name] = value if short else small(value)

    def say(self, lang: str = "zh", titles: Mapping[str, str] | None = None) -> str:
        """The rule in words; `titles` has display names by field ("attribute.level") and by event name."""
        return say(self.node, lang, titles or {})

    def __repr__(self) -> str:
        return f"<Rule {self.say('en')}>"


def parse(tree: Any, path: str = "") -> Rule:
    """Read a rule; raises BadRule with every problem, its path under `path`, and what to do."""
    return Rule(read(tree, path))


def excludes(one: Rule, other: Rule) -> bool:
    """True if two rules provably never hold in the same scene; False if that is not known."""
    return condition_never.exclude(one.node, other.node)


#: The rule that is not there.
ALWAYS = parse(None)
