"""A finished message as WeCom wants it: its text, and its attachments with their files uploaded."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from connectors import safe_http
from connectors.base import Permanent, Retryable
from connectors.wecom.client import Client

#: A media id is good for three days; before that the file is uploaded anew.
MEDIA_SECS = 2.5 * 86400
MOST_MEDIA = 2000
FILES = {"image": ".jpg", "video": ".mp4", "file": ""}


class Saying:
    """Turns bodies into messages; files are fetched and uploaded once for everybody."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self.client, self.clock = client, clock
        self._media: dict[tuple[str, str], tuple[float, str]] = {}
        self._lock = threading.Lock()

    def message(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`text` and `attachments` of a call; raises Retryable and Permanent about a file that cannot be had."""
        text = "\n".join(
            part for part in (body.get("title"), body.get("text"), body.get("call_to_action")) if part
        )
        told: dict[str, Any] = {"text": {"content": text}} if text else {}
        attachments = [self._attachment(one) for one in body.get("attachments") or []]
        if attachments:
            told["attachments"] = attachments
        return told

    def _attachment(self, one: Mapping[str, Any]) -> dict[str, Any]:
        kind, url, title = str(one.get("type")), str(one.get("url", "")), str(one.get("title") or "")
        if kind in FILES:
            return {"msgtype": kind, kind: {"media_id": self.media(kind, url, title)}}
        if kind == "miniprogram" and one.get("appid"):
            card = {"title": title, "appid": one["appid"], "page": one.get("page") or url}
            cover = one.get("cover") or url
            return {"msgtype": kind, kind: {**card, "pic_media_id": self.media("image", str(cover), title)}}
        # A mini program without its id is reached by its link, which opens it just so.
        return {"msgtype": "link", "link": {"title": title or url[:64], "url": url}}

    def media(self, kind: str, url: str, title: str = "") -> str:
        """The media id of a file at an address."""
        with self._lock:
            until, kept = self._media.get((kind, url), (0.0, ""))
            if self.clock() < until:
                return kept
            answer = _fetched(url)
            name = title or url.rsplit("/", 1)[-1].split("?")[0] or "file"
            name = "".join(letter for letter in name if letter.isprintable() and letter not in '"\\')[:60]
            if "." not in name:
                name += FILES[kind]
            made = self.client.upload(kind, name, answer)
            if len(self._media) >= MOST_MEDIA:
                self._media.clear()
            self._media[kind, url] = self.clock() + MEDIA_SECS, made
            return made


def _fetched(url: str) -> bytes:
    try:
        answer = safe_http.ask("GET", url)
    except safe_http.NoAnswer as error:
        raise Retryable(f"an attachment could not be fetched: {error}") from error
    if answer.status >= 500:
        raise Retryable(f"an attachment could not be fetched: {answer.status}")
    if answer.status != 200 or not answer.body:
        raise Permanent(f"an attachment could not be fetched: {answer.status}")
    if answer.cut:
        raise Permanent(f"an attachment is larger than {safe_http.MOST_BYTES:,} bytes")
    return answer.body


def digest(body: Mapping[str, Any]) -> str:
    """The same for bodies that say the same."""
    said = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:24]
