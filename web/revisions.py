"""Whoever changes something says which revision he has read, by its ETag: so nobody's work is lost."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, make_response, request

from web.errors import Problem, Words, invalid

NO_MATCH = Words(
    '修改要带 If-Match："修订号"（读取时的 ETag），这样不会盖掉别人的修改。',
    'A change needs If-Match: "revision" (the ETag of what you read), so that nobody\'s work is lost.',
)
BAD_MATCH = Words(
    'If-Match 应是读取时得到的 ETag，例如 "12"。', 'If-Match is the ETag you read, such as "12".'
)


def if_match(of: str) -> dict[str, Any]:
    """What the documentation says of the header, `of` what."""
    return {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "schema": {"type": "string", "pattern": '^"?[0-9]+"?$'},
        "description": f"The ETag of the {of} that was changed",
    }


def revision_given() -> int:
    """The revision in the request's If-Match; raises Problem 428 without one and 422 for one that is none of ours."""
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem(428, "if-match-needed", NO_MATCH, [("If-Match", NO_MATCH)])
    text = given.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise invalid(("If-Match", BAD_MATCH))
    return int(text)


def tagged(body: dict[str, Any], revision: int, status: int = 200) -> Response:
    """The answer with its revision as ETag."""
    response = make_response(current_app.json.response(body), status)
    response.set_etag(str(revision))
    return response
