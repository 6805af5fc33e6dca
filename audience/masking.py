"""How a person's names look to those who may not see them whole."""

from __future__ import annotations

#: Stands for a value that is there and not shown.
COVER = "***"


def masked(kind: str, value: str) -> str:
    """Enough of a name to tell two apart, too little to reach anybody."""
    if kind == "email":
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    return f"{value[:3]}****{value[-4:]}" if len(value) > 8 else f"{value[:1]}***"
