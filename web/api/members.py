"""Who belongs to the workspace."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from store.database import db
from store.tables import Account, Member
from web.access import here
from web.fields import At
from web.paging import PageArgs, page_of, whole
from web.resource import Resource

members = Resource("members", "/members", description="The people of the workspace and their roles.")
MOST = 1000


class MemberOut(Schema):
    id = fields.Int(required=True)
    account_id = fields.Int(required=True, metadata={"description": "As in the audit's actors, account:ID"})
    email = fields.Str(required=True)
    name = fields.Str(required=True)
    role = fields.Str(required=True)
    created_at = At(required=True)


@members.get("", least="viewer")
@members.arguments(PageArgs, location="query")
@members.response(200, page_of(MemberOut))
def everybody(_: dict[str, Any]) -> dict[str, Any]:
    """The members with their roles, longest first."""
    rows = db.session.execute(
        select(Member, Account)
        .join(Account, Account.id == Member.account_id)
        .where(Member.workspace_id == here())
        .order_by(Member.id)
        .limit(MOST)
    )
    return whole(
        [
            {
                "id": member.id,
                "account_id": account.id,
                "email": account.email,
                "name": account.name,
                "role": member.role,
                "created_at": member.created_at,
            }
            for member, account in rows
        ]
    )
