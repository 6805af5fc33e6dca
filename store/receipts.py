"""What providers tell us later, by calling: noted here at once, and worked on by whoever delivers.

The one who is called knows a message by our key, or by the provider's own number (`outbox.reference`). The worker finds
it, moves it on, keeps the numbers right and tells the step that waits (runtime/noting.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables_connections import ReceiptNote, Suppression

Later = Literal["sent", "delivered", "failed", "refused"]


def note(
    session: Session,
    workspace_id: int,
    state: Later,
    *,
    key: str | None = None,
    reference: str | None = None,
    reason: str | None = None,
    at: datetime,
) -> None:
    """Note what became of a message, named by its key or by the provider's number. Nothing is committed."""
    if (key is None) == (reference is None):
        raise ValueError("Name the message either by its key or by the provider's number.")
    said = reason[:500] if reason else None
    session.add(
        ReceiptNote(
            workspace_id=workspace_id,
            key=key and key[:64],
            reference=reference and reference[:128],
            state=state,
            reason=said,
            at=at,
        )
    )


def address_hash(workspace_id: int, carrier: str, address: str) -> str:
    """By what an address is known again that is not kept."""
    return hashlib.sha256(f"{workspace_id}:{carrier}:{address.strip().lower()}".encode()).hexdigest()


def suppress(
    session: Session, workspace_id: int, carrier: str, address: str, reason: str, at: datetime
) -> None:
    """Send nothing to this address any more; of two reasons the first stays. Nothing is committed."""
    known = address_hash(workspace_id, carrier, address)
    if known not in _known(session, workspace_id, carrier, [known]):
        session.add(
            Suppression(
                workspace_id=workspace_id, carrier=carrier, address_hash=known, reason=reason[:200], at=at
            )
        )
        session.flush()


def suppressed(session: Session, workspace_id: int, carrier: str, addresses: Collection[str]) -> set[str]:
    """Those of the addresses to which nothing is sent any more."""
    by_hash = {address_hash(workspace_id, carrier, one): one for one in addresses}
    return {by_hash[one] for one in _known(session, workspace_id, carrier, list(by_hash))}


def why_stopped(session: Session, workspace_id: int, carrier: str, address: str) -> Suppression | None:
    """Why nothing is sent to this address any more and since when; None if it is written to."""
    query = select(Suppression).where(
        Suppression.workspace_id == workspace_id,
        Suppression.carrier == carrier,
        Suppression.address_hash == address_hash(workspace_id, carrier, address),
    )
    return session.scalar(query)


def lift(session: Session, workspace_id: int, carrier: str, addresses: Collection[str]) -> int:
    """Send to these addresses again; returns of how many that was new. Nothing is committed."""
    stopped = [why_stopped(session, workspace_id, carrier, one) for one in addresses]
    found = [one for one in stopped if one is not None]
    for one in found:
        session.delete(one)
    session.flush()
    return len(found)


def _known(session: Session, workspace_id: int, carrier: str, hashes: list[str]) -> set[str]:
    if not hashes:
        return set()
    query = select(Suppression.address_hash).where(
        Suppression.workspace_id == workspace_id,
        Suppression.carrier == carrier,
        Suppression.address_hash.in_(hashes),
    )
    return set(session.scalars(query))
