"""Our crypto against that of wechatpy, written by others from the same description."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from unittest import mock

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.enterprise.exceptions import InvalidCorpIdException
from wechatpy.exceptions import InvalidSignatureException

from connectors.wecom.crypto import BadCallback, BadKey, Crypto, new_key

TOKEN, CORP = "QDG6eK", "ww5823bf96d3bd56c7"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
texts = st.text(
    alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\x00]"),
    min_size=1,
    max_size=300,
)
words = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)


def ours(corp: str = CORP) -> Crypto:
    return Crypto(TOKEN, KEY, corp)


def peer(corp: str = CORP) -> WeChatCrypto:
    return WeChatCrypto(TOKEN, KEY, corp)


def sealed(plain: bytes) -> str:
    """Bytes under our key as they are, with whatever stands at their end."""
    key = base64.b64decode(KEY + "=")
    sealer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(sealer.update(plain) + sealer.finalize()).decode()


@given(texts, words, st.integers(0, 2**32))
def test_we_read_what_the_peer_writes(text: str, nonce: str, at: int) -> None:
    import xmltodict

    told = xmltodict.parse(peer().encrypt_message(text, nonce, str(at)))["xml"]
    opened = ours().open(told["MsgSignature"], told["TimeStamp"], told["Nonce"], told["Encrypt"])
    assert opened.decode() == text


@given(texts, words, st.integers(0, 2**32))
def test_the_peer_reads_what_we_write(text: str, nonce: str, at: int) -> None:
    encrypted = ours().encrypt(text.encode())
    signature = ours().sign(str(at), nonce, encrypted)
    assert peer().decrypt_message({"Encrypt": encrypted}, signature, str(at), nonce) == text


@given(texts)
def test_the_filling_completes_blocks_of_32_bytes(text: str) -> None:
    cipher = base64.b64decode(ours().encrypt(text.encode()))
    assert len(cipher) % 32 == 0 and ours().decrypt(base64.b64encode(cipher).decode()) == text.encode()


def test_the_layout_inside_is_random_length_message_receiver() -> None:
    key = base64.b64decode(KEY + "=")
    assert len(key) == 32
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = opener.update(base64.b64decode(ours().encrypt("你好".encode()))) + opener.finalize()
    assert struct.unpack("!I", plain[16:20]) == (6,)
    assert plain[20:26].decode() == "你好" and plain[26 : 26 + len(CORP)].decode() == CORP
    assert ours().encrypt(b"x") != ours().encrypt(b"x"), "sixteen bytes are random"


def test_the_signature_is_over_the_sorted_four() -> None:
    said = hashlib.sha1("".join(sorted([TOKEN, "1409659589", "263014780", "P9nAzCz"])).encode()).hexdigest()
    assert ours().sign("1409659589", "263014780", "P9nAzCz") == said


def test_a_wrong_signature_opens_nothing() -> None:
    encrypted = ours().encrypt(b"<xml/>")
    right = ours().sign("1", "2", encrypted)
    for signature, at, nonce in (
        (right[:-1] + "0", "1", "2"),
        (right, "2", "2"),
        (right, "1", "3"),
        ("", "1", "2"),
    ):
        if signature == right and (at, nonce) == ("1", "2"):
            continue
        with pytest.raises(BadCallback), mock.patch.object(Crypto, "decrypt", side_effect=AssertionError):
            ours().open(signature, at, nonce, encrypted)
    with pytest.raises(InvalidSignatureException):
        peer().decrypt_message({"Encrypt": encrypted}, right, "2", "2")


def test_signatures_are_compared_in_constant_time() -> None:
    encrypted = ours().encrypt(b"<xml/>")
    with mock.patch.object(hmac, "compare_digest", wraps=hmac.compare_digest) as compared:
        ours().open(ours().sign("1", "2", encrypted), "1", "2", encrypted)
    assert compared.call_count == 2, "the signature and the receiver"


def test_a_message_for_another_company_is_refused() -> None:
    encrypted = ours("ww-other").encrypt(b"<xml/>")
    with pytest.raises(BadCallback, match="another company"):
        ours().decrypt(encrypted)
    with pytest.raises(InvalidCorpIdException):
        peer().decrypt_message({"Encrypt": encrypted}, ours().sign("1", "2", encrypted), "1", "2")


def test_the_filling_is_checked_to_be_1_to_32() -> None:
    inside = b"r" * 16 + struct.pack("!I", 2) + b"hi" + CORP.encode()
    whole = inside + b"\x00" * (-len(inside) % 32)
    for wrong in (b"\x00", b"\x21", b"\xff"):
        with pytest.raises(BadCallback, match="filling"):
            ours().decrypt(sealed(whole[:-1] + wrong))
    with pytest.raises(BadCallback, match="filling"):
        ours().decrypt(sealed(whole[:-2] + b"\x07\x02"))


@given(st.binary(max_size=200), st.integers(0, 400))
def test_nothing_but_whole_messages_is_opened(noise: bytes, cut: int) -> None:
    for encrypted in (base64.b64encode(noise).decode(), noise.decode("latin-1"), ours().encrypt(noise)[:cut]):
        try:
            opened = ours().decrypt(encrypted)
        except BadCallback:
            continue
        assert opened == noise


@pytest.mark.parametrize("letters", ["", "x" * 42, "x" * 44, "é" * 43, "!" * 43, "x" * 42 + "\n"])
def test_a_key_is_43_letters(letters: str) -> None:
    with pytest.raises(BadKey):
        Crypto(TOKEN, letters, CORP)
    assert Crypto(TOKEN, new_key(), CORP).encrypt(b"")
