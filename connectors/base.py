"""What every way out to a carrier has in common: the message, the answer, and the two kinds of failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

#: `sent`: handed over; `delivered`: arrived, as far as the carrier can tell; `refused`: the carrier will not, for
#: this recipient; `failed`: it could not, and trying again is of no use.
State = Literal["sent", "delivered", "refused", "failed"]


@dataclass(slots=True, frozen=True)
class Message:
    """A finished message for one recipient.

    `key` is the same at every attempt of the same message. `to` is the recipient's name at this carrier (phone,
    e-mail, openid, …), None where the carrier needs none. `body` has the fields of the carrier's form.
    """

    key: str
    workspace_id: int
    carrier: str
    contact_id: int
    to: str | None
    body: Mapping[str, Any]
    #: Signed for this contact: the end of the link by which he unsubscribes; None where there is no such link.
    unsubscribe: str | None = None
    #: The key of the member of staff in whose name it goes; None where the carrier has no such thing.
    sender: str | None = None
    #: WeCom's right to greet a new friend, good once and for twenty seconds: only then does it go out by itself.
    welcome_code: str | None = None
    #: What is kept beside the words that were said: from which material they were written. Not for the carrier.
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Receipt:
    """The carrier's answer to the message `key`, received `at`; `reference` is the carrier's own number."""

    key: str
    state: State
    at: datetime
    reference: str | None = None
    reason: str | None = None
    #: Values that the other side answered and the step asked for.
    answer: Mapping[str, Any] | None = None


class ConnectorError(Exception):
    """The carrier could not be used."""


class Retryable(ConnectorError):
    """It may work later; `after` is the number of seconds the carrier asks us to wait, None if it does not say.

    Nothing of the batch has reached anybody, except what `receipts` names.
    """

    def __init__(self, reason: str, after: float | None = None, receipts: Sequence[Receipt] = ()) -> None:
        super().__init__(reason)
        self.after = after
        self.receipts = list(receipts)


class Permanent(ConnectorError):
    """It will never work like this: the account, the permission or the request itself is wrong."""


class Broken(Permanent):
    """The provider refuses the account itself: its messages wait until somebody has looked at it."""


class Unknown(ConnectorError):
    """The carrier was asked and did not answer: whether the message went out cannot be told.

    Of a batch, `receipts` are those whose fate is known nevertheless, `unasked` the keys that have not left us.
    """

    def __init__(
        self, reason: str = "", receipts: Sequence[Receipt] = (), unasked: Sequence[str] = ()
    ) -> None:
        super().__init__(reason)
        self.receipts, self.unasked = list(receipts), list(unasked)


class Halted(ConnectorError):
    """Somebody said stop in the middle of a batch: what `receipts` names had gone, nothing else has left us."""

    def __init__(self, receipts: Sequence[Receipt] = ()) -> None:
        super().__init__("sending was stopped")
        self.receipts = list(receipts)


class Connector(Protocol):
    """One carrier's way out."""

    #: The carriers it serves.
    carriers: frozenset[str]
    #: The most messages of one call.
    most: int
    #: True if the carrier takes our key, so that the same key twice has one effect.
    keeps_keys: bool
    # A connector that keeps no keys may have `repeats_unknown = True`: what may have gone out is sent again rather than
    # left to a person; and `together`: so many messages are handed over in one call, where it else is one.
    # Each asks `connectors.brake` before every call, when it is connected, and raises Halted.
    # Any may have `check()`: try the account without sending anything; raises as `send`.

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Send messages and return their receipts in the same order.

        A message that the carrier refuses has a receipt that says so. Raises Retryable, Permanent or Unknown
        about the call as a whole, and ValueError for more than `most` messages.
        """
        ...

    def later(self) -> list[Receipt]:
        """Return receipts that have come in since the last call, of messages sent before; each once."""
        ...


@dataclass(slots=True, frozen=True)
class Account:
    """A workspace's account with a carrier; `secrets` never leaves this process."""

    workspace_id: int
    carrier: str
    connector: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
