"""A shop for browser tests: a key for programs, customers, a live journey, and days that have gone by."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.request
from typing import Any

from tests.browser.server import OWNER, PASSWORD, ROOT, Server

CITIES = ("上海", "杭州", "成都", "北京")


def key_for(server: Server) -> str:
    """Sign in as a program would not: make an API key by the session's own calls, and give it to the server."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    headers = {"Content-Type": "application/json"}

    def ask(path: str, body: Any) -> Any:
        asked = urllib.request.Request(
            f"{server.base}/api/v1/{path}", json.dumps(body).encode(), headers, method="POST"
        )
        with opener.open(asked, timeout=30) as answer:
            return json.loads(answer.read())

    headers["X-CSRF-Token"] = ask("session", {"email": OWNER, "password": PASSWORD})["csrf"]
    server.key = ask("api-keys", {"name": "shop", "role": "owner"})["secret"]
    return server.key


#: The journey that these tests know by heart; the templates on the shelf go on growing.
SAMPLE = ROOT / "runtime" / "samples" / "cdnow"


def clone(server: Server, slug: str | None = None) -> int:
    """A journey that is not published, the sample's unless one of the shelf is asked for; returns its id."""
    if slug is not None:
        return int(server.api("POST", f"templates/{slug}/clone", {})["id"])
    there = {one["key"] for one in server.api("GET", "contents?limit=200")["items"]}
    for material in json.loads((SAMPLE / "materials.json").read_text("utf-8")):
        if material["key"] not in there:
            server.api("POST", "contents", material)
    definition = json.loads((SAMPLE / "journey.json").read_text("utf-8"))
    return int(server.api("POST", "journeys", {"name": "美妆客户生命周期", "definition": definition})["id"])


def publish(server: Server, journey: int) -> int:
    """Publish the draft as it is; returns the version's number."""
    revision = server.api("GET", f"journeys/{journey}/draft")["revision"]
    return int(server.api("POST", f"journeys/{journey}/publish", {"revision": revision})["version"])


def customers(server: Server, count: int = 60) -> list[str]:
    """So many customers; returns the numbers that the shop gave them."""
    names = [f"c-{n:03}" for n in range(count)]
    people = [
        {"external_id": name, "name": f"客户{name[2:]}", "attributes": {"city": CITIES[n % 4]}}
        for n, name in enumerate(names)
    ]
    server.api("POST", "contacts/batch", {"contacts": people})
    return names


def happened(server: Server, name: str, who: list[str], **properties: Any) -> None:
    """The same thing happens to each of these."""
    events = [{"name": name, "external_id": one, "properties": properties} for one in who]
    server.api("POST", "events", {"events": events})
    server.settled()
