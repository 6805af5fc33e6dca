"""The one translator: whatever goes wrong becomes a problem (RFC 9457) in the reader's language, never a trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from journeys.errors import BadDefinition, DraftMoved, JourneyError, NotPublishable
from journeys.words import Words
from store.database import db
from web.language import say
from web.strict_json import join

MOST_ERRORS = 200

TITLES = {
    400: Words("请求有误", "Bad request"),
    401: Words("请先登录", "Sign in first"),
    403: Words("没有权限", "Not permitted"),
    404: Words("没有找到", "Not found"),
    405: Words("不能这样请求", "Method not allowed"),
    406: Words("给不出这种格式", "Not acceptable"),
    409: Words("与现状冲突", "Conflict"),
    412: Words("条件不符", "Precondition failed"),
    413: Words("内容太大", "Content too large"),
    415: Words("不支持这种内容", "Unsupported media type"),
    422: Words("内容不对", "Unprocessable content"),
    428: Words("缺少前提", "Precondition required"),
    429: Words("请求太多", "Too many requests"),
    500: Words("服务器出错", "Server error"),
    503: Words("暂时不可用", "Unavailable"),
}
DETAILS = {
    404: Words("这里没有你要的东西；请检查地址。", "There is nothing here; check the address."),
    405: Words("这个地址不接受这种请求方法。", "This address does not take this method."),
    413: Words("内容太大；请分成几次发送。", "The content is too large; send it in several parts."),
    415: Words(
        "这里要的是 JSON：请带上 Content-Type: application/json。",
        "JSON is expected here: send Content-Type: application/json.",
    ),
    500: Words(
        "服务器出了错，没有保存任何东西。请稍后再试；若再发生，请把编号告诉管理员。",
        "Something went wrong here and nothing was stored. Try again; if it stays, tell the administrator the request id.",
    ),
}
INVALID = Words("请改正下面这些地方。", "Please correct the places listed.")
BUSY = Words(
    "数据库暂时不可用，没有保存任何东西；请稍后再试。",
    "The database is unavailable; nothing was stored. Try again soon.",
)
CLASH = Words(
    "这和已有的数据冲突（可能刚被别人改过），没有保存；请刷新后再试。",
    "This clashes with what is stored, perhaps just changed by somebody else. Nothing was stored; reload and try again.",
)
UNSTORABLE = Words("有一个值太长或太大，不能保存。", "A value is too long or too large to be stored.")
#: Sentences for errors of the rooms below that carry none of their own.
SENTENCES = {
    BadDefinition.code: Words(
        "这个旅程定义有问题，请看下面各处。", "This definition has problems; see the places listed."
    ),
    DraftMoved.code: Words(
        "你打开之后，有人保存过这个草稿。请重新载入，或确认后覆盖。",
        "Someone saved this draft after you opened it. Reload it, or save yours over it knowingly.",
    ),
    NotPublishable.code: Words(
        "发布之前，请先解决下面的问题。",
        "The draft has problems that must be solved before it can be published.",
    ),
}


class Problem(Exception):
    """A refusal as a view or the desk itself raises it; `errors` are (path, sentence)."""

    def __init__(
        self,
        status: int,
        code: str,
        words: str | None = None,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ):
        self.status, self.code = status, code
        self.words = words or DETAILS.get(status) or TITLES[status]
        self.errors, self.headers, self.more = list(errors), dict(headers or {}), more
        super().__init__(f"{status} {code}")


def not_found() -> Problem:
    """The same answer for what never was and for what belongs to another workspace."""
    return Problem(404, "not-found")


def invalid(*errors: tuple[str, str], code: str = "invalid") -> Problem:
    """422 with the places that are wrong."""
    return Problem(422, code, INVALID, errors)


def flat(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """marshmallow's tree of messages as (path, sentence)."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from flat(below, path if key == "_schema" else join(path, key))
    elif isinstance(messages, list | tuple):
        for sentence in messages:
            yield from flat(sentence, path)
    else:
        yield path, messages if isinstance(messages, str) else str(messages)


def answer(problem: Problem) -> Response:
    """The problem as the response that the visitor gets."""
    body = {
        "type": f"/api/docs#problem-{problem.code}",
        "title": say(TITLES.get(problem.status) or HTTPStatus(problem.status).phrase),
        "status": problem.status,
        "detail": say(problem.words),
        "code": problem.code,
        "errors": [{"path": path, "message": say(words)} for path, words in problem.errors[:MOST_ERRORS]],
        "request_id": g.get("request_id", ""),
        **problem.more,
    }
    response = current_app.json.response(body)
    response.status_code = problem.status
    response.mimetype = "application/problem+json"
    response.headers["Content-Language"] = g.get("language", "zh")
    response.headers.extend(problem.headers)
    return response


def register(app: Flask) -> None:
    """Make `app` answer every error through the translator."""

    @app.errorhandler(Problem)
    def refused(problem: Problem) -> Response:
        db.session.rollback()
        return answer(problem)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        db.session.rollback()
        return answer(_from_http(error))

    @app.errorhandler(JourneyError)
    def journey(error: JourneyError) -> Response:
        db.session.rollback()
        return answer(_from_journey(error))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        db.session.rollback()
        return answer(_from_store(error) or _unknown(error))


def _from_http(error: HTTPException) -> Problem:
    status = error.code or 500
    if status not in TITLES:
        status = 400 if status < 500 else 500
    code = TITLES[status].en.lower().replace(" ", "-")
    headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}
    return Problem(status, code, headers=headers)


def _from_journey(error: JourneyError) -> Problem:
    words = getattr(error, "words", None) or SENTENCES.get(error.code) or str(error)
    problem = Problem(error.status, error.code, words)
    if isinstance(error, BadDefinition):
        problem.errors = [
            (join("definition", path) if path else "definition", w) for path, w in error.problems
        ]
    elif isinstance(error, DraftMoved):
        problem.more = {"theirs": error.theirs, "yours": error.yours}
    elif isinstance(error, NotPublishable):
        problem.more = {"problems": [shown(p) for p in error.problems]}
        problem.errors = [(p.path, p.message) for p in error.problems if p.severity == "error"]
    return problem


def shown(problem: Any) -> dict[str, Any]:
    """A problem of a drawing as the API gives it."""
    message = problem.message
    if isinstance(message, Words):
        message = message.json()
    return {
        "code": problem.code,
        "severity": problem.severity,
        "node": problem.node,
        "path": problem.path,
        "message": message,
    }


def _from_store(error: Exception) -> Problem | None:
    if isinstance(error, OperationalError | InterfaceError | NoConnection):
        current_app.logger.warning("store unavailable: %s", type(error).__name__)
        return Problem(503, "unavailable", BUSY, headers={"Retry-After": "2"})
    if isinstance(error, IntegrityError):
        return Problem(409, "conflict", CLASH)
    if isinstance(error, DataError):
        return Problem(422, "unstorable", UNSTORABLE)
    return None


def _unknown(error: Exception) -> Problem:
    # The request id is all that the visitor and the log share; parameters stay out of both.
    current_app.logger.error(
        "unexpected error request_id=%s %s", g.get("request_id"), request.endpoint, exc_info=error
    )
    return Problem(500, "server-error")
