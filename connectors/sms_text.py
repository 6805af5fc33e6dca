"""Texts of SMS: what an advertisement must say, and how many messages it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The alphabet of GSM 03.38, of which those in EXTENDED take two places.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
#: How many places one message has, and each of several.
GSM, UCS2 = (160, 153), (70, 67)
MOST_SEGMENTS = 10
#: How the reader is told to leave: `TD`, `T`, 退订, or a word of another tongue.
OPT_OUT = re.compile(
    r"退订|拒收|回复?\s*(?:TD?|N|R)\b|回\s*(?:TD?|N)\b|reply\s+stop|text\s+stop|\bSTOP\b", re.I
)
SIGNATURE = re.compile(r"^\s*【[^【】\s]{2,16}】|【[^【】\s]{2,16}】\s*$")
#: What people answer who want to be left alone.
LEAVING = frozenset({"T", "TD", "N", "STOP", "退订", "退", "UNSUBSCRIBE", "QUIT", "END", "CANCEL"})


class BadSms(ValueError):
    """This text may not go out as an SMS."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is: `places` of the alphabet it needs, and in how many messages it travels."""

    alphabet: str
    places: int
    segments: int


def length(text: str) -> Length:
    """Count the messages that a text takes."""
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        places = sum(2 if letter in EXTENDED else 1 for letter in text)
        alphabet, (one, each) = "gsm", GSM
    else:
        places = len(text.encode("utf-16-le")) // 2
        alphabet, (one, each) = "ucs2", UCS2
    return Length(alphabet, places, 1 if places <= one else math.ceil(places / each))


def finished(text: str, settings: Mapping[str, Any], *, with_signature: bool) -> str:
    """The text as it goes out: signed, and with a way to leave if it is advertising; raises BadSms.

    `with_signature` is False where the provider puts the signature before it.
    """
    text = text.strip()
    if not text:
        raise BadSms("the text is empty")
    sign = str(settings.get("signature") or "").strip().strip("【】")
    if with_signature and not SIGNATURE.search(text):
        if not sign:
            raise BadSms("the text bears no signature such as 【Brand】")
        text = f"【{sign}】{text}"
    if settings.get("marketing", True) and not OPT_OUT.search(text):
        words = str(settings.get("opt_out") or "").strip()
        if not words:
            raise BadSms("the text is advertising and does not say how to opt out")
        text += words
    # What the provider adds counts too.
    whole = text if with_signature or not sign else f"【{sign}】{text}"
    if length(whole).segments > MOST_SEGMENTS:
        raise BadSms(f"the text takes more than {MOST_SEGMENTS} messages")
    return text


def wants_to_leave(answer: str) -> bool:
    """True if somebody's answer says that he wants no more."""
    return answer.strip().strip("。.!！").upper() in LEAVING
