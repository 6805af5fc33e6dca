"""The API's own description: OpenAPI 3.1 from the routes themselves, with what all of them share."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any

from apispec import APISpec
from flask import Flask, Response, render_template, url_for
from flask_smorest import Api, Blueprint
from marshmallow import INCLUDE, Schema, fields
from werkzeug.routing import IntegerConverter

from journeys.words import Text
from web.access import PUBLIC, least_role, needs
from web.fields import At, Bag, Definition
from web.idempotency import HEADER, LONGEST
from web.signin import COOKIE, SECURE_COOKIE

VERSION = "1.0.0"
LARGEST_ID = 2**63 - 1
ABOUT = (
    "Roadbook moves every customer of a brand along a journey that is drawn as a statechart. "
    "All writes take an `Idempotency-Key`; all errors are problems (RFC 9457) in the language of "
    "`Accept-Language` (zh, en); lists go by cursor; times are ISO 8601 with their offset."
)
WRITES = ("post", "put", "patch", "delete")


class PlaceSchema(Schema):
    path = fields.Str(required=True, metadata={"description": "Where, such as contacts[3].attributes.city"})
    message = fields.Str(required=True)


class ProblemSchema(Schema):
    """What went wrong and what to do (RFC 9457); some problems say more in fields of their own."""

    class Meta:
        unknown = INCLUDE

    type = fields.Str(required=True)
    title = fields.Str(required=True)
    status = fields.Int(required=True)
    detail = fields.Str(required=True)
    code = fields.Str(required=True, metadata={"description": "A word that programs may rely on"})
    errors = fields.List(fields.Nested(PlaceSchema), required=True)
    request_id = fields.Str(required=True)


class RowId(IntegerConverter):
    """The id of a row: what the databases can hold, so that larger numbers are simply no address."""

    def __init__(self, url_map: Any):
        super().__init__(url_map, max=LARGEST_ID)


class Described(Api):
    """flask-smorest with our problems as its errors; the one translator stays the only one.

    Its resources are described when somebody first asks: that takes longer than all the rest of a start.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        self._waiting: list[Blueprint] = []
        self._lock = threading.RLock()
        super().__init__(app)

    @property
    def spec(self) -> APISpec:
        """The description, with every resource that was registered."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                one.register_views_in_doc(self, self._app, self._spec, name=one.name, parameters=None)
                self._spec.tag({"name": one.name, "description": one.description})
            if waiting:
                self._complete()
            return self._spec

    @spec.setter
    def spec(self, spec: APISpec) -> None:
        self._spec = spec

    @cached_property
    def document(self) -> dict[str, Any]:
        """The description as it is given to everybody who asks."""
        found: dict[str, Any] = self.spec.to_dict()
        return found

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Serve a resource now, and describe it later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._waiting.append(blp)

    def _complete(self) -> None:
        for rule in self._app.url_map.iter_rules():
            for method in (m.lower() for m in rule.methods or ()):
                path = self.flask_plugin.flaskpath2openapi(rule.rule)
                operation = self._spec._paths.get(path, {}).get(method)
                if operation is not None:
                    least = least_role(self._app, rule.endpoint) or PUBLIC
                    _complete(operation, rule.endpoint, method, least, bool(rule.arguments))

    def _register_error_handlers(self) -> None:
        """Errors are web.errors' business."""

    def _register_responses(self) -> None:
        super()._register_responses()
        self.spec.components.response(
            "PROBLEM",
            {
                "description": "A problem: what is wrong, where, and what to do",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )


def describe(app: Flask) -> Described:
    """The API of `app`, to which resources are then added."""
    app.url_map.converters["id"] = RowId
    app.config.update(
        API_TITLE="Roadbook 路书",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        API_SPEC_OPTIONS={
            "info": {"description": ABOUT},
            "security": [{"session": []}, {"apiKey": []}],
            "servers": [{"url": "/"}],
        },
    )
    api = Described(app)
    api.register_converter(
        RowId, lambda _: {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST_ID}
    )
    api.register_field(At, "string", "date-time")
    api.register_field(Bag, "object", None)
    api.register_field(Definition, "object", None)
    api.ma_plugin.converter.add_attribute_function(_longest)
    schemes = api.spec.components
    schemes.security_scheme(
        "session",
        {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": f"From POST /api/v1/session; {SECURE_COOKIE} over TLS. Writes also carry X-CSRF-Token.",
        },
    )
    schemes.security_scheme(
        "apiKey",
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "rb_…",
            "description": "From POST /api/v1/api-keys",
        },
    )
    return api


def serve(app: Flask, api: Described) -> None:
    """Serve the description, with a page to read it."""

    @app.get("/api/v1/openapi.json")
    @needs(PUBLIC)
    def openapi() -> Response:
        return app.json.response(api.document)

    @app.get("/api/docs")
    @needs(PUBLIC)
    def docs() -> str:
        return render_template("docs.html", document=url_for("openapi"))


def _longest(_: Any, field: fields.Field[Any], **__: Any) -> dict[str, Any]:
    return {"maxLength": field.longest} if isinstance(field, Text) else {}


def _complete(operation: dict[str, Any], endpoint: str, method: str, least: str, has_path: bool) -> None:
    operation["operationId"] = endpoint.replace(".", "_")
    answers = operation.setdefault("responses", {})
    for status in ("default", "422"):
        answers.pop(status, None)
    problems = ["400", "429", "503"]
    if least == PUBLIC:
        operation["security"] = []
    else:
        operation["x-least-role"] = least
        problems += ["401", "403"]
    if has_path:
        problems.append("404")
    if method in WRITES:
        problems += ["409", "413", "415"]
        if least != PUBLIC:
            operation.setdefault("parameters", []).append(
                {
                    "in": "header",
                    "name": HEADER,
                    "required": False,
                    "description": "Sent twice, done once: the second answer is the first one again.",
                    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
                }
            )
    problems.append("422")
    for status in problems:
        answers.setdefault(status, {"$ref": "#/components/responses/PROBLEM"})
    answers["default"] = {"$ref": "#/components/responses/PROBLEM"}
