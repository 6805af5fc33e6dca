"""What every route of the API has in common: a role, a strict reader, and one transaction for a write."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request, Response, current_app, g, make_response, request
from flask_smorest import Blueprint
from sqlalchemy.exc import OperationalError
from webargs import core
from webargs.flaskparser import FlaskParser

from journeys.words import Words
from store.database import begin_write, db
from web import idempotency
from web.access import needs
from web.errors import INVALID, Problem, flat
from web.signin import SAFE
from web.strict_json import UNSTORABLE, BadJson, read

PREFIX = "/api/v1"
#: How often a write that lost against another one (deadlock, serialization) is done anew.
TRIES = 4
LOST_TO_ANOTHER = ("40001", "40P01")
NOT_TEXT = Words("这里有不能保存的字符。", "This has characters that cannot be stored.")
TWICE = Words("这个参数只能出现一次。", "This parameter may be given once only.")


class Reader(FlaskParser):
    """Reads arguments; refuses unknown ones everywhere, and every body that is not strict JSON."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE, "json": None}

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return core.missing
        if req.mimetype != "application/json" and not req.mimetype.endswith("+json"):
            raise Problem(415, "unsupported-media-type")
        try:
            return read(body)
        except BadJson as bad:
            status, code = (400, "malformed-json") if bad.malformed else (422, "invalid")
            raise Problem(status, code, INVALID, bad.problems) from None

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        doubled = [(name, TWICE) for name, values in req.args.lists() if len(values) > 1]
        bad = [
            (name, NOT_TEXT) for name, value in req.args.items(multi=True) if UNSTORABLE.search(name + value)
        ]
        if doubled or bad:
            raise Problem(422, "invalid", INVALID, doubled + bad)
        return super().load_querystring(req, schema)

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        messages = error.messages
        errors = [found for below in messages.values() for found in flat(below)]  # by location
        raise Problem(422, "invalid", INVALID, errors)


class Resource(Blueprint):
    """A blueprint for one resource under /api/v1; each of its routes must say `least`, the role it needs.

    `reads=True` marks a POST that changes nothing; `uploads=True` one that takes a multipart form. `first` is
    what a write does before its transaction, in short ones of its own; what it returns is `g.first`.
    """

    ARGUMENTS_PARSER = Reader()

    def __init__(self, name: str, path: str = "", *, description: str = ""):
        super().__init__(name, name, url_prefix=PREFIX + path, description=description)

    def route(  # type: ignore[override]
        self,
        rule: str,
        *,
        least: str,
        reads: bool = False,
        uploads: bool = False,
        first: Callable[[], Any] | None = None,
        **options: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        place = super().route

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            whole = needs(least)(in_one_piece(view))
            whole.reads, whole.uploads = reads, uploads  # type: ignore[attr-defined]
            whole.first = first  # type: ignore[attr-defined]
            return place(rule, **options)(whole)

        return decorate

    def arguments(self, schema: Any, **options: Any) -> Callable[..., Any]:
        place = super().arguments

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            # The transaction begins inside: nobody holds the one writer of SQLite while reading a body.
            return place(schema, **options)(in_one_piece(view))

        return decorate


def in_one_piece(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a view that writes in one transaction, committed with its answer; other views as they are."""
    if getattr(view, "in_one_piece", False):
        return view

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Response:
        if not _writes():
            return make_response(view(*args, **kwargs))
        first = getattr(current_app.view_functions[request.endpoint or ""], "first", None)
        if first is not None:
            g.first = first()
        for last in [False] * (TRIES - 1) + [True]:
            try:
                return _write(view, args, kwargs)
            except OperationalError as error:
                db.session.rollback()
                if last or getattr(error.orig, "sqlstate", None) not in LOST_TO_ANOTHER:
                    raise
        raise AssertionError("the last try returns or raises")

    run.in_one_piece = True  # type: ignore[attr-defined]
    return run


def _writes() -> bool:
    if request.method in SAFE or request.endpoint is None or "actor" not in g:
        return False
    return not getattr(current_app.view_functions[request.endpoint], "reads", False)


def _write(view: Callable[..., Any], args: Any, kwargs: Any) -> Response:
    session = db.session()
    begin_write(session)
    before = idempotency.first_answer(session)
    if before is not None:
        session.rollback()
        return before
    response = make_response(view(*args, **kwargs))
    if response.status_code < 400:
        session.flush()
        idempotency.keep(session, response)
        session.commit()
    else:
        session.rollback()
    return response
