"""The closed language of texts: Liquid with a few tags and our own filters, checked before it may run.

Limits of the library alone do not hold: ranges given to filters and loops over long source texts got past them.
So a text is walked before it is kept, ranges are refused, and its size bounds what one rendering can cost.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.undefined import UNDEFINED, Undefined
from liquid.utils import ReadOnlyChainMap

from content.filters import EPOCH, FILTERS
from content.markup import TAGS

#: With the tags that people write, those that the library itself needs.
LIBRARY_TAGS = TAGS | {"content", "output", "illegal"}
LONGEST_SOURCE = 64 * 1024
LARGEST_OUTPUT = 64 * 1024
MOST_PARTS = 1500
MOST_ROUNDS = 100
#: Seconds of processor time that one rendering may take; met only by texts made to be slow.
DEADLINE = 0.15
#: The clock is read at every so many looks, as reading it costs more than most looks.
LOOKS = 32
UTC = ZoneInfo("UTC")


class TooSlow(LiquidError):
    """The text takes too long to render: make it shorter, with fewer filters and loops."""

    def __init__(self) -> None:
        super().__init__(TooSlow.__doc__, token=None)


class Missing(Undefined):
    """A value that is not there: renders as nothing, and is noted when it was to be written."""

    __slots__ = ("noted", "path")

    def __init__(self, path: str, noted: set[str]) -> None:
        super().__init__(path)
        self.path, self.noted = path, noted

    def __str__(self) -> str:
        self.noted.add(self.path)
        return ""


class Context(RenderContext):
    """One rendering: looks values up in plain data only, and keeps time."""

    __slots__ = ("deadline", "looks", "missing", "now", "zone")

    def __init__(self, template: BoundTemplate, **options: Any) -> None:
        super().__init__(template, **options)
        # Not the library's own names, which would tell the server's time.
        self.scope = ReadOnlyChainMap(self.locals, self.globals)
        self.missing: set[str] = set()
        self.zone, self.now = UTC, EPOCH
        self.looks, self.deadline = 0, time.thread_time() + DEADLINE

    def get(self, path: list[object], *, token: Any, default: object = UNDEFINED) -> object:
        """Follow `path` through mappings and lists; a Missing where it ends in nothing."""
        self.look()
        try:
            value = self.scope[path[0]] if isinstance(path[0], str) else None
        except KeyError:
            value = None
        for segment in path[1:]:
            value = _inside(value, segment)
        if value is None:
            return Missing(".".join(map(str, path)), self.missing) if default is UNDEFINED else default
        return plain(value)

    def filter(self, name: str, token: Any) -> Any:
        """Hand out a filter, if there is still time."""
        self.look()
        return super().filter(name, token)

    def look(self) -> None:
        self.looks += 1
        if self.looks % LOOKS == 0 and time.thread_time() > self.deadline:
            raise TooSlow


def _inside(value: Any, segment: object) -> Any:
    if isinstance(value, Mapping):
        if segment in value:
            return value[segment]
        return len(value) if segment == "size" else None
    if isinstance(value, list):
        if isinstance(segment, int) and -len(value) <= segment < len(value):
            return value[segment]
        if segment == "size":
            return len(value)
        return value[0 if segment == "first" else -1] if value and segment in ("first", "last") else None
    return None


def plain(value: Any) -> Any:
    """Write 99.0 as 99, as people do; everything else stays."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


class Template(BoundTemplate):
    """A checked text."""

    context_class = Context

    def write(self, scene: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> tuple[str, set[str]]:
        """Return the text for `scene` and the paths that were to be written and had no value."""
        context = Context(self, globals=scene)
        context.zone, context.now = zone, now
        buffer = self._get_buffer()
        self.render_with_context(context, buffer)
        return buffer.getvalue(), context.missing


class Language(Environment):
    """Liquid without what could include, build or count without end."""

    template_class = Template
    loop_iteration_limit = MOST_ROUNDS
    output_stream_limit = LARGEST_OUTPUT
    local_namespace_limit = 100_000
    context_depth_limit = 30

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep the tags of the list and put our own filters in place of the library's."""
        super().setup_tags_and_filters(extra=False)
        for name in self.tags.keys() - LIBRARY_TAGS:
            del self.tags[name]
        self.filters.clear()
        self.filters.update(FILTERS)


LANGUAGE = Language(strict_filters=True)


def parts(template: BoundTemplate) -> Iterator[Node | Expression]:
    """Walk every node and expression of a parsed text."""
    context = RenderContext(template)
    waiting: list[Node | Expression] = list(template.nodes)
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Node):
            waiting += [*part.children(context), *part.expressions()]
        else:
            waiting += part.children()


def filters_of(part: Node | Expression) -> Iterator[Any]:
    """Name the filters that an expression sends its value through."""
    if isinstance(part, FilteredExpression):
        yield from part.filters or ()


def is_range(part: Node | Expression) -> bool:
    """True for (1..n), which a filter would count out in full."""
    return isinstance(part, RangeLiteral)
