"""Links that leave the house and come back: signed, for one contact of one workspace, good for nothing else."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from store.secrets import Vault

#: What may stand between `/u/` and the end of the address.
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,120}")


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Who unsubscribes from what, as a link says it."""

    workspace_id: int
    contact_id: int
    #: The carrier whose message held the link.
    topic: str


def unsubscribing(vault: Vault, who: Unsubscribing) -> str:
    """The end of the link by which this contact unsubscribes."""
    said = f"u.{who.workspace_id}.{who.contact_id}.{who.topic}".encode()
    return base64.urlsafe_b64encode(vault.sign(said) + said).decode().rstrip("=")


def who_unsubscribes(vault: Vault, token: str) -> Unsubscribing | None:
    """Read the end of such a link; None if it is not one that we have made."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        read = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    signature, said = read[:16], read[16:]
    if not vault.signed(said, signature):
        return None
    kind, workspace_id, contact_id, topic = said.decode().split(".", 3)
    return Unsubscribing(int(workspace_id), int(contact_id), topic) if kind == "u" else None
