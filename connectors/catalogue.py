"""Every connector by its name: the one place in which a new one is added.

Each is a module with `TITLE` {zh, en}, `CARRIERS` (which carriers it serves), `FORM` (its settings, as fields of a form)
and `make(account) -> Connector`; `CALLS_BACK = True` if the provider calls an address of ours, `NEEDS_RECIPIENT = False`
if a test goes to the account's own address. It is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from connectors.base import Account, Connector
from connectors.registry import Maker, NoConnector, Registry

MODULES: Mapping[str, str] = {
    "wecom": "connectors.wecom.connector",
    "email": "connectors.email",
    "sms": "connectors.sms",
    "sms_aliyun": "connectors.sms_aliyun",
    "official_account": "connectors.official_account",
    "webhook": "connectors.webhook",
}


def module(name: str) -> ModuleType:
    """Return a connector's module; raises NoConnector."""
    if name not in MODULES:
        raise NoConnector(f"{name}: {NoConnector.__doc__}")
    return import_module(MODULES[name])


def describe(name: str) -> dict[str, Any]:
    """Tell what a connector is and which settings it wants, for the API."""
    found = module(name)
    return {
        "connector": name,
        "title": dict(found.TITLE),
        "carriers": sorted(found.CARRIERS),
        "form": list(found.FORM),
        "rotates": getattr(found, "ROTATES", None),
        "callback": bool(getattr(found, "CALLS_BACK", False)),
        "needs_recipient": bool(getattr(found, "NEEDS_RECIPIENT", True)),
    }


def register_all(registry: Registry) -> Registry:
    """Make every connector of the catalogue known to `registry`."""
    for name in MODULES:
        registry.register(name, _maker(name))
    return registry


def _maker(name: str) -> Maker:
    def make(account: Account) -> Connector:
        made: Connector = module(name).make(account)
        return made

    return make
