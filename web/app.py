"""Build the Flask app: one place that ties settings, store, sign-in, API, pages and commands together."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask.json.provider import JSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from settings import Settings
from store import clock, database
from store.database import attach
from store.migrate import load_tables
from store.revisions import FOLDER
from web import access, access_log, errors, headers, lane, openapi, signin, traced
from web.addresses import LateRule
from web.passwords import Passwords


class Orjson(JSONProvider):
    """JSON by orjson: Chinese as it is, times with their offset."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs), option=orjson.OPT_NON_STR_KEYS)
        return self._app.response_class(body, mimetype="application/json")


def create_app(settings: Settings, doors: bool = True) -> Flask:
    """The whole web for these settings; raises RuntimeError if a route does not say who may use it.

    Without `doors` it answers no request: a worker needs the settings and the commands only, and is lighter so.
    """
    app = Flask("web", static_folder=None, template_folder=str(Path(__file__).parent / "templates"))
    app.url_rule_class = LateRule
    app.json = Orjson(app)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_PARTS=50,
        ROADBOOK=settings,
        ROADBOOK_PASSWORDS=Passwords(cheap=settings.test_mode),
        ROADBOOK_STARTED=dt.datetime.now(dt.UTC),
        TRAP_HTTP_EXCEPTIONS=False,
    )
    app.logger.setLevel(settings.log_level)
    app.wsgi_app = lane.Lane(app, app.wsgi_app, settings)  # type: ignore[assignment, method-assign]
    if settings.trusted_proxies:
        near = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=near, x_proto=near, x_host=near)  # type: ignore[method-assign]
    traced.register(app, settings.otel_endpoint)
    clock.configure(settings.test_mode)
    load_tables()
    database.configure(pooled=settings.database_pooled)
    attach(app, settings.database_url)

    access_log.register(app)
    errors.register(app)
    headers.register(app, settings)
    signin.register(app, settings)
    lane.register(app)
    if doors:
        _serve(app, settings)
        access.refuse_unmarked(app)
    _command(app)
    return app


def _serve(app: Flask, settings: Settings) -> None:
    from web.routes import RESOURCES, TEST_RESOURCES

    api = openapi.describe(app)
    for resource in (*RESOURCES, *(TEST_RESOURCES if settings.test_mode else ())):
        api.register_blueprint(resource)
    openapi.serve(app, api)
    from web.api.health import health
    from web.callbacks.carriers import reports
    from web.callbacks.wecom import callbacks
    from web.links import links
    from web.pages import pages
    from web.segment.door import segment

    app.register_blueprint(health)
    app.register_blueprint(segment)
    app.register_blueprint(links)
    app.register_blueprint(reports)
    app.register_blueprint(callbacks)
    app.register_blueprint(pages)


def _command(app: Flask) -> None:
    from web import cli, cli_journeys, cli_migrations, cli_secrets

    cli.register(app)
    cli_journeys.register(app)
    app.cli.add_command(cli_secrets.secrets)
    app.cli.add_command(cli_migrations.Migrations(app, FOLDER))
