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


def register(app: Flask, settings: Settings) -> None:
    """Give every request of `app` an id and every response its headers."""

    @app.before_request
    def name() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "uploads", False):
            request.max_content_length = settings.max_import_bytes

    @app.after_request
    def mark(response: Response) -> Response:
        headers = response.headers
        headers[REQUEST_ID] = g.get("request_id", "")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Content-Security-Policy", PAGES if response.mimetype == "text/html" else ANSWERS)
        if request.path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
            headers.add("Vary", "Accept-Language, Cookie, Authorization")
        if settings.production and request.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
