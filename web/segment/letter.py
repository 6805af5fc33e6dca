"""The body of a request of the protocol: unpacked within limits, read as JSON, taken apart into its calls."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session

from journeys.words import Words
from store.problem import Problem as Wrong
from web import keys
from web.access import Actor
from web.errors import INVALID, Problem, invalid
from web.segment import moments
from web.strict_json import MOST_PROBLEMS, BadJson, read

#: As much as the published clients send at once: 475 KB of calls, the one that overflows them, and what frames them.
LARGEST = 500 * 1024
MOST_CALLS = 500
IN_A_CALL = re.compile(r"batch\[(\d+)\]")
TOO_LARGE = Words("正文最大 500 KB；请分成几次发送。", "The body may hold 500 KB; send it in several parts.")
BAD_GZIP = Words("正文不是完整的 gzip 数据。", "The body is no whole gzip data.")
NO_BATCH = Words(
    f"请给出 batch：1 到 {MOST_CALLS} 个调用。", f"Give `batch`, a list of 1 to {MOST_CALLS} calls."
)
NO_OBJECT = Words("正文应该是一个对象 {…}。", "The body should be an object {…}.")
ENCODING = Words("只接受 gzip，或不压缩。", "Send gzip, or nothing packed.")


@dataclass(slots=True)
class Letter:
    """A body as it was read; `spoiled` are the calls that hold what JSON may not, by their number in the batch."""

    body: dict[str, Any]
    spoiled: dict[int, list[Wrong]] = field(default_factory=dict)

    @property
    def sent_at(self) -> datetime | None:
        """When the client sent it, by its own clock."""
        return moments.read(self.body.get("sentAt"))

    def calls(self) -> list[Any]:
        """The calls of the batch; raises 422 if it is none."""
        given = self.body.get("batch")
        if not isinstance(given, list) or not 0 < len(given) <= MOST_CALLS:
            raise invalid(("batch", NO_BATCH))
        return given


def who(session: Session) -> Actor | None:
    """Who holds the write key: the user name of HTTP Basic, a bearer, or `writeKey` in the body; a cookie is nobody."""
    secret = _of_header(request.headers.get("Authorization", ""))
    if secret is None:
        named = opened().body.get("writeKey")
        secret = named if isinstance(named, str) else ""
    actor = keys.RING.holder(secret) or keys.holder(session, secret)
    if actor is not None:
        keys.RING.remember(secret, actor)
    return actor


def _of_header(header: str) -> str | None:
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(given.strip(), validate=True).decode("ascii").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def opened() -> Letter:
    """The body of this request, read once; raises 400, 413, 415 or 422."""
    if "letter" not in g:
        g.letter = _open(_unpacked())
    found: Letter = g.letter
    return found


def _unpacked() -> bytes:
    request.max_content_length = LARGEST
    if (request.content_length or 0) > LARGEST:
        raise Problem(413, "content-too-large", TOO_LARGE)
    body = request.get_data(cache=True)
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise Problem(415, "unsupported-media-type", ENCODING)
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        whole = unpacking.decompress(body, LARGEST + 1)
    except zlib.error:
        raise Problem(400, "bad-gzip", BAD_GZIP) from None
    if len(whole) > LARGEST:
        raise Problem(413, "content-too-large", TOO_LARGE)
    if not unpacking.eof or unpacking.unused_data:
        raise Problem(400, "bad-gzip", BAD_GZIP)
    return whole


def _open(body: bytes) -> Letter:
    spoiled: dict[int, list[Wrong]] = {}
    try:
        given = read(body)
    except BadJson as bad:
        spoiled = _spoiled(bad)
        if not spoiled:
            status, code = (400, "malformed-json") if bad.malformed else (422, "invalid")
            raise Problem(status, code, INVALID, bad.problems) from None
        # Read a second time, loosely: what is refused stands in the spoiled calls, which nobody looks into.
        given = json.loads(body.decode(), parse_int=_whole)
    if not isinstance(given, Mapping):
        raise invalid(("", NO_OBJECT))
    return Letter(dict(given), spoiled)


def _whole(text: str) -> int:
    """A number of thousands of digits is refused anyway, and must not be worked out."""
    return int(text) if len(text) <= 20 else 0


def _spoiled(bad: BadJson) -> dict[int, list[Wrong]]:
    """The calls of a batch in which everything that is wrong stands; none if more is wrong, or may be."""
    if bad.malformed or len(bad.problems) >= MOST_PROBLEMS:
        return {}
    found: dict[int, list[Wrong]] = {}
    for path, words in bad.problems:
        place = IN_A_CALL.match(path)
        if place is None:
            return {}
        found.setdefault(int(place[1]), []).append(Wrong(path, words.json()))
    return found
