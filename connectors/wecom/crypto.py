"""WeCom's callbacks: their signature, and AES-256-CBC around every message."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

#: Characters of an EncodingAESKey, and bytes of a block that is filled up; a common PKCS#7 block has 16.
KEY_LETTERS, BLOCK = 43, 32
AES_BLOCK = 16
#: Random bytes and the length that stand before the message.
RANDOM, LENGTH = 16, 4


class BadCallback(ValueError):
    """This is no message of WeCom for us: it is left alone, and nothing in it is looked at."""


class BadKey(ValueError):
    """An EncodingAESKey has 43 letters and digits: copy it from the admin console as it stands."""


class Crypto:
    """The secrets of one callback address.

    `receive_id` is whom a message must be for: the corp id for a company's own app.
    """

    def __init__(self, token: str, encoding_aes_key: str, receive_id: str) -> None:
        self._token, self._receive_id = token, receive_id.encode()
        self._key = _key(encoding_aes_key)

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The signature over a message as it travels."""
        joined = "".join(sorted((self._token, timestamp, nonce, encrypted)))
        return hashlib.sha1(joined.encode("utf-8", "surrogatepass")).hexdigest()

    def verify(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> None:
        """Raise BadCallback unless the signature is right; takes equally long however much of it is."""
        ours = self.sign(timestamp, nonce, encrypted).encode()
        if not hmac.compare_digest(ours, signature.encode("utf-8", "surrogatepass")):
            raise BadCallback(f"wrong signature. {BadCallback.__doc__}")

    def decrypt(self, encrypted: str) -> bytes:
        """The message inside; raises BadCallback for anything that is not whole or not for us."""
        try:
            cipher = base64.b64decode(encrypted, validate=True)
        except (ValueError, binascii.Error) as error:
            raise BadCallback(f"no base64. {BadCallback.__doc__}") from error
        if not cipher or len(cipher) % AES_BLOCK:
            raise BadCallback(f"cut short. {BadCallback.__doc__}")
        opener = self._cipher().decryptor()
        plain = _without_padding(opener.update(cipher) + opener.finalize())
        begin = RANDOM + LENGTH
        if len(plain) < begin:
            raise BadCallback(f"too short. {BadCallback.__doc__}")
        (length,) = struct.unpack("!I", plain[RANDOM:begin])
        if length > len(plain) - begin:
            raise BadCallback(f"shorter than it says. {BadCallback.__doc__}")
        if not hmac.compare_digest(plain[begin + length :], self._receive_id):
            raise BadCallback(f"for another company. {BadCallback.__doc__}")
        return plain[begin : begin + length]

    def encrypt(self, message: bytes) -> str:
        """A message as WeCom would send it to us."""
        plain = os.urandom(RANDOM) + struct.pack("!I", len(message)) + message + self._receive_id
        missing = BLOCK - len(plain) % BLOCK
        sealer = self._cipher().encryptor()
        cipher = sealer.update(plain + bytes([missing]) * missing) + sealer.finalize()
        return base64.b64encode(cipher).decode()

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bytes:
        """Verify, then decrypt; raises BadCallback."""
        self.verify(signature, timestamp, nonce, encrypted)
        return self.decrypt(encrypted)

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:AES_BLOCK]))


def new_key() -> str:
    """A fresh EncodingAESKey."""
    return base64.b64encode(os.urandom(32)).decode().rstrip("=")


def _key(letters: str) -> bytes:
    if len(letters) != KEY_LETTERS or not re.fullmatch(r"[A-Za-z0-9+/]+", letters):
        raise BadKey(BadKey.__doc__)
    try:
        key = base64.b64decode(letters + "=")
    except (ValueError, binascii.Error) as error:
        raise BadKey(BadKey.__doc__) from error
    if len(key) != 32:
        raise BadKey(BadKey.__doc__)
    return key


def _without_padding(plain: bytes) -> bytes:
    """Without the filling at the end, which must be whole: 1 to 32 times its own length."""
    number = plain[-1]
    if not 1 <= number <= BLOCK or number > len(plain) or plain[-number:] != bytes([number]) * number:
        raise BadCallback(f"wrong filling. {BadCallback.__doc__}")
    return plain[:-number]
