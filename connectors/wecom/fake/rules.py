"""What the fake WeCom enforces: the values of the table of facts, and whatever was set over them."""

from __future__ import annotations

from typing import Any

from connectors.wecom.facts import facts


class Rules:
    """Values by the id of their fact."""

    def __init__(self) -> None:
        self._set: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._set[name] if name in self._set else facts()[name].value

    def set(self, name: str, value: Any) -> None:
        """Enforce another value; raises KeyError for what is no fact."""
        facts()[name]
        self._set[name] = value

    @property
    def changed(self) -> dict[str, Any]:
        return dict(self._set)
