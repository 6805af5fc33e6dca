"""Secrets at rest: AES-256-GCM under a key made of the installation's own, bound to the row that keeps them.

A sealed text is `version (1 byte) | key id (4 bytes) | nonce (12 bytes) | ciphertext and tag`. The row's name is the
associated data, so that what is sealed for one connection cannot be opened as another's.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
_ID, _NONCE = 4, 12
_LABEL = b"roadbook secrets at rest"
_SIGNS = b"roadbook signatures"


class CannotOpen(ValueError):
    """This secret was sealed with another key or for another row: enter it again, or start with the key of old."""


class Vault:
    """Seals and opens secrets; the first key seals, all of them open, so that keys can be changed in two steps."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("A key has at least 32 characters: set ROADBOOK_SECRET_KEY.")
        derived = [hmac.new(_LABEL, key.encode(), hashlib.sha256).digest() for key in keys]
        self._keys = {hashlib.sha256(key).digest()[:_ID]: AESGCM(key) for key in derived}
        self._first = next(iter(self._keys))
        self._signing = [hmac.new(_SIGNS, key.encode(), hashlib.sha256).digest() for key in keys]

    def seal(self, secrets: Mapping[str, str], row: str) -> bytes:
        """Encrypt {name: secret} for the row called `row`, such as `connection:7:12`."""
        nonce = os.urandom(_NONCE)
        said = self._keys[self._first].encrypt(nonce, orjson.dumps(dict(secrets)), _about(row))
        return VERSION + self._first + nonce + said

    def open(self, sealed: bytes, row: str) -> dict[str, str]:
        """Decrypt what was sealed for `row`; raises CannotOpen."""
        key = self._keys.get(bytes(sealed[1 : 1 + _ID])) if sealed[:1] == VERSION else None
        if key is None:
            raise CannotOpen(CannotOpen.__doc__)
        nonce, said = sealed[1 + _ID : 1 + _ID + _NONCE], sealed[1 + _ID + _NONCE :]
        try:
            found: dict[str, str] = orjson.loads(key.decrypt(bytes(nonce), bytes(said), _about(row)))
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(CannotOpen.__doc__) from error
        return found

    def sign(self, said: bytes) -> bytes:
        """A signature of ours, 16 bytes: of what goes out and comes back, such as links."""
        return hmac.new(self._signing[0], said, hashlib.sha256).digest()[:16]

    def signed(self, said: bytes, signature: bytes) -> bool:
        """True if we have signed this, also with a key of before."""
        made = [hmac.new(key, said, hashlib.sha256).digest()[:16] for key in self._signing]
        return max(hmac.compare_digest(one, signature) for one in made)

    def is_current(self, sealed: bytes) -> bool:
        """True if it was sealed with the first key: re-keying seals the others anew."""
        return bytes(sealed[: 1 + _ID]) == VERSION + self._first


def _about(row: str) -> bytes:
    return f"roadbook:{row}".encode()
