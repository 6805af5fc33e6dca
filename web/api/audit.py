"""The audit: who changed what, newest first."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from store.tables import Audit
from web.access import scoped
from web.fields import At
from web.paging import PageArgs, page, page_of
from web.resource import Resource

audits = Resource("audit", "/audit", description="Who changed what and when.")


class AuditOut(Schema):
    id = fields.Int(required=True)
    at = At(required=True)
    actor = fields.Str(required=True, metadata={"description": "account:ID, key:ID or the name of a program"})
    action = fields.Str(required=True)
    target = fields.Str(required=True)
    detail = fields.Dict(required=True)


@audits.get("", least="owner")
@audits.arguments(PageArgs, location="query")
@audits.response(200, page_of(AuditOut))
def lines(args: dict[str, Any]) -> dict[str, Any]:
    """The lines of the audit."""
    return page(scoped(Audit), Audit.id, args)
