"""A carrier whose effects outlive a killed process: every attempt is a line of a file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.base import Account, Message, Receipt, Unknown
from connectors.registry import Registry

CARRIERS = frozenset({"wecom_direct", "official_account", "sms", "email", "wecom_group", "moments"})


class Provider:
    """Takes messages; with `keeps_keys` a key seen before has no second effect, without it has."""

    carriers = CARRIERS

    def __init__(self, path: Path, *, keeps_keys: bool, silent_every: int = 0) -> None:
        self.path, self.keeps_keys, self.silent_every = path, keeps_keys, silent_every
        self.most = 100 if keeps_keys else 1
        self.calls = 0

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        self.calls += 1
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(descriptor, "".join(f"{message.key}\n" for message in messages).encode())
        finally:
            os.close(descriptor)
        if self.silent_every and self.calls % self.silent_every == 0:
            raise Unknown("no answer in time")
        return [Receipt(message.key, "delivered", datetime.now(UTC), "p") for message in messages]

    def later(self) -> list[Receipt]:
        return []

    def attempts(self) -> Counter[str]:
        """How often each key was handed over."""
        return Counter(self.path.read_text().split()) if self.path.exists() else Counter()


def registry(provider: Provider, workspace: int) -> Registry:
    """A registry in which every carrier of the workspace has an account with this provider, which allows any rate."""
    made = Registry()
    made.register("file", lambda account: provider)
    for carrier in sorted(CARRIERS):
        made.open(Account(workspace, carrier, "file", {"per_second": 0}))
    return made
