"""The HTML of an e-mail: values are written into it as text, and nothing in it can run."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import nh3

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "center", "code", "div", "em", "font", "h1", "h2", "h3", "h4"),
    *("hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "u", "ul"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr"),
}
_LOOKS = {"style", "align", "width", "height"}
ATTRIBUTES = {
    "*": _LOOKS,
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "font": {"color", "size", "face"},
    "table": {"border", "cellpadding", "cellspacing", "bgcolor"},
    "td": {"colspan", "rowspan", "valign", "bgcolor"},
    "th": {"colspan", "rowspan", "valign", "bgcolor"},
    "tr": {"bgcolor", "valign"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
STYLES = {
    *("color", "background-color", "font-size", "font-weight", "font-family", "font-style", "line-height"),
    *("text-align", "text-decoration", "vertical-align", "width", "height", "max-width", "min-width"),
    *("border", "border-radius", "border-collapse", "border-top", "border-bottom", "border-color", "display"),
    *("margin", "margin-top", "margin-bottom", "margin-left", "margin-right"),
    *("padding", "padding-top", "padding-bottom", "padding-left", "padding-right", "letter-spacing"),
}
#: As deep as data goes that a text may speak of.
DEEPEST = 8
#: As many elements as may lie in one another. Cleaning takes the square of it; e-mails in use stay below 60.
DEEPEST_HTML = 1_000
#: Elements that hold nothing, or that the next of them closes: they do not lie in one another.
_FLAT = frozenset(("br", "hr", "img", "input", "meta", "link", "col", "wbr", "p", "li", "td", "th", "tr"))
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def depth(source: str) -> int:
    """Return how many elements of HTML are open at once at most; what closes nothing counts for nothing."""
    open_: Counter[str] = Counter()
    now = most = 0
    for closes, written in _TAG.findall(source):
        name = written.lower()
        if name in _FLAT or (closes and not open_[name]):
            continue
        step = -1 if closes else 1
        open_[name] += step
        now += step
        most = max(most, now)
    return most


def cleaned(source: str) -> str:
    """Return HTML without scripts, forms, styles that load anything, and links that are no addresses."""
    return nh3.clean(
        source,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        filter_style_properties=STYLES,
        link_rel="noopener noreferrer",
    )


def escaped(value: Any, depth: int = 0) -> Any:
    """Return what a text may speak of, with every text in it written so that HTML takes it for text."""
    if isinstance(value, str):
        return html.escape(value)
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {name: escaped(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(inner, depth + 1) for inner in value]
    return value
