"""Whom a row is about, as one number: a contact's id, or a customer group's id with a minus before it.

Inbox, event, outbox and enrollment carry this number (`contact_id`, `subject_id`), so that no index, no batch and no
look-up of the engine can take a group for the contact with the same id, and none of them needs a second column.
"""

from __future__ import annotations

from typing import Final

CONTACT: Final = "contact"
GROUP: Final = "group"
#: In a signal's identity: the key of its customer group. No identity of a person can be called so.
GROUP_KEY: Final = "@group"


def of_group(group_id: int) -> int:
    """The subject number of a customer group."""
    return -group_id


def is_group(subject: int | None) -> bool:
    """True if this number is a customer group's."""
    return subject is not None and subject < 0


def kind_of(subject: int) -> str:
    """`contact` or `group`."""
    return GROUP if subject < 0 else CONTACT


def row_id(subject: int) -> int:
    """The id of the contact or the group in its own table."""
    return abs(subject)
