"""How processes without a web write their log: one line of JSON each, or words for people; nothing of anybody in either."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

#: What a record may carry beside its sentence: numbers of rows, which name nobody.
CARRIED = ("request_id", "enrollments", "messages", "journey", "carrier", "role")


class AsJson(logging.Formatter):
    """One line of JSON; of an error only its kind and the places in our code, for its text may quote a person."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in CARRIED:
            if hasattr(record, name):
                line[name] = getattr(record, name)
        line.update(_of_error(record))
        return orjson.dumps(line, default=str).decode()


class AsWords(logging.Formatter):
    """The same for people to read."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        carried = "".join(f" {name}={getattr(record, name)}" for name in CARRIED if hasattr(record, name))
        told = "".join(f" {name}={value}" for name, value in _of_error(record).items())
        return (
            f"{at:%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {record.getMessage()}{carried}{told}"
        )


FORMATS: dict[str, type[logging.Formatter]] = {"json": AsJson, "text": AsWords}


def configure(level: str, form: str) -> None:
    """Let this process write its log to standard error, in one of FORMATS, from `level` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FORMATS[form]())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for loud in ("amqp", "kombu", "celery.beat", "sqlalchemy", "alembic", "httpx"):
        logging.getLogger(loud).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _of_error(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    kind, _, trace = record.exc_info
    places = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
    return {"error": kind.__name__, "places": places[-8:]}
