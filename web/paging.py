"""Lists by cursor: the last id seen, wrapped so that nobody counts on its form."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import Select

from journeys.words import Shape, Text, Words
from store.database import db
from web.errors import invalid
from web.fields import QueryNumber, between

USUAL = 50
MOST = 200
BAD_CURSOR = Words(
    "这个游标不对；请从第一页重新开始。", "This cursor is not one of ours; begin again at the first page."
)


class PageArgs(Shape):
    """How much of a list, and from where."""

    cursor = Text(
        longest=200, metadata={"description": "`next` of the page before; none for the first page."}
    )
    limit = QueryNumber(
        load_default=USUAL,
        validate=between(1, MOST),
        metadata={"minimum": 1, "maximum": MOST},
    )


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of one page of `item`s."""
    return type(
        f"{item.__name__.removesuffix('Out')}Page",
        (Schema,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.Str(
                required=True, allow_none=True, metadata={"description": "null on the last page"}
            ),
        },
    )


def encode(value: str | int) -> str:
    """A place in a list as a cursor."""
    return base64.urlsafe_b64encode(f"v1:{value}".encode()).decode().rstrip("=")


def decode(cursor: str | None) -> str | None:
    """The place that a cursor means, None for the beginning; 422 for anything that is no cursor."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise invalid(("cursor", BAD_CURSOR)) from None
    if not text.startswith("v1:"):
        raise invalid(("cursor", BAD_CURSOR))
    return text[3:]


def decode_id(cursor: str | None) -> int | None:
    """As `decode`, for lists in the order of ids."""
    text = decode(cursor)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise invalid(("cursor", BAD_CURSOR))
    return int(text)


def page(
    query: Select[Any],
    key: Any,
    args: dict[str, Any],
    *,
    newest_first: bool = True,
    shown: Callable[[Sequence[Any]], Sequence[Any]] = list,
) -> dict[str, Any]:
    """One page of `query` in the order of the id column `key`; `shown` turns the rows of the page into answers."""
    after = decode_id(args.get("cursor"))
    limit = args.get("limit", USUAL)
    if after is not None:
        query = query.where(key < after if newest_first else key > after)
    query = query.order_by(key.desc() if newest_first else key.asc()).limit(limit + 1)
    rows = db.session.scalars(query).all()
    more = len(rows) > limit
    rows = rows[:limit]
    last = getattr(rows[-1], key.key) if more else None
    return {"items": shown(rows), "next": encode(last) if last is not None else None}


def whole(items: Sequence[Any]) -> dict[str, Any]:
    """A list so short that it is always given as one page."""
    return {"items": list(items), "next": None}
