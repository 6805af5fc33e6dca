"""Which connector serves a workspace's carrier: its own account's, else the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from connectors.base import Account, Connector
from connectors.limits import Limit, of_account
from connectors.sandbox import Sandbox
from connectors.shut import Shut

SANDBOX = "sandbox"
Maker = Callable[[Account], Connector]


class NameTaken(ValueError):
    """Two connectors have the same name: rename one of them."""


class NoConnector(LookupError):
    """There is no connector of this name: check the account's settings."""


class Registry:
    """The connectors of one process, one for each account and made when first needed."""

    def __init__(self, sandbox: Connector | None = None) -> None:
        self.sandbox: Connector = sandbox or Sandbox()
        self._makers: dict[str, Maker] = {}
        self._accounts: dict[tuple[int, str], Account] = {}
        self._made: dict[tuple[int, str], Connector] = {}
        self._limits: dict[tuple[int, str], Limit] = {}

    def register(self, name: str, make: Maker) -> None:
        """Add a connector by name; raises NameTaken."""
        if name in self._makers or name == SANDBOX:
            raise NameTaken(f"{name}: {NameTaken.__doc__}")
        self._makers[name] = make

    def open(self, account: Account) -> None:
        """Let `account` serve its workspace's carrier from now on; raises NoConnector and BadLimit."""
        if account.connector not in self._makers:
            raise NoConnector(f"{account.connector}: {NoConnector.__doc__}")
        key, limit = (account.workspace_id, account.carrier), of_account(account)
        self._hang_up(key)
        self._accounts[key] = account
        self._limits.pop(key, None)
        if limit is not None:
            self._limits[key] = limit

    def shut(self, account: Account, reason: str) -> None:
        """Let the messages for an account wait that cannot be used now: nobody else is to have them."""
        key = account.workspace_id, account.carrier
        self._hang_up(key)
        self._accounts[key] = account
        self._limits.pop(key, None)
        self._made[key] = Shut(account.carrier, reason)

    def make(self, account: Account) -> Connector:
        """A connector for an account that serves nobody yet; raises NoConnector."""
        if account.connector not in self._makers:
            raise NoConnector(f"{account.connector}: {NoConnector.__doc__}")
        return self._makers[account.connector](account)

    def close(self, workspace_id: int, carrier: str) -> None:
        """Let the sandbox have the workspace's messages for `carrier` again."""
        key = workspace_id, carrier
        self._hang_up(key)
        self._accounts.pop(key, None)
        self._limits.pop(key, None)

    def _hang_up(self, key: tuple[int, str]) -> None:
        close = getattr(self._made.pop(key, None), "close", None)
        if close is not None:
            close()

    def connector(self, workspace_id: int, carrier: str) -> Connector:
        """Return what takes the workspace's messages for `carrier`: the sandbox where it has no account."""
        key = workspace_id, carrier
        account = self._accounts.get(key)
        if account is None:
            return self.sandbox
        if key not in self._made:
            self._made[key] = self._makers[account.connector](account)
        return self._made[key]

    def has_account(self, workspace_id: int, carrier: str) -> bool:
        """True if the workspace's messages for `carrier` reach people, False if the sandbox takes them."""
        return (workspace_id, carrier) in self._accounts

    @property
    def limits(self) -> Mapping[tuple[int, str], Limit]:
        """By (workspace id, carrier): how fast an account may be used; the sandbox is never limited."""
        return self._limits

    def all(self) -> Iterable[Connector]:
        """Return every connector in use, each once, to ask for later receipts."""
        return [self.sandbox, *self._made.values()]
