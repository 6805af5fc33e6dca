"""The studio's built files, small over the wire, and its one page for every address that is no API."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

from web.access import PUBLIC, needs
from web.errors import not_found

STATIC = Path(__file__).resolve().parent / "static"
STUDIO = STATIC / "studio"
#: Files whose name holds a hash of what is in them never change.
HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
#: Encodings built beside a file, best first.
PACKED = (("br", ".br"), ("gzip", ".gz"))
OURS = ("/api/", "/static/", "/callbacks/", "/u/", "/healthz", "/readyz", "/metrics")
NOT_BUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>路书 Roadbook</title>
<body style="font:16px/1.7 sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem">
<h1>路书的界面还没有构建</h1><p>API 已经在运行（<a href="/api/docs">/api/docs</a>）。
请在项目目录里运行 <code>make run</code>，它会构建界面；然后刷新本页。</p>
<h2 lang="en">The studio is not built yet</h2><p lang="en">The API is running (<a href="/api/docs">/api/docs</a>).
Run <code>make run</code> in the project's folder, which builds the studio, and reload this page.</p></body></html>"""

pages = Blueprint("pages", __name__)


@pages.get("/static/<path:name>")
@needs(PUBLIC)
def static_file(name: str) -> Response:
    """A built file, packed if the browser can unpack it and the build left it so."""
    if name.endswith((".br", ".gz")):
        raise not_found()
    response = _packed(name) or send_from_directory(STATIC, name)
    response.headers["Cache-Control"] = FOR_EVER if HASHED.search(name) else ASK_AGAIN
    response.vary.add("Accept-Encoding")
    return response


@pages.get("/", defaults={"path": ""})
@pages.get("/<path:path>")
@needs(PUBLIC)
def studio(path: str) -> Response:
    """The studio, which finds its own way by the address."""
    if request.path.startswith(OURS):
        raise not_found()
    if not (STUDIO / "index.html").is_file():
        return Response(NOT_BUILT, 503, mimetype="text/html", headers={"Retry-After": "60"})
    response = _packed("studio/index.html") or send_from_directory(STATIC, "studio/index.html")
    response.headers["Cache-Control"] = ASK_AGAIN
    response.vary.add("Accept-Encoding")
    return response


def _packed(name: str) -> Response | None:
    for encoding, suffix in PACKED:
        if request.accept_encodings[encoding] > 0 and (STATIC / (name + suffix)).is_file():
            plain = send_from_directory(STATIC, name)
            response = send_from_directory(STATIC, name + suffix)
            response.headers["Content-Type"] = plain.headers["Content-Type"]
            response.headers["Content-Encoding"] = encoding
            plain.close()
            return response
    return None
