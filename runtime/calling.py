"""What a step that calls a system sends: its own JSON with the variables written in, or all that is known of the contact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from content.rendering import RenderError, render
from runtime.rows import Parcel

WEBHOOK = "webhook"


def body(parcel: Parcel, scene: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """The call as its connector takes it; raises BadText and RenderError.

    Variables are written into the texts of the JSON after it has been read, so that no value can break out of its text.
    """
    call = parcel.scene.get("call")
    if not isinstance(call, Mapping):
        raise RenderError("This step says nothing of what it calls.")
    own = str(call.get("body") or "").strip()
    payload = _written(json.loads(own), scene, zone, now) if own else _all(parcel, scene, now)
    headers = [
        {"name": one["name"], "value": _line(render(str(one["value"]), scene, zone, now).text)}
        for one in call.get("headers") or ()
    ]
    return {
        "url": call.get("url") or "",
        "method": call.get("method") or "POST",
        "headers": headers,
        "payload": payload,
        "keep": list(call.get("keep") or ()),
    }


def _written(part: Any, scene: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> Any:
    if isinstance(part, str):
        return render(part, scene, zone, now).text
    if isinstance(part, list):
        return [_written(one, scene, zone, now) for one in part]
    if isinstance(part, dict):
        return {name: _written(one, scene, zone, now) for name, one in part.items()}
    return part


def _all(parcel: Parcel, scene: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    contact = {name: value for name, value in scene["contact"].items() if name != "tags"}
    return {
        "type": "roadbook.step",
        "timestamp": now.isoformat(),
        "data": {
            "journey_id": parcel.journey_id,
            "enrollment_id": parcel.enrollment_id,
            "step": parcel.step,
            "stage": scene.get("stage"),
            "contact": {"id": parcel.contact_id, "attributes": contact, "tags": scene["contact"]["tags"]},
            "event": scene.get("event") or {},
            "entry": scene.get("entry") or {},
            "variables": scene.get("variables") or {},
        },
    }


def _line(text: str) -> str:
    return " ".join(text.split())
