"""API keys of the workspace: made, listed, taken back; the secret is told once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields

from journeys.words import Shape, Words
from store import audit
from store.database import db
from store.tables import ApiKey
from web import keys
from web.access import ROLES, SENDER, actor, found, here, scoped
from web.errors import invalid
from web.fields import At, Filled, OneOf
from web.paging import PageArgs, page, page_of
from web.resource import Resource

api_keys = Resource("api-keys", "/api-keys", description="Keys for programs, each with a role.")
PAST = Words("这个时间已经过去了。", "This time has passed already.")


class KeyArgs(Shape):
    name = Filled(required=True, longest=200)
    role = OneOf((*ROLES, SENDER), required=True)
    expires_at = At(load_default=None, allow_none=True)


class KeyOut(Schema):
    id = fields.Int(required=True)
    name = fields.Str(required=True)
    prefix = fields.Str(required=True, metadata={"description": "How the key begins, to know it again"})
    role = fields.Str(required=True)
    created_at = At(required=True)
    expires_at = At(required=True, allow_none=True)
    used_at = At(required=True, allow_none=True)
    revoked_at = At(required=True, allow_none=True)


class NewKeyOut(KeyOut):
    secret = fields.Str(required=True, metadata={"description": "The whole key; it is never shown again."})


@api_keys.get("", least="owner")
@api_keys.arguments(PageArgs, location="query")
@api_keys.response(200, page_of(KeyOut))
def every(args: dict[str, Any]) -> dict[str, Any]:
    """The keys, newest first, those taken back among them."""
    return page(scoped(ApiKey), ApiKey.id, args)


@api_keys.post("", least="owner")
@api_keys.arguments(KeyArgs)
@api_keys.response(201, NewKeyOut)
def make(args: dict[str, Any]) -> dict[str, Any]:
    """Make a key. Its secret stands in this answer and nowhere else."""
    now = datetime.now(UTC)
    if args["expires_at"] is not None and args["expires_at"] <= now:
        raise invalid(("expires_at", PAST))
    secret, key = keys.make(db.session(), here(), args["name"], args["role"], now, args["expires_at"])
    note = {"name": key.name, "role": key.role, "prefix": key.prefix}
    audit.record(db.session(), here(), actor().name, "api_key.made", f"api_key:{key.id}", note, now)
    return {**KeyOut().dump(key), **_times(key), "secret": secret}


@api_keys.delete("/<id:key_id>", least="owner")
@api_keys.response(204)
def take_back(key_id: int) -> str:
    """Take a key back; it opens nothing from now on (in other processes from a second on)."""
    key, now = found(ApiKey, key_id), datetime.now(UTC)
    key.revoked_at = key.revoked_at or now
    keys.RING.forget()
    audit.record(
        db.session(), here(), actor().name, "api_key.revoked", f"api_key:{key.id}", {"name": key.name}, now
    )
    return ""


def _times(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ("created_at", "expires_at", "used_at", "revoked_at")}
