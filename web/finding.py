"""Finding the contact that an address means, also when he was merged into another one since."""

from __future__ import annotations

from audience.merging import keepers
from audience.tables import Contact
from store.database import db
from web.access import found, here


def the_contact(contact_id: int) -> Contact:
    """The contact of this workspace with this id, or the one into whom he was merged; 404 for any other."""
    keeper = keepers(db.session(), [contact_id], here()).get(contact_id)
    return found(Contact, contact_id if keeper is None else keeper)
