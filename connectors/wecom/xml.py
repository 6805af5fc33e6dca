"""Reading WeCom's XML: small, flat, without entities, whoever sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MOST_BYTES = 64 * 1024
#: Tags inside each other; WeCom's own messages have three or four.
DEEPEST = 32
#: All tags of a message.
MOST_TAGS = 2000


class BadXml(ValueError):
    """This XML is not read: WeCom sends at most 64 KiB, no entities, and few tags inside each other."""


class _Builder:
    """Builds plain dictionaries, and gives up as soon as it goes too deep."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[tuple[str, list[str], dict[str, Any]]] = []
        self._tags = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._tags += 1
        if len(self._open) >= DEEPEST or self._tags > MOST_TAGS:
            raise BadXml(BadXml.__doc__)
        self._open.append((tag, [], {}))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def end(self, _tag: str) -> None:
        tag, texts, inner = self._open.pop()
        value: Any = inner or "".join(texts)
        if not self._open:
            self.root = value
            return
        around = self._open[-1][2]
        if tag not in around:
            around[tag] = value
        elif isinstance(around[tag], list):
            around[tag].append(value)
        else:
            around[tag] = [around[tag], value]

    def close(self) -> Any:
        return self.root


def read(data: bytes) -> dict[str, Any]:
    """The fields of a message by their names: texts, dictionaries, and lists where a name stands twice.

    Raises BadXml.
    """
    if len(data) > MOST_BYTES:
        raise BadXml(BadXml.__doc__)
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(data)
        root = parser.close()
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise BadXml(BadXml.__doc__) from error
    if not isinstance(root, dict):
        raise BadXml(BadXml.__doc__)
    return root


def write(fields: Mapping[str, Any], tag: str = "xml") -> str:
    """Fields as XML; lists repeat their tag, numbers stand bare, texts in CDATA as WeCom writes them."""
    return f"<{tag}>{''.join(_written(name, value) for name, value in fields.items())}</{tag}>"


def _written(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return write(value, name)
    if isinstance(value, list):
        return "".join(_written(name, one) for one in value)
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    text = str(value)
    inside = escape(text) if "]]>" in text else f"<![CDATA[{text}]]>"
    return f"<{name}>{inside}</{name}>"
