"""Every resource of the API, in the order in which the documentation shows them."""

from __future__ import annotations

from web.api.api_keys import api_keys
from web.api.audit import audits
from web.api.members import members
from web.api.session import session
from web.api.workspaces import rooms
from web.resource import Resource

RESOURCES: tuple[Resource, ...] = (session, rooms, members, api_keys, audits)
#: Only there in test mode.
TEST_RESOURCES: tuple[Resource, ...] = ()
