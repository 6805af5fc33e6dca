"""What is due at companies, done in small turns: claimed, then one parcel after the other, each with its company's client."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Generic, TypeVar

from connectors.base import Broken, ConnectorError
from connectors.wecom.client import Client
from runtime.connections import trouble
from runtime.wecom.companies import Companies

#: After so long it is looked again whether a company that is not connected now is there.
AWAY = timedelta(minutes=10)

Work = TypeVar("Work")


class Turns(ABC, Generic[Work]):
    """One kind of work; any number of workers may take turns at it."""

    #: Turns of one worker are so far apart.
    every_secs = 2.0

    def __init__(self, companies: Companies) -> None:
        self.companies = companies
        self._looked = -self.every_secs

    def run(self) -> bool:
        """Do a portion; True if there was anything to do."""
        if time.monotonic() - self._looked < self.every_secs:
            return False
        self._looked = time.monotonic()
        found = self._claim()
        for work in found:
            if self.companies.stopping.is_set():
                break
            client = self.companies.client_of(*self._company(work))
            if client is None:
                self._wait(work)
                continue
            self._do(client, work)
        return bool(found)

    @abstractmethod
    def _claim(self) -> Sequence[Work]:
        """Take some of what is due under a lease, in one transaction."""

    @abstractmethod
    def _company(self, work: Work) -> tuple[int, int]:
        """Its workspace and its connection."""

    @abstractmethod
    def _wait(self, work: Work) -> None:
        """Leave it until its company is connected again: AWAY."""

    @abstractmethod
    def _do(self, client: Client, work: Work) -> None:
        """Do it, outside of transactions, and keep what came of it."""

    def _break(self, connection_id: int, error: ConnectorError) -> None:
        """Say of the connection that it has to be mended, if that is what the error says."""
        if isinstance(error, Broken):
            with self.companies.database.transaction() as tx:
                trouble(tx.session, connection_id, "broken", str(error), str(error).partition(" ")[0][:32])
