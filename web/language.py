"""The language a visitor reads: Chinese, unless Accept-Language asks for English first."""

from __future__ import annotations

from flask import g, has_request_context, request

from journeys.words import Words

LANGUAGES = ("zh", "en")


def language() -> str:
    """ "zh" or "en" for the request at hand; "zh" outside of one."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        g.language = request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])
    return str(g.language)


def say(text: str) -> str:
    """A sentence in the visitor's language; one that has no English twin is given as it is."""
    return text.en if isinstance(text, Words) and language() == "en" else str(text)
