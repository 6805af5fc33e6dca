"""What every answer carries: its request id, and what a browser must not do with it."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request

from settings import Settings

REQUEST_ID = "X-Request-Id"
GIVEN = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
#: The studio's style library writes <style> elements while it runs, which is what 'unsafe-inline' is for.
PAGES = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ANSWERS = "default-src 'none'; frame-ancestors 'none'"
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
VARY = "Accept-Language, Cookie, Authorization"
ONLY_TLS = "max-age=31536000"


def named(given: str) -> str:
    """The id of a request: the one it brought, if that is fit for a log, else a new one."""
    return given if GIVEN.fullmatch(given) else uuid.uuid4().hex


def of_answer(request_id: str) -> list[tuple[str, str]]:
    """What an answer of the API carries besides its own headers."""
    return [
        (REQUEST_ID, request_id),
        *ALWAYS,
        ("Content-Security-Policy", ANSWERS),
        ("Cache-Control", "no-store"),
        ("Vary", VARY),
    ]


def register(app: Flask, settings: Settings) -> None:
    """Give every request of `app` an id and every response its headers."""

    @app.before_request
    def name() -> None:
        g.request_id = named(request.headers.get(REQUEST_ID, ""))
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "uploads", False):
            request.max_content_length = settings.max_import_bytes

    @app.after_request
    def mark(response: Response) -> Response:
        headers = response.headers
        headers[REQUEST_ID] = g.get("request_id", "")
        for header, value in ALWAYS:
            headers[header] = value
        headers.setdefault("Content-Security-Policy", PAGES if response.mimetype == "text/html" else ANSWERS)
        if request.path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
            headers.add("Vary", VARY)
        if settings.production and request.is_secure:
            headers["Strict-Transport-Security"] = ONLY_TLS
        return response
