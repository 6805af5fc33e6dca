"""How fast a carrier may be asked: the defaults of all carriers in this one place, an account's own settings over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.base import Account

#: Messages a second where the account says nothing: cautious, for a contract with the carrier usually allows more.
DEFAULTS: Mapping[str, float] = {
    # WeCom counts calls, and a call may be for ten thousand: its connector keeps those limits itself.
    "wecom_direct": 0,
    "wecom_group": 0,
    "moments": 0,
    "official_account": 100,
    "mini_program": 100,
    "sms": 100,
    "email": 100,
    "webhook": 50,
}
#: For carriers that stand in no list.
OTHERWISE = 20.0
#: How much of the promise fills the bucket, and how large the bucket is. Together with the time for which a token is
#: fresh they keep every second under the promise + 5 %, wherever that second begins.
FILLED, BURST = 0.90, 0.10


class BadLimit(ValueError):
    """A limit is a number of messages a second: 0 for none at all, or leave it out for the carrier's default."""


@dataclass(slots=True, frozen=True)
class Limit:
    """A promise to a carrier: at most so many messages in any second."""

    per_second: float

    @property
    def fill(self) -> float:
        """Tokens a second."""
        return self.per_second * FILLED

    @property
    def burst(self) -> float:
        """The most tokens that wait; never less than one, for else nothing could ever go."""
        return max(1.0, self.per_second * BURST)


def of_account(account: Account) -> Limit | None:
    """The limit of an account, None where its settings say 0: unlimited; raises BadLimit."""
    said = account.settings.get("per_second")
    if said is None:
        usual = DEFAULTS.get(account.carrier, OTHERWISE)
        return Limit(usual) if usual else None
    if isinstance(said, bool) or not isinstance(said, int | float) or said < 0:
        raise BadLimit(f"{account.carrier}: {said!r}. {BadLimit.__doc__}")
    return Limit(float(said)) if said else None
